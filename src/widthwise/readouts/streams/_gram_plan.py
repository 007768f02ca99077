"""How long a path of penalties through a Gram matrix takes, pass by pass."""

from dataclasses import dataclass

from widthwise.numerics.rate import (
    Seconds,
    TimedParts,
    cholesky_seconds,
    effort_for,
    gram_seconds,
    inverse_seconds,
    reads_seconds,
    sample_of,
    solve_seconds,
    timed,
)
from widthwise.readouts.streams._gram_sums import Pass

__all__ = ["GramPlan", "gram_plan"]

_EVEN = Seconds(1.0, 1.0)


@dataclass(frozen=True)
class GramPlan(TimedParts):
    """The time of each part.

    Attributes
    ----------
    sums
        Of the Gram matrix.
    penalties
        Of a factorization and an inverse for each.
    refinement
        Of a pass over the rows, with the best penalty's factor.
    left_out
        Of another, with the errors of rows left out.
    """

    sums: Seconds = _EVEN
    penalties: Seconds = _EVEN
    refinement: Seconds = _EVEN
    left_out: Seconds = _EVEN


def gram_plan(work: Pass, penalties: int) -> GramPlan:
    """Time a piece of each part, on the rows and in the routines that will be used."""
    n, m = work.source.shape
    size = min(work.block, sample_of(n, m))
    effort = effort_for(2.0 * n * m * m + m**3 * penalties)
    solution = work.targets.new_zeros(m, work.targets.shape[1])
    block = work.source.rows(0, size).to(work.targets.device)
    read = reads_seconds(lambda k: work.source.rows(0, k), size, work.block, n)
    centred = timed(lambda: block - work.mean)
    targets = work.targets[: len(block)]
    summed = timed(lambda: block.T @ targets + block.sum(0)[:, None])
    missed = timed(lambda: block.T @ (targets - block @ solution))
    gram = gram_seconds(n, m, effort)
    product = gram * (1.0 / (n * m * m))
    factor = cholesky_seconds(m, effort, product)
    inverse = inverse_seconds(m, effort, product)
    solved = solve_seconds(n, m, effort)
    blocks = n / len(block)
    return GramPlan(
        sums=read + (centred + summed) * blocks + gram,
        penalties=(factor + inverse) * penalties,
        refinement=read + (centred + missed) * blocks + factor,
        left_out=read + (centred + missed) * blocks + solved,
    )
