"""Penalties: those that were given, checked, or a path around the eigenvalues."""

import math

import torch

from widthwise.arguments import non_negative
from widthwise.arrays import Array, Float, PointsLike, real_tensor
from widthwise.errors import InvalidArgumentError

__all__ = ["around", "checked"]

_A_DECADE = 4
_MARGIN = 100.0  # How far the penalties reach beyond the eigenvalues, on either side.


def around(eigenvalues: Float[Array, " r"]) -> Float[Array, " l"]:
    """Return 0, then four a decade around the eigenvalues."""
    zero = eigenvalues.new_zeros(1)
    if len(eigenvalues) == 0:
        return zero
    low = math.log10(float(eigenvalues[-1]) / _MARGIN)
    high = math.log10(float(eigenvalues[0]) * _MARGIN)
    count = math.ceil(_A_DECADE * (high - low)) + 1
    steps = torch.logspace(low, high, count, dtype=torch.float64)
    return torch.cat([zero, steps.to(zero.device)])


def checked(penalties: PointsLike) -> Float[Array, " l"]:
    """Return the penalties as a vector, each at least 0."""
    given: Array = real_tensor(penalties, "The penalties").to(torch.float64)
    found = given.reshape(-1)
    if given.ndim > 1 or len(found) == 0:
        raise InvalidArgumentError(
            f"The penalties have shape {tuple(given.shape)}; they must be numbers of "
            "at least 0, at least one."
        )
    for each in found.tolist():
        non_negative(each, "A penalty", may_be_infinite=True)
    return found
