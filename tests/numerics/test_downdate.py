"""A diagonal matrix less a rank-one one."""

import mpmath
import pytest
import torch

from widthwise.numerics.downdate import downdated


def orthonormal(rows, columns, seed=0):
    generator = torch.Generator().manual_seed(seed)
    found = torch.randn(rows, columns, generator=generator, dtype=torch.float64)
    return torch.linalg.qr(found)[0]


def right_hand_side(rank, outputs=2, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(1, rank, outputs, generator=generator, dtype=torch.float64)


def value(d, z, b, gain, h):
    found, weights = downdated(d, z[None], torch.tensor([gain], dtype=torch.float64), b)
    return (h(found[0])[:, None] * weights[0]).sum(0)


def value_in_mpmath(d, z, b, gain, h):
    with mpmath.workdps(50):
        size = len(d)
        matrix = mpmath.matrix(size, size)
        for i in range(size):
            for j in range(size):
                matrix[i, j] = -mpmath.mpf(gain) * float(z[i]) * float(z[j])
            matrix[i, i] += float(d[i])
        values, vectors = mpmath.eigsy(matrix)
        found = []
        for output in range(b.shape[2]):
            total = mpmath.mpf(0)
            for j in range(size):
                column = [vectors[i, j] for i in range(size)]
                one = mpmath.fsum(float(z[i]) * column[i] for i in range(size))
                other = mpmath.fsum(
                    float(b[0, i, output]) * column[i] for i in range(size)
                )
                total += h(values[j]) * one * other
            found.append(float(total))
        return torch.tensor(found, dtype=torch.float64)


@pytest.mark.parametrize("decades", [0.5, 4, 14])
@pytest.mark.parametrize(("rows", "gain"), [(12, 1.0), (12, 0.4), (20, 1.1)])
def test_a_function_of_the_matrix_is_that_of_its_eigenvectors(decades, rows, gain):
    d = torch.logspace(0, -decades, 12, dtype=torch.float64)
    z = orthonormal(rows, 12)[3] * d.sqrt()
    if float((z.square() / d).sum()) * gain > 1.0:  # the least one would be negative
        gain = 1.0
    b = right_hand_side(12)
    found = value(d, z, b, gain, lambda mu: torch.exp(-3.0 * mu))
    expected = value_in_mpmath(d, z, b, gain, lambda mu: mpmath.exp(-3 * mu))
    scale = float(torch.linalg.vector_norm(z) * torch.linalg.vector_norm(b))
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-14 * scale)


def test_small_eigenvalues_keep_their_digits():
    # 1/(mu + 1e-12) asks for the small ones to full relative accuracy.
    d = torch.tensor([1.0, 1e-6, 1e-12], dtype=torch.float64)
    z = torch.tensor([0.3, 4e-4, 7e-7], dtype=torch.float64)
    b = right_hand_side(3)
    found = value(d, z, b, 1.0, lambda mu: 1.0 / (mu + 1e-12))
    expected = value_in_mpmath(d, z, b, 1.0, lambda mu: 1 / (mu + mpmath.mpf("1e-12")))
    torch.testing.assert_close(found, expected, rtol=1e-13, atol=0)


def test_equal_values_and_parts_that_are_zero_are_counted_once():
    d = torch.tensor([2.0, 1.0, 1.0, 1.0, 0.5, 0.0], dtype=torch.float64)
    z = torch.tensor([0.5, 0.4, 0.0, 0.3, 0.0, 0.0], dtype=torch.float64)
    b = right_hand_side(6)
    found = value(d, z, b, 0.7, torch.cos)
    matrix = torch.diag(d) - 0.7 * torch.outer(z, z)
    values, vectors = torch.linalg.eigh(matrix)
    expected = (torch.cos(values) * (vectors.T @ z)) @ (vectors.T @ b[0])
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-15 * 8)


def test_eigenvalues_interlace():
    d = torch.logspace(0, -8, 30, dtype=torch.float64)
    z = orthonormal(30, 30)[7] * d.sqrt()
    found, _ = downdated(
        d, z[None], torch.ones(1, dtype=torch.float64), right_hand_side(30)
    )
    assert bool((found[0] <= d).all())
    assert bool((found[0, :-1] >= d[1:]).all())
    # A row of an orthonormal basis takes one dimension away.
    assert float(found[0, -1]) <= 1e-14 * float(d[-1])


def test_a_vector_of_zeros_changes_nothing():
    d = torch.tensor([2.0, 1.0], dtype=torch.float64)
    found = value(
        d, torch.zeros(2, dtype=torch.float64), right_hand_side(2), 1.0, torch.exp
    )
    assert found.tolist() == [0.0, 0.0]
