"""Kernel matrices from duals: n² entries at the cost of a short polynomial each."""

from functools import lru_cache
from typing import Literal

import numpy as np

from widthwise.kernels.two_layer._dual import Dual
from widthwise.kernels.two_layer._representation import QUARTER
from widthwise.kernels.two_layer._rows import Rows
from widthwise.kernels.two_layer._table import Table, table
from widthwise.kernels.two_layer._triangle import (
    COMPILE_FROM,
    NEARLY_PARALLEL,
    TILE,
    Entries,
)
from widthwise.numerics import require

__all__ = ["Kind", "require_matrices", "two_layer_matrices"]

Kind = Literal["conjugate", "tangent_inner", "tangent_both"]


def two_layer_matrices(
    rows: Rows,
    kinds: tuple[Kind, ...],
    kappa: Dual | None,
    slope: Dual | None,
    factors: np.ndarray | None = None,
) -> list[np.ndarray]:
    """Return one matrix of each kind for directions, each (n, n) or (n, k).

    `kinds` is one kind, or ("conjugate", "tangent_both"). The inner tangent kernel
    needs `slope`, the conjugate `kappa`, the tangent kernel of both layers both. Rows
    and columns are multiplied by `factors`, shape (N,).
    """
    entries = Entries(len(rows.directions), rows.first)
    small = entries.count < COMPILE_FROM
    require_matrices(entries, len(kinds), 8 if small else 0)
    duals = tuple(each for each in (kappa, slope) if each is not None)
    if small:
        return _all_at_once(rows.directions, entries, kinds, kappa, slope, factors)
    return _by_tiles(rows.directions, entries, kinds, _table(duals), factors)


def require_matrices(entries: Entries, matrices: int, temporaries: int = 0) -> None:
    """Refuse matrices, and as large temporaries, that the memory cannot hold."""
    height, width = entries.shape
    require(
        8 * height * width * (matrices + temporaries),
        f"{matrices} kernel matri{'x' if matrices == 1 else 'ces'} {entries.said}",
        "Take a random sample of the rows.",
    )


_table = lru_cache(maxsize=64)(table)


def _all_at_once(
    rows: np.ndarray,
    entries: Entries,
    kinds: tuple[Kind, ...],
    kappa: Dual | None,
    slope: Dual | None,
    factors: np.ndarray | None,
) -> list[np.ndarray]:
    """Evaluate the pairs with NumPy: nothing to compile."""
    cosine, square = entries.half_chords_squared(rows)
    root, near = np.minimum(np.sqrt(square), QUARTER), cosine >= 0
    found = []
    for kind in kinds:
        values = np.zeros_like(root)
        if kind != "tangent_inner" and kappa is not None:
            values += kappa.at_half_chords(root, near)
        if kind != "conjugate" and slope is not None:
            values += cosine * slope.at_half_chords(root, near)
        if factors is not None:
            i, j = entries.pairs()
            values *= factors[i] * factors[j]
        found.append(entries.matrix(values))
    return found


def _by_tiles(
    rows: np.ndarray,
    entries: Entries,
    kinds: tuple[Kind, ...],
    pieces: Table,
    factors: np.ndarray | None,
) -> list[np.ndarray]:
    """Evaluate tile by tile in threads."""
    from widthwise.kernels.two_layer._tiles import fill_tile

    mode = {
        ("conjugate",): 0,
        ("tangent_inner",): 1,
        ("tangent_both",): 2,
        ("conjugate", "tangent_both"): 3,
    }[kinds]
    found = [np.empty(entries.shape) for _ in kinds]
    scales = np.empty(0) if factors is None else factors

    def fill(top: int, left: int) -> None:
        fill_tile(
            rows[top : top + TILE] @ rows[left : left + TILE].T,
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
            scales,
            entries.first or 0,
            found[0],
            found[-1],
        )

    entries.fill(fill)
    return found
