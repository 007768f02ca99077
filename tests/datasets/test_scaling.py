"""Standardised columns agree with exact rational arithmetic at every scale."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from widthwise.datasets.points._scaling import constant_columns, standardize


def exact(column):
    """Standardise one column with 60 digits."""
    with mpmath.workdps(60):
        values = [Fraction(float(x)) for x in column]
        mean = sum(values) / len(values)
        variance = sum((x - mean) ** 2 for x in values) / len(values)
        deviation = mpmath.sqrt(
            mpmath.mpf(variance.numerator) / mpmath.mpf(variance.denominator)
        )
        return np.array(
            [
                float(
                    mpmath.mpf((x - mean).numerator)
                    / mpmath.mpf((x - mean).denominator)
                    / deviation
                )
                for x in values
            ]
        )


@pytest.mark.parametrize("scale", [5e-322, 1e-300, 1e-5, 1.0, 1e10, 1e300])
@pytest.mark.parametrize("offset", [0.0, 1.0, -3.0])
def test_columns_of_any_scale_are_standardised_to_rounding(scale, offset):
    draw = np.random.default_rng(0).standard_normal(50)
    column = np.clip(draw + offset, -5, 5) * scale
    found = standardize(torch.from_numpy(column[:, None])).points[:, 0].numpy()
    # Each entry carries the rounding of x − mean (ε · 5) over a deviation near 1.
    np.testing.assert_allclose(found, exact(column), rtol=0, atol=1e-14)


@pytest.mark.parametrize("offset", [1e8, -1e12, 1e15])
def test_a_large_offset_costs_no_digits(offset):
    column = offset + np.arange(40.0) * 0.5 + (np.arange(40) % 3)
    found = standardize(torch.from_numpy(column[:, None])).points[:, 0].numpy()
    np.testing.assert_allclose(found, exact(column), rtol=0, atol=1e-14)


def test_the_largest_numbers_do_not_overflow():
    column = np.array([-1.7e308, 1.7e308, 1.6e308, -1.5e308])
    found = standardize(torch.from_numpy(column[:, None]))
    np.testing.assert_allclose(
        found.points[:, 0].numpy(), exact(column), rtol=0, atol=1e-15
    )
    assert torch.isfinite(found.scale).all()


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=30, unique=True),
    st.integers(-200, 200),
)
@settings(max_examples=60, deadline=None)
def test_a_power_of_two_changes_no_bit(values, power):
    column = np.ldexp(np.array(values), 0)
    scaled = np.ldexp(column, power)
    if not np.array_equal(np.ldexp(scaled, -power), column):
        return  # the scaling itself rounded (underflow)
    first, second = (torch.from_numpy(c[:, None].copy()) for c in (column, scaled))
    if bool(constant_columns(first).any()):
        return
    assert torch.equal(standardize(first).points, standardize(second).points)


def test_mean_and_scale_map_back():
    points = torch.randn(30, 4, dtype=torch.float64) * 7 + 100
    found = standardize(points)
    torch.testing.assert_close(found.mean + found.scale * found.points, points)
    torch.testing.assert_close(found.scale, points.std(dim=0, correction=0))


@pytest.mark.parametrize(
    ("column", "is_constant"),
    [
        ([2.0, 2.0, 2.0], True),
        ([0.0, -0.0, 0.0], True),
        ([1.0, 1.0 + 2.3e-16, 1.0], True),
        ([1e16, 1e16 + 2, 1e16], True),
        ([1e15, 1e15 + 1, 1e15], False),
        ([1.0, 1.0 + 1e-15, 1.0], False),
        ([0.0, 5e-324, 0.0], False),
        ([-1.7e308, 1.7e308, 0.0], False),
        ([1e-300, 2e-300, 3e-300], False),
    ],
)
def test_a_column_is_constant_when_it_varies_by_rounding_only(column, is_constant):
    points = torch.tensor(column, dtype=torch.float64)[:, None]
    assert bool(constant_columns(points)[0]) is is_constant
