"""Text as numbers: many columns at once, with the result of one after another."""

import random
import time

import numpy as np
import polars as pl
import pytest

from widthwise.datasets import read
from widthwise.datasets.tables._columns import from_strings
from widthwise.datasets.tables._notation import Notation
from widthwise.datasets.tables._text import from_text
from widthwise.errors import DataError

CELLS = ["1", "-2.5", "1.299", "1,299", "0,5", "−3", "1'000", "1 234", "12.345.678"]
CELLS += ["7%", "NA", "", "word", "1e3", "9007199254740993", "nan", "inf", " 4 ", "999"]


@pytest.mark.parametrize(
    "notation",
    [
        Notation(),
        Notation(decimal_comma=True),
        *(Notation(thousands=mark) for mark in ",. '"),
        Notation(units=("%",)),
        Notation(missing=("999",)),
        Notation(dates="ymd"),
    ],
)
@pytest.mark.parametrize("separator", [";", "\t"])
def test_columns_together_are_read_as_each_of_them_alone(notation, separator):
    draw = random.Random(0)
    few = [draw.sample(CELLS, draw.choice([1, 1, 2, 4])) for _ in range(400)]
    columns = [[draw.choice(cells) for _ in range(5)] for cells in few]
    names = [f"c{j}" for j in range(len(columns))]
    rows = [names, *zip(*columns, strict=True)]
    content = "\n".join(separator.join(row) for row in rows).encode()
    table = from_text(
        lambda: content, "t", "t", "t", separator=separator, notation=notation
    )
    expected = Notation(**{**vars(notation), "from_semicolons": separator == ";"})
    for j, cells in enumerate(columns):
        found = table.column(j, False)
        words = pl.Series([cell or None for cell in cells], dtype=pl.String)
        alone = from_strings(names[j], words, expected)
        assert (found.kind, found.doubtful) == (alone.kind, alone.doubtful), cells
        assert (found.steps, found.gaps) == (alone.steps, alone.gaps)
        assert found.is_rounded == alone.is_rounded
        np.testing.assert_array_equal(found.missing, alone.missing)
        if alone.numbers is not None:
            np.testing.assert_array_equal(found.numbers, alone.numbers)


def test_a_word_for_no_value_may_be_a_number(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n-999,3\n4,5\n", encoding="ascii")
    with pytest.raises(DataError, match=r"missing values.*'a' \('-999'\) in line 3"):
        read(path, missing="-999")
    assert read(path, missing="-999", drop_missing=True).points.tolist() == [
        [1, 2],
        [4, 5],
    ]


def test_options_cost_by_the_cell_and_not_by_the_column():
    """One call for each column took twenty times as long as the plain path."""

    def seconds(separator: str, cell: str, notation: Notation) -> float:
        names = separator.join(f"c{j}" for j in range(4000))
        row = separator.join([cell] * 4000)
        content = "\n".join([names, row, row]).encode()
        began = time.process_time()
        table = from_text(lambda: content, "t", "t", "t", notation=notation)
        for j in range(4000):
            table.column(j, False)
        return time.process_time() - began

    seconds(",", "1.5", Notation())  # loads what is loaded once
    plain = min(seconds(",", "1.5", Notation()) for _ in range(3))
    for notation, cell in (
        (Notation(), "1.25"),
        (Notation(decimal_comma=True), "1,25"),
        (Notation(thousands=","), "1,234.5"),
    ):
        assert min(seconds(";", cell, notation) for _ in range(3)) < 4 * plain
