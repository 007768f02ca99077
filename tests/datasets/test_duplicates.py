"""Identical rows are found, and what they cost is right."""

import numpy as np
import pytest
import torch

from widthwise.datasets import Dataset, read
from widthwise.errors import DataError

ROWS = torch.tensor(
    [[1, 2], [3, 4], [1, 2], [0, -0.0], [-0.0, 0], [1, 2], [5, 6]], dtype=torch.float64
)
TARGETS = torch.tensor([1.0, 0.0, 4.0, 2.0, 2.0, 1.0, 7.0], dtype=torch.float64)


def test_groups_and_conflicts_are_found():
    found = Dataset("t", ROWS, TARGETS).duplicates()
    assert found.groups == ((0, 2, 5), (3, 4))
    assert found.conflicting == ((0, 2, 5),)
    assert found.surplus == 3


def test_without_targets_nothing_conflicts():
    found = Dataset("t", ROWS).duplicates()
    assert found.groups == ((0, 2, 5), (3, 4))
    assert found.conflicting == ()
    assert found.residual == found.relative_residual == 0.0


def test_the_residual_is_the_best_that_any_function_of_the_points_has():
    # Functions of the points are the span of the indicators of distinct rows.
    _, codes = np.unique(ROWS.numpy() + 0.0, axis=0, return_inverse=True)
    indicators = np.eye(codes.max() + 1)[codes.ravel()]
    y = TARGETS.numpy()
    best = np.linalg.norm(indicators @ np.linalg.lstsq(indicators, y)[0] - y)
    found = Dataset("t", ROWS, TARGETS).duplicates()
    assert found.residual == pytest.approx(best, rel=1e-14)
    assert found.relative_residual == pytest.approx(best / np.linalg.norm(y), rel=1e-14)


@pytest.mark.parametrize("scale", [1e-300, 1e300])
def test_the_relative_residual_does_not_see_the_scale(scale):
    plain = Dataset("t", ROWS, TARGETS).duplicates()
    scaled = Dataset("t", ROWS, TARGETS * scale).duplicates()
    assert scaled.relative_residual == pytest.approx(plain.relative_residual, rel=1e-13)


def test_merging_keeps_the_first_row_and_the_mean():
    merged = Dataset("t", ROWS, TARGETS).merge_duplicates()
    assert merged.points.tolist() == [[1, 2], [3, 4], [0, 0], [5, 6]]
    assert merged.targets.tolist() == [2.0, 0.0, 2.0, 7.0]
    assert merged.row_numbers == (0, 1, 3, 6)
    numbers = merged.steps[-1].numbers
    assert numbers["rows_left_out"] == 3
    assert numbers["conflicting_points"] == 1
    assert numbers["largest_spread"] == 3.0
    assert "their mean was kept" in merged.steps[-1].detail


def test_merging_distinct_rows_changes_nothing():
    distinct = Dataset("t", torch.eye(3, dtype=torch.float64))
    assert distinct.merge_duplicates() is distinct


def test_all_rows_the_same_is_refused():
    with pytest.raises(DataError, match="All 4 rows of t are the same point"):
        Dataset("t", torch.ones(4, 2, dtype=torch.float64)).merge_duplicates()


def test_of_classes_that_contradict_each_other_the_most_frequent_is_kept():
    """The mean of the codes of two classes is a third class, or none."""
    rows = [[0.0, 1.0]] * 3 + [[1.0, 0.0]] * 2 + [[1.0, 1.0]]
    found = read(rows, ["red", "blue", "blue", "red", "blue", "green"])
    merged = found.merge_duplicates()
    assert merged.targets.tolist() == [0.0, 2.0, 1.0]  # blue, red, green
    assert "At 2 of the points the classes differed" in merged.steps[-1].detail
    two = read(rows, ["no", "yes", "yes", "yes", "no", "no"]).merge_duplicates()
    assert two.targets.tolist() == [1.0, 1.0, -1.0]
