"""Checks of what the linear models are made from."""

import torch

from widthwise.arguments import non_negative, require_finite, require_matrix
from widthwise.arrays import Array, Float, real_tensor
from widthwise.errors import DataError
from widthwise.features.two_layer import PointsLike

__all__ = [
    "checked",
    "checked_matrix",
    "descending",
    "elsewhere",
    "require_columns",
    "threshold_or",
]


def checked(given: PointsLike, name: str) -> Array:
    """Return a tensor in float64 on the CPU, or refuse what is not finite."""
    found = real_tensor(given, f"The entries of {name}")
    values = found.to(device="cpu", dtype=torch.float64)
    require_finite(values, name)
    return values


def checked_matrix(
    given: PointsLike, name: str, *, least_rows: int = 1
) -> Float[Array, "n m"]:
    """Return a checked matrix, or refuse what has no rows and columns."""
    matrix = checked(given, name)
    require_matrix(matrix, f"The entries of {name}", least_rows=least_rows)
    return matrix


def elsewhere(given: PointsLike, name: str, columns: int) -> Float[Array, "t m"]:
    """Return the checked matrix of the points that are not trained on; none is fine."""
    matrix = checked_matrix(given, name, least_rows=0)
    require_columns(matrix, name, columns)
    return matrix


def require_columns(matrix: Array, name: str, columns: int) -> None:
    if matrix.shape[1] != columns:
        raise DataError(
            f"{name} has shape {tuple(matrix.shape)}; it needs {columns} columns."
        )


def descending(given: PointsLike) -> Float[Array, " r"]:
    """Return singular values that descend, none below zero, or refuse them."""
    values = checked(given, "singular_values")
    if len(values) and (float(values[-1]) < 0 or bool((values.diff() > 0).any())):
        raise DataError(
            "The singular values are not descending and non-negative. Sort them, with "
            "the columns of left_vectors in the same order."
        )
    return values


def threshold_or(given: float | int | None, default: float) -> float:
    """Return the size up to which a value counts as zero."""
    return default if given is None else non_negative(given, "The threshold")
