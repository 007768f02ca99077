"""A column that names the rows is pointed out, with the command that leaves it out."""

import numpy as np
import polars as pl
import pytest

from widthwise.datasets import read

COUNT = list(range(1, 13))
OTHER = [101, 57, 3, 999, 12, 5000, 71, 8, 66, 4, 23, 42]
FEATURES = {"a": [1.5, 2.5] * 6, "y": [0.1, 0.2, 0.3] * 4}


def cautions(column, values, **options):
    frame = pl.DataFrame({column: values, **FEATURES})
    return [step for step in read(frame, "y", **options).steps if step.is_caution]


@pytest.mark.parametrize(
    "name", ["id", "ID", "Index", "row_id", "customer-id", "userId", "Nr.", "#", "key"]
)
def test_names_of_rows_are_pointed_out(name):
    for values in (COUNT, OTHER):
        (found,) = cautions(name, values)
        assert f"drop={name!r}" in found.detail
        assert "--drop" in found.detail
    assert not cautions(name, OTHER, drop=name)
    assert not cautions(name, OTHER, columns=[name, "a"])


def test_a_counter_of_rows_is_pointed_out_whatever_its_name():
    assert cautions("n", COUNT)
    assert cautions("n", [each - 1 for each in COUNT])


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("n", OTHER),
        ("id", [1, 1, *OTHER[2:]]),
        ("id", [0.5, *OTHER[1:]]),
        ("acid", OTHER),
        ("width", OTHER),
        ("year", list(range(1990, 2002))),
    ],
)
def test_features_are_not(name, values):
    assert not cautions(name, values)


def test_arrays_are_looked_at_like_tables():
    array = np.column_stack([COUNT, OTHER])
    (found,) = (step for step in read(array).steps if step.is_caution)
    assert "drop='x0' (--drop x0)" in found.detail
