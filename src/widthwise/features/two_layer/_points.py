"""Points as the rooms of finite width take them."""

import numpy as np
import torch

from widthwise.arrays import Array
from widthwise.errors import DataError

__all__ = ["PointsLike", "as_matrix"]

PointsLike = Array | np.ndarray


def as_matrix(points: PointsLike, what: str = "points") -> Array:
    """Return a contiguous float64 tensor of shape (n, d), checked to be finite."""
    if not isinstance(points, torch.Tensor):
        array = np.asarray(points)
        if array.dtype.kind not in "fiub":
            raise DataError(
                f"The {what} have dtype {array.dtype}; they must be real numbers. "
                "Convert the table's columns to numbers first."
            )
        points = torch.from_numpy(np.ascontiguousarray(array, dtype=np.float64))
    if points.is_complex():
        raise DataError(
            f"The {what} are complex; they must be real. Pass real and imaginary "
            "parts as separate columns."
        )
    if points.ndim != 2:
        raise DataError(
            f"The {what} have shape {tuple(points.shape)}; they must be a matrix with "
            "one row each. Reshape them to (rows, columns)."
        )
    if 0 in points.shape:
        raise DataError(
            f"The {what} have shape {tuple(points.shape)}; at least one row and one "
            "column are needed."
        )
    matrix = points.detach().to(torch.float64).contiguous()
    finite = torch.isfinite(matrix.sum(dim=1)) | torch.isfinite(matrix).all(dim=1)
    if not bool(finite.all()):
        row = int(torch.nonzero(~finite)[0])
        column = int(torch.nonzero(~torch.isfinite(matrix[row]))[0])
        raise DataError(
            f"Row {row} of the {what} holds {float(matrix[row, column])} in column "
            f"{column}; every entry must be finite. Remove or fill such rows."
        )
    return matrix
