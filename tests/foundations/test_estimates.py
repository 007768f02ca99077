"""Test `widthwise.estimates`: intervals hold the truth as often as they say."""

import math

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest, norm, quantile_test, ttest_1samp

from widthwise.errors import InvalidArgumentError
from widthwise.estimates import (
    Estimate,
    mean,
    median,
    observations_needed,
    power_law,
    quantile,
    share,
    weighted_fit,
)

# None of them makes a tail of a binomial law exactly what an interval leaves out: at
# such a tie the last bit of either side decides.
CONFIDENCES = st.sampled_from([0.57, 0.9, 0.95, 0.999])


@st.composite
def outcomes(draw, most=10**6):
    trials = draw(st.integers(1, most))
    return draw(st.integers(0, trials)), trials


def test_an_estimate_is_said_with_its_interval():
    found = Estimate(0.25, 0.125, 0.5, confidence=0.9)
    assert str(found) == "0.25 (90 % interval 0.125 to 0.5)"
    assert f"{found:.1f}" == "0.2 (90 % interval 0.1 to 0.5)"


@given(outcomes(most=10**9), CONFIDENCES)
@example((669257311, 669257312), 0.999)
def test_the_limits_of_a_share_are_those_of_the_two_binomial_tests(outcome, confidence):
    """By their definition: each tail has half of what the interval leaves out."""
    successes, trials = outcome
    found = share(successes, trials, confidence)
    outside = (1 - confidence) / 2
    if successes:
        assert binom.sf(successes - 1, trials, found.low) == pytest.approx(
            outside, rel=1e-5
        )
    if successes < trials:
        # Beside 1 the limit is rounded to 2^-53; the tail moves by n times that.
        assert binom.cdf(successes, trials, found.high) == pytest.approx(
            outside, rel=1e-5, abs=trials * 2**-53
        )
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert (found.low == 0) == (successes == 0)
    assert (found.high == 1) == (successes == trials)


@given(outcomes(most=1000), CONFIDENCES, st.sampled_from(["exact", "wilson"]))
def test_a_peer_has_the_same_limits_for_a_share(outcome, confidence, method):
    peer = binomtest(*outcome).proportion_ci(confidence, method=method)
    found = share(*outcome, confidence, method=method)
    # The peer finds the exact limits by bisection to 2e-12.
    assert (found.low, found.high) == pytest.approx(tuple(peer), abs=1e-11)


@pytest.mark.parametrize("trials", [1, 7, 40])
def test_the_interval_of_a_share_covers_at_least_as_often_as_it_says(trials):
    """Summed over every outcome, exactly."""
    limits = [share(k, trials, 0.9) for k in range(trials + 1)]
    for p in np.linspace(0.01, 0.99, 33):
        covered = sum(
            math.comb(trials, k) * p**k * (1 - p) ** (trials - k)
            for k, found in enumerate(limits)
            if found.low <= p <= found.high
        )
        assert covered >= 0.9 - 1e-12


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=20), CONFIDENCES)
def test_the_interval_of_a_mean_is_students(values, confidence):
    found = mean(values, confidence)
    if np.ptp(values) < 1e-6:
        return  # The peer divides by the deviation.
    peer = ttest_1samp(values, 0.0).confidence_interval(confidence)
    assert found.value == pytest.approx(math.fsum(values) / len(values), abs=1e-10)
    assert (found.low, found.high) == pytest.approx(tuple(peer), rel=1e-9, abs=1e-9)


def test_one_trial_alone_says_nothing_of_its_error():
    found = mean([3.0])
    assert (found.value, found.low, found.high) == (3.0, -math.inf, math.inf)
    assert found.error == math.inf


@given(
    st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=40),
    st.sampled_from([0.1, 0.5, 0.75, 0.99]),
    CONFIDENCES,
)
def test_a_peer_has_the_same_limits_for_a_quantile(values, probability, confidence):
    found = quantile(values, probability, confidence)
    test = quantile_test(values, p=probability)
    low, high = test.confidence_interval(confidence)
    # The peer says NaN where no observation serves.
    assert found.low == (-math.inf if math.isnan(low) else low)
    assert found.high == (math.inf if math.isnan(high) else high)
    assert found.value == np.quantile(values, probability, method="inverted_cdf")


def test_the_interval_of_a_median_covers_as_often_as_it_says():
    """With atoms, too: numbers from 0 to 4, whose median is 2."""
    rng, times = np.random.default_rng(0), 600
    for draw, truth in (
        (rng.standard_normal((times, 15)), 0.0),
        (rng.integers(0, 5, (times, 15)), 2.0),
    ):
        found = [median(each.tolist(), 0.9) for each in draw]
        covered = np.mean([each.low <= truth <= each.high for each in found])
        assert covered >= 0.9 - 4 * math.sqrt(0.9 * 0.1 / times)


def test_where_no_observation_serves_the_range_is_the_limit():
    assert median([1.0, 2.0, math.inf]).low == -math.inf
    found = median([1.0, 2.0, math.inf], least=0.0)
    assert (found.value, found.low, found.high) == (2.0, 0.0, math.inf)


@given(st.floats(0.05, 0.99), st.floats(0.5, 0.999))
def test_so_many_observations_are_needed_and_no_fewer(probability, confidence):
    # Where a power of p meets the tail in its last digits, rounding decides.
    exactly = math.log((1 - confidence) / 2) / math.log(probability)
    assume(abs(exactly - round(exactly)) > 1e-9)
    needed = observations_needed(probability, confidence)
    values = list(range(needed))
    assert quantile(values, probability, confidence).high < math.inf
    if needed > 1:
        assert quantile(values[1:], probability, confidence).high == math.inf


def test_a_power_law_gives_its_exponents_back():
    n, d = np.meshgrid([10.0, 20.0, 50.0], [2.0, 4.0, 16.0])
    columns = {"n": n.ravel().tolist(), "fixed": [3.0] * 9, "d": d.ravel().tolist()}
    values = (7.0 * n**1.5 / d).ravel().tolist()
    found = power_law(columns, values, [0.1] * 9)
    assert {name: round(each.value, 9) for name, each in found.items()} == {
        "n": 1.5,
        "d": -1.0,
    }
    assert power_law(columns, values, [0.1] * 9, 0.5)["n"].high < found["n"].high


def test_too_little_gives_no_exponent():
    assert power_law({"n": [1.0, 2.0]}, [1.0, 2.0], [0.1] * 2) == {}
    assert power_law({"n": [1.0] * 4}, [1.0] * 4, [0.1] * 4) == {}
    alike = {"n": [1.0, 2.0, 3.0, 4.0], "d": [1.0, 4.0, 9.0, 16.0]}
    assert power_law(alike, [1.0] * 4, [0.1] * 4) == {}


def test_the_interval_of_an_exponent_covers_as_often_as_it_says():
    """Known normal errors; scatter beyond them widens the interval, never narrows."""
    rng, times = np.random.default_rng(0), 1000
    places = [8.0, 16.0, 32.0, 64.0]
    covered = 0
    for _ in range(times):
        values = np.exp(0.5 * np.log(places) + 0.1 * rng.standard_normal(4))
        found = power_law({"n": places}, values.tolist(), [0.1] * 4)["n"]
        covered += found.low <= 0.5 <= found.high
    assert covered / times >= 0.95 - 4 * math.sqrt(0.95 * 0.05 / times)


@pytest.mark.parametrize("scatter", [0.1, 3.0])
def test_a_weighted_fit_is_that_of_a_peer(scatter):
    """`numpy.polyfit` scales the errors always, and ours where they are too small."""
    rng = np.random.default_rng(0)
    x, errors = np.arange(10.0), rng.uniform(0.5, 2.0, 10)
    y = 2.0 + 0.3 * x + scatter * errors * rng.standard_normal(10)
    fit = weighted_fit(np.stack([x, np.ones(10)], axis=1), y, errors)
    kind = "unscaled" if fit.chi_square < fit.degrees_of_freedom else True
    peer, covariance = np.polyfit(x, y, 1, w=1 / errors, cov=kind)
    assert fit.coefficients == pytest.approx(peer, rel=1e-9)
    assert fit.errors == pytest.approx(np.sqrt(np.diag(covariance)), rel=1e-9)
    assert fit.degrees_of_freedom == 8


@pytest.mark.parametrize(
    ("refused", "message"),
    [
        (lambda: share(6, 5), "6 successes in 5 trials"),
        (lambda: share(0, 0), "0 successes in 0 trials"),
        (lambda: share(1, 5, 95), "The confidence is 95; it must lie strictly between"),
        (lambda: mean([]), "0 values"),
        (lambda: quantile([], 0.5), "0 values"),
        (lambda: quantile([1.0], 1.0), "The probability is 1.0"),
        (lambda: observations_needed(0.9, 1), "The confidence is 1"),
        (
            lambda: weighted_fit(np.ones((1, 2)), np.ones(1), np.ones(1)),
            "1 values for 2 coefficients",
        ),
    ],
)
def test_what_is_no_sample_is_refused(refused, message):
    with pytest.raises(InvalidArgumentError, match=message):
        refused()


def test_normal_intervals_reach_as_far_as_the_table_says():
    found = power_law({"n": [1.0, 2.0, 4.0]}, [1.0, 2.0, 4.0], [0.1] * 3)["n"]
    assert (found.high - found.value) / found.error == pytest.approx(norm.ppf(0.975))
