"""The half of a symmetric kernel matrix that is worked out, and how it is shared."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from widthwise.machine import limited_blas, usable_cores

__all__ = [
    "COMPILE_FROM",
    "NEARLY_PARALLEL",
    "TILE",
    "fill_strips",
    "half_chords_squared",
    "mirrored",
]

NEARLY_PARALLEL = 1e-2
"""Below this sin²(θ/2) the inner product loses digits, and differences are taken."""
COMPILE_FROM = 700
"""Rows from which compiled tiles beat vectorised NumPy, a compilation not counted."""
TILE = 128
"""Rows and columns of a tile, which stays in cache."""


def half_chords_squared(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return t and the smaller of sin²(θ/2), cos²(θ/2) for each pair of unit rows.

    The pairs are those of `np.triu_indices`.
    """
    upper = np.triu_indices(len(rows))
    cosine = np.clip((rows @ rows.T)[upper], -1.0, 1.0)
    least = (1 - np.abs(cosine)) / 2
    close = np.nonzero(least < NEARLY_PARALLEL)[0]
    for some in np.array_split(close, 1 + len(close) * rows.shape[1] // 1_000_000):
        sign = np.where(cosine[some] >= 0, -1.0, 1.0)[:, None]
        sums = rows[upper[0][some]] + sign * rows[upper[1][some]]
        least[some] = np.einsum("ij,ij->i", sums, sums) / 4
    return cosine, least


def mirrored(values: np.ndarray, count: int) -> np.ndarray:
    """Return the symmetric (n, n) matrix with these entries in its upper triangle."""
    upper = np.triu_indices(count)
    matrix = np.empty((count, count))
    matrix[upper] = values
    matrix.T[upper] = values
    return matrix


def fill_strips(count: int, fill: Callable[[int, int], None]) -> None:
    """Call `fill(top, left)` for each tile on or below the diagonal, in threads.

    BLAS runs on one thread inside each.
    """

    def strip(top: int) -> None:
        for left in range(0, top + 1, TILE):
            fill(top, left)

    with limited_blas(1), ThreadPoolExecutor(usable_cores()) as workers:
        # The longest strips first, so that no thread is left with one at the end.
        list(workers.map(strip, reversed(range(0, count, TILE))))
