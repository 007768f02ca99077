"""What was done to a table's columns is done again to another table's."""

import numpy as np
import polars as pl
import pytest

from widthwise import datasets
from widthwise.errors import DataError

TRAIN = pl.DataFrame(
    {
        "size": [1.0, None, 3.0, 5.0],
        "colour": ["red", "blue", "red", "green"],
        "is_new": [True, False, True, True],
        "price": [1.0, 2.0, 3.0, 4.0],
    }
)


def learned(frame=TRAIN, target="price", **reading):
    return datasets.recipe_of(datasets.read(frame, target, **reading), reading)


def test_the_table_of_training_becomes_its_own_points():
    reading = {"one_hot": True, "impute": "median"}
    found = datasets.read(TRAIN, "price", **reading)
    applied = datasets.recipe_of(found, reading).applied(TRAIN)
    np.testing.assert_array_equal(applied.points, found.points.numpy())
    np.testing.assert_array_equal(applied.target.numbers, found.targets.numpy())


def test_a_gap_is_filled_by_training_also_where_it_had_none():
    recipe = learned(TRAIN.drop("colour", "is_new").drop_nulls(), impute="mean")
    found = recipe.applied(pl.DataFrame({"size": [None, 2.0]}))
    assert found.points.tolist() == [[3.0], [2.0]]
    assert found.target is None


def test_words_that_look_like_numbers_stay_words():
    codes = TRAIN.with_columns(pl.Series("colour", ["1", "2", "1", "3"]))
    codes = codes.drop("size", "is_new")
    recipe = learned(codes, one_hot=True, words="colour")
    found = recipe.applied(pl.DataFrame({"colour": [3, 1]}))
    assert found.points.tolist() == [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]


def test_how_a_file_was_written_is_remembered(tmp_path):
    (tmp_path / "a.csv").write_text("size;price\n1,5;1\n2,5;2\n4,0;3\n")
    (tmp_path / "b.csv").write_text("note;size\nx;2,25\ny;3,0\n")
    reading = {"decimal_comma": True, "separator": ";"}
    found = datasets.read(str(tmp_path / "a.csv"), "price", **reading)
    recipe = datasets.recipe_of(found, reading)
    assert recipe.applied(str(tmp_path / "b.csv")).points.tolist() == [[2.25], [3.0]]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"sizes": [1.0, 2.0]}, "no column 'size', .* Did you mean 'sizes'"),
        ({"size": ["much", "more"]}, "holds text, such as 'much'"),
        ({"size": [1.0, None]}, "no value in row 1.*--impute"),
        ({"size": [1.0, float("inf")]}, "infinite in row 1"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(table, said):
    recipe = learned(TRAIN.select("size", "price").drop_nulls())
    with pytest.raises(DataError, match=said):
        recipe.applied(pl.DataFrame(table))


def test_an_unknown_word_is_refused_with_those_that_are_known():
    recipe = learned(TRAIN.select("colour", "price"), one_hot=True)
    with pytest.raises(DataError, match=r"'pink' in row 1,.*'blue', 'green'"):
        recipe.applied(pl.DataFrame({"colour": ["red", "pink"]}))


def test_a_recipe_needs_a_target():
    with pytest.raises(DataError, match="--target"):
        datasets.recipe_of(datasets.read(TRAIN.select("price", "is_new")), {})
