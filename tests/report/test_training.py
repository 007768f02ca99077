from dataclasses import dataclass

import mpmath
import numpy as np
import pytest
import torch

from widthwise import dynamics
from widthwise.diagnosis.study import Training, training_found
from widthwise.report._renderings import rendering_of
from widthwise.report.activations._telling import ACTIVATIONS
from widthwise.report.parts import series
from widthwise.report.parts._training import (
    filter_figure,
    residual_at,
    residual_figure,
    slider_start,
)


@dataclass(frozen=True)
class Part:
    """Something that is trained."""

    name: str
    key: str
    training: Training


def shown(record):
    drawn = rendering_of(record).drawn(record)
    return series(drawn.evidence.activations, drawn.arrays)


@pytest.fixture(scope="module")
def stiff():
    """Return a record of one run with κ(Φ)² = 1e18, and the run itself."""
    generator = torch.Generator().manual_seed(3)
    left = torch.linalg.qr(
        torch.randn(9, 9, generator=generator, dtype=torch.float64)
    ).Q
    values = torch.logspace(0, -9, 9, dtype=torch.float64)
    targets = torch.randn(9, generator=generator, dtype=torch.float64)
    run = dynamics.landweber_from_svd(values, left, targets)
    training = training_found(run, (0.01,), worst_case=False, width=9)
    arrays = {
        "a/singular_values": run.singular_values.numpy(),
        "a/projections": run.projections.numpy(),
    }
    (found,) = series([Part("a", "a", training)], arrays)
    return found, run


@pytest.mark.parametrize("exponent", [0, 3, 9, 15])
def test_the_residual_is_that_of_exact_gradient_descent(stiff, exponent):
    # The record's step carries one rounding, 1e-16 of it. It moves a factor's
    # exponent by no more than that relative to itself, times at most ln(1e16) in size.
    each = stiff[0]
    expected = stiff[1].relative_residual(10**exponent)
    assert residual_at(each, 10**exponent) == pytest.approx(expected, rel=1e-13)


def test_the_fastest_direction_is_as_slow_as_the_slowest_at_the_best_step(stiff):
    each = stiff[0]
    s = [mpmath.mpf(value) for value in each.arrays["a/singular_values"].tolist()]
    weights = each.arrays["a/projections"].tolist()
    with mpmath.workdps(50):
        step = 2 / (s[0] ** 2 + s[-1] ** 2)
        assert abs(1 - step * s[0] ** 2) == pytest.approx(1 - step * s[-1] ** 2)
        left = [(1 - step * value**2) ** (10**15) for value in s]
        exact = mpmath.norm([w * part for w, part in zip(weights, left, strict=True)])
    assert residual_at(each, 1e15) == pytest.approx(float(exact), rel=1e-12)


def test_directions_that_count_as_zero_are_out_of_reach(record):
    figure = filter_figure(shown(record), 3.0, ACTIVATIONS)
    tanh = figure.curves[3]
    assert tanh["directions"] == 97
    assert len(tanh["values"]) == 96


def test_the_table_of_residuals_never_rises(record):
    found = shown(record)
    for each in found:
        residuals = [residual_at(each, 10.0**k) for k in range(16)]
        assert np.all(np.diff(residuals) <= 1e-15)
        assert residuals[-1] == pytest.approx(each.found.training.floor, abs=1e-12)


def test_the_summary_tells_the_steps_and_the_never(record):
    summary = residual_figure(shown(record), 3.0, ACTIVATIONS).summary
    assert "relu at width 2,000: 26" in summary
    assert summary.count("steps to 0.01") == 4


def test_the_slider_starts_where_the_recommended_activation_is_done(record):
    found = shown(record)
    steps = found[2].found.training.steps["0.01"]
    start = slider_start(found, "wendland0")
    assert 10**start == pytest.approx(steps, rel=0.06)  # half a notch of 10^0.05
    assert slider_start((), None) == 6.0
