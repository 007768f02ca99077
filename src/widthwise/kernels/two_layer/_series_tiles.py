"""Tiles of kernels whose entries are power series with coefficients of both rows."""

from functools import partial

import numpy as np

from widthwise.machine import compiled
from widthwise.numerics.panels.power_series import PANEL, add_terms, largest
from widthwise.numerics.panels.products import add_products
from widthwise.numerics.panels.registers import COLUMNS, borrowed
from widthwise.numerics.panels.writing import (
    STRIP,
    is_streamed,
    padded,
    write_across,
    write_end,
)

__all__ = ["fill_series_tile", "write_kinds"]

# Multiplications and additions may be fused.
_fused = partial(compiled, fastmath=frozenset({"contract"}))


@_fused
def fill_series_tile(
    cosine: np.ndarray,  # (a, b), inner products of the tile's rows, or room for them
    others: np.ndarray,  # (panels, d, COLUMNS), of the rows, or none
    rows: np.ndarray,  # (n, d)
    top: int,
    left: int,  # a multiple of PANEL
    panels: np.ndarray,  # (panels, terms, PANEL)
    apart: np.ndarray,  # (panels PANEL,)
    kind: int,
    reach: np.ndarray,  # (terms / GROUP,)
    squares: np.ndarray,  # (2, N)
    mode: int,
    value: np.ndarray,  # (a, b)
    inner: np.ndarray,
    first_rows: int,
    one: np.ndarray,
    two: np.ndarray,
) -> int:
    r"""Write a tile of both sums, as `fill_tile` does, and leave it in its memory.

    The terms are those of `NormSeries`. Returns how many pairs of different rows are
    beyond the series' reach; their values are without meaning. On the diagonal are the
    squares. Of modes 2 and 3 the second sum has the first on top.
    """
    height, width = cosine.shape
    a, b, one, two = borrowed(value), borrowed(inner), borrowed(one), borrowed(two)
    rows, t, v, w = borrowed(rows), borrowed(cosine), a, b
    whole = -(-width // COLUMNS) * COLUMNS
    if width < whole:
        t = padded(cosine, whole)
        v, w = padded(a, whole), padded(b, whole)
    main, count, both = (a if mode == 0 or mode == 3 else b), 1 + (mode == 3), mode > 1
    streamed = is_streamed(one, two, top, left, first_rows)
    beyond = 0
    for begin in range(0, height, STRIP):
        for j in range(0, width, COLUMNS):
            panel = (left + j) // COLUMNS
            for i in range(begin, min(begin + STRIP, height), 2):
                k = min(i + 1, height - 1)
                if others.shape[0] > 0:
                    add_products(others, panel, rows, top + i, top + k, t, i, k, j)
                for m in range(i, k + 1):
                    for n in range(j, min(j + COLUMNS, width), PANEL):
                        most = largest(t, m, n)
                        if most > reach[-1]:
                            most = 0.0
                            for h in range(n, min(n + PANEL, width)):
                                size = abs(t[m, h])
                                if size > reach[-1]:
                                    beyond += top + m != left + h
                                else:
                                    most = max(most, size)
                        groups = 1
                        while reach[groups - 1] < most:
                            groups += 1
                        add_terms(
                            t,
                            m,
                            n,
                            panels,
                            apart,
                            (left + n) // PANEL,
                            top + m,
                            4 * groups,
                            kind,
                            both,
                            v,
                            w,
                        )
                    if streamed:
                        write_across(main, b, one, two, count, top, left, m, j)
    if width < whole:
        cosine[:] = t[:, :width]
        a[:] = v[:, :width]
        b[:] = w[:, :width]
    if top == left:
        for i in range(height):
            a[i, i] = squares[0, top + i]
            b[i, i] = squares[1, top + i] + (squares[0, top + i] if both else 0.0)
    write_end(main, b, one, two, count, top, left, first_rows, streamed)
    return beyond


@_fused
def write_kinds(
    value: np.ndarray,
    inner: np.ndarray,
    mode: int,
    top: int,
    left: int,
    first_rows: int,
    one: np.ndarray,
    two: np.ndarray,
) -> None:
    """Write a tile of both parts again, after it was mended."""
    a, b, one, two = borrowed(value), borrowed(inner), borrowed(one), borrowed(two)
    main, count = (a if mode == 0 or mode == 3 else b), 1 + (mode == 3)
    write_end(main, b, one, two, count, top, left, first_rows, False)
