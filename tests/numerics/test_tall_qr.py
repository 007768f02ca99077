import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from widthwise.numerics.linear_algebra import singular_values, svd
from widthwise.numerics.tall_qr import StreamedFactor, TallFactorization

EPS = np.finfo(np.float64).eps


def planted(n, m, values, seed=0, reflections=4):
    """Return a float64 (n, m) matrix with these singular values.

    Householder reflections in extended precision are orthogonal to 1e-19, so only the
    last rounding to float64 moves the values, by half a unit of an entry.
    """
    generator = np.random.default_rng(seed)
    matrix = np.zeros((n, m), dtype=np.longdouble)
    matrix[np.arange(n), np.arange(n)] = values
    for _ in range(reflections):
        for length, is_left in ((n, True), (m, False)):
            v = generator.standard_normal(length).astype(np.longdouble)
            v /= np.sqrt(v @ v)
            if is_left:
                matrix -= 2 * np.outer(v, v @ matrix)
            else:
                matrix -= 2 * np.outer(matrix @ v, v)
    return torch.from_numpy(matrix.astype(np.float64))


def streamed(matrix, columns):
    total = StreamedFactor()
    for start in range(0, matrix.shape[1], columns):
        total.add(
            matrix[:, start : start + columns].clone(
                memory_format=torch.contiguous_format
            )
        )
    return total.factor()


@pytest.mark.skipif(
    np.finfo(np.longdouble).eps > 1e-18, reason="no extended precision on this machine"
)
@pytest.mark.parametrize("shape", [(2, 5000), (8, 65536), (40, 3000), (97, 4000)])
@pytest.mark.parametrize("kind", ["decaying", "equal", "two clusters"])
def test_planted_singular_values_come_back_within_the_bound(shape, kind):
    n, m = shape
    values = {
        "decaying": np.logspace(0, -13.5, n),
        "equal": np.ones(n),
        "two clusters": np.r_[np.ones(n // 2), np.full(n - n // 2, 1e-12)],
    }[kind]
    matrix = planted(n, m, values)
    bound = EPS * (16 + 2 * n**0.5)  # What the spectra state.
    for columns in (512, max(n, 100)):
        found = singular_values(streamed(matrix, columns)).numpy()
        assert np.abs(found - values).max() < bound
    tall = TallFactorization(matrix)
    assert np.abs(svd(tall.triangle)[1].numpy() - values).max() < bound


@settings(deadline=None, max_examples=40)
@given(
    n=st.integers(1, 9),
    sizes=st.lists(st.integers(1, 30), min_size=1, max_size=12),
)
def test_any_sequence_of_blocks_gives_the_gram_matrix_so_far(n, sizes):
    generator = torch.Generator().manual_seed(n)
    matrix = torch.randn(n, sum(sizes), generator=generator, dtype=torch.float64)
    total, start = StreamedFactor(), 0
    for size in sizes:
        total.add(matrix[:, start : start + size].clone().contiguous())
        start += size
        seen = matrix[:, :start]
        factor = total.factor()
        assert factor.shape == (min(n, start), n)
        torch.testing.assert_close(
            factor.T @ factor, seen @ seen.T, rtol=1e-12, atol=1e-11
        )


def test_factor_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one column"):
        StreamedFactor().factor()


@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (5, 511), (5, 1023), (5, 2600)])
def test_q_is_orthogonal_and_q_r_is_the_matrix(shape):
    n, m = shape
    matrix = planted(n, m, np.linspace(1, 2, n))
    tall = TallFactorization(matrix)
    eye = torch.eye(n, dtype=torch.float64)
    q = tall.expand(eye)
    torch.testing.assert_close(q.T @ q, eye, rtol=0, atol=50 * EPS)
    torch.testing.assert_close(q @ tall.triangle, matrix.T, rtol=0, atol=50 * EPS)
    vectors = matrix.T.contiguous()
    torch.testing.assert_close(tall.project(vectors), q.T @ vectors, rtol=0, atol=1e-13)
