"""The short program for units of two parameters answers as the long one does."""

from fractions import Fraction

import flint
import numpy as np
import pytest

from widthwise.activations import get
from widthwise.landscape import activation_pattern, region_minimum
from widthwise.landscape.regions._exact import ExactRegion, as_fraction
from widthwise.landscape.regions._planar import bounding_wedges
from widthwise.landscape.regions._program import deepest_weights
from widthwise.landscape.regions._region import build_region


def drawn(seed, n, d1, act=None, biases=True):
    draw = np.random.default_rng(seed)
    points = draw.uniform(-1, 1, (n, 1 if biases else 2))
    weights = draw.normal(size=(d1, points.shape[1]))
    shift = draw.normal(size=d1) if biases else None
    pattern = activation_pattern(points, weights, shift, act=act)
    outer = np.where(np.arange(d1) % 2, -1.0, 1.0)
    return build_region(pattern, points, draw.uniform(-1, 1, n), outer, biases, act)


def attainable(region):
    """Return the nearest outputs in the range of J, and a basis of its rows."""
    exact = ExactRegion(region)
    given = [flint.fmpq(*each.as_integer_ratio()) for each in region.targets.tolist()]
    nearest = [float(as_fraction(each)) for each in exact.project(given)]
    return np.array(nearest), exact.split[0]


@pytest.mark.parametrize("biases", [True, False])
@pytest.mark.parametrize("name", ["relu", "leaky_relu", "abs"])
@pytest.mark.parametrize("seed", range(4))
def test_both_programs_find_the_same_depth(name, seed, biases):
    """Inside, the inequalities left out are combinations of those that stay.

    The tolerances are a hundred times the solver's, for weights of a few hundred.
    """
    region = drawn(seed, 5, 14, get(name), biases)
    assert bounding_wedges(region) is not None
    near, basis = attainable(region)
    norms = np.linalg.norm(region.points[region.rows], axis=1)
    margins, depths = [], []
    for plain in (False, True):
        found = deepest_weights(region, near, basis, plain=plain)
        assert found.is_optimal
        outputs = region.jacobian @ found.theta.ravel()
        np.testing.assert_allclose(outputs, near, atol=1e-7)
        depths.append((region.slack(found.theta) / norms).min())
        margins.append(found.margin)
    if margins[1] < 0:  # Outside, the short program is less strict.
        assert 0 > margins[0] >= margins[1] - 1e-8
    else:
        assert margins == pytest.approx([margins[1]] * 2, abs=1e-8)
        assert depths == pytest.approx(margins, abs=1e-8)


@pytest.mark.parametrize("seed", range(6))
def test_multipliers_balance_the_jacobian(seed):
    """Stationarity of the long program, λ ≥ 0: Jᵀu = Σ λ ε x, unit by unit."""
    region = drawn(seed, 8, 12)
    near, basis = attainable(region)
    found = deepest_weights(region, near, basis)
    assert found.margin < 1
    assert found.constraints.min() >= -1e-12
    sums = np.zeros((12, 2))
    steps = region.points[region.rows] * region.signs[:, None]
    np.add.at(sums, region.units, found.constraints[:, None] * steps)
    left = region.jacobian.T @ found.multipliers
    np.testing.assert_allclose(left, sums.ravel(), atol=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_the_wedge_holds_exactly_the_weights_of_the_region(seed):
    region = drawn(seed, 7, 40)
    wedges = bounding_wedges(region)
    draw = np.random.default_rng(99)
    inside = wedges.weights(draw.exponential(size=(40, 2)))
    assert (region.slack(inside) > 0).all()
    beyond = draw.exponential(size=(40, 2)) * np.array([1.0, -1.0])
    slack = region.slack(wedges.weights(beyond))
    assert (np.minimum.reduceat(slack, np.arange(40) * 7) < 0).all()


def test_verdicts_do_not_depend_on_which_program_is_used(monkeypatch):
    kinds = {True: [], False: []}
    for short in (True, False):
        if not short:
            monkeypatch.setattr(
                "widthwise.landscape.regions._program.bounding_wedges", lambda _: None
            )
        for seed in range(30):
            of = drawn(seed, 4 + seed % 4, 8 + seed % 7)
            found = region_minimum(
                of.pattern, of.points[:, :1], of.targets, of.outer, biases=True
            )
            assert found.verify()
            kinds[short].append((found.kind, found.rank))
    assert kinds[True] == kinds[False]
    assert {"global minimum", "bad local minimum", "none"} == {
        kind for kind, _ in kinds[True]
    }


@pytest.mark.parametrize(
    ("points", "pattern"),
    [
        ([[0.5], [0.5], [1.0]], [[True, True, False]]),  # equal points
        ([[0.5], [0.75], [1.0]], [[True, False, True]]),  # no weights have it
        ([[0.5], [0.5]], [[True, False]]),  # a wedge of a half turn: empty
        ([[0.5]], [[True]]),  # one inequality
    ],
)
def test_what_two_inequalities_do_not_bound_goes_the_long_way(points, pattern):
    points, pattern = np.array(points), np.array(pattern)
    y = np.ones(len(points))
    assert bounding_wedges(build_region(pattern, points, y, None, True, None)) is None
    found = region_minimum(pattern, points, y, biases=True)
    assert found.verify()
    steps = [(p, s) for p, s in zip(points[:, 0], pattern[0], strict=True)]
    possible = any(
        all((w * x + b > 0) == s for x, s in steps)
        for w, b in [(1.0, 0.0), (-1.0, 0.875), (-1.0, 1.0), (1.0, -0.625)]
    )
    assert (found.kind == "empty") == (not possible)


def test_edges_off_the_origin_go_the_long_way():
    region = drawn(0, 5, 4, get("hard_tanh"))
    assert region.edges.any()
    assert bounding_wedges(region) is None


def test_points_next_to_each_other_are_settled_without_a_guess():
    """Gaps of 1e-12 make wedges that the margin of the angles refuses to tell."""
    points = np.array([[0.25], [0.25 + 1e-12], [0.75]])
    pattern = np.array([[True, True, True], [False, True, True], [True, True, False]])
    region = build_region(pattern, points, np.ones(3), None, True, None)
    assert bounding_wedges(region) is None
    found = region_minimum(pattern, points, np.array([1.0, 1.0, 2.0]), biases=True)
    assert found.kind == "undecided" or found.verify()
    assert Fraction(found.loss) >= 0
