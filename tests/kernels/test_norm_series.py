"""Power series between rows of any norms, and the tables where they do not reach."""

import numpy as np
import pytest
import torch

from widthwise import activations
from widthwise.arrays import provenance
from widthwise.kernels import conjugate_kernel, two_layer_kernels
from widthwise.kernels.duals import radial_dual
from widthwise.kernels.pairs._norm_series import norm_series
from widthwise.kernels.two_layer._radial_matrices import _fill
from widthwise.kernels.two_layer._rows import read_rows
from widthwise.laws import Gaussian, Sphere


def rows(count, dimension, seed=0, low=0.6, high=3.0):
    random = np.random.default_rng(seed)
    normal = random.standard_normal((count, dimension))
    units = normal / np.linalg.norm(normal, axis=1, keepdims=True)
    return units * random.uniform(low, high, (count, 1))


def erf_kernels(points):
    """Williams (1997): E[erf(u) erf(v)], and with the inner layer's part."""
    product = points @ points.T
    size = np.sqrt(np.outer(1 + 2 * np.diag(product), 1 + 2 * np.diag(product)))
    kappa = 2 / np.pi * np.arcsin(2 * product / size)
    return kappa, kappa + product * 4 / np.pi / np.sqrt(size**2 - 4 * product**2)


@pytest.mark.parametrize("dimension", [2, 5, 60])
def test_every_entry_is_within_the_stated_error(dimension):
    """Far and near pairs, by the series and by the tables, over four octaves."""
    points = rows(300, dimension)
    points[:5] = points[5:10] * 1.01
    points[10:15] = -points[15:20]
    for found, truth in zip(
        two_layer_kernels(points, "erf", "gaussian"), erf_kernels(points), strict=True
    ):
        worst = np.abs(found.numpy() - truth).max()
        assert worst <= provenance(found).entry_error <= 1000 * max(worst, 1e-16)


@pytest.mark.parametrize("name", ["tanh", "elu", "gelu", "hard_tanh", "hard_swish"])
def test_series_and_tables_agree_between_all_angles(name):
    points, act, law = rows(90, 3, 1, 1.1, 1.9), activations.get(name), Gaussian()
    read = read_rows(points, None)
    duals = [radial_dual(act, law, order, read.norms) for order in (0, 1)]
    found = [np.empty((90, 90)) for _ in range(2)]
    kinds = "conjugate", "tangent_both"
    _fill(read, kinds, *duals, found)
    for one, other in zip(two_layer_kernels(points, act, law), found, strict=True):
        stated = provenance(one).entry_error
        assert np.abs(one.numpy() - other).max() <= 2 * stated + 1e-14
        assert stated <= 1e-12 * np.abs(other).max()


@pytest.mark.parametrize("name", ["relu", "step"])
def test_a_series_is_refused_to_a_jump_and_ends_before_one(name):
    found = norm_series(activations.get(name), Gaussian(), np.array([1.0, 2.0]))
    assert (found is None) == (name == "step")
    assert found is None or 0.5 < found.reach[-1] < 0.95


def test_a_kink_without_a_name_has_no_series():
    bent = activations.from_callable(
        lambda z: torch.tanh(z) + torch.relu(z - 0.3) ** 2, name="bent"
    )
    assert norm_series(bent, Gaussian(), np.array([1.0, 1.5])) is None
    assert norm_series(activations.get("tanh"), Sphere(3), np.ones(2)) is None


@pytest.mark.parametrize("first", [200, 256, 300])
def test_blocks_of_several_tiles_are_the_same_bits(first):
    both = rows(520, 4, 8, 1.05, 1.9)
    joint = two_layer_kernels(both, "softplus", "gaussian")
    blocks = two_layer_kernels(both[:first], "softplus", "gaussian", both[first:])
    for block, whole in zip(blocks, joint, strict=True):
        assert torch.equal(whole, whole.T)
        assert torch.equal(block, whole[:first, first:])


def test_a_kind_alone_holds_the_same_entries():
    points = rows(60, 3, 2)
    both = two_layer_kernels(points, "tanh", "gaussian")
    alone = conjugate_kernel(points, "tanh", "gaussian")
    assert float((alone - both[0]).abs().max()) <= 2e-15
