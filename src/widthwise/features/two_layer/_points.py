"""Points as the rooms of finite width take them."""

import torch

from widthwise.arguments import require_finite, require_matrix
from widthwise.arrays import Array, DeviceLike, PointsLike, real_tensor

__all__ = ["PointsLike", "as_matrix", "unread_matrix"]


def as_matrix(
    points: PointsLike, what: str = "points", device: DeviceLike | None = None
) -> Array:
    """Return a contiguous float64 tensor of shape (n, d), checked to be finite."""
    matrix = unread_matrix(points, what, device)
    require_finite(matrix, f"the {what}")
    return matrix


def unread_matrix(
    points: PointsLike, what: str = "points", device: DeviceLike | None = None
) -> Array:
    """Return the same without a look at its entries, for whoever reads them anyway."""
    found: Array = real_tensor(points, f"The {what}", device)
    require_matrix(found, f"The {what}")
    return found.to(torch.float64).contiguous()
