import pytest
import torch

from widthwise.numerics.cholesky_qr import cholesky_qr, inner_products


def graded(n, m, decay, seed=0):
    generator = torch.Generator().manual_seed(seed)
    left = torch.randn(n, m, generator=generator, dtype=torch.float64)
    right = torch.randn(m, m, generator=generator, dtype=torch.float64)
    values = torch.logspace(0, -decay, m, dtype=torch.float64)
    return (torch.linalg.qr(left).Q * values) @ torch.linalg.qr(right).Q.T


@pytest.mark.parametrize(("n", "m"), [(1, 1), (9, 9), (400, 1), (700, 60)])
@pytest.mark.parametrize("decay", [0, 3, 6])
def test_q_is_orthonormal_and_q_r_is_the_matrix(n, m, decay):
    matrix = graded(n, m, decay)
    found = cholesky_qr(matrix)
    basis = found.expand(torch.eye(m, dtype=torch.float64))
    rounding = 2.0**-52 * (n * m) ** 0.5
    unit = torch.eye(m, dtype=torch.float64)
    torch.testing.assert_close(basis.T @ basis, unit, rtol=0, atol=rounding)
    torch.testing.assert_close(basis @ found.triangle, matrix, rtol=0, atol=rounding)
    assert torch.equal(found.triangle, found.triangle.triu())


@pytest.mark.parametrize("decay", [9, 14])
def test_what_it_cannot_resolve_is_left_to_reflections(decay):
    assert cholesky_qr(graded(300, 20, decay)) is None
    assert cholesky_qr(torch.ones(5, 2, dtype=torch.float64)) is None


def test_inner_products_are_those_of_the_columns():
    matrix = graded(30, 7, 1)
    expected = matrix.T @ matrix
    torch.testing.assert_close(inner_products(matrix), expected, rtol=0, atol=1e-15)
