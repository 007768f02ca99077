"""How long work takes on this machine: the routine itself, timed on a smaller piece.

A rate of one product, for all that is counted in operations, was off by a factor of
three: Cholesky's method, singular values, reads and products each have their own, and
each has a size from which it is reached.
"""

import math
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from itertools import accumulate
from pathlib import Path

import numpy as np
import torch
from scipy.linalg import blas

from widthwise.machine import usable_cores
from widthwise.numerics.cholesky_qr import add_inner_products
from widthwise.numerics.linear_algebra import multiply_transposed, svd
from widthwise.numerics.symmetric import TILE, WHOLE, lower_factor
from widthwise.wording import duration

__all__ = [
    "Clock",
    "Seconds",
    "TimedParts",
    "cholesky_seconds",
    "effort_for",
    "gram_seconds",
    "grown",
    "product_seconds",
    "reads_seconds",
    "sample_of",
    "solve_seconds",
    "svd_seconds",
    "timed",
]

_TRIES = 3  # After one that wakes the threads.
_LONG = 0.1  # Seconds of a try from which it is the only one.
_SHORT = 0.5  # Seconds up to which no more is said.
_CLEAR = 1.15  # What a range is wide from which it is said as one.
_CHANGE = 1.5  # What other work may grow by before a range said no longer holds.
_SAMPLE, _PART = 64, 8
_ENTRIES = 2**22
_THREADS = Path("/proc/self/task")


@dataclass(frozen=True)
class Seconds:
    """A time, with what other work on the machine makes of it.

    Attributes
    ----------
    least
        With the cores free.
    most
        With the other work that is there now.
    """

    least: float = 0.0
    most: float = 0.0

    def __add__(self, other: "Seconds") -> "Seconds":
        return Seconds(self.least + other.least, self.most + other.most)

    def __sub__(self, other: "Seconds") -> "Seconds":
        """Return what is beyond another time; clocks' noise leaves none, never less."""
        least = max(self.least - other.least, 0.0)
        return Seconds(least, max(self.most - other.most, least))

    def __mul__(self, factor: float | int) -> "Seconds":
        return Seconds(self.least * factor, self.most * factor)

    __rmul__ = __mul__

    @property
    def likely(self) -> float:
        """The middle of both, by ratio."""
        return math.sqrt(self.least * self.most)

    def __str__(self) -> str:
        if self.most < _SHORT:
            return "less than a second"
        if self.most <= _CLEAR * self.least:
            return f"about {duration(self.likely)}"
        return f"{duration(self.least)} to {duration(self.most)}"


@dataclass(frozen=True)
class TimedParts:
    """Times of parts of a work, in their order; each is a field."""

    @property
    def _parts(self) -> list[Seconds]:
        return [getattr(self, each.name) for each in fields(self)]

    @property
    def seconds(self) -> Seconds:
        """That of all."""
        return sum(self._parts, Seconds())

    def shares(self) -> list[float]:
        """Return the part of the whole that is done after each but the last."""
        done = list(accumulate(each.likely for each in self._parts))
        return [each / done[-1] for each in done[:-1]]


class Clock:
    """Seconds from here on; what threads waited for a core is the part of other work.

    Linux counts that; elsewhere there is no such part.
    """

    def __init__(self) -> None:
        self._start = self._now()

    def _now(self) -> tuple[float, float, float]:
        return time.perf_counter(), time.process_time(), _waited()

    def seconds(self) -> Seconds:
        """Return them, without that part and with it."""
        wall, used, waited = np.subtract(self._now(), self._start).tolist()
        if waited <= 0.0:
            return Seconds(wall, wall)
        # Of threads at work at once, the first; of one that also sleeps, the second.
        return Seconds(max(wall * used / (used + waited), wall - waited), wall)


def timed(work: Callable[[], object], tries: int = _TRIES) -> Seconds:
    """Return how long a call takes, after one that wakes the threads.

    The median of some tries. One that takes a tenth of a second is the only one.
    """
    found = list[Seconds]()
    for attempt in range(1 + tries):
        clock = Clock()
        work()
        took = clock.seconds()
        is_last = took.most > _LONG
        if attempt or is_last:
            found.append(took)
        if is_last:
            break
    free = statistics.median(each.least for each in found)
    most = max(each.most for each in found)
    if most > _CLEAR * free:  # The system shares its cores among all that want them.
        most = _CHANGE * max(most, free * os.getloadavg()[0] / usable_cores())
    return Seconds(free, most)


def reads_seconds(
    read: Callable[[int], object], size: int, block: int, count: int
) -> Seconds:
    """Return how long reading so many rows takes, some at a time.

    Parameters
    ----------
    read
        Reads so many rows.
    size
        The most to read for it: half of them shows what a read takes beside its rows.
    """
    whole = timed(lambda: read(size))
    if size == block or size < 2:
        return whole * (count / size)
    half = timed(lambda: read(size // 2))
    rows = size - size // 2

    def total(more: float, less: float) -> float:
        slope = min(max(more - less, 0.0) / rows, more / size)
        return slope * count + (more - slope * size) * -(-count // block)

    return Seconds(total(whole.least, half.least), total(whole.most, half.most))


def sample_of(longer: int, shorter: int) -> int:
    """Return how much of a matrix's longer side to time: a 64th, or some 32 MiB.

    Fewer entries stay in caches, and in memory that is there already, and are faster.
    """
    least = min(-(-longer // _PART), _ENTRIES // shorter)
    return max(-(-longer // _SAMPLE), least, min(longer, 64))


def effort_for(operations: float | int) -> int:
    """Return the largest order to time for work of so many operations."""
    for most, order in ((1e9, 256), (1e11, 1024), (2e12, 2048)):
        if operations < most:
            return order
    return 4096


def gram_seconds(rows: int, side: int, effort: int) -> Seconds:
    r"""Return how long adding $B^\top B$ of so many rows takes, as `effort` allows.

    Parameters
    ----------
    effort
        The largest order that is timed; for larger ones operations are counted.
    """
    m, b = min(side, effort), min(rows, effort)
    block = torch.ones(b, m, dtype=torch.float64)
    if side > WHOLE:  # Tile by tile; half a tile a row of them is above the diagonal.
        tile, gram = min(TILE, m), torch.zeros(min(TILE, m), m, dtype=torch.float64)
        found = timed(lambda: gram.addmm_(block[:, :tile].T, block))
        return found * ((side + TILE) / 2 / m * side / tile * rows / b)
    whole = torch.zeros(m, m, dtype=torch.float64)
    found = timed(lambda: add_inner_products(whole, block))
    return found * ((side / m) ** 2 * rows / b)


def product_seconds(
    rows: int,
    inner: int,
    columns: int,
    effort: int,
    kind: torch.dtype = torch.float64,
) -> Seconds:
    """Return how long the product of two matrices takes."""
    n, d, m = min(rows, effort), min(inner, effort), min(columns, effort)
    left, right, out = (torch.ones(*s, dtype=kind) for s in ((n, d), (m, d), (n, m)))
    found = timed(lambda: multiply_transposed(left, right, out, kept=1.0))
    return found * (rows / n * inner / d * columns / m)


def cholesky_seconds(
    side: int, effort: int, product: Seconds, kind: torch.dtype = torch.float64
) -> Seconds:
    """Return how long Cholesky's method takes, beside a product's time an operation."""

    def factor(m: int) -> Seconds:
        held = _square(m, kind)
        return timed(lambda: lower_factor(held.clone(), in_place=True))

    m = min(side, effort)
    return grown(factor(m), product * (m**3 / 3), side / m, 3)


def solve_seconds(
    columns: int, side: int, effort: int, kind: torch.dtype = torch.float64
) -> Seconds:
    """Return how long solving with a triangle of so many right-hand sides takes."""
    m, b = min(side, effort), min(columns, effort)
    upper, right = _square(m, kind).numpy().T, torch.ones(b, m, dtype=kind).numpy().T
    solve = blas.strsm if upper.dtype == np.float32 else blas.dtrsm
    found = timed(lambda: solve(1.0, upper, right, trans_a=1))
    return found * ((side / m) ** 2 * columns / b)


def svd_seconds(side: int, effort: int) -> Seconds:
    """Return how long singular values and vectors take."""
    m = min(side, effort // 4)
    matrix = torch.randn(m, m, generator=torch.Generator().manual_seed(0)).double()
    return timed(lambda: svd(matrix)) * (side / m) ** 3


def grown(found: Seconds, pure: Seconds, by: float, power: int) -> Seconds:
    """Extrapolate a time to an order so many times as large.

    What products explain of it grows with a power of the order, and the rest with one
    power less.
    """

    def total(whole: float, part: float) -> float:
        part = min(part, whole)
        return float(part * by**power + (whole - part) * by ** (power - 1))

    return Seconds(total(found.least, pure.least), total(found.most, pure.most))


def _square(m: int, kind: torch.dtype) -> torch.Tensor:
    """Return a symmetric positive definite matrix."""
    return torch.eye(m, dtype=kind)


def _waited() -> float:
    """Return the seconds that this process's threads have waited for a core."""
    total = 0
    for each in _THREADS.glob("*/schedstat"):
        try:
            total += int(each.read_text().split()[1])
        except (OSError, ValueError, IndexError):
            continue  # The thread has ended, or the system does not count.
    return total * 1e-9
