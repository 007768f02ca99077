"""Test `widthwise.files`: a file is there whole, or as it was."""

import os
import signal
import stat
import subprocess
import sys

import pytest

from widthwise.errors import OutputError
from widthwise.files import put_in_place, write_bytes, write_text


@pytest.mark.parametrize("is_durable", [False, True])
def test_what_is_written_is_there_and_nothing_else(tmp_path, is_durable):
    path = tmp_path / "found.txt"
    for content in ("first\r\nκ\n", "second"):
        write_text(path, content, is_durable=is_durable)
        assert path.read_bytes() == content.encode("utf-8")
    write_bytes(path, b"\x00\xff", is_durable=is_durable)
    assert path.read_bytes() == b"\x00\xff"
    assert os.listdir(tmp_path) == ["found.txt"]


def test_a_new_file_has_the_rights_that_the_user_chose(tmp_path):
    (tmp_path / "by_open").write_text("")
    write_text(tmp_path / "by_us", "")
    rights = [
        stat.S_IMODE((tmp_path / each).stat().st_mode) for each in ("by_open", "by_us")
    ]
    assert rights[0] == rights[1]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError])
@pytest.mark.parametrize("is_folder", [False, True])
def test_a_failure_leaves_what_was_there(tmp_path, error, is_folder):
    path = tmp_path / "table.csv"
    path.write_text("old")

    def fail():
        with put_in_place(path) as temporary:
            assert temporary.parent == tmp_path
            assert temporary.suffix == ".csv"
            if is_folder:
                temporary.mkdir()
                temporary /= "part"
            temporary.write_text("half")
            raise error

    with pytest.raises(error):
        fail()
    assert os.listdir(tmp_path) == ["table.csv"]
    assert path.read_text() == "old"


def test_a_folder_is_put_in_place_whole(tmp_path):
    with put_in_place(tmp_path / "export.zarr", is_durable=True) as temporary:
        temporary.mkdir()
        (temporary / "a").write_text("1")
        assert not (tmp_path / "export.zarr").exists()
    assert (tmp_path / "export.zarr" / "a").read_text() == "1"
    assert os.listdir(tmp_path) == ["export.zarr"]


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    path = tmp_path / "missing" / "found.txt"
    with pytest.raises(OutputError, match=r"Cannot write .*found\.txt: No such file"):
        write_text(path, "x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError, match=r"Cannot write .*folder"):
        write_text(tmp_path / "folder", "x")
    assert os.listdir(tmp_path) == ["folder"]


def test_a_long_name_has_room_for_its_temporary_twin(tmp_path):
    name = "κ" * 125 + ".json"  # 255 bytes, the most that Linux takes
    write_text(tmp_path / name, "x")
    assert (tmp_path / name).read_text() == "x"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_killed_writer_leaves_the_old_file_whole(tmp_path):
    path = tmp_path / "found.txt"
    write_text(path, "old")
    code = (
        "import os, pathlib, signal\n"
        "from widthwise.files import put_in_place\n"
        f"with put_in_place(pathlib.Path({str(path)!r})) as temporary:\n"
        "    temporary.write_text('half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_text() == "old"
