"""Which entries of a kernel matrix are worked out, and how the work is shared."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from widthwise.interruption import require_wanted, work_until
from widthwise.machine import limited_blas, usable_cores
from widthwise.numerics.aligned import aligned

__all__ = [
    "COMPILE_FROM",
    "NEARLY_PARALLEL",
    "TILE",
    "Entries",
    "Room",
    "half_chords_squared",
]

NEARLY_PARALLEL = 1e-2
"""Below this sin²(θ/2) the inner product loses digits, and differences are taken."""
COMPILE_FROM = 700
"""Rows from which compiled tiles beat vectorised NumPy, a compilation not counted."""
TILE = 256
"""Rows and columns of a tile; three of them stay in a core's second-level cache."""


@dataclass(frozen=True)
class Entries:
    """All entries of a symmetric matrix, or those between a first set and the rest.

    The second are worked out as in the joint matrix of both sets, tile for tile, so
    that they are the same bits.

    Attributes
    ----------
    count
        N, the rows of both sets.
    first
        How many rows the first set has; None for the whole matrix.
    """

    count: int
    first: int | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """The shape of the result."""
        if self.first is None:
            return self.count, self.count
        return self.first, self.count - self.first

    @property
    def said(self) -> str:
        """Which entries, for a sentence."""
        if self.first is None:
            return f"of {self.count} points"
        return f"between {self.first} and {self.count - self.first} points"

    def pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows (i, j), i <= j, of the entries that are worked out."""
        if self.first is None:
            return np.triu_indices(self.count)
        i, j = np.indices(self.shape).reshape(2, -1)
        return i, j + self.first

    def half_chords_squared(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return t and the smaller of sin²(θ/2), cos²(θ/2) for each of the pairs.

        The rows are unit vectors.
        """
        i, j = self.pairs()
        cosine = np.clip((rows @ rows.T)[i, j], -1.0, 1.0)
        return cosine, half_chords_squared(rows, cosine, i, j)

    def matrix(self, values: np.ndarray) -> np.ndarray:
        """Return the matrix whose entries at the pairs these are."""
        if self.first is not None:
            return values.reshape(self.shape)
        upper = self.pairs()
        matrix = np.empty(self.shape)
        matrix[upper] = values
        matrix.T[upper] = values
        return matrix

    def write(self, tile: np.ndarray, out: np.ndarray, top: int, left: int) -> None:
        """Write a tile of the joint matrix, or what of it is wanted."""
        height, width = tile.shape
        if top == left:  # Rounding is not symmetric.
            tile = np.tril(tile) + np.tril(tile, -1).T
        if self.first is None:
            out[top : top + height, left : left + width] = tile
            out[left : left + width, top : top + height] = tile.T
            return
        above, kept = max(self.first - top, 0), min(self.first - left, width)
        start = top + above - self.first
        out[left : left + kept, start : start + height - above] = tile[above:, :kept].T

    def fill(self, fill: Callable[[int, int, "Room"], None]) -> None:
        """Call `fill(top, left, room)` for each tile that is needed, in threads.

        The tiles are those on or below the diagonal. BLAS runs on one thread inside
        each, and each thread has a room to work in.
        """
        first = self.count if self.first is None else self.first
        start = 0 if self.first is None else first - first % TILE

        rooms, stopped = threading.local(), threading.Event()

        def strip(top: int) -> None:
            work_until(stopped)
            if not hasattr(rooms, "own"):
                rooms.own = Room()
            for left in range(0, min(top + 1, first), TILE):
                require_wanted()
                fill(top, left, rooms.own)

        with limited_blas(1), ThreadPoolExecutor(usable_cores()) as workers:
            try:
                # The longest strips first, so that no thread has one at the end.
                list(workers.map(strip, reversed(range(start, self.count, TILE))))
            finally:  # After a failure, or Ctrl-C, others do not go on to their end.
                stopped.set()


class Room:
    """Memory for three tiles, used by one thread again and again."""

    def __init__(self) -> None:
        self._numbers = aligned((3, TILE * TILE))

    def tiles(self, height: int, width: int) -> list[np.ndarray]:
        """Return three arrays of this shape, with anything in them."""
        size = height * width
        return [each[:size].reshape(height, width) for each in self._numbers]


def half_chords_squared(
    rows: np.ndarray, cosine: np.ndarray, i: np.ndarray, j: np.ndarray
) -> np.ndarray:
    """Return the smaller of sin²(θ/2), cos²(θ/2) of unit rows i and j, given cos θ."""
    least = (1 - np.abs(cosine)) / 2
    close = np.nonzero(least < NEARLY_PARALLEL)[0]
    for some in np.array_split(close, 1 + len(close) * rows.shape[1] // 1_000_000):
        sign = np.where(cosine[some] >= 0, -1.0, 1.0)[:, None]
        sums = rows[i[some]] + sign * rows[j[some]]
        least[some] = np.einsum("ij,ij->i", sums, sums) / 4
    return np.asarray(least)
