"""Kernel matrices from duals: n² entries at the cost of a short polynomial each."""

from functools import lru_cache
from typing import Literal

import numpy as np

from widthwise.kernels.duals import QUARTER, Dual, Smooth, smooth, table
from widthwise.kernels.two_layer._outputs import NEW, Outputs
from widthwise.kernels.two_layer._rows import Rows
from widthwise.kernels.two_layer._triangle import (
    COMPILE_FROM,
    NEARLY_PARALLEL,
    TILE,
    Entries,
    Room,
)

__all__ = ["MODES", "Kind", "two_layer_matrices"]

Kind = Literal["conjugate", "tangent_inner", "tangent_both"]

MODES: dict[tuple[Kind, ...], int] = {
    ("conjugate",): 0,
    ("tangent_inner",): 1,
    ("tangent_both",): 2,
    ("conjugate", "tangent_both"): 3,
}
"""What compiled tiles are told to write."""


def two_layer_matrices(
    rows: Rows,
    kinds: tuple[Kind, ...],
    kappa: Dual | None,
    slope: Dual | None,
    factors: np.ndarray | None = None,
    outputs: Outputs = NEW,
) -> list[np.ndarray]:
    """Return one matrix of each kind for directions, each (n, n) or (n, k).

    `kinds` is one kind, or ("conjugate", "tangent_both"). The inner tangent kernel
    needs `slope`, the conjugate `kappa`, the tangent kernel of both layers both. Rows
    and columns are multiplied by `factors`, shape (N,).
    """
    entries = Entries(len(rows.directions), rows.first)
    small = entries.count < COMPILE_FROM
    found = outputs.arrays(entries, len(kinds), 8 if small else 0)
    duals = tuple(each for each in (kappa, slope) if each is not None)
    if small:
        _all_at_once(rows.directions, entries, kinds, kappa, slope, factors, found)
    else:
        _by_tiles(rows.directions, entries, kinds, duals, factors, found)
    return found


_table = lru_cache(maxsize=64)(table)


def _all_at_once(
    rows: np.ndarray,
    entries: Entries,
    kinds: tuple[Kind, ...],
    kappa: Dual | None,
    slope: Dual | None,
    factors: np.ndarray | None,
    found: list[np.ndarray],
) -> None:
    """Evaluate the pairs with NumPy: nothing to compile."""
    cosine, square = entries.half_chords_squared(rows)
    root, near = np.minimum(np.sqrt(square), QUARTER), cosine >= 0
    for kind, out in zip(kinds, found, strict=True):
        values = np.zeros_like(root)
        if kind != "tangent_inner" and kappa is not None:
            values += kappa.at_half_chords(root, near)
        if kind != "conjugate" and slope is not None:
            values += cosine * slope.at_half_chords(root, near)
        if factors is not None:
            i, j = entries.pairs()
            values *= factors[i] * factors[j]
        out[:] = entries.matrix(values)


def _by_tiles(
    rows: np.ndarray,
    entries: Entries,
    kinds: tuple[Kind, ...],
    duals: tuple[Dual, ...],
    factors: np.ndarray | None,
    found: list[np.ndarray],
) -> None:
    """Evaluate tile by tile in threads, without the table where that is possible."""
    from widthwise.kernels.two_layer._smooth_tiles import fill_smooth_tile
    from widthwise.kernels.two_layer._tiles import fill_tile
    from widthwise.numerics.panels.products import packed
    from widthwise.numerics.panels.registers import COLUMNS

    mode = MODES[kinds]
    scales = np.empty(0)
    if factors is not None:
        scales = np.concatenate([factors, np.zeros(COLUMNS)])
    pieces, sums = _table(duals), _smooth(duals)
    places = pieces.first, pieces.right, pieces.scale, pieces.shift
    ends = entries.first or 0, found[0], found[-1]
    polynomials = sums.arrays if sums else ()
    panels = packed(rows)

    def fill(top: int, left: int, room: Room) -> None:
        one, two = rows[top : top + TILE], rows[left : left + TILE]
        cosine, a, b = room.tiles(len(one), len(two))
        if sums is None or not len(panels):
            np.dot(one, two.T, out=cosine)
        start = rows, top, left, NEARLY_PARALLEL
        if sums is None:
            last = (pieces.crowded, mode, scales)
            fill_tile(cosine, *start, *places, pieces.coefficients, *last, *ends)
        else:
            table = *places, pieces.coefficients
            work = (mode, scales, a, b)
            fill_smooth_tile(cosine, panels, *start, *polynomials, *table, *work, *ends)

    entries.fill(fill)


@lru_cache(maxsize=64)
def _smooth(duals: tuple[Dual, ...]) -> Smooth | None:
    low = float(np.sqrt(NEARLY_PARALLEL))
    return smooth(duals, low, tuple(each.fitting_error for each in duals))
