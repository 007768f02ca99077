"""Infinitely many infinitely wide networks, each trained for the same time."""

import math
from dataclasses import dataclass, field

import torch

from widthwise.arguments import non_negative
from widthwise.arrays import Array, DeviceLike, Float, PointsLike
from widthwise.equality import equal_by_value
from widthwise.errors import DataError
from widthwise.numerics.squares import require_squares
from widthwise.readouts._prior import covariance_of, cross_of, prior_of, variances
from widthwise.readouts.factors import (
    kernel_eigenvectors,
    rows_of,
    symmetric_kernel,
)

__all__ = ["Ensemble", "trained_ensemble"]

_EPS = torch.finfo(torch.float64).eps


@dataclass(frozen=True, eq=False)
class Ensemble:
    """The outputs of trained networks of infinite width, over their initial weights.

    Attributes
    ----------
    mean
        Shape (k,) or (k, c).
    variance
        Shape (k,), at least 0; 0 where it cannot be told from it. Outputs share it.
    time
        t.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> kernel = torch.tensor([[1.0, 0.5], [0.5, 1.0]]).double()
    >>> cross, y = kernel[:1], [1.0, 0.0]
    >>> found = ww.readouts.trained_ensemble(kernel, kernel, y, cross, cross, [1.0])
    >>> found.mean.shape, found.time
    (torch.Size([1]), inf)
    """

    __eq__ = equal_by_value

    mean: Float[Array, "*k"]
    variance: Float[Array, " k"]
    time: float
    _removed: Float[Array, "k k"] = field(repr=False)
    _prior: Float[Array, "k k"] | None = field(repr=False)

    @property
    def deviation(self) -> Float[Array, " k"]:
        """The standard deviation, shape (k,)."""
        return self.variance.sqrt()

    def covariance(self) -> Float[Array, "k k"]:
        """Return the covariance of the outputs at the other points.

        Raises
        ------
        InvalidArgumentError
            If the prior was given as variances alone.
        """
        return covariance_of(self._prior, self._removed, self.variance)


def trained_ensemble(
    tangent: PointsLike,
    conjugate: PointsLike,
    y: PointsLike,
    tangent_cross: PointsLike,
    conjugate_cross: PointsLike,
    prior_variance: PointsLike,
    time: float | int = math.inf,
    *,
    device: DeviceLike | None = None,
) -> Ensemble:
    r"""Return the distribution of infinitely wide networks after time t of training.

    Gradient flow on $\tfrac12\|f - y\|^2$ from random weights moves the outputs by
    $\dot f = -\Theta (f - y)$ on the rows. With the outputs at the start a Gaussian
    process of kernel K, and $M = \theta\,\Theta^{-1} (1 - e^{-\Theta t})$ at other
    points,

    .. math:: \mu = M y, \qquad
        C = k_0 - M k^\top - k M^\top + M K M^\top.

    For $\Theta = K$ and t = ∞ it is the posterior without noise.

    Parameters
    ----------
    tangent, conjugate
        Θ and K, shape (n, n), between the rows.
    y
        Targets, shape (n,) or (n, c).
    tangent_cross, conjugate_cross
        θ and k, shape (k, n), between the other points and the rows.
    prior_variance
        $k_0$: the conjugate kernel of each other point with itself, a number or shape
        (k,), or between them, (k, k), which `covariance` needs.
    time
        t >= 0; the step times the number of steps of gradient descent. By default ∞.
    device
        Where to compute, such as "cuda"; by default where the tangent kernel is.

    Raises
    ------
    DataError
        If a shape does not fit, an entry is not finite, or a kernel is not symmetric.
    InvalidArgumentError
        If the time or a variance is negative, or the kernel's squares leave float64's
        range.
    NotPositiveDefiniteError
        If Θ, or K with the cross terms and the prior, is no kernel by more than
        rounding.

    Source
    ------
    Lee, Xiao et al. (2019), arXiv:1902.06720, eq. 14-16.

    Cost
    ----
    9 n³ + 2 n² k + 2 n k² operations.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> kernel = torch.tensor([[1.0, 0.5], [0.5, 1.0]]).double()
    >>> cross, y = kernel[:1], [1.0, 0.0]
    >>> found = ww.readouts.trained_ensemble(kernel, kernel, y, cross, cross, [1.0])
    >>> round(found.mean.item(), 6)
    1.0
    """
    matrix, rounding = symmetric_kernel(tangent, device)
    start, start_error = symmetric_kernel(conjugate, matrix.device)
    n = len(matrix)
    require_squares(float(matrix.abs().max()), "The kernel's entries")
    if len(start) != n:
        raise DataError(
            f"The tangent kernel has {n} rows and the conjugate kernel {len(start)}; "
            "both are between the same points."
        )
    rows = rows_of(y, n, matrix.device, intercept=False, weights=None, owner="kernel")
    others = cross_of(tangent_cross, matrix, "tangent cross terms")
    at_start = cross_of(conjugate_cross, matrix, "conjugate cross terms")
    if len(at_start) != len(others):
        raise DataError(
            f"The tangent cross terms are of {len(others)} points and the conjugate "
            f"ones of {len(at_start)}; both are of the same points."
        )
    prior, whole = prior_of(prior_variance, len(others), matrix.device)
    t = non_negative(time, "The time", may_be_infinite=True)
    values, vectors, error = kernel_eigenvectors(matrix, rounding)
    kept = values[values > error]
    basis = vectors[:, : len(kept)]
    learnt = (1.0 if math.isinf(t) else -torch.expm1(-t * kept)) / kept
    map_ = (others @ basis) * learnt @ basis.T
    crossed = at_start @ map_.T
    removed = crossed + crossed.T - map_ @ start @ map_.T
    size = torch.linalg.vector_norm(map_, dim=1)
    # Errors of K count as they stand, those of Θ through the map that they move.
    moved = error * size * torch.linalg.vector_norm(at_start - map_ @ start, dim=1)
    moved = moved * (learnt.max() if len(kept) else 0.0)
    norm = float(torch.linalg.matrix_norm(start))
    slack = 8 * _EPS * (prior + size * (torch.linalg.vector_norm(at_start, dim=1)))
    slack = slack + (start_error + 8 * _EPS * norm) * size.square() + 2 * moved
    return Ensemble(
        mean=(map_ @ rows.targets * rows.target_scale).reshape(-1, *rows.target_shape),
        variance=variances(prior - removed.diagonal(), slack),
        time=t,
        _removed=removed,
        _prior=whole,
    )
