"""How long a factorization by panels on disk takes, part by part."""

import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from widthwise.numerics.blocked_cholesky import Panels
from widthwise.numerics.rate import (
    Seconds,
    TimedParts,
    cholesky_seconds,
    effort_for,
    product_seconds,
    timed,
)
from widthwise.spectra.operators import KernelEntries

__all__ = ["BlockedTime", "blocked_time"]

_EVEN = Seconds(1.0, 1.0)
_SIDE = 1024  # Of the block of entries that is timed.
_BYTES = 2**24  # Written and read, to time the disk.
_SOLVES, _ENDS = 4, 8
"""How often a triangle is read: for two solutions, and for the condition number."""


@dataclass(frozen=True)
class BlockedTime(TimedParts):
    """The time of each part.

    Attributes
    ----------
    factor
        Of the panels.
    solution
        Of a solution.
    residual
        Of a second evaluation of every entry.
    rest
        Of a refinement, and of the condition number.
    """

    factor: Seconds = _EVEN
    solution: Seconds = _EVEN
    residual: Seconds = _EVEN
    rest: Seconds = _EVEN


def blocked_time(
    entries: KernelEntries, panels: Panels, done: int, folder: Path
) -> BlockedTime:
    """Time a piece of each part: the kernel, the products, Cholesky, the disk."""
    n, width = panels.n, min(panels.width, panels.n)
    effort = effort_for(n**3 / 3)
    side = min(n, _SIDE, max(64, n // 8))
    few = slice(0, side), slice(n - side, n)
    block = entries(*few)  # The first one may compile.
    entry = timed(lambda: entries(*few)) * (1.0 / side**2)
    judged = timed(lambda: np.abs(block) @ block[:, :10] + block @ block[:, :10])
    product = product_seconds(2048, width, width, effort)
    # An operation is half of a pair.
    product = product * (0.5 / (2048 * width * width))
    corner = cholesky_seconds(width, effort, product)
    left = [*panels.operations][done:]
    written, read = _disk(folder)
    size = panels.bytes_before(panels.count) / 8
    before = n**3 / (6 * width)
    return BlockedTime(
        factor=(entry + written) * size
        + product * sum(left)
        + corner * panels.count
        + read * before,
        solution=read * (2 * size),
        residual=entry * (n * n / 2) + judged * (2 * n * n / 2 / side**2),
        rest=read * ((_SOLVES - 2 + _ENDS) * size),
    )


def _disk(folder: Path) -> tuple[Seconds, Seconds]:
    """Return the seconds that an entry takes to write, and to read.

    None where the disk refuses them: the panels then say so, in words.
    """
    numbers = np.ones(_BYTES // 8)
    with suppress(OSError), tempfile.TemporaryFile(dir=folder) as file:

        def write() -> None:
            file.seek(0)
            file.write(numbers.data)
            file.flush()

        written = timed(write)
        shape = 2048, numbers.size // 2048
        columns = np.ones((shape[1], 10))
        read = timed(lambda: np.memmap(file, np.float64, "r", shape=shape) @ columns)
        return written * (1.0 / numbers.size), read * (1.0 / numbers.size)
    return Seconds(), Seconds()
