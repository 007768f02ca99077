"""How long a factorization by panels on disk takes, part by part."""

import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from scipy.linalg import blas

from widthwise.numerics.blocked_cholesky import Panels
from widthwise.numerics.rate import Seconds, TimedParts, effort_for, timed
from widthwise.numerics.routine_rate import (
    at_most,
    cholesky_seconds,
    product_seconds,
    solve_seconds,
)
from widthwise.spectra.operators import BLOCK_ROWS, KernelEntries

__all__ = ["ITERATIONS", "BlockedTime", "blocked_operations", "blocked_time"]

ITERATIONS = 2  # Of the power method, for each end of the spectrum.

_LOOK = 256  # Rows whose entries are timed for a bound.
_ROWS = 2048  # That are worked on at once.
_BYTES = 2**27  # Written and read at most, to time the disk: four times a part.
_SOLVES, _ENDS = 2, 8
"""How often a triangle is read: for a solution, and for the condition number."""


@dataclass(frozen=True)
class BlockedTime(TimedParts):
    """The time of each part.

    Attributes
    ----------
    factor
        Of the panels.
    solution
        Of a solution with a second evaluation of every entry, and of each refinement.
    rest
        Of the condition number.
    """

    factor: Seconds
    solution: Seconds
    rest: Seconds


def blocked_operations(
    entries: KernelEntries,
    panels: Panels,
    done: int,
    columns: tuple[int, int],
    refinements: int,
) -> list[float]:
    """Return those of each part that is left where some panels are done.

    Of so many outputs, and with so many columns to solve for.
    """
    n, each, (outputs, solved) = panels.n, entries.operations, columns
    found = (
        sum(panels.operations[done:]) + each * _made(panels, done),
        (n * n * (2 * solved + 4 * outputs) + each * _seen(n)) * (1 + refinements),
        4 * n * n * ITERATIONS * min(outputs, 2),
    )
    return [float(part) for part in found]


def _made(panels: Panels, done: int) -> int:
    """Return how many entries are worked out for the panels that are left."""
    return (
        panels.bytes_before(panels.count) - panels.bytes_before(done)
    ) // panels.each


def _seen(n: int) -> int:
    """Return how many are worked out again; blocks on the diagonal are whole."""
    return n * min(n + BLOCK_ROWS, 2 * n) // 2


def blocked_time(
    entries: KernelEntries,
    panels: Panels,
    done: int,
    folder: Path,
    operations: Sequence[float | int],
    outputs: int,
    refinements: int,
) -> BlockedTime:
    """Time a piece of each part: the kernel, the products, Cholesky, the disk.

    Of what is left where some panels are done; of short work nothing is timed.
    """
    kind: torch.dtype = torch.from_numpy(np.empty(0, panels.kind)).dtype
    n, width = panels.n, min(panels.width, panels.n)
    size, seen, small = _made(panels, done), _seen(n), min(n, _LOOK)
    some = slice(0, small), slice(n - small, n)
    entries(*some)  # It may compile.
    look = timed(lambda: entries(*some), 1) * ((size + seen) / small**2)
    if short := at_most(operations, 3 * (size + seen), look):
        return BlockedTime(*short)
    effort = effort_for(n**3 / 3)
    side = min(n, BLOCK_ROWS, max(64, n // 8))
    few = slice(0, side), slice(n - side, n)
    block, columns = entries(*few), np.ones((side, outputs))
    entry = timed(lambda: entries(*few)) * (1.0 / side**2)
    judged = timed(lambda: (np.abs(block) @ columns, block.T @ columns))
    product = product_seconds(_ROWS, width, width, effort, kind)
    # An operation is half of a pair.
    product = product * (0.5 / (_ROWS * width * width))
    corner = cholesky_seconds(width, effort, product, kind)
    turned = solve_seconds(_ROWS, width, effort, kind) * (1.0 / _ROWS)
    whole = panels.bytes_before(panels.count) / panels.each
    small = min(width, _ROWS)
    written, copied, read, read_two = _disk(
        folder, min(_BYTES, int(8 * whole)), small, outputs, panels.kind
    )
    left = [panels.columns(panel) for panel in range(done, panels.count)]
    rows_below = sum(n - at.stop for at in left)
    products = sum(panels.operations[done:]) - rows_below * width * width
    before = sum(at.start * (n - at.start) for at in left)
    triangle = timed(
        lambda: _solved(np.eye(small, dtype=panels.kind), np.ones((small, outputs)))
    )
    triangles = triangle * (panels.count * (width / small) ** 2)
    return BlockedTime(
        factor=(entry + copied + written) * size
        + product * products
        + turned * rows_below
        + corner * len(left)
        + copied * before,
        solution=(
            read * (_SOLVES * whole)
            + triangles * _SOLVES
            + entry * seen
            + judged * (2 * seen / side**2)
        )
        * (1 + refinements),
        rest=read_two * (_ENDS * whole) + triangles * (_ENDS / 2),
    )


def _solved(corner: np.ndarray, right: np.ndarray) -> np.ndarray:
    solve = blas.strsm if corner.dtype == np.float32 else blas.dtrsm
    return np.asarray(solve(1.0, np.array(corner).T, right, trans_a=1))


def _disk(
    folder: Path, size: int, width: int, outputs: int, kind: type[np.number]
) -> tuple[Seconds, Seconds, Seconds, Seconds]:
    """Return the seconds that an entry takes to write, to copy and to read.

    To read in products with so many columns as there are outputs, and with two. None
    where the disk refuses them: the panels then say so, in words.
    """
    part = np.ones((-(-size // (32 * width)), width), kind)
    each = 1.0 / part.size
    with suppress(OSError), tempfile.TemporaryFile(dir=folder) as file:

        def write() -> None:  # Always a new part: one that is there takes less.
            file.write(part.data)
            file.flush()

        def mapped() -> np.ndarray:
            return np.memmap(file, kind, "r", shape=part.shape)

        def multiply(columns: int) -> None:
            held, right = mapped(), np.ones((width, columns), kind)
            for top in range(0, len(held), _ROWS):
                held[top : top + _ROWS] @ right

        works = [write, lambda: np.array(mapped())]
        works += [partial(multiply, columns) for columns in (outputs, 2)]
        written, copied, read, read_two = (timed(work) * each for work in works)
        return written, copied, read, read_two
    return Seconds(), Seconds(), Seconds(), Seconds()
