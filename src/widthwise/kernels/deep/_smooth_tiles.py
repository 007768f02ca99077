"""Tiles of deep kernels whose layers are polynomials without a table."""

from functools import partial

import numpy as np

from widthwise.kernels.deep._lanes import (
    CHANGE,
    PLACE,
    ROWS,
    SLOPE,
    SQUARE,
    TURN,
    enter,
    leave,
    step,
)
from widthwise.kernels.two_layer import half_chord_squared
from widthwise.machine import compiled
from widthwise.numerics.panels.polynomials import add_parts, half_squares
from widthwise.numerics.panels.products import add_products
from widthwise.numerics.panels.registers import COLUMNS, borrowed
from widthwise.numerics.panels.writing import (
    STRIP,
    is_streamed,
    padded,
    write_across,
    write_end,
)

__all__ = ["fill_deep_smooth_tile"]

# Multiplications and additions may be fused.
_fused = partial(compiled, fastmath=frozenset({"contract"}))


@_fused
def fill_deep_smooth_tile(
    cosine: np.ndarray,  # (a, b), inner products of the tile's rows, or room for them
    panels: np.ndarray,  # (panels, d, COLUMNS), of the rows, or none
    rows: np.ndarray,  # (n, d)
    top: int,
    left: int,
    threshold: float,
    start: np.ndarray,  # (3,): share of t in ρ_1, what the biases add, q_1
    numbers: np.ndarray,  # (L, 6): rise, u_0, v_0, gain, variance, power
    high: float,
    lines: np.ndarray,  # (2 L, 2), of departure and slope in turn
    counts: np.ndarray,  # (2 L, 2)
    blocks: np.ndarray,  # (2 L, 2, most, 6)
    first_rows: int,
    values: np.ndarray,  # (a, b), to work in
    thetas: np.ndarray,
    conjugate: np.ndarray,  # (n, n), or (first_rows, n - first_rows)
    tangent: np.ndarray,
) -> None:
    """Write one tile of both kernels, and its mirror image, as `write_tile` does."""
    height, width = cosine.shape
    one, two = borrowed(conjugate), borrowed(tangent)
    a, b = borrowed(values), borrowed(thetas)
    t, value, theta = borrowed(cosine), a, b
    whole = -(-width // COLUMNS) * COLUMNS
    if width < whole:
        t = padded(cosine, whole)
        value, theta = padded(a, whole), padded(b, whole)
    depth, ends = len(numbers), np.array([high, 2.0 / high])
    rows, work = borrowed(rows), np.empty((ROWS, COLUMNS))
    y, now = work[PLACE], work[TURN : TURN + 1]
    by, to = work[CHANGE : CHANGE + 1], work[SLOPE : SLOPE + 1]
    limit = np.array([threshold])
    streamed = is_streamed(one, two, top, left, first_rows)
    for begin in range(0, height, STRIP):
        for j in range(0, width, COLUMNS):
            panel, stop = (left + j) // COLUMNS, min(j + COLUMNS, width)
            for i in range(begin, min(begin + STRIP, height), 2):
                k = min(i + 1, height - 1)
                if panels.shape[0] > 0:
                    add_products(panels, panel, rows, top + i, top + k, t, i, k, j)
                for m in range(i, k + 1):
                    if half_squares(t, m, j, limit, work, SQUARE):
                        for n in range(stop - j):
                            if work[SQUARE, n] < threshold:
                                near = t[m, j + n] >= 0.0
                                work[SQUARE, n] = half_chord_squared(
                                    rows, top + m, left + j + n, near
                                )
                    enter(work, t, m, j, start, ends)
                    for n in range(depth):
                        f = 2 * n
                        add_parts(y, now, lines, counts, blocks, f, 0, 0, by, 0, now)
                        f += 1
                        add_parts(y, now, lines, counts, blocks, f, 0, 0, to, 0, now)
                        step(work, numbers, n, ends)
                    leave(work, numbers, depth - 1, m, j, value, theta)
                    if streamed:
                        write_across(a, b, one, two, 2, top, left, m, j)
    if width < whole:
        a[:] = value[:, :width]
        b[:] = theta[:, :width]
    write_end(a, b, one, two, 2, top, left, first_rows, streamed)
