"""A readout of a kernel that memory does not hold, factorized on disk."""

import math
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from widthwise.arguments import non_negative, require_same_columns, whole_number
from widthwise.arrays import Array, Float, PointsLike
from widthwise.equality import equal_by_value
from widthwise.numerics import available_bytes
from widthwise.numerics.blocked_cholesky import BlockedCholesky, panels_for
from widthwise.progress import Progress, part, silent
from widthwise.prose import say
from widthwise.readouts._blocked_time import BlockedTime, blocked_time
from widthwise.readouts.factors import Rows, in_range, rows_of
from widthwise.spectra.operators import (
    BLOCK_ROWS,
    KernelBetween,
    KernelEntries,
    block_between,
    require_kernel,
    rows_of_points,
)
from widthwise.wording import counted, number

__all__ = ["BlockedReadout", "blocked_readout"]

_EPS = torch.finfo(torch.float64).eps
_COPIES = 2**17  # Bytes of a panel's column, while its entries are made.
_DECIDED = 0.01
"""Part of the labels' norm: a larger bound says nothing of whether they are met."""
_ITERATIONS = 2  # Of the power method, for each end of the spectrum.


@dataclass(frozen=True, eq=False)
class BlockedReadout:
    r"""$f(x) = \sum_j K(x, x_j) \alpha_j + b$, with $(K + \lambda) \alpha = y - b$.

    Attributes
    ----------
    solution
        α, shape (n,) or (n, c).
    intercept
        b, shape () or (c,); 0 where none was asked for.
    residual
        A bound on $\|(K + \lambda)\alpha + b - y\| / \|y\|$: the residual of a second
        evaluation of every entry, and what rounding and the entries' stated error can
        have hidden in it.
    penalty
        λ.
    condition_number
        An estimate from below of that of K + λ.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> kernel = lambda X, other=None: X @ (X if other is None else other).T
    >>> found = ww.readouts.blocked_readout(kernel, points, [1.0, 2.0, 3.0], 1.0)
    >>> found.penalty, found.predict(points).shape
    (1.0, torch.Size([3]))
    """

    __eq__ = equal_by_value

    solution: Float[Array, "*n"]
    intercept: Float[Array, "*c"]
    residual: float
    penalty: float
    condition_number: float
    _points: Float[Array, "n d"] = field(repr=False)
    _kernel: KernelBetween = field(repr=False)

    @property
    def reason(self) -> str:
        """How well these labels are met, where float64 decides it."""
        kernel = say("the kernel of {:,} rows", len(self.solution))
        if self.penalty:
            kernel += say(" with the penalty {}", self.penalty)
        if self.residual > _DECIDED:
            return say(
                "Float64 does not decide whether {} meets these labels: rounding hides "
                "up to {} of their norm. Take a larger penalty, or leave rows out that "
                "are nearly equal.",
                kernel,
                self.residual,
            )
        return say(
            "Float64 factorizes {}: no row depends on others beyond rounding, and "
            "these labels are met but for {} of their norm at most.",
            kernel,
            self.residual,
        )

    def predict(self, others: PointsLike) -> Float[Array, "*k"]:
        """Return the outputs at other points, shape (k,) or (k, c).

        Raises
        ------
        DataError
            If they have another number of columns.
        InvalidArgumentError
            If the kernel between them and the rows is not finite, or of another shape.

        Cost: the kernel between them and the rows, some rows at a time.
        """
        given = rows_of_points(others, "The other points")
        require_same_columns(given, "The other points", self._points, "the rows")
        # A product of two types is an error of torch: both go to the wider.
        kind = torch.promote_types(given.dtype, self._points.dtype)
        given, rows = given.to(kind), self._points.to(kind)
        weights, parts = self.solution.reshape(len(self.solution), -1), []
        for top in range(0, len(given), BLOCK_ROWS):
            some = given[top : top + BLOCK_ROWS]
            where = f"other points {top} to {top + len(some) - 1} and the rows"
            block, _ = block_between(self._kernel, some, rows, where)
            parts.append(torch.from_numpy(block) @ weights)
        found: Array = torch.cat(parts) + self.intercept.reshape(-1)
        return found.reshape(len(given), *self.solution.shape[1:])


def blocked_readout(
    kernel: KernelBetween,
    points: PointsLike,
    y: PointsLike,
    penalty: float | int = 0.0,
    *,
    intercept: bool = False,
    folder: str | Path | None = None,
    budget: int | None = None,
    progress: Progress | None = None,
) -> BlockedReadout:
    r"""Solve $(K + \lambda) \alpha = y - b$ for a kernel that memory does not hold.

    Cholesky's method by panels of columns: each panel's entries are worked out once,
    and what is found of L lies on disk. At the penalty 0 it interpolates. A last pass
    works every entry out again for the residual; where that is more than rounding can
    hide, a step of refinement follows.

    Parameters
    ----------
    kernel
        `kernel(points, other)` returns the matrix between two sets of rows, such as
        `lambda x, z: kernels.conjugate_kernel(x, "relu", "gaussian", z)`.
    points
        Shape (n, d), in memory.
    y
        Targets, shape (n,) or (n, c).
    penalty
        λ >= 0.
    intercept
        Whether a constant b is free, not penalized.
    folder
        Where 4 n² bytes lie meanwhile. After a stop the same call goes on there. By
        default a temporary folder, of which nothing is left.
    budget
        The most bytes of memory; by default half of what is free. More of it makes
        panels wider, so that less is read; what is free beside it keeps the disk's.
    progress
        Told the plan first, then how far the operations are.

    Returns
    -------
    The coefficients, with a residual that holds to the last digit said.

    Raises
    ------
    DataError
        If a shape does not fit, an entry is not finite or the kernel is not symmetric.
    InvalidArgumentError
        If the kernel is no function, or the solution leaves float64's range.
    NotPositiveDefiniteError
        If K + λ is not positive definite up to rounding.
    MemoryBudgetError
        If the budget holds no panel, or the points do not fit.
    OutputError
        If the disk has no room; what was written stays where a folder was named.

    Cost
    ----
    n³/3 + n² (6 c + 16) operations, and those of every entry of the kernel, one and a
    half times, or two and a half with a refinement; 4 n² bytes on disk, read n / (3 w)
    times for panels of width w.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> kernel = lambda X, other=None: X @ (X if other is None else other).T
    >>> found = ww.readouts.blocked_readout(kernel, points, [1.0, 2.0, 3.0], 1.0)
    >>> found.solution.round(decimals=6).tolist()
    [0.5, 1.0, 1.5]
    """
    require_kernel(kernel)
    given = rows_of_points(points, "The points")
    n = len(given)
    rows = rows_of(y, n, given.device, intercept=False, weights=None, owner="kernel")
    at = non_negative(penalty, "The penalty")
    most = available_bytes() // 2
    if budget is not None:
        most = whole_number(budget, "The budget", least=1, meaning="bytes")
    entries = KernelEntries(kernel, given, at)
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="widthwise-") as made:
            return _solved(entries, rows, intercept, Path(made), most, progress)
    return _solved(entries, rows, intercept, Path(folder), most, progress)


def _solved(
    entries: KernelEntries,
    rows: Rows,
    has_intercept: bool,
    folder: Path,
    budget: int,
    progress: Progress | None,
) -> BlockedReadout:
    tell = progress or silent
    n, key = len(entries.points), entries.key()
    # While entries are made there are two copies of them, and of their points.
    extra = min(_COPIES, 32 * n) + 16 * entries.points.shape[1]
    panels = panels_for(n, budget, extra, folder, key)
    held = BlockedCholesky(entries, panels, folder, key)
    size, c = panels.bytes_before(panels.count), rows.targets.shape[1]
    # A solution, its residual with a bound on that, and both ends of the spectrum.
    each = 2 * (c + has_intercept) + 4 * c + 4 * _ITERATIONS * min(c, 2)
    work = sum(panels.operations[held.done :]) + n * n * each
    time = (
        blocked_time(entries, panels, held.done, folder, c)
        if progress
        else BlockedTime()
    )
    tell(
        0.0,
        f"{counted(panels.count, 'panel')} of {panels.width:,} columns"
        f"{f', {held.done} of them done' if held.done else ''}, "
        f"{number(size / 1e9)} GB on disk, {number(work)} operations, "
        f"{time.seconds}: Cholesky's method by panels",
    )
    factored, solved_at, checked_at = time.shares()
    held.factor(part(tell, 0.0, factored))
    targets = rows.targets.numpy()
    right = targets
    if has_intercept:
        right = np.concatenate([targets, np.ones((n, 1))], axis=1)
    tell(factored, "solving")
    solved = held.solve(right)
    found, shift = _without_ones(solved, has_intercept)
    rest, hidden = _residual(
        entries, targets, found, shift, part(tell, solved_at, checked_at)
    )
    if np.linalg.norm(rest) > hidden:  # Otherwise nothing could show that it helped.
        ones = right[:, targets.shape[1] :]
        step, change = _without_ones(
            held.solve(np.concatenate([rest, ones], axis=1)), has_intercept
        )
        trial, moved = found + step, shift + change
        after = _residual(
            entries, targets, trial, moved, part(tell, checked_at, checked_at)
        )
        if np.linalg.norm(after[0]) < np.linalg.norm(rest):
            found, shift, (rest, hidden) = trial, moved, after
    condition = _condition(held, found)
    held.remove()
    total = float(np.linalg.norm(targets))
    bound = float(np.linalg.norm(rest)) + hidden
    tell(1.0, "solved")
    shape, scale = rows.target_shape, rows.target_scale
    return BlockedReadout(
        solution=in_range(torch.from_numpy(found) * scale).reshape(n, *shape),
        intercept=(torch.from_numpy(shift) * scale).reshape(shape),
        residual=bound / total if total > 0.0 else 0.0,
        penalty=entries.penalty,
        condition_number=condition,
        _points=entries.points,
        _kernel=entries.kernel,
    )


def _without_ones(
    solved: np.ndarray, has_intercept: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return α and b: with a free constant the coefficients add up to zero."""
    if not has_intercept:
        return solved, np.zeros(solved.shape[1])
    plain, ones = solved[:, :-1], solved[:, -1:]
    shift = plain.sum(0) / ones.sum()
    return plain - ones * shift, shift


def _residual(
    entries: KernelEntries,
    targets: np.ndarray,
    found: np.ndarray,
    shift: np.ndarray,
    tell: Progress,
) -> tuple[np.ndarray, float]:
    """Return y - b - (K + λ) α, and the norm of what it can hide."""
    n, sizes = len(targets), np.abs(found)
    rest, most = targets - shift, _EPS * (np.abs(targets) + np.abs(shift))
    # A sum of n products is off by (n + 2) u of the sum of their sizes, at most.
    unit = (n + 2) * _EPS / 2
    for rows, columns, block in entries.blocks():
        size = np.abs(block)
        rest[rows] -= block @ found[columns]
        most[rows] += unit * (size @ sizes[columns])
        if rows != columns:
            rest[columns] -= block.T @ found[rows]
            most[columns] += unit * (size.T @ sizes[rows])
        tell((rows.stop / n) ** 2, f"residual, rows to {rows.stop:,} of {n:,}")
    entrywise = entries.error * math.sqrt(n) * _norms(sizes.sum(0)[:, None])[0]
    return rest, float(np.linalg.norm(most) + entrywise)


def _condition(held: BlockedCholesky, start: np.ndarray) -> float:
    """Estimate the condition number from below, by powers of A and of its inverse."""
    columns = start[:, :2] / (np.abs(start[:, :2]).max() or 1.0)
    columns[:, ~columns.any(0)] = 1.0
    low = high = columns / _norms(columns)
    for _ in range(_ITERATIONS):
        low, high = held.solve(low), held.product(high)
        least, largest = _norms(low), _norms(high)
        low, high = low / least, high / largest
    return float(least.max() * largest.max())


def _norms(columns: np.ndarray) -> np.ndarray:
    """Return those of columns whose squares float64 may not hold."""
    most = np.abs(columns).max(axis=0)
    unit = np.where(most > 0.0, most, 1.0)
    return np.asarray(np.linalg.norm(columns / unit, axis=0) * most)
