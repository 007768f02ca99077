"""How long a path of penalties through a Gram matrix takes, pass by pass."""

from collections.abc import Sequence
from dataclasses import dataclass

from widthwise.arrays import Array
from widthwise.numerics.rate import (
    Seconds,
    TimedParts,
    effort_for,
    grown,
    reads_seconds,
    rest,
    sample_of,
    timed,
)
from widthwise.numerics.routine_rate import at_most, gram_seconds, solve_seconds
from widthwise.numerics.shifted_cholesky import ShiftedCholesky
from widthwise.progress import silent
from widthwise.readouts.streams._gram_sums import LeftOut, Pass
from widthwise.readouts.streams._kept import Digest
from widthwise.readouts.streams._source import Source

__all__ = ["GramPlan", "gram_operations", "gram_plan"]


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

    sums: Seconds
    penalties: Seconds
    refinement: Seconds
    left_out: Seconds


def gram_operations(work: Pass, penalties: int, done: int) -> list[float]:
    """Return those of each part, where so many rows are summed."""
    n, m = work.source.shape
    cubic, outputs = 2.0 * m**3 / 3, work.targets.shape[1]
    pass_over = 4.0 * n * m * outputs  # Residuals, and their products with the rows.
    return [
        (n - done) * m * m + 2.0 * n * m * outputs,
        cubic * penalties,
        cubic / 2 + pass_over,
        n * m * m + pass_over,
    ]


def gram_plan(
    work: Pass,
    penalties: int,
    operations: Sequence[float | int],
    done: int = 0,
    *,
    is_kept: bool = False,
) -> GramPlan:
    """Time a piece of each part, on the rows and in the routines that will be used.

    Of short work nothing is timed.

    Parameters
    ----------
    penalties
        How many.
    operations
        Of each part.
    done
        Rows that an earlier call has summed: they are read again, and no more.
    is_kept
        Whether sums are saved, for which rows are digested.
    """
    n, m = work.source.shape
    size = min(work.block, sample_of(n, m))
    effort = effort_for(2.0 * n * m * m + m**3 * penalties)
    blocks, left = n / size, n - done
    few = min(256, size)
    work.source.rows(0, few)  # It may compile.
    look = timed(lambda: work.source.rows(0, few), 1) * (3 * n / few)
    if short := at_most(operations, 3 * n * m, look):
        return GramPlan(*short)
    parts = list[Array]()
    read = reads_seconds(
        lambda k: parts.append(work.source.rows(0, k)), size, work.block, n
    )
    block = parts[0].to(work.targets.device)
    side = min(m, effort)

    def piece(rows: int) -> Pass:
        held = Source((rows, side), 0.0, "a piece", lambda at, units: block[at, units])
        return Pass(held, work.targets[:rows], rows, work.has_intercept)

    whole = piece(size)
    # The piece is read, too.
    read = read - timed(lambda: whole.source.rows(0, size)) * blocks
    digest = timed(lambda: Digest(is_on=is_kept).add(block)) * blocks
    gram, right = whole.sums(None, silent)
    shift = float(gram.diagonal().sum()) + 1.0
    factor = ShiftedCholesky(gram, shift)

    def penalty() -> None:
        factor = ShiftedCholesky(gram, shift)
        factor.solve(right)
        factor.inverse_trace()

    # The matrix is made and made symmetric once, whatever its rows are.
    summed = reads_seconds(lambda k: piece(k).sums(None, silent), size, n, n)
    summed = summed * (left / n)
    rest()
    missed = timed(lambda: whole.again(right, silent)) * blocks
    left_out = timed(lambda: whole.again(right, silent, factor, LeftOut(0.0))) * blocks
    each = timed(penalty)
    factored = each * 0.5  # As many operations as the inverse of its triangle.
    if side < m:  # What products do not explain grows with a power of the order less.
        product = gram_seconds(n, m, effort) * (1.0 / (n * m * m))
        cubic, grows = product * (side**3 / 3), m / side
        summed = grown(summed, product * (left * side * side), grows, 2)
        left_out = grown(left_out, solve_seconds(n, side, effort), grows, 2)
        missed = missed * grows
        each = grown(each, cubic * 2.0, grows, 3)
        factored = grown(factored, cubic, grows, 3)
    return GramPlan(
        sums=read + digest + summed,
        penalties=each * penalties,
        refinement=read + missed + factored,
        left_out=read + left_out,
    )
