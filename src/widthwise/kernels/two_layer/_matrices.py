"""Kernel matrices from duals: n² entries at the cost of a short polynomial each."""

from functools import lru_cache
from typing import Literal

import numpy as np

from widthwise.kernels.two_layer._dual import Dual
from widthwise.kernels.two_layer._representation import QUARTER
from widthwise.kernels.two_layer._table import Table, table
from widthwise.kernels.two_layer._triangle import (
    COMPILE_FROM,
    NEARLY_PARALLEL,
    TILE,
    fill_strips,
    half_chords_squared,
    mirrored,
)
from widthwise.numerics import require

__all__ = ["Kind", "two_layer_matrices"]

Kind = Literal["conjugate", "tangent_inner", "tangent_both"]


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
    cosine, square = half_chords_squared(rows)
    root, near = np.minimum(np.sqrt(square), QUARTER), cosine >= 0
    found = []
    for kind in kinds:
        values = np.zeros_like(root)
        if kind != "tangent_inner" and kappa is not None:
            values += kappa.at_half_chords(root, near)
        if kind != "conjugate" and slope is not None:
            values += cosine * slope.at_half_chords(root, near)
        found.append(mirrored(values, len(rows)))
    return found


def _by_tiles(
    rows: np.ndarray, kinds: tuple[Kind, ...], pieces: Table
) -> list[np.ndarray]:
    """Evaluate tile by tile in threads."""
    from widthwise.kernels.two_layer._tiles import fill_tile

    mode = {
        ("conjugate",): 0,
        ("tangent_inner",): 1,
        ("tangent_both",): 2,
        ("conjugate", "tangent_both"): 3,
    }[kinds]
    count = len(rows)
    found = [np.empty((count, count)) for _ in kinds]

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
            found[0],
            found[-1],
        )

    fill_strips(count, fill)
    return found
