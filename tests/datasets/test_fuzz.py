"""Whatever the bytes, the result is a data set or an error on purpose."""

import gzip
import io

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from widthwise.datasets import Dataset, read
from widthwise.errors import WidthwiseError

FUZZ = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
CELL = st.one_of(
    st.sampled_from(
        ["", "1", "2.5", "NA", "?", "a", "inf", "1,5", "1e400", '"', '"x"', "true", "٣"]
    ),
    st.floats().map(repr),
    st.text(max_size=4),
)
CHOICES = {
    "target": st.sampled_from([None, 0, -1, "a", "7", ""]),
    "one_hot": st.booleans(),
    "drop_missing": st.booleans(),
    "header": st.sampled_from([None, True, False]),
    "separator": st.sampled_from([None, ",", ";", "\t", " "]),
    "decimal_comma": st.booleans(),
}


def outcome(path, content, **options):
    """Read; anything but a valid data set or an error on purpose fails the test."""
    path.write_bytes(content)
    try:
        found = read(path, **options)
        prepared = found.prepare(bias=True)
    except WidthwiseError as error:
        said = str(error)
    else:
        said = "."
        assert isinstance(found, Dataset)
        assert len(found.row_numbers) == len(found.points)
        assert np.isfinite(found.points.numpy()).all()
        assert np.isfinite(prepared.points.numpy()).all()
    assert said.endswith(".")


@given(
    rows=st.lists(st.lists(CELL, min_size=1, max_size=4), max_size=6),
    separator=st.sampled_from(",;\t| "),
    end=st.sampled_from(["\n", "\r\n", "\r", "\n\n"]),
    options=st.fixed_dictionaries(CHOICES),
)
@FUZZ
def test_tables_of_odd_cells(tmp_path, rows, separator, end, options):
    text = end.join(separator.join(row) for row in rows)
    outcome(tmp_path / "a.csv", text.encode(errors="surrogatepass"), **options)


@given(
    width=st.integers(1, 3),
    cells=st.lists(CELL, min_size=6, max_size=18),
    options=st.fixed_dictionaries(CHOICES),
)
@FUZZ
def test_tables_of_even_rows(tmp_path, width, cells, options):
    rows = [cells[i : i + width] for i in range(0, len(cells) // width * width, width)]
    text = "\n".join(["a,b,c"[: 2 * width - 1], *map(",".join, rows)])
    outcome(tmp_path / "a.csv", text.encode(errors="surrogatepass"), **options)


@pytest.mark.parametrize(
    "name", ["a.csv", "a.tsv", "a.csv.gz", "a.npy", "a.npz", "a.parquet"]
)
@given(content=st.binary(max_size=200))
@FUZZ
def test_random_bytes(tmp_path, name, content):
    outcome(tmp_path / name, content)


def whole(name):
    buffer = io.BytesIO()
    array = np.arange(12.0).reshape(4, 3) ** 2
    if name == "a.npy":
        np.save(buffer, array)
    elif name == "a.npz":
        np.savez_compressed(buffer, x=array, y=array[:, 0])
    elif name == "a.parquet":
        pl.DataFrame(array, schema=["a", "b", "c"]).write_parquet(buffer)
    else:
        return gzip.compress(b"a,b\n1,2\n3,5\n4,4\n")
    return buffer.getvalue()


def damage(content, data):
    """Change some bytes, and perhaps cut the end."""
    damaged = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(0, len(damaged)))
    return bytes(damaged if end % 2 else damaged[:end])


@pytest.mark.parametrize("name", ["a.csv.gz", "a.npy", "a.npz"])
@given(data=st.data())
@FUZZ
def test_damaged_files(tmp_path, name, data):
    outcome(tmp_path / name, damage(whole(name), data))


@pytest.mark.slow
@given(data=st.data())
@settings(FUZZ, max_examples=60)  # each starts a process
def test_damaged_parquet_files(tmp_path, data):
    outcome(tmp_path / "a.parquet", damage(whole("a.parquet"), data))
