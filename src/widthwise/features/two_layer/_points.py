"""Points as the rooms of finite width take them."""

import numpy as np
import torch

from widthwise.arguments import require_finite, require_matrix
from widthwise.arrays import Array, real_tensor

__all__ = ["PointsLike", "as_matrix"]

PointsLike = Array | np.ndarray


def as_matrix(points: PointsLike, what: str = "points") -> Array:
    """Return a contiguous float64 tensor of shape (n, d), checked to be finite."""
    points = real_tensor(points, f"The {what}")
    require_matrix(points, f"The {what}")
    matrix = points.to(torch.float64).contiguous()
    require_finite(matrix, f"the {what}")
    return matrix
