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
from widthwise.spectra import minimum_norm, spectrum, squared_spectrum

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


# Units in the last place of s_1, on both sides of 8 + 2 sqrt(n) and of 16 + 2 sqrt(n);
# at the thresholds themselves two factorizations may differ by their own rounding.
UNITS = (0.0, 4.0, 12.0, 13.0, 18.0, 24.0, 40.0, 80.0, 1e3)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("units", UNITS)
@pytest.mark.parametrize(("n", "m"), [(5, 5), (12, 30), (40, 41), (30, 200)])
def test_features_have_one_rank(n, m, units, seed):
    phi = with_last(n, m, units * EPS, seed)
    left, values, _ = torch.linalg.svd(phi, full_matrices=False)
    smallest, threshold = float(values[-1]), (16 + 2 * n**0.5) * EPS * float(values[0])
    if abs(smallest - threshold) < 8 * EPS:
        pytest.skip("within the factorizations' own rounding of the threshold")
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
@pytest.mark.parametrize("units", [*UNITS, 150.0])
@pytest.mark.parametrize("n", [5, 12, 40])
def test_kernels_have_one_rank(n, units, seed):
    """Of eigenvalues, with what the entries' rounding adds, as `Spectrum` states it."""
    generator = torch.Generator().manual_seed(seed)
    values = torch.linspace(1.0, 0.5, n, dtype=torch.float64)
    values[-1] = units * EPS
    basis = orthogonal(n, n, generator)
    kernel = (basis * values) @ basis.T
    kernel = (kernel + kernel.T) / 2
    found = spectrum(kernel)
    if abs(found.smallest - found.error_bound) < 8 * EPS:
        pytest.skip("within the eigensolvers' own rounding of the threshold")
    model = linear_model_from_kernel(kernel, torch.ones(n, dtype=torch.float64))
    assert model.rank == found.rank
    least, _ = least_nonzero(kernel)
    assert (least > 0.4) == found.is_singular
