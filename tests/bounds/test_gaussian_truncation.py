"""Test the certificate for Gaussian weights."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import chi2

from widthwise.activations import get
from widthwise.bounds import CATALOG, best, gaussian_truncation
from widthwise.bounds.eigenvalues._gaussian_truncation import _tail
from widthwise.bounds.eigenvalues._power_tail import power_growth
from widthwise.errors import DataError
from widthwise.features import RandomFeatures
from widthwise.kernels import conjugate_kernel
from widthwise.laws import Gaussian, Sphere
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


@pytest.mark.parametrize("name", ["relu", "step", "square", "softplus", "sigmoid"])
def test_a_power_bounds_the_activation_and_its_tail(name):
    growth = power_growth(get(name))
    z = torch.linspace(-30, 30, 6001, dtype=torch.float64)
    values = get(name)(z).abs()
    sizes = [growth.at(abs(each)) ** 0.5 for each in z.tolist()]
    bound = torch.tensor(sizes, dtype=torch.float64)
    assert bool((values <= bound * (1 + 1e-12)).all())
    g = np.abs(np.random.default_rng(0).standard_normal(10**6))
    for reach in (0.5, 2.0):
        squares = np.array(growth.offset + growth.factor * g**growth.power) ** 2
        sampled = squares * (g > reach)
        noise = 5 * sampled.std() / 1e3
        assert sampled.mean() == pytest.approx(growth.tail(reach), abs=noise)


@pytest.mark.parametrize("law", ["sphere", "gaussian"])
@pytest.mark.parametrize("promise", ["smallest", "condition"])
@pytest.mark.parametrize("act", ["relu", "softplus", "step"])
def test_eigenvalues_stay_near_their_limits_at_the_certified_width(law, promise, act):
    points = torch.eye(4, dtype=torch.float64)[:, :4] + 0.2
    points /= points.norm(dim=1, keepdim=True)
    found = best(points, act, law, promise, failure_probability=0.3)
    assert found.certificate.is_certificate
    exact = torch.linalg.eigvalsh(conjugate_kernel(points, get(act), law_of(law)))
    fails = 0
    for seed in range(20):
        features = RandomFeatures(act, int(found.certificate.value), law, seed)
        values = torch.linalg.eigvalsh(features.gram(points))
        low = float(values[0]) < 0.5 * float(exact[0])
        high = float(values[-1]) > 1.5 * float(exact[-1])
        fails += low or (high and promise == "condition")
    assert fails <= 12


def law_of(name):
    return Gaussian() if name == "gaussian" else Sphere(4)


def test_the_whole_spectrum_never_asks_for_more_than_the_dimension(bare):
    values = np.geomspace(1.0, 1e-3, 30)
    found = bare(*values)
    pairs = (
        ("spectral_smallest", "chernoff_smallest"),
        ("spectral_condition", "benson_chernoff"),
    )
    for new, old in pairs:
        for delta in (0.1, 1e-4):
            sharp = CATALOG[new].width(found, delta).value
            plain = CATALOG[old].width(found, delta).value
            assert 0.4 * plain <= sharp <= plain
    flat = bare(*[0.5] * 6)
    same = [CATALOG[each].width(flat, 0.1).value for each in pairs[0]]
    assert same[0] == pytest.approx(same[1], rel=1e-9, abs=1)


@pytest.mark.parametrize(
    "name", ["spectral_smallest", "spectral_condition", "power_smallest"]
)
def test_more_confidence_or_a_smaller_eigenvalue_never_ask_for_less(name, points):
    law = Gaussian() if name == "power_smallest" else Sphere(points.shape[1])
    found = spectrum(conjugate_kernel(points, get("relu"), law))
    by_chance = [CATALOG[name].width(found, d).value for d in (0.5, 0.1, 1e-3, 1e-9)]
    assert by_chance == sorted(by_chance)
    by_share = [CATALOG[name].width(found, epsilon=e).value for e in (0.9, 0.5, 0.1)]
    assert by_share == sorted(by_share)


def test_the_published_constant_is_never_below_the_solved_one(points):
    """Proposition 4.2 at a quarter of λ, for relu: q = 1, M = 1."""
    found = spectrum(conjugate_kernel(points, get("relu"), Gaussian()))
    count, smallest, delta = len(points), float(found.smallest), 0.01
    inner = 2**2.5 * count**2 / smallest * math.sqrt(0.75)
    paper = 16 / (1 - math.log(2)) * count / smallest * math.log(inner)
    paper *= math.log(count / delta)
    solved = CATALOG["power_smallest"].width(found, delta, epsilon=0.75)
    assert solved.is_certificate
    assert 0.02 * paper <= solved.value <= paper


def test_a_growth_that_is_not_known_is_refused(points):
    found = best(points, "exp", "gaussian", "condition")
    assert found.certificate is None
    assert any("no power of |z|" in why for _, why in found.refused)
