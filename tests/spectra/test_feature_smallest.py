import mpmath
import numpy as np
import pytest
import torch

from widthwise.errors import DataError
from widthwise.features import RandomFeatures
from widthwise.spectra import feature_smallest


def drawn(*shape, seed):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def with_condition(n, m, power, seed):
    """Return features whose Gram matrix has a condition number of about 10^power."""
    left, _ = torch.linalg.qr(drawn(n, n, seed=seed))
    right, _ = torch.linalg.qr(drawn(m, n, seed=seed + 1))
    values = torch.logspace(0, -power / 2, n, dtype=torch.float64)
    return (left * values) @ right.T


def exactly(phi):
    """Return the least eigenvalue of the Gram matrix of these floats, by mpmath."""
    with mpmath.workdps(80):
        rows = mpmath.matrix([[mpmath.mpf(x) for x in row] for row in phi.tolist()])
        values = mpmath.eigsy(rows * rows.T, eigvals_only=True)
        return float(min(values)), float(max(values))


@pytest.mark.parametrize("power", [2, 8, 10, 16, 22, 24, 26])
@pytest.mark.parametrize("seed", [0, 10])
def test_the_least_eigenvalue_has_six_digits(power, seed):
    phi = with_condition(12, 20, power, seed) * 3.7
    found = feature_smallest(phi)
    least, largest = exactly(phi)
    assert found.smallest == pytest.approx(least, rel=1e-6)
    assert abs(found.smallest - least) <= found.error + 1e-15 * least
    assert found.error <= 1e-6 * least
    assert found.largest == pytest.approx(largest, rel=1e-12)
    assert found.condition_number == pytest.approx(largest / least, rel=2e-6)


def test_each_way_is_taken_where_it_is_enough():
    methods = [
        feature_smallest(with_condition(12, 20, power, 0)).method
        for power in (2, 10, 26)
    ]
    assert methods == ["gram", "singular values", "refined"]


def test_smooth_features_of_near_points_are_resolved():
    points = torch.linspace(0.7, 0.9, 9, dtype=torch.float64)
    points = torch.stack([points.cos(), points.sin()], 1)
    phi = RandomFeatures("tanh", 200, "gaussian").matrix(points)
    found = feature_smallest(phi)
    least, _ = exactly(phi)
    assert found.condition_number > 1e14
    assert found.smallest == pytest.approx(least, rel=1e-6)


def test_more_rows_than_columns_are_refused():
    with pytest.raises(DataError, match="smallest eigenvalue is 0"):
        feature_smallest(drawn(5, 3, seed=0))


@pytest.mark.parametrize("count", [2, 4, 18])
def test_eigenvalues_that_nearly_agree_are_told_apart(count):
    # Rounded entries spread the cluster by 1e-4 of itself or so.
    generator = np.random.default_rng(count)
    left, _ = np.linalg.qr(generator.normal(size=(count + 2, count + 2)))
    right, _ = np.linalg.qr(generator.normal(size=(count + 6, count + 2)))
    values = np.concatenate([np.ones(2), np.full(count, 1e-12)])
    matrix = (left * values) @ right.T
    found = feature_smallest(matrix)
    with mpmath.workdps(80):
        given = mpmath.matrix(matrix.tolist())
        least = min(mpmath.svd_r(given, compute_uv=False)) ** 2
        off = float(abs(found.smallest - least))
    assert found.method == "refined"
    assert off <= found.error
    if count <= 16:
        assert off <= 1e-6 * float(least)
