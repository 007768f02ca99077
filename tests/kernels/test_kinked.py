"""Kernels between rows of any norms of a function with kinks anywhere: 25 digits."""

import mpmath as mp
import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal

from widthwise.activations import Custom, from_callable, get
from widthwise.arrays import provenance
from widthwise.errors import PrecisionLimitError
from widthwise.kernels import conjugate_kernel, deep_kernels, two_layer_kernels
from widthwise.kernels.pairs import KinkedDual, SplineDual
from widthwise.laws import Gaussian, Sphere

PEAK = 0.4
ANGLES = (1e-12, 1e-3, 0.3, 1.2, np.pi - 1e-9)


def tent(z):
    return torch.exp(-(z - PEAK).abs())


TENT = from_callable(tent, name="tent", breakpoints=(PEAK,))


def pointed(z, sign):
    """Return the tent, or with sign -1 its slope, in mpmath."""
    away = z - mp.mpf(PEAK)
    return mp.exp(-away) if away > 0 else sign * mp.exp(away)


def warmed(m, w, sign):
    """Return its mean over m + w z, z normal."""
    away = m - mp.mpf(PEAK)
    if w == 0:
        return pointed(m, sign)
    above = mp.exp(-away) * mp.ncdf(away / w - w)
    return mp.exp(w * w / 2) * (above + sign * mp.exp(away) * mp.ncdf(-away / w - w))


def truth(x, y, sign):
    """Return E f(x.w) f(y.w) by one integral, for rows of two coordinates."""
    x, y = ([mp.mpf(float(each)) for each in row] for row in (x, y))
    a, b = (mp.sqrt(row[0] ** 2 + row[1] ** 2) for row in (x, y))
    rho = (x[0] * y[0] + x[1] * y[1]) / (a * b)
    sine = abs(x[0] * y[1] - x[1] * y[0]) / (a * b)
    place = mp.mpf(PEAK) / (b * rho)
    bends = [mp.mpf(PEAK) / a, place, *(place + k * sine / rho for k in (-9, -3, 3, 9))]
    ends = sorted({mp.mpf(k) for k in (-12, -6, -2, 0, 2, 6, 12)} | set(bends))
    return mp.quad(
        lambda u: (
            pointed(a * u, sign) * warmed(b * rho * u, b * sine, sign) * mp.npdf(u)
        ),
        [each for each in ends if abs(each) <= 12],
        maxdegree=5,
    )


def pairs(a, b):
    """Return one row of norm a, and rows of norm b at some angles to it."""
    turned = [[b * np.cos(each), b * np.sin(each)] for each in ANGLES]
    return np.array([[a, 0.0]]), np.array(turned)


@pytest.mark.parametrize("norms", [(1.5, 1.5 + 1e-6), (1.1, 4.0)])
def test_entries_are_right_to_their_stated_errors_at_any_angle(norms):
    one, two = pairs(*norms)
    conjugate, tangent = two_layer_kernels(one, TENT, "gaussian", two)
    with mp.workdps(25):
        kappa = np.array([float(truth(one[0], each, 1)) for each in two])
        slope = np.array([float(truth(one[0], each, -1)) for each in two])
    sizes = [
        float(conjugate_kernel(each, TENT, "gaussian")[0, 0]) for each in (one, two[:1])
    ]
    error = np.abs(conjugate.numpy() - kappa).max()
    assert error <= provenance(conjugate).entry_error <= 1e-12 * np.prod(sizes) ** 0.5
    error = np.abs(tangent.numpy() - kappa - (one @ two.T) * slope).max()
    assert error <= provenance(tangent).entry_error <= 1e-11


def test_a_clipped_line_is_the_one_of_the_catalog_at_any_depth(monkeypatch):
    """Whose kernels are closed forms, of truncated moments."""
    monkeypatch.setattr(Custom, "splines", None)
    random = np.random.default_rng(1)
    points = random.standard_normal((6, 4)) * random.uniform(0.4, 3.0, (6, 1))
    points[0], points[1] = points[2] * (1 + 1e-7), -points[3] * 1.01
    clipped = from_callable(
        lambda z: torch.clamp(z, -1, 1), name="mine", breakpoints=(-1.0, 1.0)
    )
    act = get("hard_tanh")
    for mine, exact in (
        (two_layer_kernels(points, clipped, "gaussian"),
         two_layer_kernels(points, act, "gaussian")),
        (deep_kernels(points, clipped, 2, 1.4, 0.2),
         deep_kernels(points, act, 2, 1.4, 0.2)),
    ):  # fmt: skip
        for one, other in zip(mine, exact, strict=True):
            stated = provenance(one).entry_error + provenance(other).entry_error
            assert float((one - other).abs().max()) <= stated
    stated = provenance(two_layer_kernels(points, clipped, "gaussian")[1]).entry_error
    assert stated <= 1e-10


def test_a_jump_beside_zero_is_a_mass_of_the_plane():
    beyond = from_callable(
        lambda z: torch.where(z >= 0.3, 1.0, 0.0).to(z.dtype),
        name="beyond",
        breakpoints=(0.3,),
        derivative=torch.zeros_like,
    )
    one, two = pairs(1.2, 1.9)
    found = conjugate_kernel(one, beyond, "gaussian", two[1:4])[0].numpy()
    for value, angle in zip(found, ANGLES[1:4], strict=True):
        both = multivariate_normal([0, 0], [[1, np.cos(angle)], [np.cos(angle), 1]])
        exact = both.cdf([-0.3 / 1.2, -0.3 / 1.9])
        assert value == pytest.approx(exact, abs=1e-8)  # SciPy's own


@pytest.mark.parametrize("first", [1, 9])
def test_a_block_is_the_same_bits(first):
    random = np.random.default_rng(2)
    both = random.standard_normal((14, 3))
    both[10] = both[2] * 1.01
    joint = two_layer_kernels(both, TENT, "gaussian")
    blocks = two_layer_kernels(both[:first], TENT, "gaussian", both[first:])
    for block, whole in zip(blocks, joint, strict=True):
        assert torch.equal(whole, whole.T)
        assert torch.equal(block, whole[:first, first:])


def test_a_zero_row_has_the_value_of_the_limit():
    points = np.array([[0.0, 0.0], [1.2, 0.5], [1e-7, 0.0]])
    found = conjugate_kernel(points, TENT, "gaussian")
    at_zero = float(tent(torch.zeros(1, dtype=torch.float64)))
    with mp.workdps(20):
        mean = float(warmed(mp.mpf(0), mp.mpf(1.3), 1))
    assert float(found[0, 1]) == pytest.approx(at_zero * mean, rel=1e-14)
    assert float(found[2, 1]) == pytest.approx(at_zero * mean, rel=1e-6)


def test_what_takes_too_many_polynomials_is_refused_in_a_sentence():
    steep = from_callable(
        lambda z: torch.sin(40 * z) + (z - 0.3).abs(), name="steep", breakpoints=(0.3,)
    )
    with pytest.raises(PrecisionLimitError, match="steep takes more than 64 poly"):
        conjugate_kernel(np.diag([1.0, 2.0]), steep, "gaussian")


@pytest.mark.parametrize("law", [Gaussian(), Sphere(2), Sphere(3)])
@pytest.mark.parametrize("order", [0, 1])
def test_slopes_are_those_of_truncated_powers(law, order):
    """Closed forms, of functions that jump or have slopes that do, at any angle."""
    norms = np.array([0.7, 1.3, 1.3 * (1 + 1e-6), 3.0, 1.3])
    angles = np.array([0.0, 1e-9, 1e-3, 0.8, 2.9])
    chord = np.where(angles < 1.5, np.sin(angles / 2), np.cos(angles / 2))
    tile = (
        slice(0, 5),
        slice(0, 5),
        np.tile(chord, (5, 1)),
        np.tile(angles < 1.5, (5, 1)),
    )
    for kinks, value in (
        ((-1, 1), lambda z: torch.clamp(z, -1, 1)),
        ((0.3, 1), lambda z: torch.where(z < 0.3, 0 * z, torch.clamp(z + 1, max=2))),
        ((1,), lambda z: torch.where(z < 1, 0.1 * z, z - 0.9)),
    ):
        act = from_callable(value, name="mine", breakpoints=kinks)
        mine = KinkedDual(act, law, order, norms)
        exact = SplineDual(act, law, order, norms)
        assert mine.tile(*tile) == pytest.approx(exact.tile(*tile), abs=1e-14)
        for one, other in zip(mine.slopes(*tile), exact.slopes(*tile), strict=True):
            assert one == pytest.approx(other, abs=1e-11)
        assert mine.square_slopes() == pytest.approx(exact.square_slopes(), abs=1e-13)


@pytest.mark.parametrize("law", ["gaussian", "sphere"])
def test_gradients_between_norms_pass_gradcheck(law):
    points = torch.tensor([[1.0, 0.2], [0.3, 2.0], [1.1, 0.3]], dtype=torch.float64)
    assert torch.autograd.gradcheck(
        lambda x: two_layer_kernels(x, TENT, law),
        points.requires_grad_(),
        eps=1e-5,
        atol=2e-8,
        rtol=1e-7,
    )
