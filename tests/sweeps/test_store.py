"""A store gives back what was put, in the same bits whatever the order of work."""

import inspect
import json
import math
import os
import stat

import numpy as np
import pytest

from widthwise.errors import (
    DataError,
    InvalidArgumentError,
    MissingDataError,
    OutputError,
)
from widthwise.sweeps import Store, Trial

TARGET = "function:study:fit@1"


def trial(number, seed=0):
    return Trial(TARGET, {"x": number}, seed)


def contents(store):
    """Return every file that two equal stores must share, by name."""
    return {
        str(path.relative_to(store.path)): path.read_bytes()
        for folder in ("results", "store.json")
        for path in [store.path / folder, *(store.path / folder).rglob("*")]
        if path.is_file()
    }


@pytest.fixture
def store(tmp_path):
    found = Store(tmp_path / "store")
    found.make()
    return found


def test_gives_back_what_was_put(store):
    result = {"loss": 0.1, "steps": 3, "curve": np.arange(3.0), "bad": math.inf}
    assert store.put(trial(1), result)
    found = Store(store.path, create=False).get(trial(1).key)
    assert found["loss"] == 0.1
    assert type(found["steps"]) is int
    assert np.array_equal(found["curve"], result["curve"])
    assert found["bad"] == math.inf
    assert store.has(trial(1).key)
    assert not store.has(trial(2).key)


def test_two_stores_are_equal_to_the_bit_whatever_the_order(tmp_path):
    one, other = Store(tmp_path / "one"), Store(tmp_path / "other")
    numbers = list(range(40))
    for number in numbers:
        one.put(trial(number), {"a": number / 7, "b": [number], "c": math.nan})
    for number in reversed(numbers):
        other.put_failure(trial(number), "raised", "at first")
        other.put(trial(number), {"c": math.nan, "b": (number,), "a": number / 7})
    one.sweep()
    other.sweep()
    assert contents(one) == contents(other)
    assert len(contents(one)) == 41


def test_the_same_result_twice_is_written_once(store):
    assert store.put(trial(1), {"a": 1})
    assert not store.put(trial(1), {"a": 1})


def test_another_result_of_the_same_trial_is_an_error_and_the_first_stays(store):
    store.put(trial(1), {"a": 1})
    with pytest.raises(DataError, match="does not follow from its arguments and seed"):
        store.put(trial(1), {"a": 1.0})
    assert store.get(trial(1).key) == {"a": 1}


def test_nothing_is_left_in_scratch(store):
    for number in range(5):
        store.put(trial(number), {"a": number})
    assert list((store.path / "scratch").iterdir()) == []


def test_keys_and_items_come_in_one_order(store):
    for number in range(30):
        store.put(trial(number), {"a": number})
    keys = list(store.keys())
    assert keys == sorted(trial(number).key for number in range(30))
    assert [each.key for each, _ in store.items()] == keys
    assert [each.key for each in store.trials()] == keys
    assert all(result == {"a": each.arguments["x"]} for each, result in store.items())


def test_a_failure_is_kept_until_there_is_a_result(store):
    store.put_failure(trial(1), "timeout", "took 5 s", "")
    store.put_failure(trial(1), "raised", "ValueError: no", "Traceback …\n  line 3")
    (found,) = store.failures()
    assert (found.trial, found.kind, found.message) == (
        trial(1),
        "raised",
        "ValueError: no",
    )
    assert found.traceback.endswith("line 3")
    assert not store.has(trial(1).key)
    assert list(store.keys()) == []
    store.put(trial(1), {"a": 1})
    assert list(store.failures()) == []
    assert store.failure(trial(1).key) is None


def test_a_failure_does_not_replace_a_result(store):
    store.put(trial(1), {"a": 1})
    store.put_failure(trial(1), "killed", "too late")
    assert list(store.failures()) == []
    assert store.has(trial(1).key)


def test_a_long_traceback_keeps_its_end(store):
    store.put_failure(trial(1), "raised", "no", "x" * 10**6 + "the end")
    assert store.failure(trial(1).key).traceback.endswith("the end")
    assert len(store.failure(trial(1).key).traceback) == 2**16


def test_a_failure_of_another_kind_is_refused(store):
    with pytest.raises(InvalidArgumentError, match="one of raised, timeout"):
        store.put_failure(trial(1), "tired", "no")


def test_a_result_that_is_not_there_is_said_to_be_missing(store):
    with pytest.raises(MissingDataError, match="holds no result"):
        store.get(trial(1).key)


@pytest.mark.parametrize("result", [[1], 3.0, None, {"a": object()}, {1: 2}])
def test_what_is_no_result_is_refused_and_nothing_is_written(store, result):
    with pytest.raises(InvalidArgumentError, match="result of a trial"):
        inspect.unwrap(Store.put)(store, trial(1), result)  # without type checks
    assert list(store.keys()) == []


@pytest.mark.parametrize(
    "key", ["", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 63 + "/", "a" * 64 + "\n"]
)
def test_what_is_no_key_never_becomes_a_path(store, key):
    for ask in (store.has, store.get, store.claim, store.failure):
        with pytest.raises(InvalidArgumentError, match="64 hexadecimal digits"):
            ask(key)


def test_a_store_of_a_newer_format_is_refused(store):
    mark = store.path / "store.json"
    mark.write_text(json.dumps({"format": 2, "kind": "widthwise-store"}))
    with pytest.raises(DataError, match=r"format 2; this version reads up to 1"):
        Store(store.path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "3",
        '{"format": 1}',
        '{"format": "1", "kind": "widthwise-store"}',
        '{"format": true, "kind": "widthwise-store"}',
        '{"format": 0, "kind": "widthwise-store"}',
        '{"format": 1, "kind": "other"}',
        "[" * 5000,
    ],
    ids=lambda text: repr(text[:30]),
)
def test_a_wrong_mark_is_refused(store, text):
    (store.path / "store.json").write_text(text)
    with pytest.raises(DataError, match=r"store\.json"):
        Store(store.path)


def test_a_folder_with_other_files_is_no_store(tmp_path):
    (tmp_path / "thesis.tex").write_text("precious")
    with pytest.raises(DataError, match="is no store"):
        Store(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_file_is_no_store(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="is no store"):
        Store(tmp_path / "file")


def test_a_store_that_must_exist_is_not_made(tmp_path):
    with pytest.raises(MissingDataError, match="no store at"):
        Store(tmp_path / "store", create=False)
    assert not (tmp_path / "store").exists()


def test_a_store_is_made_by_what_is_written_and_not_by_a_look(tmp_path):
    store = Store(tmp_path / "below" / "store")
    assert not store.has("0" * 64)
    assert [*store.items(), *store.failures(), *store.trials()] == []
    assert store.verify().is_whole
    assert store.frame().height == 0
    store.sweep()
    assert not any(tmp_path.iterdir())
    assert store.put(trial(1), {"a": 1})
    assert Store(store.path, create=False).has(trial(1).key)


def test_what_a_killed_maker_left_does_not_stand_in_the_way(tmp_path):
    (tmp_path / ".store.json.x3k").write_text("{")
    assert Store(tmp_path).put(trial(1), {"a": 1})


def test_a_store_that_another_process_makes_meanwhile_is_a_store(tmp_path, monkeypatch):
    listed = os.listdir

    def late(path):
        monkeypatch.setattr(os, "listdir", listed)
        Store(path)
        return listed(path)

    monkeypatch.setattr(os, "listdir", late)
    assert Store(tmp_path).put(trial(1), {"a": 1})


def test_opening_and_reading_write_nothing(store):
    store.put(trial(1), {"a": 1})
    before = sorted(store.path.rglob("*"))
    again = Store(store.path)
    again.has(trial(1).key)
    list(again.items())
    list(again.failures())
    again.verify()
    assert sorted(store.path.rglob("*")) == before


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_folder_without_permission_is_said_to_be_so(store):
    store.put(trial(1), {"a": 1})
    for path in [store.path / "scratch", store.path]:
        path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        with pytest.raises(OutputError, match="Permission denied"):
            store.put(trial(2), {"a": 1})
        assert store.has(trial(1).key)
    finally:
        for path in [store.path, store.path / "scratch"]:
            path.chmod(stat.S_IRWXU)


def test_a_file_in_the_way_of_a_folder_is_an_output_error(store):
    (store.path / "scratch").write_text("")
    with pytest.raises(OutputError, match="Cannot write into the store"):
        store.put(trial(1), {"a": 1})
