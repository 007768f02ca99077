"""Kernels of functions with kinks anywhere, between norms, under the sphere law."""

from itertools import pairwise

import mpmath as mp
import numpy as np
import pytest
import torch
from scipy.special import eval_gegenbauer

from widthwise.activations import Custom, from_callable, get
from widthwise.arrays import provenance
from widthwise.kernels import conjugate_kernel, two_layer_kernels
from widthwise.laws import Sphere
from widthwise.numerics import gauss_legendre

PEAK = 0.3
ANGLES = (1e-9, 1e-3, 0.8, 1.3, np.pi - 1e-6)
TENT = from_callable(
    lambda z: torch.exp(-(z - PEAK).abs()), name="tent", breakpoints=(PEAK,)
)


def pairs(a, b, dimension):
    """Return one row of norm a, and rows of norm b at some angles to it."""
    one, two = np.zeros((1, dimension)), np.zeros((len(ANGLES), dimension))
    one[0, 0] = a
    two[:, 0], two[:, 1] = b * np.cos(ANGLES), b * np.sin(ANGLES)
    return one, two


def side(below, above):
    """Return a function of e^-|z - PEAK| on either side."""

    def of(z):
        away = z - mp.mpf(PEAK)
        return above(mp.exp(-away)) if away > 0 else below(mp.exp(away))

    return of


# An integral of the tent, the tent, and its slope.
FUNCTIONS = (
    side(lambda e: e, lambda e: 2 - e),
    side(lambda e: e, lambda e: e),
    side(lambda e: e, lambda e: -e),
)


def given(m, width, dimension, order):
    """Return E f(m + width w): w is ±1 for d = 2, uniform on [-1, 1] for d = 4."""
    ends = m - width, m + width
    if dimension == 2:
        return sum(FUNCTIONS[order + 1](each) for each in ends) / 2
    risen = FUNCTIONS[order]
    return (risen(ends[1]) - risen(ends[0])) / (2 * width)


def truth(x, y, dimension, order):
    """Return E f(x.w) f(y.w), f the tent or its slope, by one integral."""
    x, y = ([mp.mpf(float(each)) for each in row] for row in (x, y))
    a, b = (mp.hypot(*row) for row in (x, y))
    turn = mp.atan2(y[1], y[0])
    ends = {-mp.pi / 2, -mp.pi / 4, mp.mpf(0), mp.pi / 4, mp.pi / 2}
    for norm, turns in ((a, (0,)), (b, (-turn, turn))):
        if norm > PEAK:
            base = mp.asin(mp.mpf(PEAK) / norm)
            ends |= {z + t for z in (base, mp.pi - base) for t in turns}
            ends |= {z + t - 2 * mp.pi for z in (base, mp.pi - base) for t in turns}

    def integrand(eta):
        u, cosine = mp.sin(eta), mp.cos(eta)
        middle, width = b * mp.cos(turn) * u, b * mp.sin(turn) * cosine
        value = FUNCTIONS[order + 1](a * u) * given(middle, width, dimension, order)
        return cosine ** (dimension - 2) * value

    whole = mp.pi if dimension == 2 else mp.pi / 2
    inside = sorted(each for each in ends if abs(each) <= mp.pi / 2)
    return mp.quad(integrand, inside, maxdegree=5) / whole


@pytest.mark.parametrize("norms", [(1.5, 1.5 + 1e-6), (0.31, 4.0), (0.1, 0.7)])
@pytest.mark.parametrize("dimension", [2, 4])
def test_entries_are_right_to_their_stated_errors_at_any_angle(dimension, norms):
    one, two = pairs(*norms, dimension)
    conjugate, tangent = two_layer_kernels(one, TENT, Sphere(dimension), two)
    with mp.workdps(20):
        given = [(one[0, :2], each[:2], dimension) for each in two]
        kappa = np.array([float(truth(*each, 0)) for each in given])
        slope = np.array([float(truth(*each, 1)) for each in given])
    error = np.abs(conjugate.numpy() - kappa).max()
    assert error <= provenance(conjugate).entry_error <= 1e-12
    error = np.abs(tangent.numpy() - kappa - (one @ two.T) * slope).max()
    assert error <= provenance(tangent).entry_error <= 1e-11


def test_in_many_dimensions_they_are_sums_of_zonal_polynomials():
    """Whose terms fall fast at angles that are not small."""
    d, (a, b), rho = 50, (2.0, 3.1), np.cos(ANGLES[2:4])
    u, mass = gauss_legendre(400)
    ends = [-1, PEAK / b, PEAK / a, 1]
    u = np.concatenate([p + (q - p) * u for p, q in pairwise(ends)])
    mass = np.concatenate([(q - p) * mass for p, q in pairwise(ends)])
    mass *= (1 - u * u) ** ((d - 3) / 2)
    mass /= mass.sum()
    total = np.zeros(2)
    for k in range(90):
        zonal, order = (eval_gegenbauer(k, d / 2 - 1, each) for each in (u, 1.0))
        parts = [mass @ (np.exp(-abs(r * u - PEAK)) * zonal) / order for r in (a, b)]
        size = mass @ zonal**2 / order**2
        total += np.prod(parts) / size * eval_gegenbauer(k, d / 2 - 1, rho) / order
    one, two = pairs(a, b, d)
    found = conjugate_kernel(one, TENT, Sphere(d), two[2:4])[0].numpy()
    assert found == pytest.approx(total, abs=2e-14)


@pytest.mark.parametrize("dimension", [2, 3, 10])
def test_a_clipped_line_is_the_one_of_the_catalog(dimension, monkeypatch):
    """Whose kernels are closed forms, of truncated moments; kinks at ±1 and ±2."""
    monkeypatch.setattr(Custom, "splines", None)
    random = np.random.default_rng(1)
    points = random.standard_normal((6, dimension))
    points *= random.uniform(0.4, 3.0, (6, 1))
    points[0], points[1] = points[2] * (1 + 1e-7), -points[3] * 1.01
    clipped = from_callable(
        lambda z: torch.clamp(z, -1, 1), name="mine", breakpoints=(-2, -1, 1, 2)
    )
    kernels = [
        two_layer_kernels(points, each, Sphere(dimension))
        for each in (clipped, get("hard_tanh"))
    ]
    for one, other in zip(*kernels, strict=True):
        stated = provenance(one).entry_error + provenance(other).entry_error
        assert float((one - other).abs().max()) <= stated <= 1e-10
        assert torch.equal(one, one.T)


def test_rows_that_reach_no_kink_have_a_kernel_of_zero():
    """Beyond 2 alone it is not zero."""
    late = from_callable(
        lambda z: torch.clamp(z - 2, min=0) * torch.exp(-z),
        name="late",
        breakpoints=(2.0,),
    )
    points = np.diag([0.5, 1.5, 3.0])
    found = conjugate_kernel(points, late, Sphere(3)).numpy()
    assert found[2, 2] > 0
    found[2, 2] = 0.0
    assert np.abs(found).max() == 0.0
