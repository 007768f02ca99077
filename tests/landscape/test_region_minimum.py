"""Verdicts on regions against elimination with fractions, and their certificates."""

import itertools
import re
from fractions import Fraction

import numpy as np
import pytest
import torch
from fraction_elimination import jacobian, nearest_outputs, region_has_point
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from widthwise import activations
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.landscape import (
    activation_pattern,
    jacobian_rank,
    region_least_loss,
    region_minimum,
)


def kind_by_elimination(pattern, points, targets, outer):
    """Kind of a rectifier region whose points cannot force a positive loss."""
    rows = jacobian(pattern, points, outer)
    y = [Fraction(float(each)) for each in targets]
    aims = nearest_outputs(rows, y)
    d, p = len(points[0]), len(rows[0])
    inequalities = []
    for r, i in itertools.product(range(len(pattern)), range(len(points))):
        normal = [Fraction(0)] * p
        sign = 1 if pattern[r][i] else -1
        normal[r * d : (r + 1) * d] = [sign * Fraction(float(x)) for x in points[i]]
        inequalities.append((normal, Fraction(0)))
    if not region_has_point([], [], inequalities):
        return "empty"
    if not region_has_point(rows, aims, inequalities):
        return "none"
    return "global minimum" if aims == y else "bad local minimum"


@pytest.mark.parametrize(
    ("d0", "biases", "d1", "n"),
    [(1, False, 2, 3), (1, True, 2, 3), (2, False, 2, 3), (1, False, 3, 3)],
)
@pytest.mark.parametrize("whole", [False, True])
def test_patterns_have_the_kind_that_elimination_finds(d0, biases, d1, n, whole):
    rng = np.random.default_rng(d0 + 10 * d1 + 100 * biases + 1000 * whole)
    if whole:  # Ties and gaps of exactly zero: on the line, 1 and -2 are generic.
        points = np.array([[1.0, 0.0], [-2.0, 1.0], [3.0, 1.0]])[:, :d0]
        targets = np.array([1.0, 0.0, -1.0])
    else:
        points, targets = rng.standard_normal((n, d0)), rng.standard_normal(n)
    outer = np.array([1.0, -0.5, 2.0])[:d1]
    lifted = np.hstack([points, np.ones((n, 1))]) if biases else points
    every = list(itertools.product((False, True), repeat=n * d1))
    for bits in every[:: 1 if len(every) < 100 else 11]:
        pattern = np.array(bits).reshape(d1, n)
        found = region_minimum(pattern, points, targets, outer, biases=biases)
        expected = kind_by_elimination(pattern, lifted, targets, outer)
        if found.conflicts and expected == "bad local minimum":
            # Proportional points: the floor is above zero and may be attained.
            expected = "global minimum" if found.loss == found.floor else expected
        assert found.kind == expected, pattern
        assert found.verify()


@settings(max_examples=50, deadline=None)
@given(
    st.integers(0, 2**32),
    st.sampled_from(["relu", "leaky_relu", "abs", "hard_tanh"]),
    st.booleans(),
)
def test_regions_of_weights_are_decided_with_a_valid_certificate(seed, name, biases):
    rng = np.random.default_rng(seed)
    act = activations.get(name)
    n, d0, d1 = (int(each) for each in rng.integers(1, 6, 3))
    points = rng.integers(-2, 3, (n, d0)) / 2.0  # special positions are frequent
    targets = rng.integers(-2, 3, n) / 1.0
    weights = rng.standard_normal((d1, d0))
    shift = rng.standard_normal(d1) if biases else None
    outer = rng.choice([-1.0, 1.0, 0.3], d1)
    pattern = activation_pattern(points, weights, shift, act=act)
    found = region_minimum(pattern, points, targets, outer, biases=biases, act=act)
    assert found.kind in ("global minimum", "bad local minimum", "none")
    assert found.verify()
    assert found.rank == jacobian_rank(pattern, points, biases=biases, act=act)
    assert found.loss >= found.floor
    if found.point is not None:
        again = activation_pattern(
            points, found.point.weights, found.point.biases, act=act
        )
        where = np.asarray(points).any(axis=1) | biases
        assert (again == pattern)[:, where].all()
        assert found.point.residual < 1e-9
        assert found.dimension == found.parameters_count - found.rank
        assert found.codimension == found.rank
    if found.every_critical_point_is_global:
        assert found.kind != "bad local minimum"
        assert found.loss == 0.0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32))
def test_order_scale_and_outer_size_of_units_do_not_matter(seed):
    rng = np.random.default_rng(seed)
    n, d1 = 4, 4
    points, targets = rng.standard_normal((n, 2)), rng.standard_normal(n)
    outer = rng.choice([-1.0, 1.0], d1)
    pattern = activation_pattern(points, rng.standard_normal((d1, 2)))
    kind = region_minimum(pattern, points, targets, outer).kind
    order = torch.from_numpy(rng.permutation(d1))
    assert region_minimum(pattern[order], points, targets, outer[order]).kind == kind
    scales = np.ldexp(1.0, rng.integers(-4, 5, d1))  # w_r takes up 1 / scale
    assert region_minimum(pattern, points, targets, outer * scales).kind == kind
    assert region_minimum(pattern, points, 8.0 * targets, outer).kind == kind
    rows = torch.from_numpy(rng.permutation(n))
    moved = region_minimum(pattern[:, rows], points[rows], targets[rows], outer)
    assert moved.kind == kind


def test_weights_that_fit_lie_in_a_region_with_a_global_minimum():
    rng = np.random.default_rng(1)
    points, weights = rng.standard_normal((12, 3)), rng.standard_normal((9, 3))
    shift, outer = rng.standard_normal(9), rng.choice([-1.0, 1.0], 9)
    # Dyadic numbers of few bits: the outputs are computed without rounding.
    points, weights, shift = (np.round(64 * a) / 64 for a in (points, weights, shift))
    targets = np.maximum(points @ weights.T + shift, 0.0) @ outer
    pattern = activation_pattern(points, weights, shift)
    found = region_minimum(pattern, points, targets, outer, biases=True)
    assert found.kind == "global minimum"
    assert found.loss == 0.0
    assert found.is_flat == (found.rank < 36)


def test_a_region_of_inactive_units_is_a_plateau_of_bad_minima():
    points, targets = np.array([[1.0], [2.0]]), np.array([1.0, 0.0])
    found = region_minimum(np.zeros((3, 2), dtype=bool), points, targets)
    assert found.kind == "bad local minimum"
    assert (found.rank, found.dimension, found.loss) == (0, 3, 0.5)
    assert "dimension 3" in found.reason


def test_a_sum_of_positive_units_cannot_reach_a_negative_target():
    points, targets = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([1.0, -1.0])
    found = region_minimum(np.ones((2, 2), dtype=bool), points, targets)
    assert found.kind == "none"
    assert found.separation.distance == pytest.approx(1.0)  # f_2 ≥ 0 is 1 from -1
    assert "rank n = 2" in found.reason


def test_zero_is_on_the_boundary_of_what_active_units_reach():
    points, targets = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([1.0, 0.0])
    found = region_minimum(np.ones((2, 2), dtype=bool), points, targets)
    assert found.kind == "none"
    assert found.separation.gap == 0
    assert found.verify()


def test_repeated_points_with_other_targets_set_a_floor_and_are_named():
    points = np.array([[1.0, 0.5], [0.0, 1.0], [1.0, 0.5]])
    targets = np.array([1.0, 2.0, 4.0])
    pattern = np.ones((3, 3), dtype=bool)
    found = region_minimum(pattern, points, targets, biases=True)
    assert found.conflicts == ((0, 2),)
    assert found.floor == 2 * 1.5**2 / 2
    assert found.kind == "global minimum"
    assert "points 0, 2" in found.reason
    agreeing = region_minimum(pattern, points, np.array([1.0, 2.0, 1.0]), biases=True)
    assert (agreeing.conflicts, agreeing.loss) == ((), 0.0)


def test_without_biases_proportional_points_set_the_floor_of_their_best_slope():
    points, targets = np.array([[1.0], [2.0], [0.0]]), np.array([1.0, 1.0, 3.0])
    found = region_minimum(np.array([[True, True, True]]), points, targets)
    # Best slope 3/5: misses 2/5 and -1/5; the zero point misses all of 3.
    assert found.floor == pytest.approx((0.16 + 0.04 + 9) / 2, rel=1e-15)
    assert found.kind == "global minimum"


def test_a_pattern_of_no_weights_is_proved_empty():
    # Opposite points cannot both be strictly active without biases.
    points = np.array([[1.0, 2.0], [-1.0, -2.0], [0.0, 1.0]])
    pattern = np.array([[True, True, True]])
    found = region_minimum(pattern, points, np.ones(3))
    assert found.kind == "empty"
    assert not any(found.separation.point_multipliers)
    assert found.verify()
    assert found.has_global_minimum is False


def test_a_forged_certificate_is_refused():
    points, targets = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([1.0, -1.0])
    found = region_minimum(np.ones((2, 2), dtype=bool), points, targets)
    why = found.separation
    aims = (Fraction(1), Fraction(-1))
    assert why.holds(found.region, aims)
    assert not why.holds(found.region, (Fraction(1), Fraction(1)))
    flipped = type(why)(
        tuple(-each for each in why.point_multipliers),
        why.constraint_multipliers,
        why.gap,
    )
    assert not flipped.holds(found.region, aims)


def test_a_stopped_solver_leaves_the_region_undecided():
    rng = np.random.default_rng(0)
    points, targets = rng.standard_normal((20, 3)), rng.standard_normal(20)
    pattern = activation_pattern(points, rng.standard_normal((30, 3)))
    found = region_minimum(pattern, points, targets, time_limit=0.0)
    assert found.kind == "undecided"
    assert "limit" in found.status
    assert found.has_global_minimum is None
    assert found.has_bad_local_minimum is None
    assert not found.verify()


@pytest.mark.parametrize("limit", [-1.0, float("nan")])
def test_a_time_limit_that_the_solver_would_ignore_is_refused(limit):
    with pytest.raises(InvalidArgumentError, match="time limit is"):
        region_minimum(
            np.ones((1, 1), dtype=bool), np.eye(1), np.ones(1), time_limit=limit
        )


def test_an_answer_that_cannot_be_made_exact_is_not_called_close():
    rng = np.random.default_rng(2)
    points, targets = rng.standard_normal((6, 2)), rng.standard_normal(6)
    pattern = activation_pattern(
        points, rng.standard_normal((5, 2)), rng.standard_normal(5)
    )
    outer = np.array([1e-90, 1.0, 1.0, 1.0, 1.0])
    found = region_minimum(pattern, points, targets, outer, biases=True)
    assert found.kind == "undecided"
    margin = re.search(r"margin of (-\d+)", found.status)
    assert margin is not None
    assert float(margin[1]) < -1
    assert "close to zero" not in found.status
    assert "sizes too far apart" in found.reason


@pytest.mark.parametrize("program", [region_minimum, region_least_loss])
@pytest.mark.parametrize(
    ("row", "outer", "said"),
    [
        (3e-200, 1.0, "Row 1 of the points is 3e-200 in size"),
        (1.0, 1e-200, "outer weight of unit 0 1e-200"),
        (1e-60, 1e-60, "product must be 1e-100 or more"),
        (1e60, -1e60, "product must be at most 1e\\+100"),
    ],
)
def test_rows_of_the_jacobian_whose_squares_vanish_are_refused(
    program, row, outer, said
):
    points = np.array([[1.0, 2.0], [row, 0.0], [0.0, 0.0]])
    pattern = np.array([[True, True, True], [True, False, True]])
    with pytest.raises(DataError, match=said):
        program(pattern, points, np.ones(3), np.array([outer, 1.0]))


def test_opposite_points_set_the_floor_of_a_sum_of_absolute_values():
    # Every network f of |w·x| has f(-2 x) = 2 f(x).
    points = np.array([[1.0, 0.5], [-2.0, -1.0], [0.0, 1.0]])
    pattern = np.array([[True, False, True], [True, False, True]])
    act = activations.get("abs")
    agreeing = region_minimum(pattern, points, np.array([1.0, 2.0, 3.0]), act=act)
    assert (agreeing.kind, agreeing.conflicts) == ("global minimum", ())
    found = region_minimum(pattern, points, np.array([1.0, 7.0, 3.0]), act=act)
    # Best level 3 of the first point: misses 2 and -1.
    assert (found.floor, found.conflicts) == (2.5, ((0, 1),))
    assert found.kind == "global minimum"
    relu = region_minimum(pattern, points, np.array([1.0, 7.0, 3.0]))
    assert (relu.floor, relu.conflicts) == (0.0, ())


def test_bad_input_is_refused():
    points, targets = np.eye(2), np.ones(2)
    pattern = np.ones((3, 2), dtype=bool)
    with pytest.raises(DataError, match=r"outer weight of unit 1 is zero"):
        region_minimum(pattern, points, targets, np.array([1.0, 0.0, 1.0]))
    with pytest.raises(DataError, match=r"targets have shape \(3,\)"):
        region_minimum(pattern, points, np.ones(3))
    with pytest.raises(DataError, match="pattern has 2 columns"):
        region_minimum(pattern, np.eye(3), np.ones(3))
    with pytest.raises(InvalidArgumentError, match="bends"):
        region_minimum(pattern, points, targets, act=activations.get("tanh"))
    with pytest.raises(InvalidArgumentError, match="jumps at 0"):
        region_minimum(pattern, points, targets, act=activations.get("step"))
    with pytest.raises(DataError, match="Point 1 is zero"):
        region_minimum(np.array([[True, False]]), np.array([[1.0], [0.0]]), targets)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.integers(-300, 300))
def test_data_of_any_magnitude_are_decided(seed, power):
    rng = np.random.default_rng(seed)
    points, targets = rng.standard_normal((3, 2)), rng.standard_normal(3)
    pattern = activation_pattern(points, rng.standard_normal((3, 2)))
    outer = np.array([1.0, -1.0, 1.0])
    kind = region_minimum(pattern, points, targets, outer).kind
    assume(kind != "undecided")
    scaled = region_minimum(pattern, points, np.ldexp(targets, power), outer)
    assert scaled.kind == kind


@pytest.mark.parametrize("what", ["points", "targets", "outer weights"])
@pytest.mark.parametrize("scale", [1e300, 1e-300])
@pytest.mark.parametrize("program", [region_minimum, region_least_loss])
def test_numbers_whose_squares_overflow_or_vanish_are_refused(program, scale, what):
    rng = np.random.default_rng(0)
    arrays = {
        "points": torch.from_numpy(rng.standard_normal((4, 2))),
        "targets": torch.from_numpy(rng.standard_normal(4)),
        "outer weights": torch.tensor([1.0, -1.0, 0.5], dtype=torch.float64),
    }
    inner = torch.from_numpy(rng.standard_normal((3, 2)))
    pattern = activation_pattern(arrays["points"], inner)
    arrays[what] = arrays[what] * scale
    with pytest.raises(DataError, match=f"largest of the {what}"):
        program(
            pattern,
            arrays["points"],
            arrays["targets"],
            outer_weights=arrays["outer weights"],
        )


def test_lists_are_what_arrays_are():
    pattern = np.array([[1, 0], [0, 1], [1, 1]])
    lists = ([1.0, 2.0], [1.0, -1.0, 2.0])
    arrays = tuple(np.array(each) for each in lists)
    found = [region_minimum(pattern, np.eye(2), y, v) for y, v in (lists, arrays)]
    assert found[0].kind == found[1].kind == "global minimum"
    for wrong in ([1.0, "a"], [[1.0], [2.0]], [1.0], 3.0):
        with pytest.raises(DataError, match="targets have"):
            region_minimum(pattern, np.eye(2), wrong)
