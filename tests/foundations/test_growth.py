"""Laws of growth and corrections for several groups, on data whose truth is known."""

import math

import numpy as np
import pytest
from scipy.stats import binomtest, norm

from widthwise.errors import InvalidArgumentError, UnknownNameError
from widthwise.estimates import (
    LAWS,
    Estimate,
    chance_of_order,
    chance_outside,
    chance_within,
    growth,
    hardly_grows,
    holm,
)

SIZES = np.arange(10.0, 110.0, 10.0)
TRIES = 120
LEVEL = 0.05
# With the rate at the level, more than so many come with a probability of 1e-4.
MOST = int(TRIES * LEVEL + 3.7 * math.sqrt(TRIES * LEVEL * (1 - LEVEL)))


def planted(law, intercept=20.0, rise=80.0, noise=2.0, seed=0):
    """Return data sets that grow like the law, from the intercept by the rise."""
    shape = LAWS[law](SIZES)
    truth = intercept + rise * shape / max(float(shape.max()), 1.0)
    random = np.random.default_rng(seed)
    return truth + noise * random.standard_normal((TRIES, len(SIZES)))


def verdicts(data, decide=growth, noise=2.0, said=1.0, **asked):
    """Return how many of the data sets hold, fail and decide nothing."""
    errors = np.full(len(SIZES), noise * said)
    found = [decide(SIZES, each, errors, **asked).holds for each in data]
    return found.count(True), found.count(False), found.count(None)


def test_a_line_with_an_intercept_seldom_fails_and_holds_where_noise_is_small():
    _, fails, _ = verdicts(planted("n"))
    assert fails <= MOST
    holds, fails, _ = verdicts(planted("n", noise=0.2), noise=0.2)
    assert holds >= 0.9 * TRIES
    assert fails <= MOST


@pytest.mark.parametrize("law", ["constant", "log n", "√n", "n√n", "n²"])
@pytest.mark.parametrize("noise", [0.3, 2.0])
def test_another_law_seldom_passes_for_a_line(law, noise):
    holds, _, _ = verdicts(planted(law, noise=noise), noise=noise)
    assert holds <= MOST


@pytest.mark.parametrize("law", ["log n", "√n", "n√n", "n²"])
def test_another_law_is_refuted_where_noise_is_small(law):
    _, fails, _ = verdicts(planted(law, noise=0.2), noise=0.2)
    assert fails >= 0.9 * TRIES


def test_errors_that_are_said_too_small_refute_a_line_no_more_often():
    _, fails, _ = verdicts(planted("n"), said=0.2)
    assert fails <= MOST


def test_a_power_law_through_the_origin_would_refuse_a_line_with_an_intercept():
    data = planted("n", noise=0.2)
    found = growth(SIZES, data[0], np.full(len(SIZES), 0.2))
    assert found.holds
    assert found.exponent.high < 0.75
    assert found.slope.low < 0.8 < found.slope.high  # 80 in 100


def test_logarithms_are_granted_where_both_laws_are_claimed():
    granted = ("n", "n log n")
    data = planted("n log n", noise=0.1)
    _, fails, _ = verdicts(data, noise=0.1)
    assert fails >= 0.9 * TRIES  # a line alone
    holds, fails, _ = verdicts(data, noise=0.1, claimed=granted)
    assert holds >= 0.9 * TRIES
    assert fails <= MOST
    for law in ("√n", "n√n"):
        holds, _, _ = verdicts(planted(law, noise=0.5), noise=0.5, claimed=granted)
        assert holds <= MOST


@pytest.mark.parametrize("rise", [80.0, -15.0])
def test_log_n_hardly_grows_and_seldom_fails(rise):
    _, fails, _ = verdicts(planted("log n", 40, rise), hardly_grows)
    assert fails <= MOST
    holds, _, _ = verdicts(planted("log n", 40, rise, 0.3), hardly_grows, 0.3)
    assert holds >= 0.9 * TRIES


def test_a_constant_hardly_grows():
    holds, fails, _ = verdicts(planted("constant"), hardly_grows)
    assert holds == TRIES
    assert fails == 0


@pytest.mark.parametrize("noise", [0.3, 4.0])
def test_a_line_seldom_passes_for_hardly_growing(noise):
    holds, fails, _ = verdicts(planted("n", noise=noise), hardly_grows, noise)
    assert holds <= MOST
    assert fails >= (0.9 * TRIES if noise == 0.3 else 0)


def test_few_sizes_decide_nothing():
    assert growth(SIZES[:4], SIZES[:4], SIZES[:4]) is None
    assert hardly_grows(SIZES[:4], SIZES[:4], SIZES[:4]) is None


def test_the_nearest_other_law_is_named():
    assert growth(SIZES, planted("n")[0], np.full(10, 2.0)).nearest in {"√n", "n√n"}


def test_laws_that_are_unknown_or_claimed_twice_are_refused():
    with pytest.raises(UnknownNameError, match="cubic"):
        growth(SIZES, SIZES, SIZES, claimed=("cubic",))
    with pytest.raises(InvalidArgumentError, match="least value is -1"):
        growth(SIZES, SIZES - 11, SIZES)
    with pytest.raises(InvalidArgumentError, match="none may be in both"):
        growth(SIZES, SIZES, SIZES, claimed=("n",), against=("n",))


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.001]) == pytest.approx([0.9, 0.002])
    assert holm([]) == []


def test_holm_refutes_one_of_many_true_groups_no_more_often_than_its_level():
    random = np.random.default_rng(1)
    chances = 2 * norm.sf(np.abs(random.standard_normal((4000, 8))))
    refuted = sum(min(holm(each)) <= LEVEL for each in chances.tolist())
    assert binomtest(refuted, 4000, LEVEL, alternative="greater").pvalue > 1e-3
    assert (chances.min(axis=1) <= LEVEL).mean() > 0.3  # without the correction


def test_the_chance_of_an_interval_is_one_in_twenty_where_it_ends_at_the_limit():
    found = Estimate(1.0, 0.6, 1.2)
    assert chance_within(found, high=0.6) == pytest.approx(0.05)
    assert chance_within(found, low=1.2) == pytest.approx(0.05)
    assert chance_within(found, 0.9, 1.1) == 1.0
    assert chance_outside(found, 0.6, 9.0) == pytest.approx(0.05)
    assert chance_outside(found, high=1.2) == pytest.approx(0.05)
    assert chance_outside(found, high=0.9) == 1.0
    assert chance_within(Estimate(1.0, 1.0, 1.0), high=0.5) == 0.0
    assert chance_within(Estimate(1.0, -math.inf, math.inf), high=0.5) == 1.0


def test_the_chance_of_an_order_follows_from_both_intervals():
    first, second = Estimate(3.0, 0.0, 4.0), Estimate(-2.0, -3.0, 2.0)
    assert chance_of_order(first, second) == pytest.approx(0.05)  # 3² + 4² = 5²
    assert chance_of_order(second, first) == 1.0
