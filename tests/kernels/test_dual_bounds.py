"""Bounds of duals of narrow, shifted and steep activations hold, against mpmath."""

import sys
from pathlib import Path

import mpmath as mp
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for the truths

from dual_truths import case, generator_of

from widthwise.kernels import dual


@pytest.mark.parametrize("seed", range(4))
def test_the_ends_of_a_random_dual_are_within_its_bound(seed):
    text, activation, law, one, minus_one = case(generator_of(seed + 100))
    kappa = dual(activation, law)
    for angle, exact in ((0.0, one), (np.pi, minus_one)):
        off = abs(mp.mpf(float(kappa.at_angle(angle))) - exact)
        assert off <= kappa.error_bound, text
    # A bound that says nothing is none.
    assert kappa.error_bound <= 1e-3 * one, text
