"""Test the widths known up to a constant, against their formulas."""

import math

import pytest
import torch

from widthwise.bounds import (
    benson_gaussian,
    du_2019,
    du_lee_2019,
    oymak_output_layer,
    oymak_relu,
    oymak_smooth,
)


def test_du_2019(bare):
    expected = 3**6 / (0.1**4 * 0.01**3)
    assert du_2019.width(bare(1.0, 0.5, 0.1), 0.01).value == pytest.approx(expected)


def test_remark_4_7_takes_the_largest_term(bare):
    """Each term leads somewhere."""
    quartic = du_lee_2019.width(bare(1.0, 0.01), 0.1).value
    assert quartic == pytest.approx(2**4 / 0.01**4)
    rare = du_lee_2019.width(bare(1.0, 1.0), 1e-9).value
    assert rare == pytest.approx(2 / 1e-9, rel=1e-9)
    middle = du_lee_2019.width(bare(5.0, 5.0), 0.9).value
    terms = (2**4 / 5**4, 2 / 0.9, 2**2 * math.log(2 / 0.9) / 5**2)
    assert middle == math.ceil(max(terms))


def test_corollary_a_6(bare):
    found = benson_gaussian.width(bare(1.0, 0.1), 0.01, epsilon=0.5, growth=2.0)
    expected = 2**4 * 2**3 / (0.5**2 * 0.1**2) * math.log(2 / 0.01)
    assert found.value == pytest.approx(expected, rel=1e-4)


def test_oymak_relu(bare, points):
    squared = float(torch.linalg.matrix_norm(points, 2)) ** 2
    eigenvalues = [0.5] * 11 + [0.1]
    found = oymak_relu.width(bare(*eigenvalues), 0.01, points=points)
    slack = math.sqrt(2 * squared / 12 * math.log(100))
    expected = (1 + slack) ** 2 * 12 * squared**3 / 0.1**4
    assert found.value == pytest.approx(expected, rel=1e-6)


def test_oymak_smooth_is_the_parameter_count_over_d(bare, points):
    """√(md) = c(1 + s) κ(X) n with κ(X) = √(d/n) ‖X‖ / σ_min(X * X)²."""
    n, d = points.shape
    product = torch.einsum("ni,nj->nij", points, points).reshape(n, d * d)
    values = torch.linalg.svdvals(product)
    norm = float(torch.linalg.matrix_norm(points, 2))
    kappa = math.sqrt(d / n) * norm / float(values[-1]) ** 2
    slack = math.sqrt(2 * norm**2 / n * math.log(100))
    expected = (3 * (1 + slack) * kappa * n) ** 2 / d
    found = oymak_smooth.width(bare(*[0.5] * n), 0.01, points=points, constant=3)
    assert found.value == pytest.approx(math.ceil(expected), rel=1e-9)


def test_oymak_smooth_needs_independent_squares(bare):
    """Three points in the plane span it; a fourth is one too many for d(d+1)/2 = 3."""
    angles = torch.tensor([0.0, 1.0, 2.0, 2.7], dtype=torch.float64)
    points = torch.stack([angles.cos(), angles.sin()], dim=1)
    assert oymak_smooth.width(bare(1, 1, 1), points=points[:3]).value < math.inf
    found = oymak_smooth.width(bare(1, 1, 1, 1), points=points)
    assert found.value == math.inf
    assert "Khatri" in found.assumptions[-1] or "X * X" in found.assumptions[-1]


def test_oymak_output_layer(bare):
    found = oymak_output_layer.width(bare(1.0, 0.5, 0.1))
    assert found.value == math.ceil(3 / 0.1 * math.log(3))


def test_overflow_is_infinite_and_said(bare):
    found = du_2019.width(bare(1.0, 1e-100))
    assert found.value == math.inf
    assert "exceeds 1.8e308" in found.assumptions[-1]
