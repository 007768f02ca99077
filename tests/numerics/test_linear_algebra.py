import mpmath
import numpy as np
import pytest
import torch

from widthwise.numerics import linear_algebra as la

EPS = np.finfo(np.float64).eps


def gaussian(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def positive(n, seed=0):
    matrix = gaussian(n, 2 * n, seed=seed)
    return matrix @ matrix.T / n


@pytest.mark.parametrize("shape", [(1, 1), (5, 3), (300, 40), (513, 700)])
def test_outer_products_add_up_in_the_same_memory(shape):
    block = gaussian(*shape)
    gram = torch.ones(shape[0], shape[0], dtype=torch.float64)
    address = gram.data_ptr()
    la.add_outer_products(gram, block)
    la.add_outer_products(gram, block)
    la.complete_symmetric(gram)
    assert gram.data_ptr() == address
    assert torch.equal(gram, gram.T)
    torch.testing.assert_close(gram, 1 + 2 * block @ block.T, rtol=1e-12, atol=1e-11)


def test_product_with_the_transpose_is_written_in_place():
    left, right = gaussian(7, 4), gaussian(9, 4, seed=1)
    out = torch.full((7, 9), torch.nan, dtype=torch.float64)
    address = out.data_ptr()
    la.multiply_transposed(left, right, out)
    assert out.data_ptr() == address
    torch.testing.assert_close(out, left @ right.T, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("n", [1, 2, 31, 33, 200])
def test_eigenvalues_reproduce_a_spectrum_that_was_planted(n):
    q = torch.linalg.qr(gaussian(n, n)).Q
    planted = torch.logspace(-8, 0, n, dtype=torch.float64)
    matrix = (q * planted) @ q.T
    matrix = (matrix + matrix.T) / 2
    before = matrix.clone()
    found = la.eigenvalues(matrix)
    assert torch.equal(matrix, before)
    # q is orthogonal and the product rounded to about sqrt(n) units each.
    assert float((found - planted).abs().max()) < 8 * n**0.5 * EPS


def test_eigenvectors_diagonalize():
    matrix = positive(60)
    values, vectors = la.eigh(matrix)
    torch.testing.assert_close(matrix @ vectors, vectors * values, rtol=0, atol=1e-13)
    eye = torch.eye(60, dtype=torch.float64)
    torch.testing.assert_close(vectors.T @ vectors, eye, rtol=0, atol=1e-13)


def test_large_matrices_take_the_other_driver(monkeypatch):
    matrix = positive(50)
    expected = la.eigenvalues(matrix)
    monkeypatch.setattr(la, "_TORCH_EIGENVALUES_ABOVE", 10)
    torch.testing.assert_close(la.eigenvalues(matrix), expected, rtol=1e-12, atol=0)


def test_cholesky_gives_the_lower_factor_and_solves():
    matrix, right = positive(40), gaussian(40, 3, seed=2)
    factor = la.cholesky(matrix)
    assert torch.equal(factor, factor.tril())
    torch.testing.assert_close(factor @ factor.T, matrix, rtol=1e-13, atol=1e-13)
    solution = la.cholesky_solve(factor, right)
    torch.testing.assert_close(matrix @ solution, right, rtol=1e-10, atol=1e-11)


def test_cholesky_of_an_indefinite_matrix_is_none():
    assert la.cholesky(torch.diag(torch.tensor([1.0, -1.0], dtype=torch.float64))) is (
        None
    )


@pytest.mark.parametrize("shape", [(1, 1), (4, 9), (9, 4), (60, 500)])
def test_triangular_factor_has_the_gram_matrix_of_the_block(shape):
    block = gaussian(*shape)
    factor = la.triangular_factor(block.clone())
    assert factor.shape == (min(shape), shape[0])
    assert torch.equal(factor, factor.triu())
    torch.testing.assert_close(factor.T @ factor, block @ block.T, rtol=0, atol=1e-11)


@pytest.mark.parametrize(("first", "second"), [(6, 6), (6, 2), (2, 6), (1, 1)])
def test_stacked_triangles_have_the_sum_of_the_gram_matrices(first, second):
    upper, lower = gaussian(first, 6).triu(), gaussian(second, 6, seed=1).triu()
    copies = upper.clone(), lower.clone()
    found = la.stack_triangles(upper, lower)
    assert found.shape == (min(6, first + second), 6)
    assert torch.equal(found, found.triu())
    expected = upper.T @ upper + lower.T @ lower
    torch.testing.assert_close(found.T @ found, expected, rtol=0, atol=1e-13)
    assert torch.equal(upper, copies[0])
    assert torch.equal(lower, copies[1])


def test_reflectors_apply_an_orthogonal_matrix_with_r_on_top():
    block, right = gaussian(5, 30), gaussian(30, 2, seed=1)
    packed, factors = la.reflectors(block.clone())
    turned = la.reflect(packed, factors, block.T.contiguous(), transposed=True)
    assert float(turned[5:].abs().max()) < 1e-14 * 30
    torch.testing.assert_close(turned[:5], packed[:, :5].T.triu(), rtol=0, atol=1e-13)
    again = la.reflect(packed, factors, la.reflect(packed, factors, right), True)
    torch.testing.assert_close(again, right, rtol=0, atol=1e-14 * 10)


def test_singular_values_of_a_hilbert_matrix_agree_with_fifty_digits():
    n = 9
    hilbert = torch.tensor(
        [[1.0 / (i + j + 1) for j in range(n)] for i in range(n)], dtype=torch.float64
    )
    with mpmath.workdps(50):
        entries = mpmath.matrix(
            [[mpmath.mpf(x) for x in row] for row in hilbert.tolist()]
        )
        exact = sorted(float(s) for s in mpmath.svd_r(entries, compute_uv=False))
    found = la.singular_values(hilbert).flip(0)
    assert max(abs(a - b) for a, b in zip(found.tolist(), exact, strict=True)) < 4 * EPS
    left, values, right = la.svd(hilbert)
    torch.testing.assert_close((left * values) @ right, hilbert, rtol=0, atol=1e-14)


@pytest.mark.parametrize("size", [1e-300, 1e-5, 1.0, 3.0, 1e300])
def test_scale_is_the_power_of_two_below_the_largest_entry(size):
    scale = la.power_of_two_scale(torch.tensor([[0.0, -size]], dtype=torch.float64))
    assert 1.0 <= size / scale < 2.0
    assert np.frexp(scale)[0] == 0.5
    assert la.power_of_two_scale(torch.zeros(2, 2)) == 1.0


def pretend_elsewhere_once(monkeypatch):
    """Let the first question "is it on an accelerator?" be answered by yes."""
    answers = iter([True])
    monkeypatch.setattr(la, "is_elsewhere", lambda _: next(answers, False))


def broken(*_, **__):
    raise RuntimeError("the solver did not converge")


WRONG = {
    "eigenvalues": ("eigvalsh", lambda a: torch.zeros(len(a), dtype=a.dtype)),
    "eigh": ("eigh", lambda a: (a.diagonal(), torch.eye(len(a), dtype=a.dtype))),
    "singular_values": ("svdvals", lambda a: torch.ones(len(a), dtype=a.dtype)),
    "svd": ("svd", lambda a, **_: (a, a.diagonal(), a)),
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("failure", ["wrong", "raises", "none"])
def test_accelerator_answers_are_checked_and_computed_again(monkeypatch, name, failure):
    matrix = positive(30)
    function = getattr(la, name)
    expected = function(matrix)
    torch_name, wrong = WRONG[name]
    if failure != "none":
        replacement = wrong if failure == "wrong" else broken
        monkeypatch.setattr(torch.linalg, torch_name, replacement)
    pretend_elsewhere_once(monkeypatch)
    if failure == "none":
        found = function(matrix)
    else:
        with pytest.warns(RuntimeWarning, match="again on the CPU"):
            found = function(matrix)
    if name in ("eigenvalues", "singular_values"):
        torch.testing.assert_close(found, expected, rtol=1e-10, atol=1e-13)
    else:  # Vectors are fixed up to sign: compare the values.
        index = 0 if name == "eigh" else 1
        torch.testing.assert_close(found[index], expected[index], rtol=1e-10, atol=0)


def test_accelerator_cholesky_is_checked_and_computed_again(monkeypatch):
    matrix = positive(30)
    expected = la.cholesky(matrix)
    pretend_elsewhere_once(monkeypatch)
    torch.testing.assert_close(la.cholesky(matrix), expected, rtol=1e-12, atol=1e-14)
    monkeypatch.setattr(
        torch.linalg, "cholesky_ex", lambda a: (torch.zeros_like(a), torch.tensor(0))
    )
    pretend_elsewhere_once(monkeypatch)
    with pytest.warns(RuntimeWarning, match="Cholesky factors of a 30 x 30 matrix"):
        found = la.cholesky(matrix)
    assert torch.equal(found, expected)


def test_accelerator_products_and_factors_agree(monkeypatch):
    block, other = gaussian(6, 40), gaussian(8, 40, seed=1)
    pretend_elsewhere_once(monkeypatch)
    out = torch.empty(6, 8, dtype=torch.float64)
    la.multiply_transposed(block, other, out)
    torch.testing.assert_close(out, block @ other.T)
    pretend_elsewhere_once(monkeypatch)
    factor = la.triangular_factor(block.clone())
    torch.testing.assert_close(factor.T @ factor, block @ block.T)
    pretend_elsewhere_once(monkeypatch)
    merged = la.stack_triangles(factor, factor)
    torch.testing.assert_close(merged.T @ merged, 2 * block @ block.T)


def test_lapack_failures_are_said(monkeypatch):
    monkeypatch.setattr(la.lapack, "dgesdd", lambda *_, **__: (None, None, None, 3))
    with pytest.raises(np.linalg.LinAlgError, match="code 3"):
        la.singular_values(positive(4))


def failed(*_, **__):
    return None, None, None, 1


def wrong_vectors(matrix, **_):
    left, values, right = np.linalg.svd(matrix)
    left[:, -1] += 1e-9 * left[:, 0]
    return left, values, right, 0


@pytest.mark.parametrize("wrong", [failed, wrong_vectors])
def test_singular_vectors_that_fail_or_lean_are_found_again(monkeypatch, wrong):
    matrix = positive(40)
    monkeypatch.setattr(la.lapack, "dgesdd", wrong)
    left, values, right = la.svd(matrix)
    torch.testing.assert_close(left.T @ left, torch.eye(40).double())
    torch.testing.assert_close(left * values @ right, matrix)
    assert float((left.T @ left - torch.eye(40)).abs().max()) < 1e-13
