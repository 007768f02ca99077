"""Test arithmetic with 32 digits against multiprecision."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest

from widthwise.dynamics.linear._turns import turns
from widthwise.numerics.double_double import choose, exact, without_dust

ROUNDING = 2.0**-100  # a few units in the last place of 106 bits


def value(number, place=()):
    high, low = np.asarray(number.high)[place], np.asarray(number.low)[place]
    return Fraction(float(high)) + Fraction(float(low))


@pytest.mark.parametrize(
    ("left", "right"),
    [(Fraction(1, 3), Fraction(-2, 7)), (Fraction(10**20, 7), Fraction(1, 10**9))],
    ids=["near one", "far apart"],
)
def test_the_four_operations_keep_thirty_digits(left, right):
    a, b = exact(left), exact(right)
    for found, true in (
        (a + b, left + right),
        (a - b, left - right),
        (a * b, left * right),
        (a / b, left / right),
    ):
        assert abs(value(found) / true - 1) < ROUNDING


def test_square_roots_keep_thirty_digits():
    numbers = np.array([2.0, 1e-30, 3e200, 0.0])
    roots = exact(numbers).sqrt()
    with mpmath.workdps(60):
        for i, number in enumerate(numbers):
            true = mpmath.sqrt(mpmath.mpf(float(number)))
            found = mpmath.mpf(float(roots.high[i])) + float(roots.low[i])
            assert abs(found - true) <= ROUNDING * true


def test_turns_keep_thirty_digits_of_small_and_large_angles():
    generator = np.random.default_rng(0)
    sine = np.concatenate([10.0 ** generator.uniform(-30, 0, 100), [0.0, 1.0]])
    cosine = np.concatenate([generator.uniform(0, 1, 100), [1.0, 0.0]])
    found = turns(exact(sine), exact(cosine))
    with mpmath.workdps(60):
        for i in range(len(sine)):
            angle = mpmath.atan2(
                mpmath.sqrt(mpmath.mpf(sine[i])), mpmath.sqrt(mpmath.mpf(cosine[i]))
            )
            true = angle / (2 * mpmath.pi)
            given = mpmath.mpf(float(found.high[i])) + float(found.low[i])
            assert abs(given - true) <= 1e-29 * true


def test_a_difference_of_rounding_errors_is_zero():
    third = exact(np.array([1.0])) / exact(np.array([3.0]))
    rest = third * 3.0 - 1.0
    assert without_dust(rest, exact(np.ones(1))).high[0] == 0.0
    kept = choose(np.array([False]), rest, third)
    assert value(kept, 0) == value(third, 0)
