"""Rows taken in any portions, and joined in any order, are those of one fit."""

import inspect

import numpy as np
import pytest
import torch

from widthwise.errors import DataError, InvalidArgumentError
from widthwise.readouts import RowAccumulator, ridge_path

RNG = np.random.default_rng(0)
PHI, Y, ABOUT = RNG.normal(size=(30, 3)) + 5.0, RNG.normal(size=30), np.full(3, 5.0)
METHODS = pytest.mark.parametrize("method", ["qr", "gram"])


def held(rows, method, about=ABOUT, intercept=True):
    found = RowAccumulator(intercept=intercept, method=method, about=about)
    if rows is not None:
        found.add(PHI[rows], Y[rows])
    return found


def require_whole(found):
    path = ridge_path(PHI, Y, [0.1])
    torch.testing.assert_close(found.solution(0.1), path.solution(), rtol=1e-9, atol=0)
    torch.testing.assert_close(
        found.intercept(0.1), path.intercept(), rtol=1e-9, atol=0
    )


@METHODS
def test_blocks_without_rows_add_nothing(method):
    found = held(slice(0, 0), method)
    found.add(PHI, Y)
    found.add(PHI[:0], Y[:0], np.zeros(0))
    require_whole(found)
    assert found.rows == 30
    with pytest.raises(DataError, match="Each row needs the same"):
        found.add(PHI[:0, :2], Y[:0])


@METHODS
def test_what_is_joined_keeps_its_own_centre(method):
    found = held(None, method, about=None)
    found.join(held(slice(None), method))
    require_whole(found)


@METHODS
def test_what_was_joined_is_not_changed_by_rows_that_follow(method):
    first = held(slice(0, 10), method)
    found = held(None, method)
    found.join(first)
    found.add(PHI[10:], Y[10:])
    require_whole(found)
    alone = ridge_path(PHI[:10], Y[:10], [0.1])
    torch.testing.assert_close(first.solution(0.1), alone.solution(), rtol=1e-9, atol=0)


@METHODS
def test_one_that_holds_nothing_joins_as_nothing(method):
    found = held(slice(None), method)
    found.join(held(None, method, about=None))
    require_whole(found)


@METHODS
@pytest.mark.parametrize("rows", [None, slice(0, 10)])
def test_rows_with_and_without_an_intercept_are_not_joined(method, rows):
    with pytest.raises(DataError, match="can be joined"):
        held(rows, method).join(held(slice(10, 30), method, intercept=False))


def test_a_single_row_has_no_estimate_of_an_error():
    found = held(slice(0, 1), "qr")
    with pytest.raises(DataError, match="single row"):
        found.generalized_cross_validation([0.1])
    assert found.best([0.1, 1.0]) == 0.1


def test_what_no_rows_have_is_refused():
    with pytest.raises(DataError, match=r"shape \(2,\).*\(3,\)"):
        held(slice(None), "gram", about=[1.0, 2.0])
    with pytest.raises(DataError, match="different lengths"):
        RowAccumulator(about=[[1.0], [1.0, 2.0]])
    for unit in (-1.0, float("nan"), "float32"):
        with pytest.raises(InvalidArgumentError, match="unit"):
            inspect.unwrap(RowAccumulator.__init__)(
                object.__new__(RowAccumulator), unit=unit
            )
