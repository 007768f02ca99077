"""The Gaussian process of a kernel, given the targets: what an infinite layer says."""

import math
from dataclasses import dataclass, field

import torch

from widthwise.arguments import non_negative, require_finite
from widthwise.arrays import Array, DeviceLike, Float, PointsLike, real_tensor
from widthwise.equality import equal_by_value
from widthwise.errors import (
    DataError,
    InvalidArgumentError,
    NotPositiveDefiniteError,
)
from widthwise.numerics.linear_algebra import cholesky, cholesky_solve
from widthwise.numerics.power_iterations import estimated_condition
from widthwise.numerics.rounding import relative_rounding
from widthwise.numerics.squares import require_squares
from widthwise.readouts._prior import covariance_of, cross_of, prior_of, variances
from widthwise.readouts.factors import (
    kernel_eigenvectors,
    rows_of,
    symmetric_kernel,
)

__all__ = ["Posterior", "posterior"]

_EPS = torch.finfo(torch.float64).eps
_WELL_CONDITIONED = 1e10


@dataclass(frozen=True, eq=False)
class Posterior:
    """What a Gaussian process says at other points, once it has seen the targets.

    Attributes
    ----------
    mean
        Shape (k,) or (k, c).
    variance
        Shape (k,), at least 0, of the function without noise; 0 where it cannot be
        told from it. Outputs share it.
    log_marginal_likelihood
        The logarithm of the density of the targets, summed over outputs. Of a singular
        kernel without noise there is none: inf where it reaches the targets, -inf where
        it does not.
    rank
        How many eigenvalues of the kernel with noise are certainly positive.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> kernel = torch.tensor([[1.0, 0.5], [0.5, 1.0]], dtype=torch.float64)
    >>> found = ww.readouts.posterior(kernel, [1.0, 0.0], kernel[:1], [1.0], 0.1)
    >>> found.rank, bool(found.variance > 0)
    (2, True)
    """

    __eq__ = equal_by_value

    mean: Float[Array, "*k"]
    variance: Float[Array, " k"]
    log_marginal_likelihood: float
    rank: int
    _whitened: Float[Array, "r k"] = field(repr=False)
    _prior: Float[Array, "k k"] | None = field(repr=False)
    _of_constant: Float[Array, " k"] | None = field(default=None, repr=False)

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
        removed = self._whitened.T @ self._whitened
        if self._of_constant is not None:
            removed = removed - torch.outer(self._of_constant, self._of_constant)
        return covariance_of(self._prior, removed, self.variance)


def posterior(
    kernel: PointsLike,
    y: PointsLike,
    cross: PointsLike,
    prior_variance: PointsLike,
    noise: PointsLike = 0.0,
    *,
    device: DeviceLike | None = None,
    intercept: bool = False,
) -> Posterior:
    r"""Return the posterior of a Gaussian process with this kernel.

    .. math:: \mu = k (K + \Sigma)^{-1} y, \qquad
        v = k_0 - k (K + \Sigma)^{-1} k^\top, \qquad
        \log p(y) = -\tfrac12 y^\top (K + \Sigma)^{-1} y
            - \tfrac12 \log\det(K + \Sigma) - \tfrac n2 \log 2\pi

    With the conjugate kernel it is an infinitely wide network whose last layer alone is
    trained, or a Bayesian one. With an intercept, of a prior variance that tends to
    infinity, $A = K + \Sigma$ and $b = 1^\top A^{-1} y / 1^\top A^{-1} 1$,

    .. math:: \mu = b + k A^{-1} (y - b), \qquad
        v = k_0 - k A^{-1} k^\top + \frac{(1 - 1^\top A^{-1} k^\top)^2}
            {1^\top A^{-1} 1},

    and the likelihood is the restricted one: $\log p(y - b) - \tfrac12 \log 1^\top
    A^{-1} 1 + \tfrac12 \log 2\pi$ for each output.

    Parameters
    ----------
    kernel
        K, shape (n, n), between the rows.
    y
        Targets, shape (n,), or (n, c) for outputs that are independent.
    cross
        k, shape (k, n), between the other points and the rows.
    prior_variance
        $k_0$: the kernel of each other point with itself, a number or shape (k,), or
        the kernel between them, (k, k), which `covariance` needs.
    noise
        Σ: the variance of the targets' noise, a number or shape (n,), at least 0.
    device
        Where to compute, such as "cuda"; by default where the kernel is.
    intercept
        Whether a constant of any size is added to the process.

    Returns
    -------
    Mean and variance at the other points, and the likelihood of the targets.

    Raises
    ------
    DataError
        If a shape does not fit, an entry is not finite, or the kernel is not symmetric.
    InvalidArgumentError
        If a variance is negative, or K + Σ is singular and there is an intercept, or
        the likelihood or the kernel's squares leave float64's range.
    NotPositiveDefiniteError
        If K + Σ, or it with the cross terms and the prior, is no kernel by more than
        rounding.

    Source
    ------
    Rasmussen and Williams (2006), Gaussian Processes for Machine Learning, eq.
    2.22-2.30; 2.41-2.45 with an intercept.

    Cost
    ----
    n³/3 + 2 n² k operations; 9 n³ where K + Σ is too ill-conditioned for Cholesky's
    method.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> kernel = torch.tensor([[1.0, 0.5], [0.5, 1.0]], dtype=torch.float64)
    >>> found = ww.readouts.posterior(kernel, [1.0, 0.0], kernel[:1], [1.0], 0.0)
    >>> round(found.mean.item(), 6), abs(round(found.variance.item(), 6))
    (1.0, 0.0)
    """
    matrix, error = symmetric_kernel(kernel, device)
    n = len(matrix)
    require_squares(float(matrix.abs().max()), "The kernel's entries")
    rows = rows_of(y, n, matrix.device, intercept=False, weights=None, owner="kernel")
    others = cross_of(cross, matrix, "cross terms")
    prior, whole = prior_of(prior_variance, len(others), matrix.device)
    variance_of_noise = _noise(noise, n, matrix.device)
    noisy = matrix.clone()
    noisy.diagonal().add_(variance_of_noise)
    ones = others.new_ones(n, int(intercept))
    columns = torch.cat([others.T, rows.targets, ones], 1)
    whitened, log_determinant, rank, error = _whitened(noisy, columns, error)
    sizes = [len(others), rows.targets.shape[1], int(intercept)]
    at_others, at_rows, flat = torch.split(whitened.roots, sizes, dim=1)
    constant, of_constant, total = at_rows.new_zeros(1), None, 1.0
    if intercept:
        if rank < n:
            raise InvalidArgumentError(
                f"The kernel of these {n} rows with its noise is singular (rank "
                f"{rank}), so the variance of a constant beside it is not known. Say "
                "how much noise there is, or leave the intercept out."
            )
        total = float(flat.square().sum())
        constant = flat.T @ at_rows / total
        of_constant = (1.0 - at_others.T @ flat)[:, 0] / math.sqrt(total)
        at_rows = at_rows - flat @ constant
    scale = rows.target_scale
    size = torch.linalg.vector_norm(whitened.solved[:, : len(others)], dim=0)
    far = torch.linalg.vector_norm(others, dim=1)
    rounding = error * size.square() + 8 * _EPS * (far * size + prior)
    if of_constant is not None:
        rounding = rounding + 8 * _EPS * of_constant.square()
    outside = whitened.outside[: len(others)]
    # A kernel's cross terms leave its range by less than the root of prior and error.
    lost = outside > 4 * (torch.sqrt(prior * error) + error)
    if bool(lost.any()):
        point = int(torch.nonzero(lost)[0])
        raise NotPositiveDefiniteError(
            f"The cross terms of point {point} leave the range of the kernel by "
            f"{float(outside[point]):.3g}: no kernel has these values. Take both from "
            "one kernel, or say how much noise there is."
        )
    return Posterior(
        mean=((at_others.T @ at_rows + constant) * scale).reshape(
            -1, *rows.target_shape
        ),
        variance=variances(
            prior
            - at_others.square().sum(0)
            + (0.0 if of_constant is None else of_constant.square()),
            rounding,
        ),
        log_marginal_likelihood=_likelihood(
            float(at_rows.square().sum()) * scale * scale,
            log_determinant + math.log(total),
            rows.targets.shape[1],
            n - intercept,
            rank - intercept,
            bool((whitened.outside[len(others) :] > 1e3 * n * _EPS).any()),
        ),
        rank=rank,
        _whitened=at_others,
        _prior=whole,
        _of_constant=of_constant,
    )


@dataclass(frozen=True)
class _Whitened:
    r"""$K^{-1/2} B$, $K^+ B$, and how far the columns of B leave the range of K."""

    roots: Float[Array, "r b"]
    solved: Float[Array, "n b"]
    outside: Float[Array, " b"]


def _whitened(
    matrix: Float[Array, "n n"], columns: Float[Array, "n b"], error: float
) -> tuple[_Whitened, float, int, float]:
    n = len(matrix)
    require_squares(float(matrix.abs().max()), "The kernel's entries")
    factor = cholesky(matrix)
    if factor is not None and estimated_condition(factor) < _WELL_CONDITIONED:
        roots = torch.linalg.solve_triangular(factor, columns, upper=False)
        solved = cholesky_solve(factor, columns)
        whitened = _Whitened(roots, solved, columns.new_zeros(columns.shape[1]))
        norm = float(matrix.abs().sum(1).max())
        log_determinant = 2.0 * float(factor.diagonal().log().sum())
        return whitened, log_determinant, n, error + relative_rounding(n) * norm
    values, vectors, error = kernel_eigenvectors(matrix, error)
    rank = int((values > error).sum())
    kept = values[:rank, None].sqrt()
    inside = vectors[:, :rank].T @ columns
    outside = torch.linalg.vector_norm(vectors[:, rank:].T @ columns, dim=0)
    roots = inside / kept
    whitened = _Whitened(roots, vectors[:, :rank] @ (roots / kept), outside)
    return whitened, float(values[:rank].log().sum()), rank, error


def _likelihood(
    square: float,
    log_determinant: float,
    outputs: int,
    n: int,
    rank: int,
    is_unreachable: bool,
) -> float:
    if rank < n:
        return -math.inf if is_unreachable else math.inf
    if math.isinf(square):
        raise InvalidArgumentError(
            "The likelihood leaves float64's range: the targets are too large beside "
            "the kernel and its noise. Scale one of them."
        )
    return -0.5 * (square + outputs * (log_determinant + n * math.log(2 * math.pi)))


def _noise(given: PointsLike, n: int, device: torch.device) -> Float[Array, " n"]:
    found: Array = real_tensor(given, "The noise").to(device, torch.float64).reshape(-1)
    if len(found) not in (1, n):
        raise DataError(
            f"The noise has {len(found)} entries; pass one variance, or one for each "
            f"of the {n} rows."
        )
    require_finite(found, "the noise")
    non_negative(float(found.min()), "A variance of the noise")
    return found.expand(n)
