"""Gram matrices in float32 give the solutions of float64, or are not used."""

import numpy as np
import pytest
import torch

from widthwise.errors import DataError
from widthwise.numerics import single_gram
from widthwise.readouts import minimum_norm

SINGLE = "Cholesky of the Gram matrix in float32, refined in float64"


@pytest.fixture(autouse=True)
def _any_size(monkeypatch):
    monkeypatch.setattr(single_gram, "_WORK", 0)
    monkeypatch.setattr(single_gram, "_LEAST", 8)
    monkeypatch.setattr(single_gram, "_COLUMNS", 50)


def in_float64(monkeypatch, *given, **named):
    with monkeypatch.context() as patch:
        patch.setattr(single_gram, "_WORK", 1e99)
        return minimum_norm(*given, **named)


def spectrum_of(values, columns, random):
    n = len(values)
    left, _ = np.linalg.qr(random.standard_normal((n, n)))
    right, _ = np.linalg.qr(random.standard_normal((columns, n)))
    return left * values @ right.T


@pytest.mark.parametrize("outputs", [(), (3,)])
@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("is_weighted", [False, True])
@pytest.mark.parametrize("scale", [1e-5, 1.0, 1e5])
def test_the_solution_is_that_of_float64(
    monkeypatch, outputs, intercept, is_weighted, scale
):
    random = np.random.default_rng(0)
    phi = scale * spectrum_of(np.logspace(0, -1.5, 60), 170, random)
    y = random.standard_normal((60, *outputs))
    weights = random.uniform(0.5, 2.0, 60) if is_weighted else None
    if is_weighted:
        weights[3] = 0.0
    named = {"intercept": intercept, "weights": weights}
    single = minimum_norm(phi, y, **named)
    double = in_float64(monkeypatch, phi, y, **named)
    assert single.method == SINGLE
    assert double.method == "Cholesky of the Gram matrix, refined"
    gap = float((single.solution - double.solution).norm() / double.norm)
    assert gap < 1e-12
    torch.testing.assert_close(
        single.intercept, double.intercept, rtol=1e-10, atol=1e-11
    )
    assert single.residual < 1e-13 * max(1.0, scale * single.norm)
    assert single.rank == double.rank
    assert single.condition_number == pytest.approx(double.condition_number, rel=1e-3)
    assert not single.unreachable.any()


def hostile(seed):
    """Return features of a known rank, and targets that they reach or do not."""
    random = np.random.default_rng(seed)
    n = int(random.integers(8, 90))
    m = int(n / 0.95 + 1 + random.integers(0, 200))
    least = 10.0 ** random.uniform(-9, 0)
    kind = seed % 6
    values = np.logspace(0, np.log10(least), n)
    if kind == 1:
        values = np.where(np.arange(n) < n - 1, 1.0, least)
    elif kind == 2:
        values = np.where(np.arange(n) < 1, 1.0, least)
    phi = spectrum_of(values, m, random)
    if kind == 3:  # All positive and nearly the same.
        phi = 1.0 + least * random.uniform(-1, 1, (n, m))
    elif kind == 4:
        phi = random.standard_normal((n, m))
        phi[random.integers(1, n)] = phi[0] * random.choice([1.0, -1.0, 3.0])
    elif kind == 5:
        rank = int(random.integers(1, n))
        phi = random.uniform(0, 1, (n, rank)) @ random.uniform(0, 1, (rank, m))
    y = phi @ random.standard_normal(m)
    return phi, y if seed % 2 else random.standard_normal(n)


@pytest.mark.parametrize("seeds", [range(60 * k, 60 * k + 60) for k in range(4)])
def test_what_float32_cannot_resolve_is_left_to_float64(monkeypatch, seeds):
    taken = 0
    for seed in seeds:
        phi, y = hostile(seed)
        found = minimum_norm(phi, y)
        expected = in_float64(monkeypatch, phi, y)
        assert found.rank == expected.rank
        if found.method != SINGLE:
            assert torch.equal(found.solution, expected.solution)
            continue
        taken += 1
        least, most = np.linalg.svd(phi, compute_uv=False)[[-1, 0]]
        assert least > 1e-4 * most
        gap = float((found.solution - expected.solution).norm() / expected.norm)
        # Of backward stable solutions, and of two.
        assert gap < 2 * len(y) * (most / least) * 2.2e-16 + 1e-13
    assert taken > 5


def test_a_refinement_that_stalls_is_left_to_float64(monkeypatch):
    monkeypatch.setattr(single_gram, "_CLEAR", 0.0)
    random = np.random.default_rng(1)
    phi = spectrum_of(np.logspace(0, -3.4, 40), 90, random)
    y = random.standard_normal(40)
    found = minimum_norm(phi, y)
    assert found.method == "Cholesky of the Gram matrix, refined"
    assert torch.equal(found.solution, in_float64(monkeypatch, phi, y).solution)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_an_entry_that_is_not_finite_is_named(bad):
    phi = np.random.default_rng(0).standard_normal((20, 60))
    phi[7, 55] = bad
    with pytest.raises(DataError, match="Row 7"):
        minimum_norm(phi, np.ones(20))


def test_entries_beyond_float32_are_left_to_float64():
    phi = np.random.default_rng(0).standard_normal((20, 60))
    phi[7] *= 1e30
    found = minimum_norm(phi, np.ones(20))
    assert found.method != SINGLE
    assert found.rank == 1 or found.residual < 1e-10


def test_outputs_far_smaller_than_others_keep_their_digits():
    random = np.random.default_rng(0)
    phi, y = random.standard_normal((40, 120)), random.standard_normal(40)
    sizes = np.array([1.0, 1e-45, 1e-200, 0.0])
    found = minimum_norm(phi, y[:, None] * sizes)
    assert found.method == SINGLE
    expected = minimum_norm(phi, y).solution[:, None] * torch.from_numpy(sizes)
    torch.testing.assert_close(found.solution, expected, rtol=1e-11, atol=0.0)


def test_long_rows_of_equal_entries_that_depend_on_each_other_are_found(monkeypatch):
    """Sums of a million equal products are off alike: 159 u of G along that."""
    monkeypatch.setattr(single_gram, "_COLUMNS", 4096)
    monkeypatch.setattr(single_gram, "_LEAST", 4)
    drawn = np.random.default_rng(0).standard_normal((4, 2**20), dtype=np.float32)
    phi = 0.1 * drawn.astype(float)
    phi[0] = 1.007
    phi[1] = 1.667 * phi[0]
    found = minimum_norm(phi, phi.sum(axis=1))
    assert found.rank == 3
    assert found.method != SINGLE


def test_entries_below_float32_raise_nothing_where_underflow_is_an_error():
    phi = np.random.default_rng(0).standard_normal((20, 60))
    phi[:, :9] *= 1e-60
    y = np.logspace(0, -100, 20)
    with np.errstate(under="raise"):
        assert minimum_norm(phi, y).method == SINGLE
