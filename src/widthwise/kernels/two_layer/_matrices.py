"""Kernel matrices from duals: n² entries at the cost of a short polynomial each."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Literal

import numpy as np
from threadpoolctl import ThreadpoolController

from widthwise.kernels.two_layer._dual import Dual
from widthwise.kernels.two_layer._representation import QUARTER
from widthwise.kernels.two_layer._table import Table, table
from widthwise.numerics import require

__all__ = [
    "COMPILE_FROM",
    "NEARLY_PARALLEL",
    "TILE",
    "Kind",
    "controller",
    "processors",
    "two_layer_matrices",
]

Kind = Literal["conjugate", "tangent_inner", "tangent_both"]

NEARLY_PARALLEL = 1e-2
"""Below this sin²(θ/2) the inner product loses digits, and differences are taken."""
COMPILE_FROM = 700
"""Rows from which compiled tiles beat vectorised NumPy, a compilation not counted."""
TILE = 128
"""Rows and columns of a tile, which stays in cache."""


def two_layer_matrices(
    rows: np.ndarray, kinds: tuple[Kind, ...], kappa: Dual | None, slope: Dual | None
) -> list[np.ndarray]:
    """Return one matrix of each kind for unit rows, each (n, n).

    `kinds` is one kind, or ("conjugate", "tangent_both"). The inner tangent kernel
    needs `slope`, the conjugate `kappa`, the tangent kernel of both layers both.
    """
    count = len(rows)
    small = count < COMPILE_FROM
    require(
        8 * count**2 * (len(kinds) + (8 if small else 0)),
        f"{len(kinds)} kernel matrix of {count} points"
        if len(kinds) == 1
        else f"{len(kinds)} kernel matrices of {count} points",
        "Take a random sample of the rows.",
    )
    duals = tuple(each for each in (kappa, slope) if each is not None)
    if small:
        return _all_at_once(rows, kinds, kappa, slope)
    return _by_tiles(rows, kinds, _table(duals))


_table = lru_cache(maxsize=64)(table)


def _all_at_once(
    rows: np.ndarray, kinds: tuple[Kind, ...], kappa: Dual | None, slope: Dual | None
) -> list[np.ndarray]:
    """Evaluate the upper triangle with NumPy: nothing to compile."""
    count = len(rows)
    upper = np.triu_indices(count)
    cosine = np.clip((rows @ rows.T)[upper], -1.0, 1.0)
    square = (1 - np.abs(cosine)) / 2
    close = np.nonzero(square < NEARLY_PARALLEL)[0]
    for some in np.array_split(close, 1 + len(close) * rows.shape[1] // 1_000_000):
        sign = np.where(cosine[some] >= 0, -1.0, 1.0)[:, None]
        sums = rows[upper[0][some]] + sign * rows[upper[1][some]]
        square[some] = np.einsum("ij,ij->i", sums, sums) / 4
    root, near = np.minimum(np.sqrt(square), QUARTER), cosine >= 0
    found = []
    for kind in kinds:
        values = np.zeros_like(root)
        if kind != "tangent_inner" and kappa is not None:
            values += kappa.at_half_chords(root, near)
        if kind != "conjugate" and slope is not None:
            values += cosine * slope.at_half_chords(root, near)
        matrix = np.empty((count, count))
        matrix[upper] = values
        matrix.T[upper] = values
        found.append(matrix)
    return found


def _by_tiles(
    rows: np.ndarray, kinds: tuple[Kind, ...], pieces: Table
) -> list[np.ndarray]:
    """Evaluate tile by tile in threads, BLAS on one thread inside each."""
    from widthwise.kernels.two_layer._tiles import fill_tile

    mode = {
        ("conjugate",): 0,
        ("tangent_inner",): 1,
        ("tangent_both",): 2,
        ("conjugate", "tangent_both"): 3,
    }[kinds]
    count = len(rows)
    found = [np.empty((count, count)) for _ in kinds]
    starts = range(0, count, TILE)

    def strip(top: int) -> None:
        block = rows[top : top + TILE]
        for left in range(0, top + 1, TILE):
            fill_tile(
                block @ rows[left : left + TILE].T,
                rows,
                top,
                left,
                NEARLY_PARALLEL,
                pieces.first,
                pieces.right,
                pieces.scale,
                pieces.shift,
                pieces.coefficients,
                pieces.crowded,
                mode,
                found[0],
                found[-1],
            )

    with (
        controller().limit(limits=1, user_api="blas"),
        ThreadPoolExecutor(processors()) as workers,
    ):
        # The longest strips first, so that no thread is left with one at the end.
        list(workers.map(strip, reversed(starts)))
    return found


@lru_cache(maxsize=1)
def controller() -> ThreadpoolController:
    """Return the controller of the threads of BLAS."""
    return ThreadpoolController()


def processors() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
