"""Every room that counts singular values counts the same ones as nonzero."""

import math

import pytest
import torch

from widthwise.dynamics import (
    landweber,
    landweber_from_projections,
    landweber_from_svd,
    linear_model,
    linear_model_from_kernel,
)
from widthwise.dynamics.tracking import least_nonzero
from widthwise.dynamics.tracking._spectrum import features_condition_number
from widthwise.readouts import minimum_norm, ridge_path
from widthwise.spectra import spectrum, squared_spectrum

EPS = 2.0**-52


def orthogonal(rows, columns, generator):
    normals = torch.randn(rows, columns, generator=generator, dtype=torch.float64)
    return torch.linalg.qr(normals).Q


def with_last(n, m, last, seed):
    """Return n x m features whose singular values fall from 1 to `last`."""
    generator = torch.Generator().manual_seed(seed)
    values = torch.linspace(1.0, 0.5, n, dtype=torch.float64)
    values[-1] = last
    return (orthogonal(n, n, generator) * values) @ orthogonal(m, n, generator).T


# How far beyond the threshold 16 + 2 sqrt(n), in units in the last place of s_1. At -6
# the threshold 8 + 2 sqrt(n) would have counted one more. Nearer than the premise below
# two factorizations may differ by their own rounding.
BEYOND = (-1e3, -20.0, -6.0, 6.0, 20.0, 1e3)
APART = 3.0 * EPS


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("beyond", BEYOND)
@pytest.mark.parametrize(("n", "m"), [(5, 5), (12, 30), (40, 41), (30, 200)])
def test_features_have_one_rank(n, m, beyond, seed):
    units = max(0.0, 16 + 2 * n**0.5 + beyond)
    phi = with_last(n, m, units * EPS, seed)
    left, values, _ = torch.linalg.svd(phi, full_matrices=False)
    smallest, threshold = float(values[-1]), (16 + 2 * n**0.5) * EPS * float(values[0])
    assert abs(smallest - threshold) > APART
    assert (smallest > threshold) == (beyond > 0)
    y = torch.ones(n, dtype=torch.float64)
    expected = n if smallest > threshold else n - 1
    ranks = {
        "landweber": landweber(phi, y).rank,
        "landweber_from_svd": landweber_from_svd(values, left, y).rank,
        "landweber_from_projections": landweber_from_projections(values, y).rank,
        "linear_model": linear_model(phi, y).rank,
        "minimum_norm": minimum_norm(phi, y).rank,
    }
    ranks["Spectrum"] = squared_spectrum(values, n).rank
    is_finite = features_condition_number(phi @ phi.T, lambda: phi) < math.inf
    ranks["tracker"] = n if is_finite else n - 1
    assert set(ranks.values()) == {expected}, ranks


@pytest.mark.parametrize("seed", range(4))
# An eigensolver moves the smallest by some four units before anything is compared.
@pytest.mark.parametrize("beyond", [-1e3, -20.0, -10.0, 10.0, 20.0, 1e3])
@pytest.mark.parametrize("n", [5, 12, 40])
def test_kernels_have_one_rank(n, beyond, seed):
    """Of eigenvalues, with what the entries' rounding adds, as `Spectrum` states it."""
    singular = spectrum(kernel_with_last(n, 0.0, seed))
    last = max(0.0, singular.error_bound + beyond * EPS)
    kernel = kernel_with_last(n, last, seed)
    found = spectrum(kernel)
    assert abs(found.smallest - found.error_bound) > APART
    assert found.is_singular == (beyond < 0)
    model = linear_model_from_kernel(kernel, torch.ones(n, dtype=torch.float64))
    assert model.rank == found.rank
    least, _ = least_nonzero(kernel)
    assert (least > 0.4) == found.is_singular


def kernel_with_last(n, last, seed):
    """Return a symmetric matrix whose eigenvalues fall from 1 to `last`."""
    generator = torch.Generator().manual_seed(seed)
    values = torch.linspace(1.0, 0.5, n, dtype=torch.float64)
    values[-1] = last
    basis = orthogonal(n, n, generator)
    kernel = (basis * values) @ basis.T
    return (kernel + kernel.T) / 2


def test_what_single_precision_rounded_is_no_rank():
    u = torch.linspace(1, 2, 40)
    phi, y = torch.outer(u, torch.linspace(-1, 3, 60)), u.double()
    ranks = {
        "minimum_norm": minimum_norm(phi, y).rank,
        "ridge_path": ridge_path(phi, y).rank,
        "linear_model": linear_model(phi, y).rank,
        "landweber": landweber(phi, y).rank,
        "linear_model_from_kernel": linear_model_from_kernel(phi @ phi.T, y).rank,
        "spectrum": spectrum(phi @ phi.T).rank,
    }
    assert set(ranks.values()) == {1}, ranks
    assert linear_model(phi.double(), y).rank > 30
