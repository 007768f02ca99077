"""Critical widths come back from data made with known ones."""

import math

import numpy as np
import pytest

from widthwise.experiments.oymak._critical_width import CriticalWidth, critical_width

NO_RESAMPLES = np.empty((0, 0), dtype=int)


def outcomes(widths, place, steepness, trials, seed):
    generator = np.random.default_rng(seed)
    chance = 1 / (1 + np.exp(-steepness * np.log(np.asarray(widths) / place)))
    return (generator.random((len(widths), trials)) < chance[:, None]).astype(float)


def test_a_known_threshold_comes_back_within_its_error():
    widths = [8, 11, 16, 23, 32, 45, 64]
    errors = []
    for seed in range(40):
        found = critical_width(
            widths, outcomes(widths, 20.0, 6.0, 200, seed), NO_RESAMPLES
        )
        errors.append((math.log(found.width / 20.0)) / found.log_error)
    # The grid's own error makes the standard error an upper bound here.
    assert np.std(errors) < 1
    assert abs(np.mean(errors)) < 0.5


def test_a_sharp_transition_is_known_no_better_than_the_grid():
    successes = np.array([[0] * 10, [0] * 10, [1] * 10, [1] * 10], dtype=float)
    resamples = np.random.default_rng(0).integers(0, 10, (50, 10))
    found = critical_width([10, 20, 40, 80], successes, resamples)
    assert found.width == pytest.approx(math.sqrt(20 * 40), rel=1e-6)
    assert found.log_error >= math.log(2) / math.sqrt(12) * (1 - 1e-9)
    assert math.isfinite(found.steepness)


def test_resampled_trials_widen_the_error_of_few_clusters():
    generator = np.random.default_rng(1)
    places = np.exp(generator.normal(math.log(20), 0.8, 8))  # one threshold a trial
    widths = list(range(4, 120, 4))
    successes = (np.asarray(widths)[:, None] > places[None, :]).astype(float)
    resamples = generator.integers(0, 8, (400, 8))
    alone = critical_width(widths, successes, NO_RESAMPLES)
    found = critical_width(widths, successes, resamples)
    assert found.width == pytest.approx(alone.width, rel=1e-9)
    assert found.log_error > 1.5 * alone.log_error


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_no_threshold_is_made_up_where_none_is_crossed(share):
    successes = np.zeros((3, 10))
    successes[:, : int(10 * share)] = 1
    assert critical_width([2, 4, 8], successes, NO_RESAMPLES) is None


def test_an_error_beyond_floats_is_an_endless_interval():
    low, high = CriticalWidth(width=20.0, log_error=1e4, steepness=1e-3).interval
    assert low < 1e-300
    assert high > 1e300
