"""Closed regions by the rays of their cones, and distinct patterns of one data set."""

import numpy as np
import pytest
from scipy.optimize import nnls

from widthwise.errors import InvalidArgumentError, UnknownNameError
from widthwise.landscape import (
    activation_pattern,
    closed_misfit,
    minima_of_patterns,
    region_least_loss,
    region_minimum,
)
from widthwise.landscape.regions._distinct_units import distinct_units


def drawn(seed, n, d0, d1):
    rng = np.random.default_rng(seed)
    points, y = rng.uniform(-1, 1, (n, d0)), rng.uniform(-1, 1, n)
    weights, biases = rng.uniform(-2, 2, (d1, d0)), rng.uniform(-2, 2, d1)
    outer = np.where(np.arange(d1) % 2 == 0, 1.0, -1.0)
    return points, y, activation_pattern(points, weights, biases).numpy(), outer


def ray_outputs(points, pattern, outer):
    """Return the outputs of the rays: lines zero at one point, right at the others."""
    x, columns = points[:, 0], []
    for row, v in zip(pattern, outer, strict=True):
        signs = np.where(row, 1.0, -1.0)
        for knot in range(len(x)):
            for direction in (1.0, -1.0):
                ray = direction * (x - x[knot])
                others = np.arange(len(x)) != knot
                if (np.sign(ray) == signs)[others].all():
                    columns.append(v * np.maximum(ray, 0.0))
    return np.array(columns).T


@pytest.mark.parametrize("seed", range(12))
def test_on_the_line_zero_is_reached_where_the_cone_of_the_rays_holds_the_targets(seed):
    points, y, pattern, outer = drawn(seed, 5, 1, 12)
    _, rest = nnls(ray_outputs(points, pattern, outer), y)
    found = closed_misfit(pattern, points, y, outer, biases=True)
    assert (found <= 1e-16) == (rest <= 1e-8)
    assert rest**2 / 5 <= found * (1 + 1e-9) + 1e-20  # least squares is the least
    assert found <= rest**2 * (1 + 1e-9) + 1e-20  # ... by at most n


@pytest.mark.parametrize("seed", range(4))
def test_in_space_it_lies_between_the_least_mean_square_and_n_times_it(seed):
    points, y, pattern, outer = drawn(seed, 6, 2, 4)
    found = closed_misfit(pattern, points, y, outer, biases=True)
    least = 2 * region_least_loss(pattern, points, y, outer, biases=True).loss / 6
    assert least * (1 - 1e-6) - 1e-16 <= found <= 6 * least * (1 + 1e-6) + 1e-16


def test_units_of_one_pattern_and_sign_change_nothing():
    points, y, pattern, outer = drawn(3, 5, 2, 3)
    once = closed_misfit(pattern, points, y, outer, biases=True)
    more = np.vstack([pattern, pattern, np.zeros((1, 5), dtype=bool)])
    twice = closed_misfit(more, points, y, np.r_[outer, 3 * outer, 1.0], biases=True)
    assert twice == pytest.approx(once, rel=1e-9, abs=1e-16)


@pytest.mark.parametrize("seed", range(6))
def test_distinct_units_have_the_verdict_of_all(seed):
    """On the line many of 30 units share one of the 8 steps of 4 points."""
    points, y, pattern, outer = drawn(seed, 4, 1, 30)
    kept = distinct_units(pattern, outer)
    assert len(kept) <= 16
    few = region_minimum(pattern[kept], points, y, outer[kept], biases=True)
    every = region_minimum(pattern, points, y, outer, biases=True)
    assert (few.kind, few.rank, few.loss) == (every.kind, every.rank, every.loss)


def test_dead_units_leave_the_targets_as_they_are():
    y = np.array([1.0, -2.0])
    dead = np.zeros((3, 2), dtype=bool)
    found = closed_misfit(dead, np.array([[0.1], [0.5]]), y, biases=True)
    assert found == pytest.approx(2.5)


def test_open_minima_are_closed_ones_and_patterns_differ():
    found = minima_of_patterns(6, 2, 8, 6, targets="uniform")
    assert len(found.verdicts) == len(found.misfits) == 6
    assert found.drawn >= 6
    for kind, misfit, rank, size in zip(
        found.verdicts, found.misfits, found.ranks, found.dimensions, strict=True
    ):
        if kind == "global minimum":
            assert misfit == 0.0
            assert size == 8 * 3 - rank
        if kind == "bad local minimum":
            assert misfit > 1e-10
    assert found == minima_of_patterns(6, 2, 8, 6, targets="uniform")
    assert found != minima_of_patterns(6, 2, 8, 6, targets="uniform", draw=1)


def test_a_region_holds_what_its_own_teacher_says_if_the_student_is_the_teacher():
    """Targets made of the same pattern are reached, though perhaps at the boundary."""
    points, _, pattern, outer = drawn(5, 7, 3, 6)
    rng = np.random.default_rng(5)
    rng.uniform(-1, 1, (7, 3)), rng.uniform(-1, 1, 7)
    weights, biases = rng.uniform(-2, 2, (6, 3)), rng.uniform(-2, 2, 6)
    y = np.maximum(points @ weights.T + biases, 0.0) @ outer
    assert closed_misfit(pattern, points, y, outer, biases=True) <= 1e-18


def test_too_many_patterns_and_unknown_laws_are_refused():
    with pytest.raises(InvalidArgumentError, match="Ask for fewer"):
        minima_of_patterns(1, 1, 1, 3)
    with pytest.raises(UnknownNameError, match="teacher"):
        minima_of_patterns(3, 1, 3, targets="master")
