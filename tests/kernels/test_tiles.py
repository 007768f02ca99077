"""Large matrices, made tile by tile by compiled code, equal small ones."""

import itertools

import numpy as np
import pytest
import torch

from widthwise import activations
from widthwise.arrays import provenance
from widthwise.kernels import (
    conjugate_kernel,
    deep_kernels,
    dual,
    dual_of_derivative,
    tangent_kernel,
    two_layer_kernels,
)
from widthwise.laws import Gaussian, Sphere
from widthwise.numerics.panels.writing import write_tile

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


@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize(("count", "shift"), [(776, 0), (776, 1), (773, 0)])
def test_a_tile_and_its_mirror_image_are_written_where_eight_fit_and_not(
    kind, count, shift
):
    # Of 776 rows the last tile has a strip of eight; at a shift, and of 773 rows,
    # eight entries begin anywhere.
    tile = np.random.default_rng(0).standard_normal((count - 256, 256))
    room = np.zeros(count * count + 16, kind)
    start = -room.ctypes.data % 64 // room.itemsize + shift
    out = room[start : start + count * count].reshape(count, count)
    write_tile(tile[:256], out, 256, 0, 0)
    write_tile(tile[256:], out, 512, 0, 0)
    corner = tile[256:] @ tile[256:].T
    write_tile(corner, out, 512, 512, 0)
    expected = np.zeros((count, count), kind)
    expected[256:, :256] = tile[: count - 256]
    expected[:256] = expected[:, :256].T
    assert np.array_equal(out[:, :256], expected[:, :256])
    assert np.array_equal(out[:256], expected[:256])
    lower = np.tril(corner).astype(kind)
    assert np.array_equal(out[512:, 512:], lower + np.tril(lower, -1).T)


@pytest.mark.parametrize("dimension", [3, 50, 300])
@pytest.mark.parametrize("name", ["relu", "tanh"])
def test_rows_of_any_dimension_and_number_have_the_values_of_small_matrices(
    name, dimension
):
    points = crowd(840, dimension)
    norms = torch.from_numpy(np.random.default_rng(1).uniform(0.5, 3, (840, 1)))
    some = torch.cat([torch.arange(9), torch.arange(250, 260), torch.arange(800, 840)])
    kernels = (
        (points, lambda part: two_layer_kernels(part, name, "gaussian")),
        (points * norms, lambda part: two_layer_kernels(part, name, "gaussian")),
        (points, lambda part: deep_kernels(part, name, depth=2)),
    )
    for rows, call in kernels:
        for found, expected in zip(call(rows), call(rows[some]), strict=True):
            sizes = expected.diagonal().sqrt()
            miss = (found[some][:, some] - expected).abs() / torch.outer(sizes, sizes)
            assert float(miss.max()) <= 1e-13
            assert torch.equal(found, found.T)


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
