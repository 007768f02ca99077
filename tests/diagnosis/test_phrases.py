"""How verdicts say numbers."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widthwise.diagnosis.study._phrases import listing, number, rows_text, steps_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1234, "1,234"),
        (0.05, "0.05"),
        (3.76323e5, "3.76e5"),
        (5.1955e9, "5.2e9"),
        (1e-7, "1e-7"),
        (99999, "99,999"),
        (2.0, "2"),
        (math.inf, "no finite number"),
        (None, "no finite number"),
    ],
)
def test_numbers_read_well(value, text):
    assert number(value) == text


@given(st.floats(1e-300, 1e300))
def test_three_digits_are_kept(value):
    found = float(number(value).replace(",", ""))
    assert found == pytest.approx(value, rel=6e-3)


def test_lists_and_rows():
    assert listing(["a"]) == "a"
    assert listing(["a", "b", "c"]) == "a, b and c"
    assert rows_text([4]) == "row 4"
    assert rows_text(list(range(20)), limit=2) == "rows 0, 1 and 18 more"
    assert steps_text(math.inf) == "never"
    assert steps_text(1.0) == "1 step"
