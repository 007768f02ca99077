"""Duals of truncated powers between any norms: against rules, and another engine."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from widthwise.activations import Scaled, from_callable, get
from widthwise.kernels import dual, dual_of_derivative
from widthwise.kernels.two_layer import SplineDual, half_chords_squared
from widthwise.laws import Gaussian, Sphere
from widthwise.numerics import gauss_legendre

ANGLES = np.array([0.0, 1e-9, 1e-3, 0.4, 1.2, np.pi / 2, 1.9, 3.0, np.pi])


def chords(theta):
    near = theta <= np.pi / 2
    return np.where(near, np.sin(theta / 2), np.cos(theta / 2)), near


@pytest.mark.parametrize(
    ("name", "law", "order"),
    [
        ("hard_tanh", Gaussian(), 1),
        ("hard_tanh", Sphere(2), 0),
        ("hard_swish", Gaussian(), 0),
        ("hard_swish", Sphere(20), 1),
        pytest.param("hard_tanh", Sphere(3), 1, marks=pytest.mark.slow),
    ],
)
def test_between_rows_of_one_norm_it_is_the_dual_of_a_scaled_activation(
    name, law, order
):
    """By quadrature over the plane, of a function that is not known to have powers."""
    act, norm = get(name), 4.7
    plain = from_callable(
        act, derivative=act.derivative, name="plain", breakpoints=act.breakpoints
    )
    of = SplineDual(act, law, order, np.full(len(ANGLES) + 1, norm))
    chord, near = chords(ANGLES)
    found = of.tile(slice(0, 1), slice(1, None), chord[None], near[None])[0]
    make = dual_of_derivative if order else dual
    back = norm ** (-2 * order)
    other, quick = (make(Scaled(each, norm), law) for each in (plain, act))
    expected = other.at_angle(ANGLES).numpy() * back
    bound = of.relative_error * of.sizes[0] ** 2 + other.error_bound * back
    assert np.abs(found - expected).max() <= bound
    assert of.relative_error <= 1e-11
    assert quick.error_bound <= 1e-12 * quick.value_at_one
    off = np.abs(quick.at_angle(ANGLES).numpy() - other.at_angle(ANGLES).numpy())
    assert off.max() <= quick.error_bound + other.error_bound


def by_circles(function, kinks, norms, theta, d):
    """Integrate over the plane's circles, cut at kinks, and over their radii."""
    a, b = norms
    nodes, weights = gauss_legendre(24)
    places = [(k, norm) for k in kinks for norm in norms]
    squares = [(k / norm) ** 2 for k, norm in places]
    for one in kinks:
        for two in kinks:
            h, k = one / a, two / b
            cross = h * h + k * k - 2 * h * k * np.cos(theta)
            squares.append(cross / np.sin(theta) ** 2)
    ends = sorted({0.0, 1.0, *(np.sqrt(each) for each in squares if each < 1)})
    total = 0.0
    for low, high in pairwise(ends):
        # Roots at either end of a shell become smooth.
        turn = np.pi * nodes / 2
        radius = low + (high - low) * np.sin(turn) ** 2
        mass = weights * np.pi * np.sin(turn) * np.cos(turn) * (high - low)
        if d > 2:
            mass = mass * (d - 2) * radius * (1 - radius**2) ** ((d - 4) / 2)
        for r, part in zip(radius, mass, strict=True):
            cuts = {0.0, 2 * np.pi}
            for (k, norm), off in zip(places, [0.0, theta] * len(kinks), strict=True):
                if abs(k) < norm * r:
                    w = np.arccos(k / (norm * r))
                    cuts |= {(w + off) % (2 * np.pi), (off - w) % (2 * np.pi)}
            for start, stop in pairwise(sorted(cuts)):
                w = start + (stop - start) * nodes
                values = function(torch.from_numpy(a * r * np.cos(w)))
                values = values * function(torch.from_numpy(b * r * np.cos(w - theta)))
                total += part * (stop - start) * float(weights @ values.numpy())
    return total / (2 * np.pi)


@pytest.mark.parametrize("theta", [0.7, 2.2])
@pytest.mark.parametrize("d", [3, 4, 9])
@pytest.mark.parametrize("name", ["hard_tanh", "hard_swish"])
def test_between_norms_it_agrees_with_a_rule_of_circles(name, d, theta):
    act, norms = get(name), np.array([3.3, 6.1])
    chord, near = (each.reshape(1, 1) for each in chords(np.array([theta])))
    for order, function in ((0, act), (1, act.derivative)):
        of = SplineDual(act, Sphere(d), order, norms)
        found = float(of.tile(slice(0, 1), slice(1, 2), chord, near)[0, 0])
        expected = by_circles(function, act.breakpoints, norms, theta, d)
        assert abs(found - expected) <= 1e-9 * of.sizes.prod()


def test_it_does_not_hang_on_the_tile_and_is_symmetric():
    random = np.random.default_rng(0)
    units = random.standard_normal((6, 3))
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    norms = random.uniform(0.2, 8.0, 6)
    of = SplineDual(get("hard_tanh"), Sphere(3), 0, norms)
    i, j = np.indices((6, 6)).reshape(2, -1)
    cosine = units @ units.T
    square = half_chords_squared(units, cosine.ravel(), i, j).reshape(6, 6)
    chord, near = np.sqrt(square), cosine >= 0
    whole = of.tile(slice(0, 6), slice(0, 6), chord, near)
    np.testing.assert_allclose(whole, whole.T, rtol=0, atol=4e-15)
    assert np.linalg.eigvalsh(whole)[0] > 0
    part = of.tile(slice(1, 3), slice(4, 6), chord[1:3, 4:], near[1:3, 4:])
    assert np.array_equal(part, whole[1:3, 4:])
