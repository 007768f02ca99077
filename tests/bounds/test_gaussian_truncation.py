"""Test the certificate for Gaussian weights."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import chi2

from widthwise.activations import get
from widthwise.bounds import gaussian_truncation
from widthwise.bounds.eigenvalues._gaussian_truncation import _tail
from widthwise.errors import DataError
from widthwise.features import RandomFeatures
from widthwise.kernels import conjugate_kernel
from widthwise.laws import Gaussian
from widthwise.spectra import feature_spectrum, spectrum


@pytest.mark.parametrize("level", [1.5, 3.0, 10.0, 40.0])
def test_tail_bounds_the_truncated_mean(level):
    """For one normal, E[g²; g² > L] is P(χ²₃ > L); for more, 10⁶ samples.

    Tilting loses a factor of about (e/3)^{3/2} (π/2)^{1/2} L = 1.1 L for large L.
    """
    exact = chi2.sf(level, 3)
    found = _tail(np.array([1.0]), level)
    assert exact <= found <= 2 * level * exact
    scales = np.array([1.0, 0.5, 0.25])
    squares = np.random.default_rng(0).standard_normal((10**6, 3)) ** 2 @ scales
    sampled = squares * (squares > level)
    noise = 5 * sampled.std() / 1e3
    assert sampled.mean() - noise <= _tail(scales, level)


def test_the_worst_case_stands_for_unknown_points(points):
    found = spectrum(conjugate_kernel(points, get("relu"), Gaussian()))
    without = gaussian_truncation.width(found).value
    with_points = gaussian_truncation.width(found, points=points).value
    assert with_points < without < math.inf


def test_certified_width_has_full_rank(points):
    act, points = get("relu"), points[:6]
    found = spectrum(conjugate_kernel(points, act, Gaussian()))
    width = gaussian_truncation.width(found, 0.1, points=points)
    assert width.is_certificate
    for seed in range(20):
        features = RandomFeatures(act, int(width.value), Gaussian(), seed)
        assert not feature_spectrum(points, features).is_singular


def test_refuses_other_points(points):
    found = spectrum(conjugate_kernel(points, get("relu"), Gaussian()))
    with pytest.raises(DataError, match="4 points and the spectrum has 12"):
        gaussian_truncation.width(found, points=points[:4])


def test_extreme_eigenvalues_stay_finite(bare):
    found = gaussian_truncation.width(bare(1.0, 1e-200))
    assert found.is_certificate
    assert 1e200 < found.value < 1e205
    tiny = gaussian_truncation.width(bare(1e-3, 1e-4), points=torch.eye(2).double())
    assert tiny.value < math.inf
