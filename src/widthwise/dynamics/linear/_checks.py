"""Checks of what the linear models are made from."""

import torch

from widthwise.arguments import non_negative
from widthwise.arrays import Array, Float
from widthwise.errors import DataError, InvalidArgumentError

__all__ = ["checked", "descending", "threshold_or"]


def checked(given: Array, name: str) -> Array:
    """Return a tensor in float64 on the CPU, or refuse what is not finite."""
    if not isinstance(given, torch.Tensor):
        raise InvalidArgumentError(
            f"{name} is of type {type(given).__name__}; it must be a tensor. Use "
            "torch.as_tensor(values)."
        )
    if given.is_complex():
        raise DataError(f"{name} is complex ({given.dtype}); it must be real.")
    values = given.detach().to(device="cpu", dtype=torch.float64)
    bad = torch.nonzero(~torch.isfinite(values))
    if len(bad):
        place = tuple(bad[0].tolist())
        raise DataError(
            f"{name} holds {float(values[place])} at {place}; every entry must be "
            "finite. Remove or replace such rows."
        )
    return values


def descending(given: Float[Array, " r"]) -> Float[Array, " r"]:
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
