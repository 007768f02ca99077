"""The cosines between unit points."""

import math

import numpy as np
import pytest
import torch

from widthwise.errors import InvalidArgumentError, MemoryBudgetError, NotOnSphereError
from widthwise.kernels import correlations


def test_the_correlations_are_exact_inner_products(points):
    rows = points.tolist()
    found = correlations(points)
    for i in range(len(rows)):
        for j in range(i):
            exact = math.fsum(a * b for a, b in zip(rows[i], rows[j], strict=True))
            # Each row's norm is one to a few ulps before it is divided out.
            assert abs(float(found[i, j]) - exact) <= 1e-15


def test_the_matrix_is_symmetric_with_ones_on_the_diagonal(points):
    found = correlations(points)
    assert found.dtype == torch.float64
    assert torch.equal(found, found.T)
    assert torch.equal(found.diagonal(), torch.ones(len(points), dtype=torch.float64))


def test_nothing_leaves_the_interval_for_points_that_coincide():
    angle = np.linspace(0, 7, 300)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    found = correlations(torch.from_numpy(np.concatenate([circle, circle, -circle])))
    assert float(found.abs().max()) == 1.0


@pytest.mark.parametrize("factor", [1 + 9e-9, 1 - 9e-9])
def test_norms_within_the_tolerance_are_divided_out(points, factor):
    scaled = correlations(points * factor)
    assert float((scaled - correlations(points)).abs().max()) <= 1e-15


@pytest.mark.parametrize(
    ("change", "norm"),
    [
        (lambda row: row * (1 + 1.1e-8), "1.00000001"),
        (lambda row: row * 0, "norm 0;"),
        (lambda row: row * np.nan, "nan"),
        (lambda row: row / 0.0, "inf|nan"),
    ],
)
def test_a_row_off_the_sphere_is_named(points, change, norm):
    bad = points.clone()
    bad[7] = change(bad[7])
    with pytest.raises(NotOnSphereError, match=rf"Row 7.*({norm})") as caught:
        correlations(bad)
    assert "project_to_sphere" in str(caught.value)


@pytest.mark.parametrize("shape", [(0, 3), (4, 1)])
def test_a_matrix_without_points_or_directions_is_refused(shape):
    with pytest.raises(InvalidArgumentError, match="shape"):
        correlations(torch.zeros(shape, dtype=torch.float64))


def test_float32_points_may_be_off_by_their_own_rounding():
    generator = torch.Generator().manual_seed(1)
    normal = torch.randn(9, 300, generator=generator)
    single = torch.nn.functional.normalize(normal, dim=1)
    found = correlations(single)
    rows = single.double() / single.double().norm(dim=1, keepdim=True)
    assert found.dtype == torch.float64
    assert float((found - rows @ rows.T).abs().max()) <= 1e-15
    with pytest.raises(NotOnSphereError, match="2e-06"):
        correlations(single * (1 + 3e-6))
    with pytest.raises(NotOnSphereError, match="1e-08"):
        correlations(single.double() * (1 + 3e-6))


def test_integers_are_points_too():
    axes = torch.tensor([[1, 0, 0], [0, -1, 0], [-1, 0, 0]])
    expected = torch.tensor([[1.0, 0, -1], [0, 1, 0], [-1, 0, 1]], dtype=torch.float64)
    assert torch.equal(correlations(axes), expected)


def test_a_matrix_beyond_the_memory_is_refused_before_it_is_made(points, monkeypatch):
    from widthwise.numerics import memory

    monkeypatch.setattr(memory, "available_bytes", lambda: 100)
    with pytest.raises(MemoryBudgetError, match=r"12 points.*100 B.*random sample"):
        correlations(points)


def test_the_caller_s_points_are_not_changed(points):
    before = points.clone()
    correlations(points)
    assert torch.equal(points, before)
