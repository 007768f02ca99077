"""Quadrature rules against exact integrals."""

import math
from fractions import Fraction

import mpmath as mp
import numpy as np
import pytest

from widthwise.numerics import gauss_legendre

COUNTS = [1, 2, 3, 5, 8, 16, 33, 64, 128, 192, 500, 2000]


@pytest.mark.parametrize("count", COUNTS)
def test_the_rule_is_a_probability_on_the_open_interval(count):
    nodes, weights = gauss_legendre(count)
    assert nodes.shape == weights.shape == (count,)
    assert (np.diff(nodes) > 0).all()
    assert nodes[0] > 0
    assert nodes[-1] < 1
    assert (weights > 0).all()
    assert abs(math.fsum(weights) - 1) <= 1e-15


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 12, 25])
def test_polynomials_up_to_twice_the_count_are_exact(count):
    # Exact rational arithmetic on the floats: only their own rounding is left.
    nodes, weights = gauss_legendre(count)
    x = [Fraction(v) for v in nodes.tolist()]
    w = [Fraction(v) for v in weights.tolist()]
    for degree in range(2 * count):
        total = sum((b * a**degree for a, b in zip(x, w, strict=True)), Fraction(0))
        # A node's rounding moves x^k by k ulps of x^k at most.
        assert abs(float(total * (degree + 1) - 1)) <= (2 * degree + 4) * 2**-53


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 12])
def test_the_next_degree_is_not_exact(count):
    # The remainder for x^{2n} is n!^4 / ((2n + 1) (2n)!²), which is > 0.
    nodes, weights = gauss_legendre(count)
    missing = 1 / (2 * count + 1) - float(weights @ nodes ** (2 * count))
    exact = (
        math.factorial(count) ** 4 / math.factorial(2 * count) ** 2 / (2 * count + 1)
    )
    assert missing == pytest.approx(exact, abs=4e-16)
    assert exact > 1e-16


def legendre(count, x):
    """Return P_count(x) and P_{count - 1}(x) in mpmath's precision."""
    before, now = mp.mpf(1), x
    for k in range(1, count):
        before, now = now, ((2 * k + 1) * x * now - k * before) / (k + 1)
    return now, before


@pytest.mark.parametrize("count", [5, 24, 192])
def test_nodes_and_weights_have_all_their_digits(count):
    # Newton's method in 40 digits; the ends are where SciPy's weights are worst.
    nodes, weights = gauss_legendre(count)
    with mp.workdps(40):
        for index in (0, 1, count // 2, count - 1):
            x = 2 * mp.mpf(float(nodes[index])) - 1
            for _ in range(4):
                now, before = legendre(count, x)
                x -= now * (x * x - 1) / (count * (x * now - before))
            weight = (1 - x**2) / (count * legendre(count, x)[1]) ** 2
            assert abs(float(nodes[index]) - (x + 1) / 2) <= 2**-53
            assert abs(float(weights[index]) / weight - 1) <= 4 * 2**-53


@pytest.mark.parametrize("count", [6, 12, 24])
def test_an_analytic_function_converges_as_its_ellipse_says(count):
    # 1/(1 + 16 (x - 1/2)²): on [-1, 1] the poles are ±i/2, ρ = (1 + sqrt 5)/2.
    nodes, weights = gauss_legendre(count)
    found = float(weights @ (1 / (1 + 16 * (nodes - 0.5) ** 2)))
    exact = math.atan(2.0) / 2
    rho = (1 + math.sqrt(5)) / 2
    # Trefethen's Theorem 4.5 with the supremum on a slightly smaller ellipse.
    assert abs(found - exact) <= 64 / 15 * 10 / (0.95 * rho) ** (2 * count)
    assert abs(found - exact) >= 1e-3 / (1.05 * rho) ** (2 * count)


def test_a_rule_is_shared_and_cannot_be_overwritten():
    nodes, weights = gauss_legendre(40)
    assert gauss_legendre(40)[0] is nodes
    for array in (nodes, weights):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0.0
