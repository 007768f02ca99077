"""Whatever cannot be used is refused in a sentence that says what to do."""

import datetime
import gzip
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse
import torch

from widthwise.arrays import real_tensor
from widthwise.datasets import read
from widthwise.errors import DataError, MissingDataError

MALE = "a,sex\n1,male\n2,female\n3,male\n"
LONG = "a,id\n" + "".join(f"{row},u{row}\n" for row in range(40))

FILES = [
    # content, options, what the message says
    ("", {}, r"a\.csv is empty; a table .* was needed"),
    (" \n\n", {}, r"a\.csv is empty"),
    ("a,b\n", {}, "no rows below them; at least 2 rows"),
    ("a,b\n1,2\n", {}, r"a\.csv has 1 row and 2 columns; at least 2 rows"),
    ("a,b,c\n1,2,3\n4,5\n", {}, r"Line 3 of a\.csv has 2 fields and line 1 has 3"),
    ("a,b\n\n1,2\n3,4,5\n", {}, r"Line 4 of a\.csv has 3 fields and line 1 has 2"),
    ("Table 1\na,b\n1,2\n", {}, "^Line 2 of (?!.*no rows below)"),
    ('a,b\n"1\n",2\n3\n', {}, r"Line 4 of a\.csv has 1 field and"),
    ('a,b\n1,"2\n3,4\n', {}, r"line 2 on .*quotation mark must have its partner"),
    ("a,b\n1,é\n".encode("latin-1"), {}, r"not utf-8 text: byte 6 \(line 2\) is 0xe9"),
    ("a,b\n1,é\n".encode("latin-1"), {}, r"--encoding latin-1"),
    ("a,b\n1,2\n", {"encoding": "utf-99"}, "no encoding named 'utf-99'"),
    (b"a,b\n\0,1\n", {}, "holds zero bytes, so it is not text"),
    ("a,b,a\n1,2,3\n", {}, r"more than one column named 'a' \(columns 0, 2"),
    ("a;b\n1,5;2\n3,5;4\n", {}, r"'1,5', a decimal comma.*--decimal-comma"),
    (
        MALE,
        {},
        r"'sex' of a\.csv holds text \('male' and 'female'\).*--one-hot.*--drop",
    ),
    ("a,b,c\n1,u,v\n2,w,x\n", {}, r"2 columns of a\.csv are not numbers: 'b' .*'c'"),
    ("a\n1\n2\nx\n3\n", {}, r"text in 1 of 4 lines \(line 4: 'x'\).*Mend"),
    ("a\n1\n2\n٣\n3\n", {}, r"text in 1 of 4 lines \(line 4: '٣', U\+0663"),
    ("d,a\n2020-01-31,1\n2021-02-01,2\n", {}, r"'d' of a\.csv holds dates"),
    (LONG, {"one_hot": True}, "'id' of .* 40 different words in 40 rows"),
    (LONG, {"target": "id"}, "'id' of .* 40 different words in 40 rows"),
    ("a,t\n1,u\n2,u\n", {"target": "t"}, "one class only, 'u'"),
    (
        "a,b\n1,\nNA,2\n3,?\n4,5\n",
        {},
        r"'a' \('NA'\) in line 3; 'b' \('\?'\) in lines 2, 4.*the 3 lines",
    ),
    ("a,b\n1,\n2,\n3,\n4,\n5,6\n", {}, r"'b' in 4 lines \(2, 3, 4, \.\.\.\)"),
    ("a,b\n1,\nNA,2\n3,4\n", {"drop_missing": True}, "Only 1 of 3 rows"),
    ("a,b\n1,\n2,\n", {"drop_missing": True}, "'b' of .* has no value in any row"),
    ("a,b\n1,inf\n2,3\n", {}, r"'b' of a\.csv is infinite.*in line 2"),
    ("a,b\n1,2\n2,1e400\n", {}, r"too large for float64, in line 3"),
    ("a,b\n1,2\n2,1e-400\n3,4\n", {}, r"'b' of .* too small for float64 in line 3"),
    ("a,b\n5.0E-0330,2\n0e-999,1\n3,4\n", {}, r"'a' of .* float64 in line 2: what"),
    (f"a,b\n1,2\n.{'0' * 330}7,1\n", {}, r"'a' of .* too small for .* in line 3"),
    (
        "Plants of 2024\na,b\n1,2\n3,4\n",
        {},
        r"^Line 1 of a\.csv \('Plants of 2024'\) has 1 field and every line below has "
        r"2: a title or a remark .* Take it out of the file\.$",
    ),
    ("# x\n\n# y\na,b\n1,2\n3,4\n", {}, r"^Lines 1 and 3 of .*Take them out"),
    (
        "Plants\nof 2024,all\na,b,c\n1,2,3\n3,4,5\n",
        {},
        r"^Lines 1 and 2 of .*'Plants'\) have other numbers of fields than the 3 of",
    ),
    ("a,b\n1,1,2\n2,3,4\n3,4,7\n", {}, r"^Line 1 .*if it holds the names, give one"),
    ("Plants,,\na,b,c\n1,2,3\n3,4,5\n", {}, r"'Plants'\), and line 2 \('a', 'b' and"),
    (MALE, {"target": "Sax"}, r"no column 'Sax' to use as target\. Did you mean 'sex'"),
    (MALE, {"target": 2}, "no column 2 to use as target.*Its 2 columns: 'a' and 'sex'"),
    (MALE, {"drop": "nothing"}, "no column 'nothing' to use as column to drop"),
    (MALE, {"columns": ["b"]}, "no column 'b' to use as feature"),
    (MALE, {"drop": "sex", "target": "sex"}, "both the target and a column to drop"),
    (MALE, {"drop": ["a"], "target": "sex"}, "no feature column besides the target"),
    (MALE, {"separator": "ab"}, "separator 'ab' was given; one ASCII character"),
]


@pytest.mark.parametrize(("content", "options", "message"), FILES)
def test_a_text_file_that_cannot_be_used_is_refused(
    tmp_path, content, options, message
):
    path = tmp_path / "a.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError, match=message) as caught:
        read(path, **options)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("source", "options", "message"),
    [
        (np.zeros(3), {}, r"X has shape \(3,\); an \(n, d\) array"),
        (np.ones((1, 3)), {}, "1 row and 3 columns; at least 2 rows"),
        (np.ones((3, 0)), {}, "0 columns; at least 2 rows and 1 column"),
        (np.ones((0, 3)), {}, "0 rows and 3 columns"),
        (np.array([[1, np.nan], [2, 3]]), {}, "'x1' in row 0"),
        (np.array([[1, 2], [-np.inf, 3]]), {}, "'x0' of X is infinite.*in row 1"),
        (np.array([[1j, 2], [3, 4]]), {}, "dtype complex128; real numbers"),
        (torch.ones(2, 2, dtype=torch.cfloat), {}, "dtype complex"),
        (np.array([["a", "b"], ["c", "d"]]), {}, "dtype <U1; real numbers"),
        (np.array([[{}, 1]], dtype=object), {}, "dtype object; real numbers"),
        (np.ones((2, 2), dtype="datetime64[D]"), {}, "dtype datetime64"),
        ([[1, 2], [3]], {}, "rows of X have different lengths"),
        (None, {}, "X is a NoneType; the path of a file"),
        ({"a": [1, 2]}, {}, "X is a dict"),
        (torch.eye(3).to_sparse(), {}, r"\.to_dense\(\)"),
        (scipy.sparse.eye(3).tocsr(), {}, r"\.toarray\(\)"),
        (np.ma.masked_array(np.eye(2), np.eye(2)), {}, "'x0' in row 0; 'x1' in row 1"),
        (
            pd.DataFrame([[1, 2], [3, 4]], columns=["a", "a"]),
            {},
            "one column named 'a'",
        ),
        (pl.DataFrame({"a": [[1], [2]]}), {}, "'a' of X holds List"),
        (pl.DataFrame({"d": [datetime.date(2020, 1, 1)] * 2}), {}, "holds Date"),
        (pd.DataFrame({"m": [1, "a"]}), {}, "'m' of X holds mixed values"),
        (np.eye(3), {"target": [1, 2]}, "3 rows and 2 targets"),
        (np.eye(3), {"target": np.eye(3)}, r"shape \(3, 3\); one number a row"),
        (np.eye(3), {"target": [1, np.nan, 2]}, "'y' in row 1"),
        (np.eye(2), {"target": np.array([1j, 2])}, "targets have dtype complex128"),
        (np.eye(2), {"target": np.ma.array([1.0, 2.0], mask=[0, 1])}, "'y' in row 1"),
        (np.eye(2), {"target": np.ma.array([1, 2], mask=[1, 0])}, "'y' in row 0"),
        (np.eye(2), {"target": np.ma.array(["a", "b"], mask=[0, 1])}, "'y' in row 1"),
        (torch.empty(2, 2, device="meta"), {}, "a tensor without data"),
        (
            pd.DataFrame({"a": [1.0, 2.0, 3.0]}),
            {"target": pd.Series([3.0, 2.0, 1.0], index=[2, 1, 0])},
            r"labels in another order.*y\.loc\[X\.index\]",
        ),
    ],
)
def test_an_object_that_cannot_be_used_is_refused(source, options, message):
    with pytest.raises(DataError, match=message):
        read(source, **options)


def test_targets_of_another_index_are_taken_in_order():
    rows = pd.DataFrame({"a": [1.0, 2.0]}, index=[7, 9])
    found = read(rows, pd.Series([4.0, 5.0]))
    assert found.targets.tolist() == [4.0, 5.0]


def test_an_archive_with_two_sets_of_points_is_refused(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, x=np.eye(2), X=2 * np.eye(2))
    with pytest.raises(DataError, match="points under 'x' and 'X'; one of them"):
        read(path)
    np.savez(path, X=np.eye(2), y=[1.0, 2.0], labels=[2.0, 1.0])
    with pytest.raises(DataError, match="targets under 'y' and 'labels'"):
        read(path)


def test_integers_of_128_bits_are_read_and_rounded():
    wide = pl.Series([2**100 + 1, 1], dtype=pl.Int128)
    found = read(pl.DataFrame({"a": wide, "b": [0, 1]}))
    assert found.points[0, 0] == 2.0**100
    assert "round_integers" in [step.name for step in found.steps]


def test_masked_entries_are_refused_where_numbers_are_taken():
    masked = np.ma.array([1.0, 2.0], mask=[False, True])
    with pytest.raises(DataError, match="have masked entries"):
        real_tensor(masked, "The labels")
    plain = np.ma.array([1.0, 2.0])
    assert real_tensor(plain, "The labels").tolist() == [1.0, 2.0]


def test_a_missing_file_is_named_with_its_neighbours(tmp_path):
    (tmp_path / "prostate.csv").write_text(MALE)
    with pytest.raises(MissingDataError, match=r"Did you mean 'prostate\.csv'"):
        read(tmp_path / "prostrate.csv")
    with pytest.raises(FileNotFoundError, match=r"folder .* does not exist either"):
        read(tmp_path / "no" / "a.csv")


def test_a_folder_is_refused_with_what_it_holds(tmp_path):
    (tmp_path / "b.csv").write_text(MALE)
    with pytest.raises(DataError, match=r"is a folder; a file was needed.*'b\.csv'"):
        read(tmp_path)


def test_an_unknown_ending_is_refused(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"PK")
    with pytest.raises(DataError, match=r"ends in '\.xlsx'; a file ending in \.csv"):
        read(tmp_path / "a.xlsx")


def test_a_damaged_gzip_file_is_refused(tmp_path):
    whole = gzip.compress(MALE.encode())
    (tmp_path / "a.csv.gz").write_bytes(whole[:-12])
    with pytest.raises(DataError, match="cannot be gunzipped"):
        read(tmp_path / "a.csv.gz")


def test_a_damaged_parquet_file_is_refused(tmp_path):
    path = tmp_path / "a.parquet"
    pl.DataFrame({"a": [1.0, 2.0]}).write_parquet(path)
    content = path.read_bytes()
    for broken, message in (
        (b"", "does not start with PAR1"),
        (b"hello", "does not start with PAR1"),
        (content[:-9], "cut short"),
        (b"PAR1" + content[50:], "damaged"),
    ):
        path.write_bytes(broken)
        with pytest.raises(DataError, match=message):
            read(path)


def test_a_parquet_decoder_that_dies_is_an_error_like_any_other(tmp_path, monkeypatch):
    path = tmp_path / "a.parquet"
    pl.DataFrame({"a": [1.0, 2.0]}).write_parquet(path)
    monkeypatch.setattr(
        "widthwise.datasets.tables._parquet._CHILD", "import os; os.abort()"
    )
    with pytest.raises(DataError, match="its content is damaged"):
        read(path)


class Bomb:
    """An object whose unpickling would be seen."""

    exploded = False

    def __reduce__(self):
        return setattr, (Bomb, "exploded", True)


def test_pickles_are_refused_and_never_loaded(tmp_path):
    array = np.array([[Bomb(), 1], [2, 3]], dtype=object)
    np.save(tmp_path / "a.npy", array, allow_pickle=True)
    np.savez(tmp_path / "a.npz", x=array)
    (tmp_path / "b.npy").write_bytes(pickle.dumps(Bomb()))
    for name, message in (
        ("a.npy", "holds pickled Python objects"),
        ("a.npz", "'x' of a.npz holds pickled Python objects"),
        ("b.npy", "looks like a Python pickle"),
    ):
        with pytest.raises(DataError, match=message):
            read(tmp_path / name)
    assert not Bomb.exploded


def test_damaged_and_strange_numpy_files_are_refused(tmp_path):
    path = tmp_path / "a.npy"
    np.save(path, np.eye(3))
    content = path.read_bytes()
    for broken in (b"", content[:20], content[:-8], content.replace(b"f8", b"q?")):
        path.write_bytes(broken)
        with pytest.raises(DataError, match="NPY"):
            read(path)
    np.save(path, np.zeros(3, dtype=[("a", "f8")]))
    with pytest.raises(DataError, match="dtype"):
        read(path)
    path.write_bytes(content.replace(b"(3, 3)", b"(9999999999, 9999999)"[:6]))
    with pytest.raises(DataError, match="NPY"):
        read(path)


def test_an_array_longer_than_its_file_is_refused_without_allocating(tmp_path):
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (900000000000, 9), }"
    header = header.ljust(117) + b"\n"
    content = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    (tmp_path / "a.npy").write_bytes(content + bytes(72))
    with pytest.raises(DataError, match="cannot be read as an NPY file"):
        read(tmp_path / "a.npy")


def test_damaged_and_strange_archives_are_refused(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, foo=np.eye(2), bar=np.eye(2))
    content = path.read_bytes()
    with pytest.raises(DataError, match=r"no array 'x'.*It has: 'foo' and 'bar'"):
        read(path)
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError, match="cannot be read as an NPZ file"):
        read(path)
    np.savez(path, x=np.eye(2))
    with pytest.raises(DataError, match="no array 'label' to use as target"):
        read(path, target="label")
    damaged = bytearray(path.read_bytes())
    damaged[140:150] = b"!" * 10
    path.write_bytes(bytes(damaged))
    with pytest.raises(DataError, match=r"'x' of a\.npz cannot be read"):
        read(path)


def test_a_file_that_may_not_be_read_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text(MALE)

    def refuse(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "read_bytes", refuse)
    with pytest.raises(DataError, match="permission denied"):
        read(path)
