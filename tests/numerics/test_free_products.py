"""Products that leave Python's lock."""

import numpy as np
import pytest

from widthwise.numerics import free_products
from widthwise.numerics.free_products import add_product, add_square


def given(*shape):
    return np.random.default_rng(0).standard_normal(shape)


@pytest.mark.parametrize("is_by_address", [True, False])
def test_products_are_numpys_on_parts_of_larger_matrices(monkeypatch, is_by_address):
    if not is_by_address:
        monkeypatch.setattr(free_products, "_routine", lambda _: None)
    left, right, out = given(9, 11)[1:6, 2:9], given(7, 8)[:6, :7], given(8, 9)
    rest, part = out.copy(), out[2:7, 1:7]
    expected = 0.5 * part + left @ right.T
    add_product(part, left, right, kept=0.5)
    np.testing.assert_allclose(part, expected, rtol=0, atol=1e-14)
    rest[2:7, 1:7] = expected
    np.testing.assert_allclose(out, rest, rtol=0, atol=1e-14)


@pytest.mark.parametrize("is_by_address", [True, False])
def test_squares_fill_the_upper_triangle(monkeypatch, is_by_address):
    if not is_by_address:
        monkeypatch.setattr(free_products, "_routine", lambda _: None)
    factor, out = given(6, 9)[:, 1:8], given(7, 9)[1:7, 2:8]
    expected = np.triu(out + factor @ factor.T)
    add_square(out, factor)
    np.testing.assert_allclose(np.triu(out), expected, rtol=0, atol=1e-14)


def test_nothing_is_read_of_what_is_not_kept():
    out = np.full((4, 3), np.nan)
    add_product(out, given(4, 2), given(3, 2), kept=0.0)
    assert np.isfinite(out).all()


def test_this_scipy_is_called_by_address():
    assert free_products._routine("dgemm") is not None
    assert free_products._routine("dsyrk") is not None
