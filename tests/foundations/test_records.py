"""Test `widthwise.records`: what is written can be read, and only that."""

import json
import shutil
import zipfile
from contextlib import suppress

import numpy as np
import pytest

from widthwise.errors import DataError, MissingDataError, OutputError
from widthwise.records import SCHEMA, Record, plain, require_writable, write_text


@pytest.fixture
def record():
    content = {
        "schema": SCHEMA,
        "x": np.float64(0.5),
        "gone": float("inf"),
        "n": (1, 2),
    }
    return Record(content, {"a/b": np.arange(3.0)})


def test_a_saved_record_reads_back_the_same(record, tmp_path):
    record.save(tmp_path / "new" / "folder")
    found = Record.load(tmp_path / "new" / "folder")
    assert found.content == {"schema": SCHEMA, "x": 0.5, "gone": None, "n": [1, 2]}
    np.testing.assert_array_equal(found.arrays["a/b"], np.arange(3.0))


def test_a_folder_may_be_named_in_text(record, tmp_path):
    record.save(str(tmp_path / "run"))
    assert Record.load(str(tmp_path / "run")) == Record.load(tmp_path / "run")


def test_json_is_strict(record):
    """JSON has no Infinity; a strict parser must take the text."""

    def refuse(constant):
        raise AssertionError(constant)

    json.loads(record.to_json(), parse_constant=refuse)


def test_plain_keeps_what_json_knows():
    assert plain({1: [True, None, "a", -0.0, float("nan")]}) == {
        "1": [True, None, "a", -0.0, None]
    }


def test_refuses_a_newer_schema(record, tmp_path):
    record.save(tmp_path)
    text = (tmp_path / "record.json").read_text()
    (tmp_path / "record.json").write_text(
        text.replace(f'"schema": {SCHEMA}', '"schema": 99')
    )
    with pytest.raises(DataError, match="schema 99"):
        Record.load(tmp_path)


@pytest.mark.parametrize("name", ["record.json", "arrays.npz"])
def test_names_the_file_that_is_missing(record, tmp_path, name):
    record.save(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(MissingDataError, match=name):
        Record.load(tmp_path)


@pytest.mark.parametrize("name", ["record.json", "arrays.npz"])
@pytest.mark.parametrize("garbage", [b"", b"\x00\xff", b"[1]", b"PK\x03\x04broken"])
def test_refuses_a_damaged_file(record, tmp_path, name, garbage):
    record.save(tmp_path)
    (tmp_path / name).write_bytes(garbage)
    with pytest.raises(DataError):
        Record.load(tmp_path)


def test_every_flipped_bit_is_found(record, tmp_path):
    record.save(tmp_path)
    for name in ("record.json", "arrays.npz"):
        path = tmp_path / name
        whole = path.read_bytes()
        for place in range(len(whole)):
            bits = bytearray(whole)
            bits[place] ^= 1 << (place % 8)
            path.write_bytes(bits)
            with pytest.raises(DataError):
                Record.load(tmp_path)
        path.write_bytes(whole)
    Record.load(tmp_path)


def test_the_arrays_of_another_run_are_refused(record, tmp_path):
    record.save(tmp_path / "one")
    Record(record.content, {"a/b": np.arange(3.0) + 1}).save(tmp_path / "other")
    shutil.copy(tmp_path / "other" / "arrays.npz", tmp_path / "one")
    with pytest.raises(DataError, match="not as one run wrote them"):
        Record.load(tmp_path / "one")


def test_a_record_from_before_the_checksum_is_read(record, tmp_path):
    record.save(tmp_path)
    path = tmp_path / "record.json"
    content = json.loads(path.read_text())
    del content["checksum"]
    path.write_text(json.dumps(content))
    with pytest.raises(DataError, match="checksum"):
        Record.load(tmp_path)
    path.write_text(json.dumps(content | {"schema": 2}))
    assert Record.load(tmp_path).content["schema"] == SCHEMA


@pytest.mark.parametrize(
    "text", ["[" * 10**5, '{"a":' * 400 + "1" + "}" * 400, '{"x": ' + "9" * 5000 + "}"]
)
def test_what_no_run_writes_is_refused_in_one_sentence(record, tmp_path, text):
    record.save(tmp_path)
    (tmp_path / "record.json").write_text(text)
    with pytest.raises(DataError, match=r"is damaged \(.*\)\. Make the run again"):
        Record.load(tmp_path)


def _archive(path, header, body=b""):
    """Write an NPZ whose one array has this header."""
    block = header.encode("latin1").ljust(117) + b"\n"
    start = b"\x93NUMPY\x01\x00" + len(block).to_bytes(2, "little")
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a.npy", start + block + body)


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<f8', 'fortran_order': False, 'shape': (9895604649984,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}",
        "{'descr': '<f8', 'shape': (1,)}",
        "(" * 100,
    ],
    ids=["72 TiB", "negative", "short", "nested"],
)
def test_an_archive_with_a_false_header_is_refused(record, tmp_path, header):
    record.save(tmp_path)
    content = json.dumps({"schema": 2})
    (tmp_path / "record.json").write_text(content)
    _archive(tmp_path / "arrays.npz", header)
    with pytest.raises(DataError, match="is damaged"):
        Record.load(tmp_path)


def test_an_altered_archive_from_before_the_checksum_is_refused(tmp_path):
    """The archive's own sums find it, in whichever library reads that byte."""
    Record({"schema": 2}, {"x": np.arange(300.0) % 7}).save(tmp_path)
    (tmp_path / "record.json").write_text('{"schema": 2}')
    path = tmp_path / "arrays.npz"
    whole = path.read_bytes()
    for place in range(len(whole)):
        for change in (0x01, 0x40, 0xFF):
            bits = bytearray(whole)
            bits[place] ^= change
            path.write_bytes(bits)
            with suppress(DataError):
                found = Record.load(tmp_path).arrays
                assert all(isinstance(each, np.ndarray) for each in found.values())


def test_never_unpickles(record, tmp_path):
    """An object array would run code when read; it is refused instead."""

    class Bomb:
        def __reduce__(self):
            return (pytest.fail, ("code ran while reading a record",))

    record.save(tmp_path)
    bombs = np.empty(1, dtype=object)
    bombs[0] = Bomb()
    np.savez(tmp_path / "arrays.npz", bomb=bombs)
    with pytest.raises(DataError):
        Record.load(tmp_path)


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "page.html"
    write_text(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "\ud800")  # a lone surrogate has no UTF-8
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["page.html"]


def test_refuses_a_folder_that_is_a_file(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="Cannot write into"):
        require_writable(tmp_path / "file" / "below")
