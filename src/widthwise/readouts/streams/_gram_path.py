"""Ridge regression of many units through their Gram matrix, read in blocks of rows."""

from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

import torch

from widthwise.arguments import path, positive, whole_number
from widthwise.arrays import Array, DeviceLike, Float, PointsLike, device_of
from widthwise.equality import equal_by_value
from widthwise.errors import InvalidArgumentError, MemoryBudgetError
from widthwise.numerics import available_bytes
from widthwise.numerics.pace import Pace
from widthwise.numerics.rounding import relative_rounding
from widthwise.numerics.shifted_cholesky import ShiftedCholesky
from widthwise.numerics.squares import require_squares
from widthwise.progress import Progress, silent
from widthwise.prose import as_prose, say
from widthwise.readouts._penalties import checked
from widthwise.readouts.factors import require_two, rows_of
from widthwise.readouts.streams._gram_plan import gram_operations, gram_plan
from widthwise.readouts.streams._gram_sums import LeftOut, Pass
from widthwise.readouts.streams._source import Source, source_of
from widthwise.wording import counted, number

__all__ = ["GramPath", "gram_path"]

_TINY = torch.finfo(torch.float64).tiny
_DECIDED = 0.01
"""Part of the weights' norm: a larger error bound says nothing of them."""
_ROWS = 2048


@dataclass(frozen=True, eq=False)
class GramPath:
    r"""Ridge regression at some penalties, from the Gram matrix of the units.

    Attributes
    ----------
    penalties
        Shape (l,), each above 0, as given.
    generalized_cross_validation
        Shape (l,). $\frac1n \|f - y\|^2 / (1 - \mathrm{df}/n)^2$, the mean over the
        outputs.
    best
        The penalty with the least of it.
    leave_one_out
        The mean squared error on rows left out one at a time, exactly, at the best
        penalty.
    solution
        Shape (m,) or (m, c), at the best penalty.
    intercept
        Shape () or (c,).
    residual
        $\|\Phi v + b - y\| / \|y\|$ there.
    error_bound
        A bound on $\|v - v^*\| / \|v\|$: the gradient at v, found from the rows again
        and not from their Gram matrix, over the penalty.
    leave_one_out_error
        A bound on the relative error of `leave_one_out`, from that of the weights and
        the rounding of the Gram matrix; infinite where that may be all that is left of
        a row, as of one a thousand times as long as the others.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    >>> y = torch.tensor([1.0, 2.0, 1.0])
    >>> path = ww.readouts.gram_path(phi, y, [0.1, 1.0])
    >>> path.best, path.solution.shape
    (0.1, torch.Size([2]))
    """

    __eq__ = equal_by_value

    penalties: Float[Array, " l"]
    generalized_cross_validation: Float[Array, " l"]
    best: float
    leave_one_out: float
    solution: Float[Array, "*m"]
    intercept: Float[Array, "*c"]
    residual: float
    error_bound: float
    leave_one_out_error: float

    def predict(self, others: PointsLike | Source) -> Float[Array, "*k"]:
        """Return the outputs for other features, shape (k, m), or a source of them."""
        source = source_of(others)
        n, m = source.shape
        if m != len(self.solution):
            raise InvalidArgumentError(
                f"The features have {m} columns; this readout was fitted to "
                f"{len(self.solution)}."
            )
        parts = [
            source.rows(top, min(top + _ROWS, n)).to(self.solution.device)
            @ self.solution
            for top in range(0, n, _ROWS)
        ]
        found: Array = torch.cat(parts) + self.intercept
        return found

    @property
    def reason(self) -> str:
        """What the best penalty misses, on rows seen and on rows left out."""
        weights = say("the weights are right to {} of themselves", self.error_bound)
        if self.error_bound > _DECIDED:
            weights = as_prose(
                "float64 does not decide the weights: take larger penalties"
            )
        rows = say("rows left out by a mean square of {}", self.leave_one_out)
        if self.leave_one_out_error > _DECIDED:
            rows = as_prose(
                "float64 does not decide by how much rows left out: ask ridge_stream"
            )
        return say(
            "At the penalty {} these features miss {} of the targets' norm, and {}; "
            "{}.",
            self.best,
            self.residual,
            rows,
            weights,
        )


def gram_path(
    phi: PointsLike | str | Path | Source,
    y: PointsLike,
    penalties: PointsLike,
    *,
    intercept: bool = True,
    folder: str | Path | None = None,
    budget: int | None = None,
    progress: Progress | None = None,
    device: DeviceLike = "cpu",
) -> GramPath:
    r"""Fit ridge regression of features whose Gram matrix alone is held.

    For more units than `ridge_stream` has time for: no singular vectors, one Cholesky
    factorization a penalty. One pass over the rows adds up $G = \Phi^\top \Phi$,
    another finds the errors of rows left out at the best penalty,

    .. math:: \frac{y_i - f_i}{1 - 1/n - \phi_i^\top (G + \lambda)^{-1} \phi_i},

    and the gradient, which takes one step of refinement and bounds the error. So the
    condition number of $G + \lambda$ costs no digits that are not said.

    Parameters
    ----------
    phi
        Φ, shape (n, m), as `source_of` takes it: an array, an NPY, Parquet or zarr
        file, or `feature_source` of random features.
    y
        Targets, shape (n,) or (n, c).
    penalties
        λ, each above 0 and finite.
    intercept
        Whether a constant b is free beside v; it is not penalized.
    folder
        Where the sum is saved every minute, 8 m² bytes. After a stop the same call
        goes on from there, where the rows that it read again are still the same.
    budget
        The most bytes to use; by default half of what is free.
    progress
        Told the plan first, then how far it is and what is left by what it took so far.
    device
        Where to compute, such as "cuda"; blocks are moved there as they are read.

    Raises
    ------
    DataError
        As `ridge_stream`; if a file was written meanwhile.
    InvalidArgumentError
        If a penalty is not above 0 and finite, or is too small for G to be definite
        with it, or the squares of the features leave float64's range.
    MemoryBudgetError
        If three matrices of m² entries and a block do not fit.
    OutputError
        If the folder cannot be written.

    Source
    ------
    Golub, Heath and Wahba (1979), Technometrics 21, 215.

    Cost
    ----
    2 n m² + 2 m³ l / 3 operations for l penalties, and three reads of Φ.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    >>> y = torch.tensor([1.0, 2.0, 1.0])
    >>> path = ww.readouts.gram_path(phi, y, [0.1, 1.0])
    >>> path.best
    0.1
    """
    source = source_of(phi)
    n, m = source.shape
    at = device_of(device)
    rows = rows_of(y, n, at, intercept=False, weights=None)
    require_two(rows)
    given = checked(penalties)
    for each in given.tolist():
        positive(each, "A penalty", advice="Use ridge_stream for the penalty 0.")
    tell = progress or silent
    block = _block(n, m, budget)
    work = Pass(source, rows.targets, block, intercept)
    is_timed = progress is not None and at.type == "cpu"
    where = None if folder is None else path(folder, "The folder")
    done = work.done(where)
    operations = gram_operations(work, len(given), done)
    planned, words = operations, ""
    if is_timed:
        plan = gram_plan(work, len(given), operations, done, is_kept=folder is not None)
        planned, words = plan.likely, f", {plan.seconds}"
    tell(
        0.0,
        f"{counted(-(-n // block), 'block')} of {block:,} rows"
        f"{f', {done:,} rows of them summed' if done else ''}, "
        f"{number(24 * m * m / 1e9)} GB, {number(sum(operations))} operations"
        f"{words}: the Gram matrix of {m:,} units, "
        "and its Cholesky factors",
    )
    pace = Pace(tell, planned)
    gram, right = work.sums(where, pace.piece(0))
    total = float(gram.diagonal().sum())
    require_squares(total**0.5, "The features")
    squares, scores, best, solved = work.targets.square().sum(0), [], 0, right
    each = pace.piece(1)
    for place, penalty in enumerate(given.tolist()):
        each(place / len(given), f"penalty {place + 1} of {len(given)}")
        held = _factored(gram, penalty, total)
        found = held.solve(right)
        # ‖y - Φv‖² = ‖y‖² - v·Φᵀy - λ‖v‖²
        misses = squares - (found * (right + penalty * found)).sum(0)
        freedom = m - penalty * held.inverse_trace() + intercept
        scores.append(float(misses.clamp(min=0.0).mean()) * n / (n - freedom) ** 2)
        if scores[-1] <= scores[best]:
            best, solved = place, found
    penalty = float(given[best])
    held = _factored(gram, penalty, total)
    gradient, _ = work.again(solved, pace.piece(2))
    solved = solved + held.solve(gradient - penalty * solved)
    rounding = relative_rounding(n + m)
    left_out = LeftOut(rounding * total / penalty)
    gradient, missed = work.again(solved, pace.piece(3), held, left_out)
    source.require_unchanged()
    left = float(torch.linalg.vector_norm(gradient - penalty * solved))
    size = float(torch.linalg.vector_norm(solved))
    # What products of n rows and m units round off, in the mean-square model.
    hidden = rounding * total**0.5 * (missed**0.5 + total**0.5 * size)
    off = (left + hidden) / penalty
    scale, squared = rows.target_scale, rows.squared_target_scale
    tell(1.0, "solved")
    return GramPath(
        penalties=given,
        generalized_cross_validation=given.new_tensor(scores) * squared,
        best=penalty,
        leave_one_out=left_out.squares / rows.targets.shape[1] / n * squared,
        solution=(solved * scale).reshape(m, *rows.target_shape),
        intercept=(work.offset(solved) * scale).reshape(rows.target_shape),
        residual=missed**0.5
        / max(float(torch.linalg.vector_norm(rows.targets)), _TINY),
        error_bound=off / size if size > 0.0 else 0.0,
        leave_one_out_error=left_out.relative_error(off + rounding * size),
    )


def _block(n: int, m: int, budget: int | None) -> int:
    """Return how many rows are read at once."""
    most = available_bytes() // 2
    if budget is not None:
        most = whole_number(budget, "The budget", least=1, meaning="bytes")
    left = most - 24 * m * m
    least = min(n, _ROWS, 64)
    rows = min(_ROWS, n, left // (32 * m))
    if rows < least:

        def needed(units: int) -> int:
            return 24 * units * units + 32 * units * least

        fits = bisect_right(range(1, m + 1), most, key=needed)
        fewer = f", or take at most {counted(fits, 'unit')}" if fits else ""
        raise MemoryBudgetError(
            f"Three matrices of {m:,} x {m:,} and a block of features need "
            f"{needed(m):,} bytes, and the budget is {most:,}. Raise it{fewer}."
        )
    return rows


def _factored(gram: Array, penalty: float, total: float) -> ShiftedCholesky:
    found = ShiftedCholesky(gram, penalty)
    if not found.is_definite:
        least = relative_rounding(len(gram)) * total
        raise InvalidArgumentError(
            f"The penalty {penalty:.6g} is below what the rounding of the Gram matrix "
            f"hides. Take at least {least:.1g}, or ridge_stream, which forms none."
        )
    return found
