"""Test thresholds of `widthwise.estimates`: known ones come back from counts."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from widthwise.errors import InvalidArgumentError
from widthwise.estimates import logistic_fit, threshold


def drawn(place, steepness, widths, trials, seed):
    rng = np.random.default_rng(seed)
    chance = 1 / (1 + np.exp(-steepness * (np.asarray(widths) - place)))
    return rng.binomial(trials, chance).tolist()


def penalized(beta, places, counts, trials):
    """Return minus Firth's likelihood, written with the probabilities themselves."""
    odds = beta[0] + beta[1] * np.asarray(places)
    chance = 1 / (1 + np.exp(-odds))
    design = np.stack([np.ones(len(places)), places], axis=1)
    information = design.T @ (design * (trials * chance * (1 - chance))[:, None])
    likelihood = counts @ np.log(chance) + (trials - counts) @ np.log1p(-chance)
    return -(likelihood + 0.5 * np.linalg.slogdet(information)[1])


@pytest.mark.parametrize("seed", range(6))
def test_the_fit_maximises_the_penalized_likelihood(seed):
    places, trials = np.array([-2.0, -1.0, 0.0, 1.5, 2.0]), 12
    counts = np.array(drawn(0.3, 1.2, places, trials, seed), dtype=float)
    fit = logistic_fit(places, counts, trials)
    best = minimize(
        penalized,
        [0.1, 0.9],
        (places, counts, trials),
        method="BFGS",
        options={"gtol": 1e-6},
    )
    # Its differences are good to 1e-6 or so, and the curvature is 1 and more.
    assert fit.coefficients[0] == pytest.approx(best.x, abs=1e-5)
    assert penalized(fit.coefficients[0], places, counts, trials) <= best.fun + 1e-12


def test_the_covariance_is_that_of_estimates_from_many_samples():
    """Firth's estimates have no bias of first order, and asymptotically this spread.

    A variance from S samples is off by sqrt(2 / S) of itself, 2.2 % of 4,000, here four
    times that; what is of second order in 1 / trials takes 1 % more.
    """
    places, trials, times = np.array([-1.0, -0.3, 0.4, 1.0]), 200, 4_000
    truth = np.array([0.4, 1.5])
    chance = 1 / (1 + np.exp(-truth[0] - truth[1] * places))
    counts = np.random.default_rng(0).binomial(trials, chance, (times, 4))
    found = logistic_fit(places, counts, trials).coefficients
    told = logistic_fit(places, trials * chance, trials).covariances[0]
    spread = np.cov(found.T)
    assert np.diag(spread) == pytest.approx(np.diag(told), rel=0.1)
    bias = (found.mean(axis=0) - truth) / np.sqrt(np.diag(spread))
    assert np.abs(bias).max() < 4 / math.sqrt(times) + 0.01


def test_fits_made_together_are_those_made_alone():
    places = np.array([1.0, 2.0, 4.0, 5.0])
    counts = np.array([[0, 3, 6, 9], [0, 0, 9, 9], [9, 6, 5, 0], [9, 9, 9, 9]])
    together = logistic_fit(places, counts, 9)
    for place, each in enumerate(counts):
        alone = logistic_fit(places, each, 9)
        assert together.coefficients[place] == pytest.approx(
            alone.coefficients[0], rel=1e-6, abs=1e-6
        )
        assert together.fitted[place] == pytest.approx(alone.fitted[0], abs=1e-6)


def test_the_interval_covers_the_threshold_as_often_as_it_says():
    widths, times, covered = list(range(1, 16)), 300, 0
    for seed in range(times):
        found = threshold(widths, drawn(7.3, 0.9, widths, 40, seed), 40)
        estimate = found.estimate(0.95)
        covered += estimate.low <= 7.3 <= estimate.high
    # The error is stretched by scatter and never shrunk, so it covers more rather
    # than less; four standard errors of 300 draws, and 1 % for the normal form.
    assert covered / times >= 0.95 - 4 * math.sqrt(0.95 * 0.05 / times) - 0.01


@given(st.floats(0.01, 100.0), st.floats(-50.0, 50.0), st.integers(0, 20))
def test_the_threshold_moves_with_the_unit_of_width(scale, shift, seed):
    widths = np.arange(1, 16)
    counts = drawn(7.3, 0.9, widths, 40, seed)
    found = threshold(widths.tolist(), counts, 40)
    moved = threshold((scale * widths + shift).tolist(), counts, 40)
    near = {"rel": 1e-6, "abs": 1e-6 * scale}
    assert moved.value == pytest.approx(scale * found.value + shift, **near)
    assert moved.standard_error == pytest.approx(scale * found.standard_error, rel=1e-6)


def test_a_sharp_rise_is_met_half_way_and_has_an_error():
    found = threshold([10, 20, 40, 50], [0, 0, 9, 9], 9)
    assert found.value == pytest.approx(30.0)
    assert (found.lower, found.upper) == (20.0, 40.0)
    assert 0 < found.standard_error < math.inf


def test_what_does_not_rise_through_one_half_has_no_threshold():
    assert threshold([1, 2], [5, 5], 5).value is None
    assert threshold([1, 2], [0, 1], 5).upper == math.inf
    falling = threshold([1, 2, 3], [9, 5, 1], 10)
    assert (falling.value, falling.estimate()) == (None, None)
    assert falling.steepness < 0


def test_a_threshold_in_logarithms_is_a_width():
    logs = np.log([10, 20, 40, 80])
    found = threshold(logs.tolist(), [0, 3, 7, 10], 10)
    estimate = found.estimate(0.9, in_logs=True)
    assert estimate.value == pytest.approx(math.exp(found.value))
    assert estimate.low * estimate.high == pytest.approx(estimate.value**2)
    assert estimate.error == pytest.approx(found.standard_error * estimate.value)


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        (([1], [0], 5), "two or more widths"),
        (([2, 1], [0, 5], 5), "ascending"),
        (([1, 2], [0], 5), "2 widths and 1 counts"),
        (([1, 2], [0, 6], 5), "in 5 trials"),
        (([1, 2], [0, 0], 0), "in 0 trials"),
    ],
)
def test_counts_that_do_not_fit_are_refused(given_, message):
    with pytest.raises(InvalidArgumentError, match=message):
        threshold(*given_)
