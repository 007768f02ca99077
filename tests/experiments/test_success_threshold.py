"""Thresholds and exponents come back from data made with known ones."""

import math

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import binomtest

from widthwise.experiments.shared._mean_interval import mean_interval
from widthwise.experiments.shared._power_law import Exponent, power_law
from widthwise.experiments.shared._success_threshold import (
    success_threshold,
    wilson_interval,
)
from widthwise.experiments.shared._verdicts import within

NO_RESAMPLES = np.empty((0, 0), dtype=int)


def outcomes(widths, place, steepness, trials, seed):
    generator = np.random.default_rng(seed)
    chance = 1 / (1 + np.exp(-steepness * np.log(np.asarray(widths) / place)))
    return (generator.random((len(widths), trials)) < chance[:, None]).astype(float)


def test_a_known_threshold_comes_back_within_its_error():
    widths = [8, 11, 16, 23, 32, 45, 64]
    errors = []
    for seed in range(40):
        found = success_threshold(
            widths, outcomes(widths, 20.0, 6.0, 200, seed), NO_RESAMPLES
        )
        errors.append((math.log(found.width / 20.0)) / found.log_error)
    # The grid's own error makes the standard error an upper bound here.
    assert np.std(errors) < 1
    assert abs(np.mean(errors)) < 0.5


def test_the_fit_maximises_the_penalised_likelihood():
    widths = [4, 8, 16, 32]
    successes = np.array(
        [[0, 0, 0, 1, 0], [0, 1, 0, 0, 1], [1, 1, 0, 1, 1], [1, 1, 1, 1, 1]],
        dtype=float,
    )
    logs = np.log(widths)
    design = np.stack([np.ones(4), logs], axis=1)
    counts = successes.sum(axis=1)

    def loss(fit):
        chance = 1 / (1 + np.exp(-design @ fit))
        information = design.T @ (design * (5 * chance * (1 - chance))[:, None])
        likelihood = counts @ np.log(chance) + (5 - counts) @ np.log(1 - chance)
        return -(likelihood + 0.5 * np.linalg.slogdet(information)[1])

    best = minimize(loss, [-2.0, 1.0], method="Nelder-Mead", options={"xatol": 1e-10})
    found = success_threshold(widths, successes, NO_RESAMPLES)
    assert found.steepness == pytest.approx(best.x[1], rel=1e-4)
    assert found.width == pytest.approx(math.exp(-best.x[0] / best.x[1]), rel=1e-4)


def test_a_sharp_transition_is_known_no_better_than_the_grid():
    successes = np.array([[0] * 10, [0] * 10, [1] * 10, [1] * 10], dtype=float)
    resamples = np.random.default_rng(0).integers(0, 10, (50, 10))
    found = success_threshold([10, 20, 40, 80], successes, resamples)
    assert found.width == pytest.approx(math.sqrt(20 * 40), rel=1e-6)
    assert found.log_error >= math.log(2) / math.sqrt(12) * (1 - 1e-9)
    assert math.isfinite(found.steepness)


def test_resampled_trials_widen_the_error_of_few_clusters():
    generator = np.random.default_rng(1)
    places = np.exp(generator.normal(math.log(20), 0.8, 8))  # one threshold a trial
    widths = list(range(4, 120, 4))
    successes = (np.asarray(widths)[:, None] > places[None, :]).astype(float)
    resamples = generator.integers(0, 8, (400, 8))
    alone = success_threshold(widths, successes, NO_RESAMPLES)
    found = success_threshold(widths, successes, resamples)
    assert found.width == pytest.approx(alone.width, rel=1e-9)
    assert found.log_error > 1.5 * alone.log_error


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_no_threshold_is_made_up_where_none_is_crossed(share):
    successes = np.zeros((3, 10))
    successes[:, : int(10 * share)] = 1
    assert not success_threshold([2, 4, 8], successes, NO_RESAMPLES).was_found


@pytest.mark.parametrize(("successes", "trials"), [(0, 12), (5, 12), (12, 12)])
def test_the_interval_of_a_share_is_wilsons(successes, trials):
    peer = binomtest(successes, trials).proportion_ci(0.95, method="wilson")
    assert wilson_interval(successes, trials) == pytest.approx(
        (peer.low, peer.high), abs=1e-12
    )


def test_exact_powers_have_their_exponents():
    counts = [50.0, 100.0, 200.0, 200.0, 200.0]
    dimensions = [10.0, 10.0, 10.0, 20.0, 40.0]
    values = [3 * n**1.2 / d**0.7 for n, d in zip(counts, dimensions, strict=True)]
    found = power_law({"n": counts, "d": dimensions}, values, [0.1] * 5)
    assert found["n"].value == pytest.approx(1.2)
    assert found["d"].value == pytest.approx(-0.7)
    assert found["n"].low < 1.2 < found["n"].high


def test_intervals_of_exponents_cover_at_their_level():
    generator = np.random.default_rng(2)
    x = np.array([50.0, 80.0, 130.0, 200.0, 320.0])
    covered = 0
    for _ in range(400):
        values = x * np.exp(generator.normal(0, 0.1, 5))
        each = power_law({"n": list(x)}, list(values), [0.1] * 5)["n"]
        covered += each.low <= 1 <= each.high
    # At least 95 %, as a misfit only stretches; three standard errors below.
    assert covered / 400 > 0.95 - 3 * math.sqrt(0.95 * 0.05 / 400)


def test_points_that_scatter_more_than_they_say_stretch_the_interval():
    x = [1.0, 2.0, 4.0, 8.0]
    values = [1.0, 4.0, 2.0, 12.0]
    tight = power_law({"n": x}, values, [0.01] * 4)["n"]
    loose = power_law({"n": x}, values, [1e-6] * 4)["n"]
    assert tight.error == pytest.approx(loose.error, rel=1e-6)


def test_too_few_values_give_no_exponent():
    assert power_law({"n": [1.0, 2.0]}, [1.0, 2.0], [0.1, 0.1]) == {}
    assert power_law({"n": [3.0] * 4}, [1.0] * 4, [0.1] * 4) == {}


def test_a_band_is_decided_only_by_whole_intervals():
    assert within(Exponent(1.0, 0.05, 0.9, 1.1), 0.75, 1.25) is True
    assert within(Exponent(1.0, 0.2, 0.6, 1.4), 0.75, 1.25) is None
    assert within(Exponent(2.0, 0.2, 1.6, 2.4), 0.75, 1.25) is False


def test_the_interval_of_a_mean_is_students():
    found = mean_interval([1.0, 2.0, 3.0])
    assert found.mean == 2.0
    assert found.error == pytest.approx(1 / math.sqrt(3))
    assert found.high - found.mean == pytest.approx(4.302652729 / math.sqrt(3))
    assert mean_interval([1.0]).high == math.inf
