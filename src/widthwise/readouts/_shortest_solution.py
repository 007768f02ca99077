"""The shortest solution of a least-squares system, by the cheapest way that will do."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch

from widthwise.arrays import Array, Float
from widthwise.numerics import require
from widthwise.numerics.cholesky_qr import cholesky_qr
from widthwise.numerics.gram_factor import times, transposed_times
from widthwise.numerics.linear_algebra import cholesky_solve, power_of_two_scale, svd
from widthwise.numerics.power_iterations import estimated_condition
from widthwise.numerics.rounding import relative_rounding
from widthwise.numerics.single_gram import SingleGram, single_gram
from widthwise.numerics.tall_qr import TallFactorization
from widthwise.readouts.factors import Gram, Reading, System, smaller_gram

__all__ = ["Solved", "shortest_solution"]

_WELL_CONDITIONED = 1e11  # κ(G) up to which refinement gains digits at every step.
_CLEAR = 1e-3  # The most that an error may be of the least singular value.
_REFINEMENTS = 6


@dataclass(frozen=True)
class Solved:
    """A solution, shape (m, c), and how it was found.

    Attributes
    ----------
    rank
        Of the matrix.
    condition
        An estimate of its largest singular value over the least that counts.
    missed
        What it leaves of the right-hand side, if it is known.
    """

    solution: Array
    rank: int
    method: str
    condition: float
    missed: Array | None = None


def shortest_solution(
    system: System, right: Float[Array, "r c"], reading: Reading | None
) -> Solved:
    """Return the solution; of a system as it was read its Gram matrix may be there."""
    single = reading.single if reading else single_gram(system.matrix)
    found = _by_single_factor(system, right, single) if single else None
    if found is None:
        found = _by_cholesky(system, right, reading.gram if reading else None)
    return found or _by_singular_values(system, right)


def _by_single_factor(system: System, right: Array, made: SingleGram) -> Solved | None:
    """Solve through a factor in float32, or return None if that is not refined."""
    phi, largest = system.matrix, math.sqrt(made.largest_square)
    if _is_blurred(system, largest, made.condition):
        return None
    solution, rest, is_refined = _refined(
        phi, right, lambda rest: transposed_times(phi, made.solve(rest)), largest
    )
    if not is_refined:
        return None
    method = "Cholesky of the Gram matrix in float32, refined in float64"
    return Solved(solution, len(phi), method, math.sqrt(made.condition), rest)


def _is_blurred(system: System, largest: float, condition: float) -> bool:
    """Say whether the features' error is near the least singular value."""
    spread = system.cutoff(largest) / largest
    return spread**2 * condition > _CLEAR**2


def _by_cholesky(system: System, right: Array, made: Gram | None) -> Solved | None:
    """Solve through the Gram matrix, or return None if that would lose digits."""
    phi = system.matrix
    n, m = phi.shape
    factor, squares = made or smaller_gram(phi)
    if factor is None:
        return None
    condition = estimated_condition(factor)
    largest = math.sqrt(float(squares.max()))
    if not condition < _WELL_CONDITIONED or _is_blurred(system, largest, condition):
        return None
    if n <= m:
        method = "Cholesky of the Gram matrix, refined"
        solution, rest, _ = _refined(
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
        solution, rest, _ = _refined(phi, right, tall.solve, largest)
    return Solved(solution, min(n, m), method, math.sqrt(condition), rest)


def _refined(
    phi: Array, right: Array, solve: Callable[[Array], Array], largest: float
) -> tuple[Array, Array, bool]:
    """Solve, and solve for what is left while that shrinks it; return that, too.

    What products with a row of size `largest` round off is not shrunk; whether no more
    than that is left is the third that is returned.
    """
    solution = phi.new_zeros((phi.shape[1], right.shape[1]))
    rest, before, is_refined = right, math.inf, False
    for _ in range(_REFINEMENTS):
        trial = solution + solve(rest)
        rest_after = right - times(phi, trial)
        after = float(torch.linalg.norm(rest_after))
        if not after < before:
            break
        floor = relative_rounding(len(phi)) * largest * float(torch.linalg.norm(trial))
        is_refined = after <= floor
        is_last = after > 0.25 * before or is_refined
        solution, rest, before = trial, rest_after, after
        if is_last:
            break
    return solution, rest, is_refined


def _by_singular_values(system: System, right: Array) -> Solved:
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
    return Solved(solution, rank, "Q R and singular values", condition)
