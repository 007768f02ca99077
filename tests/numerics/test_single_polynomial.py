"""One polynomial for a smooth function, or none."""

import numpy as np
import pytest

from widthwise.numerics import single_polynomial


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.7), (-3.0, 5.0)])
def test_a_smooth_function_is_within_what_is_allowed(low, high):
    places = np.linspace(low, high, 300)
    powers = single_polynomial(np.cos, (low, high), places, 1e-14)
    middle = (places[1:] + places[:-1]) / 2
    y = (2 * middle - low - high) / (high - low)
    found = np.polynomial.polynomial.polyval(y, powers)
    # Between the places it may be a rounding worse.
    assert np.abs(found - np.cos(middle)).max() <= 1.1e-14


def test_the_degree_is_the_least_that_will_do():
    places = np.linspace(-1.0, 1.0, 100)
    powers = single_polynomial(lambda x: 1 - 2 * x**3, (-1.0, 1.0), places, 1e-14)
    np.testing.assert_allclose(powers, [1, 0, 0, -2], atol=2e-15)
    rough = single_polynomial(np.exp, (-1.0, 1.0), places, 1e-3)
    assert len(rough) == 5  # The sixth Chebyshev coefficient is 5e-4.


@pytest.mark.parametrize("function", [np.abs, lambda x: 1 / (x**2 + 1e-4)])
def test_what_is_not_smooth_is_refused(function):
    places = np.linspace(-1.0, 1.0, 101)
    assert single_polynomial(function, (-1.0, 1.0), places, 1e-13) is None
