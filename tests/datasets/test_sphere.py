"""Projection to the sphere keeps directions at every scale."""

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from widthwise.datasets import project_to_sphere
from widthwise.errors import DataError

EPS = torch.finfo(torch.float64).eps


@given(
    st.lists(st.floats(-1, 1), min_size=2, max_size=12).filter(
        lambda row: max(map(abs, row)) > 1e-3
    ),
    st.integers(-1000, 1000),
)
def test_rows_agree_with_fifty_digits_at_any_scale(row, power):
    scaled = np.ldexp(np.array(row), power)
    found = project_to_sphere(torch.from_numpy(scaled[None]))[0].tolist()
    with mpmath.workdps(50):
        norm = mpmath.sqrt(sum(mpmath.mpf(float(x)) ** 2 for x in scaled))
        expected = [float(mpmath.mpf(float(x)) / norm) for x in scaled]
    # Norm of at most 12 squares: (12/2 + 2) ε; the division one more.
    assert np.allclose(found, expected, rtol=10 * EPS, atol=1e-300)


def test_opposite_rows_stay_exactly_opposite():
    rows = torch.randn(20, 7, dtype=torch.float64)
    both = project_to_sphere(torch.cat([rows, -rows]))
    assert torch.equal(both[:20], -both[20:])


@pytest.mark.parametrize("factor", [3.0, 7.0, 1e9 + 7, 2.0**-1000])
def test_rows_of_one_ray_become_one_row_to_the_last_bit(factor):
    rows = torch.randint(-(2**20), 2**20, (50, 5), dtype=torch.float64)
    rows[:, 0] += 0.5
    assert torch.equal(project_to_sphere(rows), project_to_sphere(factor * rows))


@pytest.mark.parametrize("dtype", [torch.float32, torch.int64, torch.bfloat16])
def test_other_dtypes_become_float64(dtype):
    rows = torch.tensor([[3, 4], [5, 12]]).to(dtype)
    expected = torch.tensor([[0.6, 0.8], [5 / 13, 12 / 13]], dtype=torch.float64)
    torch.testing.assert_close(project_to_sphere(rows), expected, rtol=1e-15, atol=0)


def test_a_zero_row_is_named():
    with pytest.raises(DataError, match=r"Rows 1 and 3 of the points.*bias=True"):
        project_to_sphere(torch.tensor([[1.0, 0.0], [0, 0], [1, 1], [0, 0]]))


def test_a_row_with_nan_or_infinity_is_named():
    with pytest.raises(DataError, match="Row 0 of the points holds nan in column 0"):
        project_to_sphere(torch.tensor([[float("nan"), 0.0], [float("inf"), 1.0]]))


@pytest.mark.parametrize(
    "wrong", [torch.zeros(3), torch.zeros(3, 0), torch.zeros(2, 2, dtype=torch.cfloat)]
)
def test_what_is_no_matrix_of_real_numbers_is_refused(wrong):
    with pytest.raises(DataError, match="rows of real numbers"):
        project_to_sphere(wrong)
