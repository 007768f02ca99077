"""Tiles give what one call of LAPACK gives, and outlive orders that it does not."""

import pytest
import torch

from widthwise.numerics import symmetric
from widthwise.numerics.linear_algebra import complete_symmetric
from widthwise.numerics.symmetric import add_symmetric_product, lower_factor


def gaussian(*shape):
    return torch.randn(
        shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64
    )


@pytest.fixture(params=["whole", "tiles"])
def way(request, monkeypatch):
    if request.param == "tiles":
        monkeypatch.setattr(symmetric, "WHOLE", 7)
        monkeypatch.setattr(symmetric, "TILE", 7)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("order", [20, 21])
@pytest.mark.parametrize("is_transposed", [False, True])
def test_products_are_added_to_the_upper_triangle_alone(order, is_transposed):
    factor = gaussian(5, order).T if is_transposed else gaussian(order, 5)
    gram = gaussian(order, order)
    expected = gram + torch.triu(-0.5 * factor @ factor.T)
    add_symmetric_product(gram, factor, -0.5)
    torch.testing.assert_close(gram, expected, rtol=0, atol=1e-14)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("order", [20, 21])
@pytest.mark.parametrize("in_place", [False, True])
def test_the_lower_factor_is_lower_and_a_factor(order, in_place):
    matrix = gaussian(order, order + 5)
    matrix = matrix @ matrix.T
    copy = matrix.clone()
    factor = lower_factor(matrix, in_place=in_place)
    assert torch.equal(factor, factor.tril())
    torch.testing.assert_close(factor @ factor.T, copy, rtol=0, atol=1e-13)
    assert in_place or torch.equal(matrix, copy)


@pytest.mark.usefixtures("way")
def test_a_pivot_below_zero_in_a_later_tile_is_found():
    matrix = torch.eye(20, dtype=torch.float64)
    matrix[17, 17] = -1.0
    assert lower_factor(matrix) is None


def test_an_accelerator_adds_the_whole_product(monkeypatch):
    monkeypatch.setattr(symmetric, "is_elsewhere", lambda _: True)
    factor, gram = gaussian(6, 40), torch.zeros(6, 6, dtype=torch.float64)
    add_symmetric_product(gram, factor)
    torch.testing.assert_close(gram, factor @ factor.T)


def test_an_order_that_no_single_call_gets_is_worked_on_by_tiles():
    n = symmetric.WHOLE + 500
    gram = torch.eye(n, dtype=torch.float64)
    add_symmetric_product(gram, torch.ones(n, 1, dtype=torch.float64))
    complete_symmetric(gram)
    found = lower_factor(gram, in_place=True)
    # The pivots of 1 + e eᵀ: (j + 1) / j.
    places = torch.arange(1, n + 1).double()
    torch.testing.assert_close(
        found.diagonal() ** 2, (places + 1) / places, rtol=1e-10, atol=0
    )
