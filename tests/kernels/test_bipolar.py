"""Duals of functions with a cone by two distances: against rules of the plane."""

import numpy as np
import pytest

from widthwise.activations import get
from widthwise.kernels import dual, dual_of_derivative
from widthwise.kernels.rules._bipolar import BipolarExpectation, bipolar_rule
from widthwise.kernels.rules._function import has_pole, on_numpy
from widthwise.kernels.rules._plane import Angles, PlanarExpectation, Resolution
from widthwise.laws import Sphere

THETA = np.array([0.0, 1e-4, 0.05, 0.8, 1.5, 1.7, 2.6, 3.1])
CASES = [
    ("wendland0", 3, np.sqrt(2), 0),
    ("wendland0", 4, 1.0, 1),
    ("wendland0", 5, np.sqrt(2), 1),
    ("wendland2", 3, 2.5, 1),
    ("wendland4", 7, 1.3, 0),
]


def at(theta):
    return Angles(theta / 2, np.sin(theta / 2), np.cos(theta / 2))


def parts(name, d, alpha, order):
    act = get(name, dimension=d, alpha=alpha)
    slope = act.derivative if order else act
    return act, on_numpy(slope, below_one=True)


@pytest.mark.parametrize(("name", "d", "alpha", "order"), CASES)
def test_both_coordinates_find_the_same(name, d, alpha, order):
    act, f = parts(name, d, alpha, order)
    rule = bipolar_rule(f, act.breakpoints, d, is_singular=has_pole(f))
    found, scale = rule[0](at(THETA))
    plane = PlanarExpectation(
        f, Sphere(d), act.breakpoints, shells=(0.0, 1.0), has_cone=True
    )
    expected, _ = plane(at(THETA), Resolution(128, 64))
    # Nearest to zero the plane's own rule keeps 12 digits.
    assert np.abs(found - expected)[2:].max() <= 2e-14 * scale[0]
    assert np.abs(found - expected)[:2].max() <= 1e-10 * scale[0]


@pytest.mark.parametrize("alpha", [0.7, np.sqrt(2), 1.9])
def test_nothing_jumps_where_a_cone_meets_the_edge_of_a_support(alpha):
    """The edge itself, and what rounds to either side of it."""
    act, f = parts("wendland2", 3, alpha, 1)
    edge = float(np.arccos(act.support_edge))
    theta = np.sort(edge * (1 + np.array([-1e-15, -1e-16, 0.0, 1e-16, 1e-15])))
    rule = BipolarExpectation(f, 3, act.support_edge, 72, is_singular=False)
    found, scale = rule(at(theta))
    assert np.ptp(found) <= 5e-14 * scale.max()


def test_a_wide_support_keeps_its_digits():
    act = get("wendland0", dimension=5, alpha=1.9)
    for kappa in (dual(act, Sphere(5)), dual_of_derivative(act, Sphere(5))):
        assert kappa.error_bound <= 5e-14 * kappa.value_at_one


def test_other_kinks_are_left_to_the_plane():
    act, f = parts("wendland0", 5, 1.0, 0)
    assert bipolar_rule(f, (-0.2, *act.breakpoints), 5, is_singular=False) is None
    assert bipolar_rule(np.abs, (0.0, 1.0), 5, is_singular=False) is None
