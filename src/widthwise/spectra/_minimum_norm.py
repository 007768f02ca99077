"""The minimum-norm least-squares solution, with a verdict on the rank."""

import math
from dataclasses import dataclass

import numpy as np
import torch

from widthwise.arrays import Array, Float, provenance
from widthwise.equality import equal_by_value
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.features.two_layer import PointsLike, as_matrix
from widthwise.numerics import require
from widthwise.numerics.linear_algebra import (
    add_outer_products,
    cholesky,
    cholesky_solve,
    complete_symmetric,
    power_of_two_scale,
    svd,
)
from widthwise.numerics.rounding import relative_rounding
from widthwise.numerics.tall_qr import TallFactorization

__all__ = ["MinimumNorm", "minimum_norm"]

_WELL_CONDITIONED = 1e11  # κ(G) up to which refinement gains digits at every step.
_CLEAR = 1e-3  # The most that an error may be of the least singular value.
_REFINEMENTS = 6
_ITERATIONS = 12  # Inverse iterations: λ_min within n^(1/24) of its value.


@dataclass(frozen=True, eq=False)
class MinimumNorm:
    r"""The shortest of all v that minimize $\|\Phi v - y\|$.

    Attributes
    ----------
    solution
        Shape (m,), or (m, c) for c outputs.
    residual
        $\|\Phi v - y\| / \|y\|$ (Frobenius norms); 0 for y = 0. Where the features say
        how far their entries are rounded, it is the most that leaves open, so never
        less than what no width removes.
    rank
        The numerical rank of $\Phi$.
    method
        How the solution was found.
    condition_number
        An estimate of $s_1 / s_{rank}$, the amplification of errors in y.
    """

    __eq__ = equal_by_value

    solution: Float[Array, "*m"]
    residual: float
    rank: int
    method: str
    condition_number: float

    @property
    def norm(self) -> float:
        """The norm of the solution (Frobenius norm for several outputs)."""
        return float(torch.linalg.norm(self.solution))


def minimum_norm(phi: PointsLike, y: PointsLike) -> MinimumNorm:
    r"""Solve $\min \|v\|$ over the minimizers of $\|\Phi v - y\|$.

    Where $G = \Phi \Phi^\top$ is well conditioned, $v = \Phi^\top G^{-1} y$ by
    Cholesky's method with refinement. Elsewhere
    $\Phi^\top = Q R$, $R^\top = U S V^\top$ and

    .. math:: v = Q V S_r^{-1} U_r^\top y,

    with the r singular values that exceed the rounding error $p\,\epsilon\,s_1$, and
    that of the features where they are labelled with it (`RandomFeatures.matrix`).

    Parameters
    ----------
    phi
        $\Phi$, shape (n, m), any n and m.
    y
        Targets, shape (n,) or (n, c).

    Returns
    -------
    The solution with its relative residual and the numerical rank.

    Raises
    ------
    DataError
        If shapes do not fit or an entry is not finite (the row is named).
    InvalidArgumentError
        If the solution leaves float64's range.
    MemoryBudgetError
        If a copy of $\Phi$ does not fit in memory.

    Source
    ------
    Golub, Van Loan, Matrix Computations, section 5.5; Björck, Numerical Methods for
    Least Squares Problems, section 2.9 (refinement).

    Cost
    ----
    Well conditioned and n <= m: n² m + n³/3 operations and 8 n² bytes. Otherwise
    2 k² max(n, m) + 20 k³ operations, k = min(n, m), and a copy of $\Phi$.
    """
    matrix = as_matrix(phi, "features")
    targets = _targets(y, matrix)
    columns = targets.reshape(matrix.shape[0], -1)
    scale, target_scale = power_of_two_scale(matrix), power_of_two_scale(columns)
    # Products of entries must neither overflow nor underflow; otherwise no copy.
    scaled = matrix if 1e-100 < scale < 1e100 else matrix / scale
    applied = 1.0 if scaled is matrix else scale
    right = columns / target_scale
    found = None
    noise = _noise(phi, matrix) / applied
    if matrix.shape[0] <= matrix.shape[1]:
        found = _by_cholesky(scaled, right, noise)
    if found is None:
        found = _by_singular_values(scaled, right, noise)
    solution, rank, method, condition = found
    rest = float(torch.linalg.norm(right - scaled @ solution))
    rest += noise * float(torch.linalg.norm(solution))
    total = float(torch.linalg.norm(right))
    size = float(solution.abs().max())
    solution = solution / applied * target_scale
    if size > 0.0 and not 1e-292 < float(solution.abs().max()) < math.inf:
        raise InvalidArgumentError(
            f"The solution leaves float64's range: the features have scale {scale:.3g} "
            f"and the targets {target_scale:.3g}. Scale one of them."
        )
    return MinimumNorm(
        solution=solution.reshape(matrix.shape[1], *targets.shape[1:]),
        residual=rest / total if total > 0.0 else 0.0,
        rank=rank,
        method=method,
        condition_number=condition,
    )


_Found = tuple[Array, int, str, float]


def _noise(phi: PointsLike, matrix: Array) -> float:
    """Return a bound on the spectral norm of the error of the features."""
    origin = provenance(phi) if isinstance(phi, torch.Tensor) else None
    if origin is None or origin.kernel != "feature_matrix":
        return 0.0
    return origin.entry_error * math.sqrt(matrix.shape[0] * matrix.shape[1])


def _by_cholesky(phi: Array, right: Array, noise: float) -> _Found | None:
    """Solve through the Gram matrix, or return None if that would lose digits."""
    n = phi.shape[0]
    require(
        24 * n * n,
        f"The Gram matrix of {n} rows",
        "Take a sample of the rows.",
    )
    gram = torch.zeros((n, n), dtype=torch.float64, device=phi.device)
    add_outer_products(gram, phi)
    complete_symmetric(gram)
    factor = cholesky(gram)
    if factor is None:
        return None
    condition = _condition(gram, factor)
    # The least singular value must be far above the error of the features, too.
    spread = noise / math.sqrt(float(gram.diagonal().max()))
    if not condition < _WELL_CONDITIONED or spread**2 * condition > _CLEAR**2:
        return None
    solution = torch.zeros((phi.shape[1], right.shape[1]), dtype=torch.float64)
    solution = solution.to(phi.device)
    rest, before = right, math.inf
    for _ in range(_REFINEMENTS):
        step = phi.T @ cholesky_solve(factor, rest)
        trial = solution + step
        rest_after = right - phi @ trial
        after = float(torch.linalg.norm(rest_after))
        if not after < before:
            break
        stalled = after > 0.25 * before
        solution, rest, before = trial, rest_after, after
        if stalled:
            break
    return solution, n, "Cholesky of the Gram matrix, refined", math.sqrt(condition)


def _condition(gram: Array, factor: Array) -> float:
    """Estimate κ(G) by power iterations with G and its inverse."""
    generator = torch.Generator().manual_seed(0)
    start = torch.randn(gram.shape[0], 2, generator=generator, dtype=torch.float64)
    direct = inverse = start.to(gram.device)
    largest = least = torch.ones(2)
    for _ in range(_ITERATIONS):
        direct = gram @ direct
        inverse = cholesky_solve(factor, inverse)
        largest, least = direct.norm(dim=0), inverse.norm(dim=0)
        direct, inverse = direct / largest, inverse / least
    found = float(largest.max()) * float(least.max())
    return found if math.isfinite(found) else math.inf


def _by_singular_values(phi: Array, right: Array, noise: float) -> _Found:
    """Solve through Q R and the singular values of R; works for any rank."""
    n, m = phi.shape
    require(
        8 * n * m + 40 * min(n, m) ** 2,
        f"The factorization of a {n} x {m} matrix",
        "Take a sample of the rows, or a smaller width.",
    )
    is_wide = n <= m
    matrix, target = phi.cpu(), right.cpu()
    tall = TallFactorization(matrix if is_wide else matrix.T.contiguous())
    scale = power_of_two_scale(tall.triangle)
    left, values, back = svd(tall.triangle / scale)
    cutoff = relative_rounding(n) * float(values[0]) + noise / scale
    rank = int((values > cutoff).sum())
    left, values, back = left[:, :rank], values[:rank], back[:rank]

    def solve(rest: Array) -> Array:
        if is_wide:  # Φ = Rᵀ Qᵀ = (V S Uᵀ) Qᵀ with R = U S Vᵀ.
            return tall.expand(left @ ((back @ rest) / values[:, None])) / scale
        return back.T @ ((left.T @ tall.project(rest)) / values[:, None]) / scale

    solution = solve(target)
    rest = target - matrix @ solution
    trial = solution + solve(rest)
    if float(torch.linalg.norm(target - matrix @ trial)) < float(
        torch.linalg.norm(rest)
    ):
        solution = trial
    condition = float(values[0] / values[-1]) if rank else math.inf
    return (
        solution.to(phi.device),
        rank,
        "Q R and singular values",
        condition,
    )


def _targets(y: PointsLike, matrix: Array) -> Array:
    given = y if isinstance(y, torch.Tensor) else np.asarray(y)
    n = matrix.shape[0]
    if given.ndim not in (1, 2) or given.shape[0] != n:
        raise DataError(
            f"The targets have shape {tuple(given.shape)} and the features {n} rows; "
            f"they must have shape ({n},) or ({n}, outputs)."
        )
    found = as_matrix(given.reshape(n, -1), "targets").to(matrix.device)
    return found.reshape(tuple(given.shape))
