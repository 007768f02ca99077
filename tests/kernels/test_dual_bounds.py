"""Bounds of duals of narrow, shifted and steep activations hold, against mpmath."""

import sys
from pathlib import Path

import mpmath as mp
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for the truths

from dual_truths import case, generator_of

from widthwise import activations
from widthwise.kernels import dual
from widthwise.laws import Sphere


@pytest.mark.parametrize("seed", range(4))
def test_the_ends_of_a_random_dual_are_within_its_bound(seed):
    text, activation, law, one, minus_one = case(generator_of(seed + 100))
    kappa = dual(activation, law)
    for angle, exact in ((0.0, one), (np.pi, minus_one)):
        off = abs(mp.mpf(float(kappa.at_angle(angle))) - exact)
        assert off <= kappa.error_bound, text
    # A bound that says nothing is none.
    assert kappa.error_bound <= 1e-3 * one, text


def test_kinks_beside_a_domain_that_ends_at_one_meet_no_division_by_zero():
    """|2u² - 1| in R^4: E u² = 1/4 and E u⁴ = 1/8."""
    kink = np.sqrt(0.5)
    act = activations.from_callable(
        lambda z: (2 * z * z - 1).abs(), "w", breakpoints=(-kink, kink), domain=(-1, 1)
    )
    kappa = dual(act, Sphere(4))
    for angle in (0.0, np.pi):
        assert abs(float(kappa.at_angle(angle)) - 0.5) <= kappa.error_bound < 1e-11


def test_the_rounding_of_a_correlation_near_one_is_in_the_bound_of_a_narrow_cone():
    """With z = 1 - α²u²/2 the mean square is one integral over u in [0, 1]."""
    d, alpha = 8, 0.234132397811611
    kappa = dual(activations.get("wendland2", dimension=d, alpha=alpha), Sphere(d))

    def square(u):
        z, power = 1 - (alpha * u) ** 2 / 2, d // 2 + 3
        density = (1 - z * z) ** (mp.mpf(d - 3) / 2) * alpha**2 * u
        return ((1 - u) ** power * (power * u + 1)) ** 2 * density

    with mp.workdps(40):
        alpha = mp.mpf(alpha)
        factor = mp.gamma(mp.mpf(d) / 2) / mp.sqrt(mp.pi) / mp.gamma(mp.mpf(d - 1) / 2)
        exact = factor * mp.quad(square, [0, 0.25, 0.5, 0.75, 1])
        off = abs(exact - mp.mpf(kappa.value_at_one))
    assert off <= kappa.error_bound < 1e-11 * exact
