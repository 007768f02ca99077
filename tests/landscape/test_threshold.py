"""Thresholds and trends recovered from data made for the purpose."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widthwise.errors import InvalidArgumentError
from widthwise.landscape import (
    Threshold,
    binomial_interval,
    fit_threshold,
    fit_trend,
)


def draw(threshold, steepness, widths, trials, seed):
    odds = steepness * (np.array(widths) - threshold)
    return np.random.default_rng(seed).binomial(trials, 1 / (1 + np.exp(-odds)))


def test_the_fit_covers_the_truth_as_often_as_its_error_says():
    """Of 300 fits, those within two errors: 95 % less some for the small samples."""
    widths = range(1, 16)
    inside = 0
    for seed in range(300):
        found = fit_threshold(widths, draw(7.3, 0.9, widths, 100, seed).tolist(), 100)
        inside += abs(found.value - 7.3) <= 2 * found.standard_error
    # Binomial(300, 0.95) lies above 268 with probability 1 - 1e-5.
    assert inside >= 268


def test_plain_logistic_data_give_the_parameters_back():
    widths = range(1, 31)
    counts = draw(12.0, 0.5, widths, 100_000, 0).tolist()
    found = fit_threshold(widths, counts, 100_000)
    assert found.value == pytest.approx(12.0, abs=5 * found.standard_error)
    assert found.standard_error < 0.02
    assert found.steepness == pytest.approx(0.5, rel=0.02)
    assert found.lower < 12.0 < found.upper + 1


def test_a_jump_between_two_widths_is_placed_between_them():
    found = fit_threshold([10, 20, 30, 40], [0, 0, 50, 50], 50)
    assert found.value == pytest.approx(25.0, abs=1e-6)
    assert (found.lower, found.upper) == (20.0, 30.0)
    assert 0 < found.standard_error < 10


def test_no_crossing_means_no_threshold():
    below = fit_threshold([10, 20], [3, 9], 100)
    assert below.value is None
    assert (below.lower, below.upper) == (20.0, math.inf)
    above = fit_threshold([10, 20], [93, 99], 100)
    assert (above.lower, above.upper) == (-math.inf, 10.0)
    falling = fit_threshold([10, 20, 30], [99, 50, 2], 100)
    assert falling.value is None


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 50), st.integers(-20, 20), st.integers(0, 1000))
def test_the_threshold_moves_with_the_units_of_width(scale, shift, seed):
    widths = np.arange(1, 16)
    counts = draw(7.3, 0.9, widths, 40, seed).tolist()
    found = fit_threshold(widths.tolist(), counts, 40)
    moved = fit_threshold((scale * widths + shift).tolist(), counts, 40)
    assert moved.value == pytest.approx(scale * found.value + shift, rel=1e-6, abs=1e-6)
    assert moved.standard_error == pytest.approx(scale * found.standard_error, rel=1e-6)


def test_a_line_through_exact_points_is_found():
    thresholds = [
        Threshold(3.0 + 0.5 * n, 0.1 + 0.01 * n, 0.0, 9.0, 1.0) for n in range(5)
    ]
    found = fit_trend(range(5), thresholds)
    assert found.slope == pytest.approx(0.5)
    assert found.intercept == pytest.approx(3.0)
    assert found.chi_square == pytest.approx(0.0, abs=1e-20)
    assert found.degrees_of_freedom == 3


def test_equal_errors_give_the_ordinary_line_and_scatter_widens_it():
    rng = np.random.default_rng(0)
    n = np.arange(10, 101, 10)
    values = 2.0 + 0.3 * n + rng.standard_normal(10)
    wide = fit_trend(
        n.tolist(), [Threshold(v, 0.01, 0.0, 9.0, 1.0) for v in values.tolist()]
    )
    (slope, intercept), covariance = np.polyfit(n, values, 1, cov=True)
    assert wide.slope == pytest.approx(slope)
    assert wide.intercept == pytest.approx(intercept)
    assert wide.slope_error == pytest.approx(math.sqrt(covariance[0, 0]), rel=1e-6)


def test_a_line_needs_two_thresholds():
    with pytest.raises(InvalidArgumentError, match="1 of 2"):
        fit_trend(
            [1, 2],
            [Threshold(1.0, 0.1, 0.0, 2.0, 1.0), Threshold(None, None, 0.0, 1.0, None)],
        )


@pytest.mark.parametrize("trials", [1, 7, 40])
def test_the_interval_covers_at_least_as_often_as_it_says(trials):
    """Summed over every outcome, exactly."""
    limits = [binomial_interval(k, trials, 0.9) for k in range(trials + 1)]
    for p in np.linspace(0.01, 0.99, 33):
        covered = sum(
            math.comb(trials, k) * p**k * (1 - p) ** (trials - k)
            for k, (low, high) in enumerate(limits)
            if low <= p <= high
        )
        assert covered >= 0.9 - 1e-12


def test_refusals():
    with pytest.raises(InvalidArgumentError, match="two or more widths"):
        fit_threshold([1], [0], 5)
    with pytest.raises(InvalidArgumentError, match="5 trials"):
        fit_threshold([1, 2], [0, 6], 5)
    with pytest.raises(InvalidArgumentError, match="6 successes in 5"):
        binomial_interval(6, 5)
