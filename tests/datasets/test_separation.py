"""The separation of points and the space they span."""

import math

import numpy as np
import pytest
import torch

from widthwise.datasets import separation, span_dimension
from widthwise.errors import DataError


def test_the_separation_is_the_least_projection(points):
    """‖(I - x xᵀ) x'‖ over every pair, by brute force."""
    x = points.numpy()
    least, pair = math.inf, None
    for i in range(len(x)):
        for j in range(i + 1, len(x)):
            distance = np.linalg.norm(x[j] - (x[i] @ x[j]) * x[i])
            if distance < least:
                least, pair = distance, (i, j)
    found = separation(points)
    assert found.value == pytest.approx(least, rel=1e-13)
    assert found.rows == pair
    assert found.is_antipodal == bool(x[pair[0]] @ x[pair[1]] < 0)
    assert separation(3.0 * points).value == pytest.approx(least, rel=1e-13)


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("angle", [1e-3, 1e-9, 1e-13])
def test_nearly_parallel_points_are_found_with_their_digits(points, sign, angle):
    """A cosine would round to one below 1e-8."""
    x = torch.zeros(14, 6, dtype=torch.float64)
    x[:12, :5] = points
    x[12] = x[4]
    x[13] = sign * math.cos(angle) * x[4]
    x[13, 5] = sign * math.sin(angle)
    found = separation(x[torch.arange(14) != 4])
    # Row 4 is gone: its copy is row 11, its neighbour row 12.
    assert found.rows == (11, 12)
    assert found.is_antipodal == (sign < 0)
    # The points' own rounding is 1e-16.
    assert found.value == pytest.approx(math.sin(angle), rel=1e-12, abs=3e-16)


def test_blocks_of_rows_do_not_matter():
    generator = torch.Generator().manual_seed(2)
    x = torch.randn(1500, 9, generator=generator, dtype=torch.float64)
    x[1400] = -2 * x[3]
    found = separation(x)
    assert found.rows == (3, 1400)
    assert found.is_antipodal
    assert found.value <= 1e-15


def test_one_point_is_separated_from_nothing():
    found = separation(torch.ones(1, 3))
    assert found.value == math.inf
    assert found.rows == ()


def test_the_span_is_the_rank(points):
    assert span_dimension(points) == 5
    assert span_dimension(points[:3]) == 3
    turned = torch.linalg.qr(torch.randn(9, 9, dtype=torch.float64))[0][:5]
    assert span_dimension(points @ turned) == 5
    assert span_dimension(torch.ones(4, 7) * torch.arange(1, 5)[:, None]) == 1


def test_the_closest_of_many_pairs_that_rounding_cannot_tell_apart_is_found():
    # All 19,900 cosines are 1 up to rounding; one pair is much closer than the rest.
    angles = 5e-8 * np.arange(200) / 200
    angles[151] = angles[150] + 4e-12
    rows = torch.from_numpy(np.column_stack([np.cos(angles), np.sin(angles)]))
    found = separation(rows)
    assert found.rows == (150, 151)
    assert found.value == pytest.approx(4e-12, rel=1e-3)


def test_rows_without_a_direction_are_refused():
    for function in (separation, span_dimension):
        with pytest.raises(DataError, match="Row 1 is zero"):
            function(torch.tensor([[1.0, 0.0], [0.0, 0.0]]))
        with pytest.raises(DataError, match="Row 0"):
            function(torch.tensor([[math.nan, 0.0], [0.0, 1.0]]))
        with pytest.raises(DataError, match="shape"):
            function(torch.ones(0, 3))
