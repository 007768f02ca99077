"""Large matrices, made tile by tile by compiled code, equal small ones."""

import itertools

import numpy as np
import pytest
import torch

from widthwise import activations
from widthwise.arrays import provenance
from widthwise.kernels import (
    conjugate_kernel,
    dual,
    dual_of_derivative,
    tangent_kernel,
    two_layer_kernels,
)
from widthwise.laws import Gaussian, Sphere

NAMES = ["relu", "tanh", "step", "exp", "hard_tanh", "gelu", "wendland0", "wendland2"]
SMALL = 300
"""Rows of a matrix that is made all at once, without compiled code."""


def crowd(count, dimension):
    """Return points, with equal, opposite and nearly equal ones far apart."""
    generator = np.random.default_rng(9)
    points = generator.standard_normal((count, dimension))
    near = 10.0 ** -np.arange(1, 9)[:, None] * generator.standard_normal((8, dimension))
    points[-8:] = points[:8] / np.linalg.norm(points[:8], axis=1)[:, None] + near
    points[-16:-8] = points[:8]
    points[-24:-16] = -points[:8]
    points[-32:-24] = -points[-8:]
    return torch.from_numpy(points / np.linalg.norm(points, axis=1)[:, None])


def by_small_parts(points, function):
    """Build the matrix from the blocks of small matrices of two groups of rows."""
    count = len(points)
    half = SMALL // 2
    groups = [torch.arange(s, min(s + half, count)) for s in range(0, count, half)]
    matrix = torch.full((count, count), torch.nan, dtype=torch.float64)
    for first, second in itertools.combinations_with_replacement(groups, 2):
        rows = torch.cat([first, second])
        part = function(points[rows])
        matrix[rows[:, None], rows[None, :]] = part
    return matrix


@pytest.mark.parametrize("name", NAMES)
def test_tiles_give_the_values_of_small_matrices(name):
    # 773 rows: seven tiles of 128, the last one ragged.
    points, law = crowd(773, 6), Sphere(6)
    sigma = activations.for_dimension(name, 6)
    slope = dual_of_derivative(sigma, law).value_at_one
    size = dual(sigma, law).value_at_one
    conjugate, tangent = two_layer_kernels(points, sigma, law)
    for found, function, scale in (
        (conjugate, conjugate_kernel, size),
        (tangent, tangent_kernel, size + slope),
    ):
        expected = by_small_parts(points, lambda part, f=function: f(part, sigma, law))
        assert torch.equal(found, found.T)
        assert bool(found.isfinite().all())
        # The same polynomials, multiplied out in another order.
        assert float((found - expected).abs().max()) <= 2e-14 * scale
        assert float((found.diagonal() - scale).abs().max()) <= 4e-15 * scale


@pytest.mark.parametrize("trained", ["inner", "outer", "both"])
@pytest.mark.parametrize("law", [Sphere(3), Gaussian()])
def test_each_choice_of_layers_has_the_same_values_in_tiles(trained, law):
    points, sigma = crowd(700, 3), activations.get("swish")
    found = tangent_kernel(points, sigma, law, trained=trained)
    expected = by_small_parts(
        points, lambda part: tangent_kernel(part, sigma, law, trained=trained)
    )
    assert float((found - expected).abs().max()) <= 1e-14 * float(found.abs().max())
    assert provenance(found).entry_error == pytest.approx(
        provenance(tangent_kernel(points[:5], sigma, law, trained=trained)).entry_error
    )


@pytest.mark.parametrize("count", [896, 897, 1023])
def test_every_entry_is_written_whatever_the_last_tile(count):
    points = crowd(count, 4)
    matrix = conjugate_kernel(points, activations.get("abs"), "sphere")
    cosine = (points @ points.T).clamp(-1, 1)
    closed = 2 * (torch.sqrt(1 - cosine**2) + cosine * torch.asin(cosine)) / np.pi / 4
    # The closed form loses half the digits of an angle at t = ±1.
    assert float((matrix - closed).abs().max()) <= 1e-8
    assert torch.equal(matrix, matrix.T)


def test_threads_give_the_same_bits_each_time():
    points, sigma = crowd(1100, 5), activations.get("relu")
    first = tangent_kernel(points, sigma, "sphere")
    for _ in range(3):
        assert torch.equal(first, tangent_kernel(points, sigma, "sphere"))
