"""A file that was cut, altered, moved or made up never counts as a result."""

import hashlib
import json
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from widthwise.errors import DataError, MissingDataError, OutputError
from widthwise.sweeps import Store, Trial

TARGET = "function:study:fit@1"
TRIAL = Trial(TARGET, {"x": 1, "name": "relu"}, 7)
RESULT = {"loss": 0.125, "rows": [{"a": 1}, {"a": 2}]}
IN_ONE_FOLDER = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def place(store, key, folder="results"):
    return store.path / folder / key[:2] / f"{key}.jsonl"


def sealed(*lines):
    """Return a file whose checksum is right, whatever its lines say."""
    text = "".join(f"{line}\n" for line in lines).encode()
    return text + b'{"sha256":"%s"}\n' % hashlib.sha256(text).hexdigest().encode()


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path / "store")
    made.put(TRIAL, RESULT)
    made.put(Trial(TARGET, {"x": 2}, 7), RESULT)
    return made


def assert_refused_then_redone(store, damaged=1):
    """Check that the file counts as absent, is reported, and is written again."""
    assert not store.has(TRIAL.key)
    with pytest.raises(DataError, match="damaged"):
        store.get(TRIAL.key)
    assert TRIAL not in [each for each, _ in store.items()]
    assert TRIAL not in list(store.trials())
    assert len(store.verify().damaged) == damaged
    assert store.put(TRIAL, RESULT)
    assert store.get(TRIAL.key) == RESULT
    assert store.verify().is_whole


def test_the_file_can_be_checked_by_hand(store):
    """The first line hashes to the name, the first two to the third."""
    content = place(store, TRIAL.key).read_bytes()
    first, second, third, rest = content.split(b"\n")
    assert rest == b""
    assert hashlib.sha256(first).hexdigest() == TRIAL.key
    assert json.loads(first) == {
        "arguments": TRIAL.arguments,
        "seed": 7,
        "target": TARGET,
    }
    assert json.loads(second) == RESULT
    seal = hashlib.sha256(first + b"\n" + second + b"\n").hexdigest()
    assert json.loads(third) == {"sha256": seal}


@IN_ONE_FOLDER
@given(data=st.data())
def test_any_bit_that_flips_is_found(store, data):
    path = place(store, TRIAL.key)
    content = bytearray(path.read_bytes())
    position = data.draw(st.integers(0, len(content) - 1))
    content[position] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(content)
    assert_refused_then_redone(store)


def test_every_byte_is_covered(store):
    path = place(store, TRIAL.key)
    content = path.read_bytes()
    for position in range(len(content)):
        altered = bytearray(content)
        altered[position] ^= 0xFF
        path.write_bytes(altered)
        assert not store.has(TRIAL.key), position


def test_any_truncation_is_found(store):
    path = place(store, TRIAL.key)
    content = path.read_bytes()
    for length in range(len(content)):
        path.write_bytes(content[:length])
        assert not store.has(TRIAL.key), length
    assert_refused_then_redone(store)


@pytest.mark.parametrize("added", [b"\n", b"x", b"\0" * 4096])
def test_what_is_added_is_found(store, added):
    with place(store, TRIAL.key).open("ab") as file:
        file.write(added)
    assert_refused_then_redone(store)


def test_a_block_of_zeros_as_after_a_power_cut_is_found(store):
    path = place(store, TRIAL.key)
    path.write_bytes(b"\0" * path.stat().st_size)
    assert_refused_then_redone(store)


def test_the_file_of_another_trial_is_found(store):
    other = place(store, Trial(TARGET, {"x": 2}, 7).key)
    place(store, TRIAL.key).write_bytes(other.read_bytes())
    assert_refused_then_redone(store)


@pytest.mark.parametrize(
    "result",
    [
        "not json",
        "[1]",
        "NaN",
        '{"a":' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"a":{"$array":{"data":"","dtype":"O","shape":[1]}}}',
        '{"a":{"$float":"__import__"}}',
    ],
    ids=lambda text: text[:20],
)
def test_made_up_results_with_right_checksums_are_refused(store, result):
    """Such a file needs malice; reading it is an error, and `verify` removes it."""
    place(store, TRIAL.key).write_bytes(sealed(TRIAL.text, result))
    with pytest.raises(DataError, match="damaged"):
        store.get(TRIAL.key)
    assert TRIAL not in [each for each, _ in store.items()]
    assert len(store.verify(remove=True).damaged) == 1
    assert not store.has(TRIAL.key)
    assert store.verify().is_whole


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        '{"arguments":{},"seed":0,"target":"os:system@1"}',
        '{"arguments":{},"seed":-1,"target":"function:a:b@1"}',
        '{"arguments":{},"seed":0.5,"target":"function:a:b@1"}',
        '{"arguments":[],"seed":0,"target":"function:a:b@1"}',
        '{"arguments":{},"seed":0,"target":7}',
        '{"arguments": {}, "seed": 0, "target": "function:a:b@1"}',
    ],
)
def test_made_up_trials_with_right_checksums_are_refused(store, text):
    key = hashlib.sha256(text.encode()).hexdigest()
    path = place(store, key)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(sealed(text, "{}"))
    with pytest.raises(DataError, match="damaged"):
        store.get(key)
    assert [each.path for each in store.verify().damaged] == [path]


def test_reading_runs_nothing(store, tmp_path):
    """A target is a name until somebody runs the trial."""
    (tmp_path / "evil.py").write_text("raise SystemExit('ran')")
    evil = Trial(f"function:{tmp_path}/evil.py:f@1", {"x": 1})
    store.put(evil, {"a": 1})
    assert store.get(evil.key) == {"a": 1}
    assert store.verify().is_whole
    assert store.frame().height == 3


@pytest.mark.parametrize("target", ["/dev/zero", "/etc/passwd", "missing"])
def test_a_link_to_something_else_is_no_result(store, target):
    """It is read only where it is a plain file, and then its checksum is wrong."""
    path = place(store, TRIAL.key)
    path.unlink()
    path.symlink_to(target)
    assert not store.has(TRIAL.key)
    with pytest.raises((DataError, MissingDataError), match=r"damaged|no result"):
        store.get(TRIAL.key)
    assert store.put(TRIAL, RESULT)
    assert store.get(TRIAL.key) == RESULT
    assert not path.is_symlink()
    assert store.verify().is_whole


def test_a_pipe_is_not_waited_for(store):
    path = place(store, TRIAL.key)
    path.unlink()
    os.mkfifo(path)
    assert not store.has(TRIAL.key)
    with pytest.raises(DataError, match="plain file"):
        store.get(TRIAL.key)


@pytest.mark.parametrize(
    "folder", ["results", "failures", "claims", "scratch", "shard"]
)
def test_a_folder_may_be_a_link(store, tmp_path, folder):
    own = store.path / folder if folder != "shard" else place(store, TRIAL.key).parent
    elsewhere = tmp_path / "elsewhere"
    if own.exists():
        own.rename(elsewhere)
    else:
        elsewhere.mkdir()
    (elsewhere / "mine.txt").write_text("mine")
    own.symlink_to(elsewhere)
    assert store.put(Trial(TARGET, {"x": 3}, 7), RESULT)
    store.put_failure(Trial(TARGET, {"x": 4}, 7), "raised", "no")
    with store.claim(TRIAL.key):
        assert store.get(TRIAL.key) == RESULT
    store.sweep()
    assert not store.verify(remove=True).damaged
    assert (elsewhere / "mine.txt").read_text() == "mine"


def test_a_claim_is_not_made_through_a_link(store, tmp_path):
    (store.path / "claims").mkdir(exist_ok=True)
    (store.path / "claims" / TRIAL.key).symlink_to(tmp_path / "made")
    with pytest.raises(OutputError, match="Cannot write into the store"):
        store.claim(TRIAL.key)
    assert not (tmp_path / "made").exists()


def test_a_file_too_long_is_refused_before_it_is_read(store):
    """A sparse file of a terabyte takes no disk, and must take no memory."""
    with place(store, TRIAL.key).open("r+b") as file:
        file.truncate(2**40)
    assert not store.has(TRIAL.key)
    with pytest.raises(DataError, match="1099511627776 bytes"):
        store.get(TRIAL.key)


def test_strange_files_are_reported_and_never_touched(store):
    strange = [
        store.path / "results" / "notes.txt",
        store.path / "results" / "zz",
        place(store, TRIAL.key).parent / "cat.jpg",
        place(store, TRIAL.key).with_name(f"{'0' * 64}.jsonl"),
    ]
    for path in strange:
        path.write_text("mine")
    expected = set(strange)
    if TRIAL.key.startswith("00"):
        expected.discard(strange[-1])
    assert set(store.verify(remove=True).strangers) == expected
    assert all(path.read_text() == "mine" for path in strange)
    assert len(list(store.keys())) == 2


def test_a_damaged_failure_counts_as_none(store):
    failed = Trial(TARGET, {"x": 3}, 7)
    store.put_failure(failed, "raised", "no")
    path = place(store, failed.key, "failures")
    path.write_bytes(path.read_bytes()[:-1])
    assert store.failure(failed.key) is None
    assert list(store.failures()) == []
    assert [each.path for each in store.verify(remove=True).damaged] == [path]
    assert store.verify().is_whole
