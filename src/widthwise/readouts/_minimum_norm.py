"""The minimum-norm least-squares solution, with a verdict on the rank."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch

from widthwise.arrays import Array, DeviceLike, Float, PointsLike
from widthwise.equality import equal_by_value
from widthwise.errors import InvalidArgumentError
from widthwise.numerics import require
from widthwise.numerics.cholesky_qr import cholesky_qr
from widthwise.numerics.gram_factor import times, transposed_times
from widthwise.numerics.linear_algebra import (
    cholesky_solve,
    power_of_two_scale,
    svd,
)
from widthwise.numerics.power_iterations import estimated_condition
from widthwise.numerics.rounding import relative_rounding
from widthwise.numerics.tall_qr import TallFactorization
from widthwise.prose import say
from widthwise.readouts.factors import (
    Gram,
    Reading,
    System,
    features_scale,
    smaller_gram,
    system_of,
)
from widthwise.wording import rows

__all__ = ["MinimumNorm", "minimum_norm"]

_EPS = torch.finfo(torch.float64).eps
_WELL_CONDITIONED = 1e11  # κ(G) up to which refinement gains digits at every step.
_CLEAR = 1e-3  # The most that an error may be of the least singular value.
_REFINEMENTS = 6
_NAMED = 5  # Rows in a sentence.


@dataclass(frozen=True, eq=False)
class MinimumNorm:
    r"""The shortest of all v that minimize $\sum_i \omega_i (\phi_i v + b - y_i)^2$.

    Attributes
    ----------
    solution
        Shape (m,), or (m, c) for c outputs.
    residual
        $\|\Phi v + b - y\| / \|y\|$ (Frobenius norms, rows weighted); 0 for y = 0.
        Where the features say how far their entries are rounded, it is the most that
        leaves open, so never less than what no width removes.
    rank
        The numerical rank of $\Phi$, centred where there is an intercept, in the
        precision that the features came in.
    method
        How the solution was found.
    condition_number
        An estimate of $s_1 / s_{rank}$, the amplification of errors in y.
    intercept
        b, of shape () or (c,); zero where none was asked for.
    unreachable
        $y - \Phi v - b$, shaped like y: the part of the targets that no weights of this
        layer reach. Exactly 0 where the rows are independent, and in rows of weight 0.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    >>> y = torch.tensor([1.0, 2.0, 1.0])
    >>> fit = ww.readouts.minimum_norm(phi, y)
    >>> fit.rank, fit.solution.shape
    (2, torch.Size([2]))
    """

    __eq__ = equal_by_value

    solution: Float[Array, "*m"]
    residual: float
    rank: int
    method: str
    condition_number: float
    intercept: Float[Array, "*c"]
    unreachable: Float[Array, "*n"]

    @property
    def norm(self) -> float:
        """The norm of the solution (Frobenius norm for several outputs)."""
        return float(torch.linalg.norm(self.solution))

    @property
    def reason(self) -> str:
        """Whether the features reach the targets, and the rows that they miss most."""
        sizes = torch.linalg.vector_norm(
            self.unreachable.reshape(len(self.unreachable), -1), dim=1
        )
        if not bool(sizes.any()):
            return f"The features reach these targets: their rank is {self.rank}."
        most = sizes.argsort(descending=True, stable=True)[:_NAMED]
        named = sorted(int(row) for row in most if float(sizes[row]) > 0.0)
        return say(
            "The features have rank {:,}, and no weights reach {} of the targets' "
            "norm; the most of it is in {}.",
            self.rank,
            self.residual,
            rows(named),
        )


def minimum_norm(
    phi: PointsLike,
    y: PointsLike,
    *,
    intercept: bool = False,
    weights: PointsLike | None = None,
    device: DeviceLike | None = None,
) -> MinimumNorm:
    r"""Solve $\min \|v\|$ over the minimizers of $\|\Phi v + b - y\|$.

    Where $G = A A^\top$ is well conditioned, $v = A^\top G^{-1} r$ by Cholesky's
    method with refinement; A and r are $\Phi$ and y, weighted and centred. Elsewhere
    $A^\top = Q R$, $R^\top = U S V^\top$ and

    .. math:: v = Q V S_r^{-1} U_r^\top r,

    with the singular values that exceed the rounding error $p\,\epsilon\,s_1$, and
    that of the features where they are labelled with it (`RandomFeatures.matrix`).
    ε is that of the type that the features came in: float32's for float32.

    Parameters
    ----------
    phi
        $\Phi$, shape (n, m), any n and m.
    y
        Targets, shape (n,) or (n, c).
    intercept
        Whether a constant b is free beside v; it does not count in the norm.
    weights
        ω, shape (n,), at least 0: how much each row counts. A row of weight 0 is as if
        it were absent, and one of weight 2 as if it were there twice.
    device
        Where to compute, such as "cuda"; by default where the features are.

    Returns
    -------
    The solution with its relative residual, the numerical rank, and what no solution
    reaches.

    Raises
    ------
    DataError
        If shapes do not fit, an entry is not finite (the row is named), a weight is
        negative or all are 0.
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
    Well conditioned, k = min(n, m): k² max(n, m) + k³/3 operations and 8 k² bytes; for
    n > m three times that and a copy of $\Phi$. Otherwise 2 k² max(n, m) + 20 k³
    operations and a copy.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    >>> y = torch.tensor([1.0, 2.0, 1.0])
    >>> fit = ww.readouts.minimum_norm(phi, y)
    >>> fit.rank, round(fit.residual, 4)
    (2, 0.2722)
    """
    is_as_given = not intercept and weights is None
    reading = Reading()
    system = system_of(
        phi,
        y,
        intercept=intercept,
        weights=weights,
        device=device,
        scale_of=reading.scale if is_as_given else features_scale,
    )
    right = system.rows.right
    found = None
    if len(system.matrix):
        found = _by_cholesky(system, right, reading.gram)
    if found is None and len(system.matrix):
        found = _by_singular_values(system, right)
    if found is None:  # A single row, which its intercept fits.
        none = right.new_zeros(system.matrix.shape[1], right.shape[1])
        found = none, 0, "the intercept alone", math.inf, None
    return _found(system, right, *found)


def _found(
    system: System,
    right: Float[Array, "r c"],
    solution: Float[Array, "m c"],
    rank: int,
    method: str,
    condition: float,
    missed: Float[Array, "r c"] | None = None,
) -> MinimumNorm:
    about = system.rows
    rest = right - system.matrix @ solution if missed is None else missed
    total = float(torch.linalg.norm(about.targets * about.roots[:, None]))
    size = float(torch.linalg.norm(rest))
    size += system.noise * float(torch.linalg.norm(solution))
    most = float(solution.abs().max())
    scaled = solution / system.scale * about.target_scale
    if most > 0.0 and not 1e-292 < float(scaled.abs().max()) < math.inf:
        raise InvalidArgumentError(
            f"The solution leaves float64's range: the features have scale "
            f"{power_of_two_scale(system.matrix) * system.scale:.3g} and the targets "
            f"{about.target_scale:.3g}. Scale one of them."
        )
    lost = torch.zeros_like(about.targets)
    if rank < len(right):
        lost = about.expanded(rest) / about.roots[:, None]
        lost[lost.abs() <= 16 * len(about.given) * _EPS * about.targets.abs().max()] = (
            0.0
        )
    shape = about.target_shape
    return MinimumNorm(
        solution=scaled.reshape(-1, *shape),
        residual=size / total if total > 0.0 else 0.0,
        rank=rank,
        method=method,
        condition_number=condition,
        intercept=(system.intercept(solution) * about.target_scale).reshape(shape),
        unreachable=(about.all_rows(lost) * about.target_scale).reshape(-1, *shape),
    )


_Found = tuple[Array, int, str, float, Array | None]


def _by_cholesky(system: System, right: Array, made: Gram | None) -> _Found | None:
    """Solve through the Gram matrix, or return None if that would lose digits."""
    phi = system.matrix
    n, m = phi.shape
    factor, squares = made or smaller_gram(phi)
    if factor is None:
        return None
    condition = estimated_condition(factor)
    # The least singular value must be far above the error of the features, too.
    largest = math.sqrt(float(squares.max()))
    spread = system.cutoff(largest) / largest
    if not condition < _WELL_CONDITIONED or spread**2 * condition > _CLEAR**2:
        return None
    if n <= m:
        method = "Cholesky of the Gram matrix, refined"
        solution, rest = _refined(
            phi,
            right,
            lambda rest: transposed_times(phi, cholesky_solve(factor, rest)),
            largest,
        )
    else:  # A refinement through the Gram matrix keeps κ(G) times the residual.
        tall = cholesky_qr(phi, factor)
        if tall is None:
            return None
        method = "Q R, refined"
        solution, rest = _refined(phi, right, tall.solve, largest)
    return solution, min(n, m), method, math.sqrt(condition), rest


def _refined(
    phi: Array, right: Array, solve: Callable[[Array], Array], largest: float
) -> tuple[Array, Array]:
    """Solve, and solve for what is left while that shrinks it; return that, too.

    What products with a row of size `largest` round off is not shrunk.
    """
    solution = phi.new_zeros((phi.shape[1], right.shape[1]))
    rest, before = right, math.inf
    for _ in range(_REFINEMENTS):
        trial = solution + solve(rest)
        rest_after = right - times(phi, trial)
        after = float(torch.linalg.norm(rest_after))
        if not after < before:
            break
        floor = relative_rounding(len(phi)) * largest * float(torch.linalg.norm(trial))
        is_last = after > 0.25 * before or after <= floor
        solution, rest, before = trial, rest_after, after
        if is_last:
            break
    return solution, rest


def _by_singular_values(system: System, right: Array) -> _Found:
    """Solve through Q R and the singular values of R; works for any rank."""
    phi = system.matrix
    n, m = phi.shape
    require(
        8 * n * m + 40 * min(n, m) ** 2,
        f"The factorization of a {n} x {m} matrix",
        "Take a sample of the rows, or a smaller width.",
    )
    is_wide = n <= m
    tall = TallFactorization(phi if is_wide else phi.T.contiguous())
    scale = power_of_two_scale(tall.triangle)
    left, values, back = svd(tall.triangle / scale)
    cutoff = system.cutoff(float(values[0]) * scale) / scale
    rank = int((values > cutoff).sum())
    left, values, back = left[:, :rank], values[:rank], back[:rank]

    def solve(rest: Array) -> Array:
        if is_wide:  # A = Rᵀ Qᵀ = (V S Uᵀ) Qᵀ with R = U S Vᵀ.
            return tall.expand(left @ ((back @ rest) / values[:, None])) / scale
        return back.T @ ((left.T @ tall.project(rest)) / values[:, None]) / scale

    solution = solve(right)
    rest = right - phi @ solution
    trial = solution + solve(rest)
    if float(torch.linalg.norm(right - phi @ trial)) < float(torch.linalg.norm(rest)):
        solution = trial
    condition = float(values[0] / values[-1]) if rank else math.inf
    return (
        solution,
        rank,
        "Q R and singular values",
        condition,
        None,
    )
