"""Entries of large matrices are polynomials without a table, and as accurate."""

import math

import mpmath as mp
import numpy as np
import pytest

from widthwise import activations
from widthwise.arrays import provenance
from widthwise.kernels import (
    conjugate_kernel,
    deep_dual,
    deep_kernels,
    dual,
    dual_of_derivative,
    two_layer_kernels,
)
from widthwise.kernels.deep._matrices import _smooth as deep_smooth
from widthwise.kernels.two_layer._matrices import _smooth
from widthwise.laws import Gaussian, Sphere

GIVEN = {
    "polynomial": {"coefficients": (1.0, -0.5, 0.25, 2.0)},
    "hermite": {"degree": 5},
    "rectified_monomial": {"degree": 3},
}
NAMES = [name for name in activations.NAMES if not name.startswith("wendland")]


def rows(count, dimension, seed=0):
    normal = np.random.default_rng(seed).standard_normal((count, dimension))
    return normal / np.linalg.norm(normal, axis=1, keepdims=True)


@pytest.mark.parametrize("name", NAMES)
def test_every_activation_of_the_catalog_does_without_a_table(name):
    act = activations.get(name, **GIVEN.get(name, {}))
    for law in (Gaussian(), Sphere(50)):
        found = _smooth((dual(act, law), dual_of_derivative(act, law)))
        assert found is not None
        # The odd or the even part of each is often a multiple of t or of 1.
        assert int(found.counts.sum()) <= 20


@pytest.mark.parametrize("name", ["relu", "tanh", "gelu", "elu", "hard_tanh", "step"])
def test_a_deep_network_does_without_a_table(name):
    found = deep_dual(activations.get(name), 50, 3, norm=50**0.5)
    sums = deep_smooth(found.steps)
    assert (sums is not None) == (name != "hard_tanh")


@pytest.mark.parametrize("name", ["relu", "elu", "tanh", "hard_tanh", "exp", "step"])
@pytest.mark.parametrize("dimension", [2, 20])
def test_large_matrices_hold_the_values_of_the_duals(name, dimension):
    points, act = rows(720, dimension), activations.get(name)
    kappa, slope = dual(act, Gaussian()), dual_of_derivative(act, Gaussian())
    conjugate, tangent = two_layer_kernels(points, act, "gaussian")
    # By differences or sums: t itself rounds by 1e-16.
    apart, across = (
        np.linalg.norm(points[:, None] + sign * points, axis=2) / 2 for sign in (-1, 1)
    )
    angle = 2 * np.arctan2(apart, across)
    value, by = kappa.at_angle(angle).numpy(), slope.at_angle(angle).numpy()
    size = kappa.value_at_one
    assert np.abs(conjugate.numpy() - value).max() <= provenance(conjugate).entry_error
    whole = value + np.cos(angle) * by
    assert np.abs(tangent.numpy() - whole).max() <= provenance(tangent).entry_error
    assert provenance(conjugate).entry_error <= 1e-13 * size
    close = np.abs(np.cos(angle)) > 0.99
    assert np.abs(conjugate.numpy() - value)[close].max() <= 2e-15 * size


def relu_truth(t):
    theta = mp.acos(t)
    value = (mp.sin(theta) + (mp.pi - theta) * t) / (2 * mp.pi)
    return value, value + t * (mp.pi - theta) / (2 * mp.pi)


def erf_truth(t):
    value = 2 / mp.pi * mp.asin(2 * t / 3)
    return value, value + t * 4 / mp.pi / mp.sqrt(9 - 4 * t * t)


@pytest.mark.parametrize(("name", "truth"), [("relu", relu_truth), ("erf", erf_truth)])
def test_the_stated_error_holds_against_thirty_digits(name, truth):
    """And is not a thousand times too large."""
    points = rows(700, 6, 3)
    points[1:9] = points[0] * np.cos(0.1) + points[1:9] * np.sin(0.1)
    points[1:9] /= np.linalg.norm(points[1:9], axis=1, keepdims=True)
    points[9] = -points[0]
    found = two_layer_kernels(points, name, "gaussian")
    worst = [0.0, 0.0]
    with mp.workdps(30):
        exact = [[mp.mpf(float(c)) for c in row] for row in points[:40]]
        for i in range(40):
            for j in range(i + 1):
                lengths = mp.norm(exact[i]) * mp.norm(exact[j])
                t = mp.fdot(exact[i], exact[j]) / lengths
                for place, value in enumerate(truth(max(min(t, 1), -1))):
                    miss = abs(float(found[place][i, j]) - value)
                    worst[place] = max(worst[place], float(miss))
    for matrix, miss in zip(found, worst, strict=True):
        assert miss <= provenance(matrix).entry_error <= 1000 * miss


@pytest.mark.parametrize("name", ["relu", "tanh", "elu", "hard_tanh", "step"])
def test_large_deep_matrices_hold_the_values_of_small_ones(name):
    points = rows(720, 4) * 2.0
    small = deep_kernels(points[:60], name, 4, 1.3, 0.2)
    large = deep_kernels(points, name, 4, 1.3, 0.2)
    for one, other in zip(small, large, strict=True):
        gap = float((one - other[:60, :60]).abs().max())
        assert gap <= provenance(other).entry_error <= 1e-11 * float(one.max())
        assert bool((other == other.T).all())


def test_a_table_is_what_remains_where_a_polynomial_does_not_do():
    """Cuts that touch on the circle make the dual of hard_tanh(3 z) bend at angles."""
    act, law = activations.Scaled(activations.get("hard_tanh"), 3.0), Sphere(3)
    assert _smooth((dual(act, law),)) is None
    points = rows(700, 3) * 3.0
    found = conjugate_kernel(points, "hard_tanh", law)
    t = np.clip(points @ points.T / 9, -1, 1)
    off = np.abs(t) < 0.9
    expected = dual(act, law)(t).numpy()
    assert np.abs(found.numpy() - expected)[off].max() <= provenance(found).entry_error
    assert math.isfinite(float(found.sum()))


@pytest.mark.parametrize("cores", ["1", "2", "3"])
def test_any_number_of_threads_gives_the_same_bits(monkeypatch, cores):
    points, norms = rows(900, 5), np.linspace(1, 1.9, 900)[:, None]
    calls = (
        lambda: two_layer_kernels(points, "elu", "gaussian"),
        lambda: two_layer_kernels(points * norms, "erf", "gaussian"),
        lambda: deep_kernels(points, "relu", 3),
    )
    expected = [call() for call in calls]
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", cores)
    for call, pair in zip(calls, expected, strict=True):
        for one, other in zip(call(), pair, strict=True):
            assert bool((one == other).all())


@pytest.mark.parametrize("name", ["relu", "step"])
def test_what_lacks_to_the_diagonal_keeps_its_digits(name):
    """1 - κ(t)/κ(1), which is θ/π for a step and about θ²/2 for the rectifier."""
    angles = np.geomspace(0.19, 1e-5 if name == "step" else 1e-2, 30)
    points = rows(760, 3, 4)
    points[0] = [1.0, 0.0, 0.0]
    points[1:31] = np.stack([np.cos(angles), np.sin(angles), 0 * angles], axis=1)
    found = conjugate_kernel(points, name, "gaussian")
    lack = 1 - (found[0, 1:31] / found[0, 0]).numpy()
    with mp.workdps(30):
        for angle, value in zip(angles, lack, strict=True):
            t = mp.cos(mp.mpf(float(angle)))
            truth = mp.acos(t) / mp.pi if name == "step" else 1 - 2 * relu_truth(t)[0]
            # Half a unit in the last place of κ, over what lacks, and of the point.
            assert abs(value / float(truth) - 1) <= 2e-15 / float(truth) + 1e-10
