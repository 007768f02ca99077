"""Tiles whose entries are polynomials without a table, evaluated many at a time."""

from functools import partial

import numpy as np

from widthwise.kernels.two_layer._tiles import half_chord_squared, looked_up
from widthwise.machine import compiled
from widthwise.numerics.panels.polynomials import add_parts, half_chords, multiply
from widthwise.numerics.panels.products import add_products
from widthwise.numerics.panels.registers import COLUMNS, borrowed
from widthwise.numerics.panels.writing import (
    STRIP,
    is_streamed,
    padded,
    write_across,
    write_end,
)

__all__ = ["fill_smooth_tile"]

# Multiplications and additions may be fused.
_fused = partial(compiled, fastmath=frozenset({"contract"}))


@_fused
def fill_smooth_tile(
    cosine: np.ndarray,  # (a, b), inner products of the tile's rows, or room for them
    panels: np.ndarray,  # (panels, d, COLUMNS), of the rows, or none
    rows: np.ndarray,  # (n, d)
    top: int,
    left: int,
    threshold: float,
    low: float,
    high: float,
    lines: np.ndarray,
    counts: np.ndarray,
    blocks: np.ndarray,
    first: np.ndarray,
    right: np.ndarray,
    scale: np.ndarray,
    shift: np.ndarray,
    coefficients: np.ndarray,
    mode: int,
    factors: np.ndarray,  # (n,) and COLUMNS more, which multiply, or (0,)
    a: np.ndarray,  # (a, b), to work in
    b: np.ndarray,
    first_rows: int,
    one: np.ndarray,  # (n, n), or (first_rows, n - first_rows)
    two: np.ndarray,
) -> None:
    """Write one tile of the kernels, and its mirror image, as `fill_tile` does.

    Of entries with sin²(θ/2) or cos²(θ/2) below the threshold differences are taken,
    and values of the table.
    """
    height, width = cosine.shape
    stretch = 2.0 / (high - low)
    numbers = np.array([stretch, -(high + low) / (high - low), threshold])
    a, b, one, two = borrowed(a), borrowed(b), borrowed(one), borrowed(two)
    factors = borrowed(factors)
    t, value, both = borrowed(cosine), a, b
    whole = -(-width // COLUMNS) * COLUMNS
    if width < whole:
        t = padded(cosine, whole)
        value, both = padded(a, whole), padded(b, whole)
    y = np.empty(COLUMNS)
    times, count = (1 if mode == 1 else 0), (2 if mode == 3 else 1)
    main = b if mode == 2 else a
    streamed = is_streamed(one, two, top, left, first_rows)
    for begin in range(0, height, STRIP):
        for j in range(0, width, COLUMNS):
            panel, stop = (left + j) // COLUMNS, min(j + COLUMNS, width)
            for i in range(begin, min(begin + STRIP, height), 2):
                k = min(i + 1, height - 1)
                if panels.shape[0] > 0:
                    add_products(panels, panel, rows, top + i, top + k, t, i, k, j)
                for m in range(i, k + 1):
                    close = half_chords(t, m, j, numbers, y)
                    add_parts(y, t, lines, counts, blocks, 0, m, j, value, times, value)
                    if mode > 1:
                        add_parts(y, t, lines, counts, blocks, 1, m, j, both, 2, value)
                    if close:
                        for n in range(j, stop):
                            x = max(0.5 - 0.5 * abs(t[m, n]), 0.0)
                            if x < threshold:
                                v, w = _at_differences(
                                    rows,
                                    top + m,
                                    left + n,
                                    t[m, n] >= 0.0,
                                    first,
                                    right,
                                    scale,
                                    shift,
                                    coefficients,
                                )
                                value[m, n] = v * t[m, n] if mode == 1 else v
                                both[m, n] = v + t[m, n] * w
                    if factors.shape[0] > 0:
                        multiply(value, m, j, factors, top + m, left + j)
                        if mode > 1:
                            multiply(both, m, j, factors, top + m, left + j)
                    if streamed:
                        write_across(main, b, one, two, count, top, left, m, j)
    if width < whole:
        a[:] = value[:, :width]
        b[:] = both[:, :width]
    write_end(main, b, one, two, count, top, left, first_rows, streamed)


@_fused
def _at_differences(
    rows: np.ndarray,
    one: int,
    two: int,
    is_near: bool,
    first: np.ndarray,
    right: np.ndarray,
    scale: np.ndarray,
    shift: np.ndarray,
    coefficients: np.ndarray,
) -> tuple[float, float]:
    """Return the first and the last function of the table for two close rows."""
    root = np.sqrt(half_chord_squared(rows, one, two, is_near))
    piece = looked_up(root, is_near, first, right)
    z = root * scale[piece] + shift[piece]
    v = 0.0
    w = 0.0
    for k in range(coefficients.shape[2] - 1, -1, -1):
        v = v * z + coefficients[piece, 0, k]
        w = w * z + coefficients[piece, -1, k]
    return v, w
