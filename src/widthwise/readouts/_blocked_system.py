"""A system of a kernel that memory does not hold: factors on disk, refined."""

import itertools
import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from widthwise.errors import NotPositiveDefiniteError
from widthwise.numerics.blocked_cholesky import (
    BlockedCholesky,
    is_begun,
    panels_for,
)
from widthwise.numerics.largest import column_sizes
from widthwise.numerics.pace import Pace
from widthwise.progress import Progress, part, silent
from widthwise.readouts._blocked_time import (
    ITERATIONS,
    blocked_operations,
    blocked_time,
)
from widthwise.readouts._single_precision import refinements
from widthwise.readouts.factors import Rows
from widthwise.spectra.operators import KernelEntries
from widthwise.wording import counted, number

__all__ = ["BlockedSolution", "BlockedSystem"]

_EPS = torch.finfo(torch.float64).eps
_COPIES = 2**17  # Bytes of a panel's column, while its entries are made.
_MOVED = 0.02  # Of λ_min, by single factors: the least that is allowed for.
_GAIN = 4.0  # Of a refinement; less is no refinement but rounding.


@dataclass(frozen=True)
class BlockedSolution:
    """What was found of a system.

    Attributes
    ----------
    solution, shift
        α, shape (n, c), and b, shape (c,).
    residual
        A bound on the residual's norm, as a part of the targets'.
    condition_number
        An estimate from below.
    precision
        Of the factors.
    """

    solution: np.ndarray
    shift: np.ndarray
    residual: float
    condition_number: float
    precision: str


@dataclass(frozen=True)
class BlockedSystem:
    r"""$(K + \lambda) \alpha = y - b$, its factors in a folder.

    Attributes
    ----------
    entries
        Of K + λ.
    rows
        The targets, as they are solved for.
    has_intercept
        Whether b is free.
    folder, budget
        Where L lies, and the most bytes of memory.
    progress
        As of `blocked_readout`; without one nothing is timed.
    """

    entries: KernelEntries
    rows: Rows
    has_intercept: bool
    folder: Path
    budget: int
    progress: Progress | None

    def solved(self) -> BlockedSolution:
        """Return the solution: by factors in float32 where those can be refined."""
        key = self.entries.key()
        steps = 0 if is_begun(self.folder, key) else refinements(self.entries)
        again, reached = self.progress, 0.0

        def told(fraction: float, text: str) -> None:
            nonlocal reached
            reached = fraction
            assert self.progress is not None
            self.progress(fraction, text)

        if steps:
            first = replace(self, progress=told if self.progress else None)
            found = first._by_factors(f"{key} float32", steps)
            if found is not None:
                return found
            if self.progress:
                again = part(self.progress, reached, 1.0)
                text = "float32 does not resolve this kernel: float64, from the start"
                again(0.0, text)
        found = replace(self, progress=again)._by_factors(key, 0)
        assert found is not None  # Without refinements to be had there is always one.
        return found

    def _by_factors(self, key: str, steps: int) -> BlockedSolution | None:
        """Return the solution by factors, or None where refinements were to help."""
        tell, entries = self.progress or silent, self.entries
        targets: np.ndarray = self.rows.targets.numpy()
        n, c = targets.shape
        # While entries are made there are two copies of them, and of their points.
        extra = min(_COPIES, 32 * n) + 16 * entries.points.shape[1]
        kind = np.float32 if steps else np.float64
        panels = panels_for(n, self.budget, extra, self.folder, key, kind)
        place = entries.points.device
        held = BlockedCholesky(entries, panels, self.folder, key, place)
        columns = c, c + self.has_intercept
        work = blocked_operations(entries, panels, held.done, columns, steps)
        planned, words = work, ""
        if self.progress:
            time = blocked_time(entries, panels, held.done, self.folder, work, c, steps)
            planned, words = time.likely, f", {time.seconds}"
        size = number(panels.bytes_before(panels.count) / 1e9)
        tell(
            0.0,
            f"{counted(panels.count, 'panel')} of {panels.width:,} columns"
            f"{f', {held.done} of them done' if held.done else ''}, "
            f"{size} GB on disk, {number(sum(work))} operations{words}: "
            "Cholesky's method by panels"
            f"{', in float32, refined in float64' if steps else ''}",
        )
        pace = Pace(tell, planned)
        try:
            held.factor(pace.piece(0))
        except NotPositiveDefiniteError:
            if not steps:
                raise
            held.remove()
            return None
        pace.piece(1)(0.0, "solving")
        refined = self._refined(held, pace.piece(1), 0.1 if steps else 1.0, 1 + steps)
        found, shift, rest, hidden, kept = refined
        if steps and not rest <= hidden:
            held.remove()
            return None
        pace.piece(2)(0.0, "condition number")
        condition = _condition(held, found)
        if steps:  # With E = L Lᵀ - A, 1/λ_min is off by 1 + ‖E (L Lᵀ)⁻¹‖ at most.
            condition /= 1.0 + max(_MOVED, 2.0 * kept)
        held.remove()
        tell(1.0, "solved")
        total = float(np.linalg.norm(targets))
        return BlockedSolution(
            solution=found,
            shift=shift,
            residual=(rest + hidden) / total if total > 0.0 else 0.0,
            condition_number=condition,
            precision=kind.__name__,
        )

    def _refined(
        self, held: BlockedCholesky, tell: Progress, enough: float, planned: int
    ) -> tuple[np.ndarray, np.ndarray, float, float, float]:
        """Return α, b, the residual's norm, what it can hide, and the most of it kept.

        Until the residual is `enough` of that, or refinements help no more; of so many
        passes over the entries as were planned, each is told as its part. The last is
        the part of a residual that a step kept, where rounding was not what it kept.
        """
        targets: np.ndarray = self.rows.targets.numpy()
        ones = np.ones((len(targets), int(self.has_intercept)))
        found, shift = np.zeros_like(targets), np.zeros(targets.shape[1])
        rest, size, hidden, kept = targets, math.inf, 0.0, 0.0
        for done in itertools.count():
            step, change = _without_ones(
                held.solve(np.concatenate([rest, ones], axis=1)), self.has_intercept
            )
            span = part(tell, min(done / planned, 1.0), min((done + 1) / planned, 1.0))
            trial, moved = found + step, shift + change
            after, most = self._residual(trial, moved, span)
            left = float(np.linalg.norm(after))
            given = size if done else float(np.linalg.norm(targets - moved)) or 1.0
            if not done or left > most:
                kept = max(kept, left / given)
            if done and not left < size:
                break
            gain = size / left if left else math.inf
            found, shift, rest, size, hidden = trial, moved, after, left, most
            # Below what is hidden nothing could show that a step helped.
            if size <= enough * hidden or gain < _GAIN:
                break
        return found, shift, size, hidden, kept

    def _residual(
        self, found: np.ndarray, shift: np.ndarray, tell: Progress
    ) -> tuple[np.ndarray, float]:
        """Return y - b - (K + λ) α, and the norm of what it can hide."""
        targets: np.ndarray = self.rows.targets.numpy()
        n, sizes = len(targets), np.abs(found)
        rest, most = targets - shift, _EPS * (np.abs(targets) + np.abs(shift))
        # A sum of n products is off by (n + 2) u of the sum of their sizes, at most.
        unit = (n + 2) * _EPS / 2
        for rows, columns, block in self.entries.blocks():
            size = np.abs(block)
            rest[rows] -= block @ found[columns]
            most[rows] += unit * (size @ sizes[columns])
            if rows != columns:
                rest[columns] -= block.T @ found[rows]
                most[columns] += unit * (size.T @ sizes[rows])
            tell((rows.stop / n) ** 2, f"residual, rows to {rows.stop:,} of {n:,}")
        entrywise = self.entries.error * math.sqrt(n) * _norms(sizes.sum(0)[:, None])[0]
        return rest, float(np.linalg.norm(most) + entrywise)


def _without_ones(
    solved: np.ndarray, has_intercept: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return α and b: with a free constant the coefficients add up to zero."""
    if not has_intercept:
        return solved, np.zeros(solved.shape[1])
    plain, ones = solved[:, :-1], solved[:, -1:]
    shift = plain.sum(0) / ones.sum()
    return plain - ones * shift, shift


def _condition(held: BlockedCholesky, start: np.ndarray) -> float:
    """Estimate the condition number from below, by powers of A and of its inverse."""
    columns = start[:, :2] / (np.abs(start[:, :2]).max() or 1.0)
    columns[:, ~columns.any(0)] = 1.0
    low = high = columns / _norms(columns)
    for _ in range(ITERATIONS):
        low, high = held.solve(low), held.product(high)
        least, largest = _norms(low), _norms(high)
        low, high = low / least, high / largest
    return float(least.max() * largest.max())


def _norms(columns: np.ndarray) -> np.ndarray:
    """Return those of columns whose squares float64 may not hold."""
    unit = column_sizes(columns)
    return np.asarray(np.linalg.norm(columns / unit, axis=0) * unit)
