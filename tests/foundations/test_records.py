"""Test `widthwise.records`: what is written can be read, and only that."""

import json

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
