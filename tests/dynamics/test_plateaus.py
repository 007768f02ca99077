"""Test where gradient descent seems to stop."""

import math

import pytest
import torch

from widthwise.dynamics import landweber_from_projections
from widthwise.errors import InvalidArgumentError

SEPARATED = torch.tensor([1.0, 1e-2, 1e-4], dtype=torch.float64)


def level(step, unreachable=0.0):
    """Return the relative residual: a step of 1 leaves 1 - s² of a mode."""
    rates = [2 * math.log1p(-s * s) for s in (1e-2, 1e-4)]  # s = 1 goes at once
    left = sum(math.exp(step * rate) for rate in rates)
    return math.sqrt((left + unreachable**2) / (3 + unreachable**2))


def run(weights=(1.0, 1.0, 1.0), unreachable=0.0, step=1.0):
    projections = torch.tensor(weights, dtype=torch.float64)
    return landweber_from_projections(SEPARATED, projections, unreachable, step)


def test_separated_modes_leave_one_plateau_between_each_two():
    """With step 1 the modes go at steps 1, 1e4 and 1e8."""
    found = run().plateaus(1e-6)
    assert len(found) == 2
    for each, modes in zip(found, (2, 1), strict=True):
        assert each.residual == pytest.approx(level(each.first_step), rel=1e-12)
        assert round(3 * each.residual**2) == modes  # that many of three are left
    assert found[0].last_step < 1e4 < found[1].first_step
    assert found[1].last_step < 1e8


def test_the_residual_really_stays_within_the_drop():
    exact = run()
    for each in exact.plateaus(1e-6, drop=0.02):
        ends = exact.relative_residual([each.first_step, each.last_step])
        assert float(ends[1]) >= 0.98 * float(ends[0]) > 0.98e-6
        assert each.last_step >= 10 * each.first_step


def test_the_unreachable_part_is_a_plateau_without_end():
    found = run(unreachable=1.0).plateaus(1e-6)
    assert found[-1].last_step == math.inf
    assert "outside the range" in found[-1].reason
    exact = level(found[-1].first_step, unreachable=1.0)
    assert found[-1].residual == pytest.approx(exact, rel=1e-12)
    # Within the drop of 5 % that a span may have, it ends at the part of norm 1/2.
    assert 0.95 * exact <= 0.5 <= exact


def test_the_reason_names_the_modes_that_hold_the_residual():
    found = run(weights=(1.0, 0.0, 1.0)).plateaus(1e-6)
    assert "singular value 0.0001" in found[0].reason


def test_nothing_below_the_tolerance_is_reported():
    assert run().plateaus(0.9) == ()
    assert run(weights=(1.0, 0.0, 0.0)).plateaus(1e-6) == ()


def test_refuses_a_meaningless_drop():
    with pytest.raises(InvalidArgumentError, match="drop"):
        run().plateaus(1e-6, drop=1.0)
