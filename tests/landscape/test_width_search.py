"""The widths around the threshold, and what a curve of probabilities says."""

import numpy as np
import pytest
import torch

from widthwise.landscape import full_rank_probability_at
from widthwise.landscape.ranks import (
    FullRankCurve,
    find_widths,
    necessary_width,
    subset_map,
)


@pytest.fixture
def cloud():
    return torch.from_numpy(np.random.default_rng(1).uniform(-1, 1, (18, 2)))


def test_the_search_brackets_the_rise(cloud):
    """The first width has no network of full rank, some later one has nothing else."""
    asked = []
    widths = find_widths(cloud, 10, 5, between=4, beyond=(), progress=asked.append)
    full = [full_rank_probability_at(cloud, d1, 10, 5).full for d1 in widths]
    assert full[0] == 0
    assert full[-1] == 10
    assert necessary_width(cloud) == 6
    assert 6 in widths
    assert len(asked) == len(set(asked))


def test_a_curve_names_the_widths_that_do_and_those_that_do_not(cloud):
    widths = (5, 6, 20, 60)
    cells = tuple(full_rank_probability_at(cloud, d1, 60, 2) for d1 in widths)
    curve = FullRankCurve(widths, cells)
    shares = [each.estimate for each in cells]
    assert shares[0] == 0.0
    assert shares[-1] == 1.0
    enough = [d1 for d1, each in zip(widths, cells, strict=True) if each.lower >= 0.9]
    assert curve.enough(0.9) == enough[0]
    assert curve.enough(1.0) is None
    deficient = [d1 for d1, share in zip(widths, shares, strict=True) if share < 0.95]
    assert curve.widest_deficient(6, 0.95) == max(d1 for d1 in deficient if d1 >= 6)
    assert curve.threshold().lower < curve.threshold().value < curve.threshold().upper
    assert FullRankCurve(widths[:1], cells[:1]).threshold() is None


def test_a_map_of_subsets_ends_with_all_points(cloud):
    found = subset_map(cloud, (8, 24), (0.25, 0.75), trials=5)
    assert found.point_counts[-1] == 18
    assert found.widths[0] == 1
    assert found.probabilities.shape == (len(found.point_counts), len(found.widths))
    assert found.probabilities[-1, -2:].tolist() == [0.25, 0.75]
    # A subset has full rank where the whole has: fewer rows are never worse.
    assert found.probabilities[0, -1] >= found.probabilities[-2, -1]
