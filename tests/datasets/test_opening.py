"""Packed files, pipes, headers, dates, gaps, and all problems in one message."""

import bz2
import gzip
import io
import lzma
import os
import threading
import zipfile

import numpy as np
import pandas as pd
import polars as pl
import pytest

from widthwise.datasets import Dataset, read
from widthwise.errors import DataError, MemoryBudgetError

TEXT = b"a,b\n1,2\n3,5\n4,4\n"
POINTS = [[1, 2], [3, 5], [4, 4]]


def write(path, text):
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def zipped(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return buffer.getvalue()


PACKED = {
    "t.csv.gz": gzip.compress(TEXT),
    "t.csv.bz2": bz2.compress(TEXT),
    "t.csv.xz": lzma.compress(TEXT),
    "t.csv.zip": zipped(t_csv=TEXT),
    "t.zip": zipped(t_csv=TEXT),
}


# --- packed files --------------------------------------------------------------------


@pytest.mark.parametrize("name", PACKED)
def test_packed_text_is_read(tmp_path, name):
    found = read(write(tmp_path / name, PACKED[name]))
    assert found.points.tolist() == POINTS
    assert found.name == "t"


@pytest.mark.parametrize("name", PACKED)
def test_a_damaged_packed_file_is_refused(tmp_path, name):
    with pytest.raises(DataError, match="damaged or cut short"):
        read(write(tmp_path / name, PACKED[name][:-12]))


def test_an_archive_of_several_files_is_refused_with_their_names(tmp_path):
    path = write(tmp_path / "t.zip", zipped(a_csv=TEXT, b_csv=TEXT))
    with pytest.raises(DataError, match=r"holds 2 files: 'a\.csv' and 'b\.csv'"):
        read(path)
    with pytest.raises(DataError, match="holds 0 files; one table was needed"):
        read(write(path, zipped()))


@pytest.mark.parametrize("name", ["t.csv.gz", "t.csv.bz2", "t.csv.xz", "t.csv.zip"])
def test_what_unpacks_to_more_than_fits_is_refused_before_it_is_held(
    tmp_path, monkeypatch, name
):
    pack = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}
    content = b"a\n" + b"0" * 2**26
    ending = name.rpartition(".")[2]
    packed = zipped(t_csv=content) if ending == "zip" else pack[ending](content)
    monkeypatch.setattr("widthwise.numerics.available_bytes", lambda: 20 * 2**20)
    with pytest.raises(MemoryBudgetError, match=r"unpacks to more than 0\.00\d+ GB"):
        read(write(tmp_path / name, packed))
    assert len(packed) < 2**20


@pytest.mark.parametrize("name", ["t.npy", "t.npz"])
def test_an_array_that_claims_terabytes_is_refused(tmp_path, name):
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (9895604649984, 1), }"
    header += b" " * (118 - len(header) - 1) + b"\n"
    array = (
        b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + b"\0" * 64
    )
    content = array if name == "t.npy" else zipped(x_npy=array)
    with pytest.raises(DataError, match="cut short"):
        read(write(tmp_path / name, content))


@pytest.mark.parametrize("name", ["t.npy", "t.npz"])
def test_an_array_that_does_not_fit_with_its_copies_is_refused(
    tmp_path, monkeypatch, name
):
    array = np.zeros((2**16, 8), dtype=np.uint8)
    np.save(tmp_path / "t.npy", array)
    np.savez_compressed(tmp_path / "t.npz", x=array)
    monkeypatch.setattr("widthwise.numerics.memory.available_bytes", lambda: 2**22)
    with pytest.raises(MemoryBudgetError, match=r"of shape \(65536, 8\), would take"):
        read(tmp_path / name)


def test_an_altered_archive_is_an_error_on_purpose(tmp_path):
    buffer = io.BytesIO()
    np.savez_compressed(buffer, x=np.random.default_rng(0).random((40, 3)))
    content = bytearray(buffer.getvalue())
    for place in range(30, len(content) - 90, 7):
        altered = bytearray(content)
        altered[place] ^= 0xFF
        try:
            read(write(tmp_path / "t.npz", bytes(altered)))
        except (DataError, MemoryBudgetError) as error:
            assert str(error).endswith(".")  # noqa: PT017


# --- pipes and names -----------------------------------------------------------------


def through(pipe, content):
    writer = threading.Thread(target=pipe.write_bytes, args=(content,))
    writer.start()
    found = read(pipe)
    writer.join()
    return found


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
@pytest.mark.parametrize("kind", ["csv", "gz", "zip", "npy", "npz", "parquet"])
def test_a_pipe_is_read_once_whatever_it_gives(tmp_path, kind):
    buffer = io.BytesIO()
    array = np.array(POINTS, dtype=float)
    if kind == "npy":
        np.save(buffer, array)
    elif kind == "npz":
        np.savez(buffer, x=array)
    elif kind == "parquet":
        pl.DataFrame(array, schema=["a", "b"]).write_parquet(buffer)
    given = {"csv": TEXT, "gz": gzip.compress(TEXT), "zip": PACKED["t.zip"]}
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert through(pipe, given.get(kind, buffer.getvalue())).points.tolist() == POINTS


def test_a_dash_is_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(TEXT)))
    found = read("-", "b")
    assert found.origin == "standard input"
    assert found.targets.tolist() == [2, 5, 4]


@pytest.mark.skipif(not os.path.exists("/dev/fd"), reason="no open files by number")
def test_an_open_file_needs_no_ending(tmp_path):
    with open(write(tmp_path / "t.csv", TEXT), "rb") as file:
        assert read(f"/dev/fd/{file.fileno()}").points.tolist() == POINTS


@pytest.mark.skipif(os.name == "nt", reason="file names are Unicode there")
def test_a_name_that_is_not_utf8_is_shown_and_read(tmp_path):
    folder = os.fsencode(tmp_path)
    with open(folder + b"/\xff.csv", "wb") as file:
        file.write(TEXT)
    found = read(os.fsdecode(folder + b"/\xff.csv"))
    assert found.name == "\\xff"
    (found.name + found.origin).encode("utf-8")
    with pytest.raises(FileNotFoundError) as caught:
        read(os.fsdecode(folder + b"/\xfe.csv"))
    str(caught.value).encode("utf-8")


# --- the first lines -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("sep=;\na;b\n1;2\n3;4\n", ("a", "b")),
        ('"sep=;"\r\na;b\r\n1;2\r\n3;4\r\n', ("a", "b")),
        ("\ufeffa,b\n1,2\n3,4\n", ("a", "b")),
        ("sep=|\n\n a | b \n1|2\n3|4\n", ("a", "b")),
        (",0,1\n0,1,2\n1,3,4\n", ("0", "1")),
        ("year,2019\n1,2\n3,4\n", ("year", "2019")),
        ("5.1,3.5\n1,2\n", ("x0", "x1")),
    ],
)
def test_first_lines_are_names_or_data(tmp_path, text, names):
    assert read(write(tmp_path / "t.csv", text)).feature_names == names


@pytest.mark.parametrize(
    "text",
    [
        "5.1,3.5,setosa\n4.9,3,setosa\n6,2,virginica\n",
        "name,2019,2020\nFR,3,2\nDE,2,1\n",
        "0,1,2\n5,4,1\n2,2,2\n",
        "31,,2\n28,1,0\n",
    ],
)
def test_a_first_line_that_may_be_either_is_not_guessed(tmp_path, text):
    path = write(tmp_path / "t.csv", text)
    with pytest.raises(DataError, match=r"may be names or data.*--no-header"):
        read(path)
    rows = text.count("\n")
    options = {"one_hot": True, "drop_missing": True}
    if ",," not in text:
        assert len(read(path, header=False, **options).points) == rows
        assert len(read(path, header=True, **options).points) == rows - 1


def test_a_long_field_is_read(tmp_path):
    path = write(tmp_path / "t.csv", f'"{"a" * 140_000}",b\n1,2\n3,4\n')
    assert len(read(path).feature_names[0]) == 140_000


def test_a_name_is_found_composed_or_not(tmp_path):
    path = write(tmp_path / "t.csv", "caf\u00e9,b\n1,2\n3,4\n")
    assert read(path, "cafe\u0301").target_name == "caf\u00e9"
    path = write(tmp_path / "t.csv", "cafe\u0301,b\n1,2\n3,4\n")
    assert read(path, "caf\u00e9").target_name == "caf\u00e9"
    with pytest.raises(DataError, match="more than one column named 'caf\u00e9'"):
        read(write(path, "cafe\u0301,caf\u00e9\n1,2\n3,4\n"))


def test_names_may_be_a_list_in_one_word(tmp_path):
    path = write(tmp_path / "t.csv", 'a,b,"c,d",e\n1,2,3,4\n5,6,7,9\n')
    assert read(path, drop="a, b").feature_names == ("c,d", "e")
    assert read(path, drop=["c,d", "a,e"]).feature_names == ("b",)
    assert read(path, columns="e,a").feature_names == ("e", "a")


# --- dates and gaps, on request ------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "order", "found"),
    [
        (["1970-01-02", "2020-02-29"], "ymd", [1, 18321]),
        (["02.01.1970", "29/02/2020"], "dmy", [1, 18321]),
        (["1/2/1970", "2/29/2020"], "mdy", [1, 18321]),
        (["1970-01-02T12:00", "1970-01-01 06:00:00.0"], "ymd", [1.5, 0.25]),
        (["1970-01-01T00:00Z", "1970-01-01T00:00+06:00"], "ymd", [0, -0.25]),
    ],
)
def test_dates_become_days_when_their_order_is_said(tmp_path, cells, order, found):
    text = "".join(f"{cell},{k}\n" for k, cell in enumerate(cells))
    path = write(tmp_path / "t.csv", f"d,a\n{text}")
    assert read(path, columns="d", dates=order).points[:, 0].tolist() == found
    with pytest.raises(DataError, match=rf"holds dates.*--dates {order}"):
        read(path)


def test_a_date_that_no_calendar_has_is_named(tmp_path):
    path = write(tmp_path / "t.csv", "d,a\n01/31/2020,1\n02/30/2020,2\n03/05/2020,3\n")
    said = r"3 of 3 lines, 1 of them none in the order 'mdy' \(line 3: '02/30/2020'\)"
    with pytest.raises(DataError, match=rf"{said}.*Mend these dates"):
        read(path, dates="mdy")


@pytest.mark.parametrize("order", ["ymd", "mdy"])
def test_no_date_is_read_in_another_order(tmp_path, order):
    path = write(tmp_path / "t.csv", "d,a\n13.01.2020,1\n14.01.2020,2\n")
    with pytest.raises(DataError, match=r"dates='dmy' \(--dates dmy\) to read"):
        read(path, dates=order)


@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
def test_dates_of_frames_become_days(zone):
    dates = pd.to_datetime(["1970-01-02 12:00", "1970-01-03 12:00"]).tz_localize(zone)
    frame = pd.DataFrame({"d": dates, "a": [1, 2]})
    early = 0 if zone is None else 1 / 24
    found = read(frame, columns="d", dates="ymd").points[:, 0]
    np.testing.assert_allclose(found, [1.5 - early, 2.5 - early], rtol=1e-15)
    with pytest.raises(DataError, match=r"holds Datetime.*--dates"):
        read(frame)


def test_gaps_are_filled_on_request_only(tmp_path):
    path = write(tmp_path / "t.csv", "a,b,y\n1,1,1\n,2,2\n5,,3\n9,9,\n")
    with pytest.raises(DataError, match="--impute median"):
        read(path, "y")
    with pytest.raises(DataError, match="'y' in line 5") as caught:
        read(path, "y", impute="median")
    assert "impute" not in str(caught.value)
    found = read(path, "y", impute="median", drop_missing=True)
    assert found.points.tolist() == [[1, 1], [5, 2], [5, 2]]
    assert [step.name for step in found.steps] == ["drop_missing", "impute", "impute"]
    assert read(path, columns="a", impute="mean").points[1, 0] == 5
    with pytest.raises(DataError, match="'median' or 'mean'"):
        read(path, impute="zero")


# --- all problems at once ------------------------------------------------------------


def test_all_problems_of_a_table_are_said_at_once(tmp_path):
    text = "a,b,b,c,d\n1,2,3,4,5\n1,2\n1,x,3,4,5\n1,2,3,,5\n1,2,3,4,inf\n1\n"
    with pytest.raises(DataError) as caught:
        read(write(tmp_path / "t.csv", text), "z", drop="q")
    said = str(caught.value)
    for part in (
        "t.csv has 7 problems. (1) ",
        "Line 3 of t.csv has 2 fields and line 1 has 5",
        "Line 7 differs, too",
        "more than one column named 'b'",
        "no column 'z' to use as target",
        "no column 'q' to use as column to drop",
        "Column 'b' of t.csv holds text in 1 of 4 lines (line 4: 'x')",
        "'c' in line 5",
        "Column 'd' of t.csv is infinite, or too large for float64, in line 6",
    ):
        assert part in said
    assert "\n" not in said


# --- rows that are one point ---------------------------------------------------------


def test_near_rows_are_merged_when_a_tolerance_is_given():
    import torch

    generator = torch.Generator().manual_seed(0)
    points = torch.randn(60, 4, generator=generator, dtype=torch.float64)
    points[7] = points[3] * (1 + 2**-52)
    points[9] = points[3]
    found = Dataset("t", points)
    assert found.duplicates().groups == ((3, 9),)
    assert found.duplicates(1e-14).groups == ((3, 7, 9),)
    assert len(found.merge_duplicates(1e-14).points) == 58
