"""Norms of residuals are right down to the smallest numbers there are."""

import math

import pytest
import torch

from widthwise.dynamics import landweber_from_projections
from widthwise.dynamics.linear._curves import norms


@pytest.mark.parametrize("size", [1e-300, 1e-307, 1e-310, 5e-324])
@pytest.mark.parametrize("extra", [0.0, 5e-324, 1e-309])
def test_a_subnormal_norm_is_no_nan(size, extra):
    rows = torch.tensor([[size, 0.0], [0.0, 0.0]], dtype=torch.float64)
    first, second = norms(rows, extra).tolist()
    # Numbers below 1e-308 are whole multiples of 5e-324: half of one may be lost.
    assert first == pytest.approx(math.hypot(size, extra), rel=1e-15, abs=5e-324)
    assert second == extra


def test_a_residual_below_the_normal_numbers_is_the_power_that_it_is():
    values = torch.tensor([1.0, 0.5], dtype=torch.float64)
    weights = torch.tensor([0.0, 1.0], dtype=torch.float64)
    run = landweber_from_projections(values, weights, step=1.0)
    # The second mode is multiplied by 3/4 at each step.
    for count in (2400, 2470, 2490, 3000):
        expected = math.exp(count * math.log(0.75)) if count < 2595 else 0.0
        assert run.relative_residual(count) == pytest.approx(expected, rel=1e-3)
