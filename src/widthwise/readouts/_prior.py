"""Variances at other points: read from the caller, reduced, and never below zero."""

import torch

from widthwise.arguments import non_negative, require_finite
from widthwise.arrays import Array, Float, PointsLike, real_tensor
from widthwise.errors import DataError, InvalidArgumentError, NotPositiveDefiniteError
from widthwise.features.two_layer import as_matrix
from widthwise.readouts.factors import symmetric_kernel

__all__ = ["covariance_of", "cross_of", "prior_of", "variances"]


def cross_of(
    cross: PointsLike, kernel: Float[Array, "n n"], what: str
) -> Float[Array, "k n"]:
    """Return the kernel between k other points and the n rows.

    Raises
    ------
    DataError
        If it has not one column a row.
    """
    found: Array = as_matrix(cross, what, kernel.device)
    if found.shape[1] != len(kernel):
        raise DataError(
            f"The {what} have shape {tuple(found.shape)} and there are {len(kernel)} "
            f"rows; they must have shape (k, {len(kernel)}), one row for each other "
            "point."
        )
    return found


def prior_of(
    given: PointsLike, count: int, device: torch.device
) -> tuple[Float[Array, " k"], Float[Array, "k k"] | None]:
    """Return the prior variances, and the covariance where it was given.

    Raises
    ------
    DataError
        If it is no number, no vector of them and no symmetric matrix, for so many
        points.
    InvalidArgumentError
        If a variance is negative.
    """
    values: Array = real_tensor(given, "The prior variances").to(device, torch.float64)
    if values.ndim == 2 and values.shape != (1, 1):
        whole, _ = symmetric_kernel(given, device)
        found = whole.diagonal()
    else:
        whole, found = None, values.reshape(-1)
    if (count, len(found)) == (1, 1):  # It has no other to vary with.
        whole = found[:, None]
    if len(found) not in (1, count) or values.ndim > 2:
        raise DataError(
            f"The prior variances have shape {tuple(values.shape)}; for {count} points "
            f"pass one number, ({count},) or, for covariances, ({count}, {count})."
        )
    require_finite(found, "the prior variances")
    non_negative(float(found.min()), "A prior variance")
    return found.expand(count), whole


def variances(
    found: Float[Array, " k"], rounding: Float[Array, " k"]
) -> Float[Array, " k"]:
    """Return variances with 0 for what cannot be told from it.

    Raises
    ------
    NotPositiveDefiniteError
        If one is below zero by more than its rounding.
    """
    below = found + rounding
    if bool((below < 0.0).any()):
        row = int(below.argmin())
        raise NotPositiveDefiniteError(
            f"The variance at point {row} would be {float(found[row]):.3g}, below zero "
            f"by more than rounding ({float(rounding[row]):.1e}): no kernel has these "
            "values. Take the kernel, the cross terms and the prior from one kernel."
        )
    return torch.where(found <= rounding, 0.0, found)


def covariance_of(
    prior: Float[Array, "k k"] | None,
    removed: Float[Array, "k k"],
    variance: Float[Array, " k"],
) -> Float[Array, "k k"]:
    """Return the prior covariance less what was learnt, its diagonal the variances.

    Raises
    ------
    InvalidArgumentError
        If the prior was given as variances alone.
    """
    if prior is None:
        raise InvalidArgumentError(
            "The prior was given as variances, which say nothing of two points "
            "together. Pass the kernel between the other points, shape (k, k)."
        )
    found = prior - removed
    found = (found + found.T) / 2
    found.diagonal().copy_(variance)
    # Certain values vary with nothing.
    known = variance == 0.0
    found[known] = 0.0
    found[:, known] = 0.0
    return found
