"""Files, arrays and frames with the same numbers give the same data set."""

import gzip

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from widthwise.datasets import read

NAMES = ["age", "height", "score"]
VALUES = np.array(
    [[31.0, 1.75, -2.0], [45.5, 1.6, 1e-300], [28.0, 1.9, 3e300], [60.0, 0.1, 0.0]]
)


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def text(separator=",", end="\n", header=True):
    lines = [separator.join(NAMES)] if header else []
    lines += [separator.join(map(repr, row)) for row in VALUES.tolist()]
    return end.join(lines) + end


def same(found):
    assert torch.equal(found.points, torch.from_numpy(VALUES[:, :2].copy()))
    assert torch.equal(found.targets, torch.from_numpy(VALUES[:, 2].copy()))
    assert found.points.dtype == torch.float64
    assert found.row_numbers == (0, 1, 2, 3)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", text()),
        ("a.tsv", text("\t")),
        ("a.csv", text(";")),
        ("a.csv", text("|")),
        ("a.data", text("\t")),
        ("crlf.csv", text(end="\r\n")),
        ("mac.csv", text(end="\r")),
        ("bom.csv", b"\xef\xbb\xbf" + text().encode()),
        ("utf16.csv", text().encode("utf-16")),
        ("blank.csv", "\n" + text().replace("\n", "\n\n") + "  \n\n"),
        ("quoted.csv", text().replace("31.0", '"31.0"').replace("age", '"age"')),
        ("packed.csv.gz", gzip.compress(text().encode(), mtime=0)),
        ("packed.csv", gzip.compress(text().encode(), mtime=0)),
        ("spaces.csv", text().replace(",", " , ")),
    ],
)
def test_text_files_of_every_kind_are_read(tmp_path, name, content):
    found = read(write(tmp_path / name, content), target="score")
    same(found)
    assert found.feature_names == ("age", "height")
    assert found.target_name == "score"
    assert found.name == name.split(".")[0]
    assert found.origin == str(tmp_path / name)


def test_a_frame_of_any_library_is_read():
    for frame in (
        pd.DataFrame(VALUES, columns=NAMES, index=list("wxyz")),
        pl.DataFrame(VALUES, schema=NAMES),
        pl.LazyFrame(VALUES, schema=NAMES),
        pa.table(dict(zip(NAMES, VALUES.T, strict=True))),
    ):
        found = read(frame, target="score")
        same(found)
        assert found.feature_names == ("age", "height")


def test_binary_files_are_read(tmp_path):
    np.save(tmp_path / "a.npy", VALUES)
    same(read(tmp_path / "a.npy", target=-1))
    np.savez(tmp_path / "a.npz", x=VALUES[:, :2], y=VALUES[:, 2])
    same(read(str(tmp_path / "a.npz")))
    np.savez_compressed(tmp_path / "b.npz", data=VALUES[:, :2], labels=VALUES[:, 2])
    same(read(tmp_path / "b.npz"))
    np.savez(tmp_path / "c.npz", x=VALUES[:, :2], mine=VALUES[:, 2])
    same(read(tmp_path / "c.npz", target="mine"))
    np.savez(tmp_path / "d.npz", points=VALUES)
    same(read(tmp_path / "d.npz", target=2))
    np.savez(tmp_path / "e.npz", whatever=VALUES)
    same(read(tmp_path / "e.npz", target=2))
    pl.DataFrame(VALUES, schema=NAMES).write_parquet(tmp_path / "a.parquet")
    same(read(tmp_path / "a.parquet", target="score"))


def test_arrays_tensors_and_lists_are_read():
    for source in (VALUES, torch.from_numpy(VALUES), VALUES.tolist()):
        same(read(source, target=2))
        same(read(source, target="x2"))
        same(read(source, target="2"))
    for labels in (VALUES[:, 2], VALUES[:, 2:], torch.from_numpy(VALUES[:, 2].copy())):
        same(read(VALUES[:, :2], target=labels))
    same(
        read(
            VALUES[:, :2], target=pd.Series(VALUES[:, 2], name="s", index=list("abcd"))
        )
    )
    same(read(VALUES[:, :2], target=VALUES[:, 2].tolist()))


@pytest.mark.parametrize(
    "dtype", ["int8", "uint8", "int64", "float16", "float32", "bool", "longdouble"]
)
def test_every_real_dtype_becomes_float64(dtype):
    array = np.array([[0, 1, 2], [3, 4, 5]]).astype(dtype)
    found = read(array)
    assert found.points.dtype == torch.float64
    assert found.points.tolist() == array.astype(float).tolist()
    if dtype != "longdouble":
        tensor = read(torch.from_numpy(array))
        assert torch.equal(found.points, tensor.points)
        assert torch.equal(read(pd.DataFrame(array)).points, found.points)


def test_a_tensor_that_needs_its_gradient_is_read():
    found = read(torch.ones(3, 2, requires_grad=True).cumsum(0))
    assert not found.points.requires_grad


def test_the_source_is_not_shared():
    array = VALUES.copy()
    found = read(array)
    array[:] = 0
    assert found.points[0, 0] == 31


def test_images_are_flattened_and_it_is_said():
    images = np.arange(2 * 3 * 4 * 5, dtype=np.uint8).reshape(2, 3, 4, 5)
    found = read(images)
    assert found.points.tolist() == images.reshape(2, -1).astype(float).tolist()
    assert found.steps[0].name == "flatten"


@given(
    st.lists(
        st.lists(
            st.floats(allow_nan=False, allow_infinity=False), min_size=3, max_size=3
        ),
        min_size=2,
        max_size=8,
    )
)
@settings(max_examples=60, deadline=None)
def test_written_numbers_come_back_bit_for_bit(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("round") / "a.csv"
    lines = ["a,b,c"] + [",".join(map(repr, row)) for row in rows]
    found = read(write(path, "\n".join(lines)))
    # drop_index applies to columns without a name only, so all three are there
    assert found.points.tolist() == rows


# --- headers, separators, names ------------------------------------------------------


def test_a_file_of_numbers_only_has_no_header(tmp_path):
    found = read(write(tmp_path / "a.csv", text(header=False)), target=-1)
    same(found)
    assert found.feature_names == ("x0", "x1")
    assert found.steps[0].name == "no_header"


def test_a_header_of_numbers_can_be_claimed(tmp_path):
    path = write(tmp_path / "a.csv", "2019,2020\n1,2\n3,5\n")
    assert len(read(path).points) == 3
    assert read(path, header=True).feature_names == ("2019", "2020")


def test_columns_of_numbers_separated_by_spaces_are_read(tmp_path):
    content = " 31.0  1.75 -2\n45.5 1.6   1e-300\n 28 1.9 3e300\n60 .1 0\n"
    found = read(write(tmp_path / "a.data", content), target=2)
    same(found)
    assert found.steps[0].numbers == {"separator": " "}


def test_names_may_hold_separators_quotes_and_line_breaks(tmp_path):
    path = write(tmp_path / "a.csv", '"a, x","b ""y"" \nz"\n\n1,2\n"3","4"\n')
    found = read(path)
    assert found.feature_names == ("a, x", 'b "y" \nz')
    assert found.points.tolist() == [[1, 2], [3, 4]]


def test_decimal_commas_are_read_when_said(tmp_path):
    path = write(tmp_path / "a.csv", "a;b\n1,5;-2\n3;1,25e2\n")
    found = read(path, decimal_comma=True)
    assert found.points.tolist() == [[1.5, -2], [3, 125]]


def test_another_encoding_is_read_when_said(tmp_path):
    path = write(tmp_path / "a.csv", "größe,b\n1,2\n3,5\n".encode("latin-1"))
    assert read(path, encoding="latin-1").feature_names == ("größe", "b")


# --- choice of columns ---------------------------------------------------------------


def test_columns_and_drop_choose_features():
    frame = pl.DataFrame(VALUES, schema=NAMES)
    assert read(frame, drop="age").feature_names == ("height", "score")
    assert read(frame, drop=["age", -1]).feature_names == ("height",)
    assert read(frame, columns=["score", "age"]).feature_names == ("score", "age")
    assert read(frame, "score", columns="age").feature_names == ("age",)
    found = read(frame, "score", columns=[0, 1, 2], drop=[0])
    assert found.feature_names == ("height",)
    assert found.steps[0].numbers == {"columns": ["age"]}


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("header", ["", "Unnamed: 0", '""'])
def test_a_nameless_column_that_counts_rows_is_left_out(tmp_path, first, header):
    lines = [f"{row + first},{row**2},{-row}" for row in range(5)]
    path = write(tmp_path / "a.csv", "\n".join([f"{header},a,b", *lines]))
    found = read(path)
    assert found.feature_names == ("a", "b")
    assert found.steps[0].name == "drop_index"


def test_a_nameless_column_of_other_numbers_stays(tmp_path):
    found = read(write(tmp_path / "a.csv", ",a\n5,1\n9,2\n"))
    assert found.feature_names == ("x0", "a")


def test_a_named_column_that_counts_rows_stays(tmp_path):
    assert read(write(tmp_path / "a.csv", "id,a\n1,1\n2,9\n")).points.shape == (2, 2)


def test_an_empty_column_made_by_trailing_separators_is_left_out(tmp_path):
    found = read(write(tmp_path / "a.csv", "a,b,\n1,2,\n3,5,\n"))
    assert found.feature_names == ("a", "b")


# --- words, truth values, missing values ---------------------------------------------


def test_words_are_encoded_on_request(tmp_path):
    path = write(tmp_path / "a.csv", "a,sex\n1,male\n2,female\n3,male\n")
    found = read(path, one_hot=True)
    assert found.feature_names == ("a", "sex=female", "sex=male")
    assert found.points.tolist() == [[1, 0, 1], [2, 1, 0], [3, 0, 1]]
    assert found.steps[-1].name == "one_hot"


@pytest.mark.parametrize("dtype", [pl.String, pl.Categorical, pl.Enum(["u", "v"])])
def test_categories_of_a_frame_are_encoded(dtype):
    frame = pl.DataFrame({"a": [1, 2], "c": pl.Series(["v", "u"], dtype=dtype)})
    assert read(frame, one_hot=True).points.tolist() == [[1, 0, 1], [2, 1, 0]]
    pandas = pd.DataFrame({"a": [1, 2], "c": pd.Categorical(["v", "u"])})
    assert read(pandas, one_hot=True).points.tolist() == [[1, 0, 1], [2, 1, 0]]


def test_two_classes_become_minus_one_and_one(tmp_path):
    path = write(tmp_path / "a.csv", "a,t\n1,yes\n2,no\n3,yes\n")
    found = read(path, "t")
    assert found.targets.tolist() == [1, -1, 1]
    assert found.classes == ("no", "yes")
    assert "'no' is −1, 'yes' is +1" in found.steps[-1].detail


def test_more_classes_are_numbered_in_alphabetical_order():
    found = read(np.eye(3) * [1, 2, 3], target=["b", "c", "a"])
    assert found.targets.tolist() == [1, 2, 0]
    assert found.classes == ("a", "b", "c")


@pytest.mark.parametrize("words", ["true,false", "TRUE,FALSE", "True,False"])
def test_truth_values_are_numbers_as_features_and_classes_as_target(tmp_path, words):
    yes, no = words.split(",")
    path = write(tmp_path / "a.csv", f"k,a\n{yes},1\n{no},2\n")
    assert read(path).points.tolist() == [[1, 1], [0, 2]]
    assert read(path, "k").targets.tolist() == [1, -1]
    assert read(np.eye(2), target=np.array([True, False])).targets.tolist() == [1, -1]


def test_numbers_as_target_stay_numbers():
    assert read(np.eye(3), target=np.array([0, 1, 1])).targets.tolist() == [0, 1, 1]


@pytest.mark.parametrize("mark", ["", "NA", "NaN", "?", "null", " N/A ", '""'])
def test_rows_with_missing_values_are_left_out_on_request(tmp_path, mark):
    path = write(tmp_path / "a.csv", f"a,b\n1,2\n{mark},3\n4,5\n6,{mark}\n")
    found = read(path, drop_missing=True)
    assert found.points.tolist() == [[1, 2], [4, 5]]
    assert found.row_numbers == (0, 2)
    assert found.steps[-1].numbers == {"rows": [1, 3]}


def test_missing_values_outside_the_chosen_columns_do_not_matter():
    frame = pl.DataFrame({"a": [1, 2], "b": [None, 3]})
    assert read(frame, columns="a").points.tolist() == [[1], [2]]


def test_a_missing_target_leaves_its_row_out():
    frame = pd.DataFrame({"a": [1, 2, 3], "t": ["u", None, "v"]})
    found = read(frame, "t", drop_missing=True)
    assert found.row_numbers == (0, 2)
    assert found.targets.tolist() == [-1, 1]


def test_nullable_columns_of_pandas_are_numbers():
    frame = pd.DataFrame(
        {
            "i": pd.array([1, None, 3], dtype="Int64"),
            "b": pd.array([True, False, None], dtype="boolean"),
            "o": np.array([1, 2.5, 3], dtype=object),
            "s": ["1", "2", "4"],
        }
    )
    assert read(frame, columns=["o", "s"]).points.tolist() == [[1, 1], [2.5, 2], [3, 4]]
    assert read(frame, drop_missing=True, columns=["i", "o"]).row_numbers == (0, 2)
    assert read(frame, drop_missing=True, columns=["b"]).points.tolist() == [[1], [0]]


@pytest.mark.parametrize("large", [2**60 + 1, 2**53 + 1])
def test_whole_numbers_beyond_2_to_53_are_rounded_and_it_is_said(tmp_path, large):
    path = write(tmp_path / "a.csv", f"a,b\n{large},1\n2,3\n")
    frame = pl.DataFrame({"a": [large, 2], "b": [1, 3]})
    for source in (path, np.array([[large, 1], [2, 3]]), frame):
        found = read(source)
        assert found.points[0, 0] == float(large)
        assert found.steps[-1].name == "round_integers"
        assert found.steps[-1].is_caution


def test_whole_numbers_that_are_floats_are_not_said_to_be_rounded(tmp_path):
    exact = [2**53, 2**60 + 2**10]
    path = write(tmp_path / "a.csv", f"a,b\n{exact[0]},1\n{exact[1]},3\n")
    for source in (path, np.array([[exact[0], 1], [exact[1], 3]])):
        assert [step.name for step in read(source).steps] == []


def test_rows_of_norm_one_are_not_standardised():
    angle = torch.linspace(0.3, 2.0, 6, dtype=torch.float64)
    circle = torch.stack([angle.cos(), angle.sin()], dim=1)
    for points in (circle, circle.float()):
        found = read(points)
        assert found.columns_share_unit
        torch.testing.assert_close(found.prepare().points, circle, rtol=0, atol=1e-6)
    assert not read(2 * circle).columns_share_unit
