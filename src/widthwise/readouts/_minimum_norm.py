"""The minimum-norm least-squares solution, with a verdict on the rank."""

import math
from dataclasses import dataclass

import torch

from widthwise.arrays import Array, DeviceLike, Float, PointsLike
from widthwise.equality import equal_by_value
from widthwise.errors import InvalidArgumentError
from widthwise.numerics.linear_algebra import (
    power_of_two_scale,
)
from widthwise.prose import say
from widthwise.readouts._shortest_solution import Solved, shortest_solution
from widthwise.readouts.factors import (
    Reading,
    System,
    features_scale,
    system_of,
)
from widthwise.wording import rows

__all__ = ["MinimumNorm", "minimum_norm"]

_EPS = torch.finfo(torch.float64).eps
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
    method with refinement; A and r are $\Phi$ and y, weighted and centred. Of large
    systems G is factorized in float32 where its least eigenvalue is 128 times what that
    rounds, and kept if refinement ends where float64's does. Elsewhere
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
        found = shortest_solution(system, right, reading if is_as_given else None)
    if found is None:  # A single row, which its intercept fits.
        none = right.new_zeros(system.matrix.shape[1], right.shape[1])
        found = Solved(none, 0, "the intercept alone", math.inf)
    return _found(system, right, found)


def _found(
    system: System,
    right: Float[Array, "r c"],
    found: Solved,
) -> MinimumNorm:
    about, solution = system.rows, found.solution
    rest = found.missed
    if rest is None:
        rest = right - system.matrix @ solution
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
    if found.rank < len(right):
        lost = about.expanded(rest) / about.roots[:, None]
        lost[lost.abs() <= 16 * len(about.given) * _EPS * about.targets.abs().max()] = (
            0.0
        )
    shape = about.target_shape
    return MinimumNorm(
        solution=scaled.reshape(-1, *shape),
        residual=size / total if total > 0.0 else 0.0,
        rank=found.rank,
        method=found.method,
        condition_number=found.condition,
        intercept=(system.intercept(solution) * about.target_scale).reshape(shape),
        unreachable=(about.all_rows(lost) * about.target_scale).reshape(-1, *shape),
    )
