"""Heat maps: the claims of the paper's two families, and bookkeeping."""

import pytest

from widthwise.errors import InvalidArgumentError
from widthwise.landscape import (
    FAMILY_A,
    FAMILY_B,
    full_rank_probability,
    heat_map,
)


def test_a_cell_is_the_probability_of_its_sizes():
    found = heat_map([4, 9], [2, 5, 8], dimension_ratio=0.5, trials=30, seed=5)
    assert found.dimensions == (2, 5)
    assert found.cells[1][2] == full_rank_probability(9, 5, 8, 30, 5)
    assert found.probabilities.shape == (2, 3)
    assert found.probabilities[1, 2] == found.cells[1][2].estimate


def test_threads_change_nothing_and_progress_is_told():
    told = []
    one = heat_map([6, 12], [4, 8], dimension=2, trials=25, workers=1)
    four = heat_map(
        [6, 12],
        [4, 8],
        dimension=2,
        trials=25,
        workers=4,
        progress=lambda done, total: told.append((done, total)),
    )
    assert one == four
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_thresholds_grow_with_the_points_at_fixed_dimension():
    found = heat_map([10, 20, 30, 40], range(10, 141, 10), dimension=2)
    trend = found.trend()
    # The pattern's rank must reach n / 3 at least; ten errors above zero.
    assert trend.slope > max(1 / 3, 10 * trend.slope_error)


def test_thresholds_hardly_move_when_the_dimension_grows_with_the_points():
    found = heat_map([30, 60, 90, 120], range(1, 16, 2), dimension_ratio=0.5)
    trend = found.trend()
    # Four times the points move the width by less than one unit in six.
    assert abs(trend.slope) * 90 < 1.0 + 4 * trend.slope_error * 90
    assert all(4 < each.value < 8 for each in found.thresholds())


def test_the_families_are_the_papers():
    cells = [len(each["point_counts"]) * len(each["widths"]) for each in FAMILY_A]
    assert sum(cells) == 600
    assert [each["dimension"] for each in FAMILY_B] == [1, 2, 3, 5]
    assert FAMILY_A[0]["point_counts"][-1] == 190
    assert FAMILY_B[0]["widths"][-1] == 300


def test_refusals():
    with pytest.raises(InvalidArgumentError, match="One of dimension"):
        heat_map([3], [2])
    with pytest.raises(InvalidArgumentError, match="One of dimension"):
        heat_map([3], [2], dimension=1, dimension_ratio=0.5)
    with pytest.raises(InvalidArgumentError, match="ascending"):
        heat_map([3, 2], [2], dimension=1)
    with pytest.raises(InvalidArgumentError, match="dimension_ratio"):
        heat_map([3], [2], dimension_ratio=-1.0)
    with pytest.raises(InvalidArgumentError, match="workers"):
        heat_map([3], [2], dimension=1, workers=0)
