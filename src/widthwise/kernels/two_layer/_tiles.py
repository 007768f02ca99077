"""Fused symmetric tiles: correlations become kernel entries while they are in cache."""

from functools import partial

import numpy as np

from widthwise.machine import compiled
from widthwise.numerics.panels.writing import write_tile

__all__ = ["fill_tile", "half_chord_squared", "looked_up"]

# Multiplications and additions may be fused.
_fused = partial(compiled, fastmath=frozenset({"contract"}))


@_fused
def fill_tile(
    cosine: np.ndarray,  # (a, b), inner products of the tile's rows
    rows: np.ndarray,  # (n, d)
    top: int,
    left: int,
    threshold: float,
    first: np.ndarray,
    right: np.ndarray,
    scale: np.ndarray,
    shift: np.ndarray,
    coefficients: np.ndarray,
    crowded: int,
    mode: int,
    factors: np.ndarray,  # (n,), by which rows and columns are multiplied, or (0,)
    first_rows: int,
    one: np.ndarray,  # (n, n), or (first_rows, n - first_rows)
    two: np.ndarray,  # used in mode 3
) -> None:
    """Write one tile of the kernels, and its mirror image.

    With `first_rows` only what is between the first rows and the rest is written.

    mode 0: the first function of the table; 1: t times it; 2: the first plus t times
    the second; 3: the first into `one`, and as mode 2 into `two`.
    """
    height, width = cosine.shape
    terms = coefficients.shape[2]
    cells = first.shape[0] // 2
    per_unit = cells / np.sqrt(0.5)
    x = np.empty(width)
    piece = np.empty(width, np.int64)
    a = np.empty((height, width))
    b = np.empty((height, width))
    for i in range(height):
        for j in range(width):
            t = cosine[i, j]
            square = max(0.5 - 0.5 * abs(t), 0.0)
            x[j] = square
        for j in range(width):
            if x[j] < threshold:
                x[j] = half_chord_squared(rows, top + i, left + j, cosine[i, j] >= 0.0)
        for j in range(width):
            root = np.sqrt(x[j])
            x[j] = root
            cell = min(int(root * per_unit), cells - 1)
            if cosine[i, j] < 0.0:
                cell += cells
            piece[j] = first[cell]
        for _ in range(crowded):
            for j in range(width):
                if x[j] >= right[piece[j]]:
                    piece[j] += 1
        if mode <= 1:
            for j in range(width):
                p = piece[j]
                y = x[j] * scale[p] + shift[p]
                value = coefficients[p, 0, terms - 1]
                for k in range(terms - 2, -1, -1):
                    value = value * y + coefficients[p, 0, k]
                a[i, j] = value
            if mode == 1:
                for j in range(width):
                    a[i, j] *= cosine[i, j]
        else:
            for j in range(width):
                p = piece[j]
                y = x[j] * scale[p] + shift[p]
                value = coefficients[p, 0, terms - 1]
                slope = coefficients[p, 1, terms - 1]
                for k in range(terms - 2, -1, -1):
                    value = value * y + coefficients[p, 0, k]
                    slope = slope * y + coefficients[p, 1, k]
                a[i, j] = value
                b[i, j] = value + cosine[i, j] * slope
    if factors.shape[0] > 0:
        for i in range(height):
            for j in range(width):
                factor = factors[top + i] * factors[left + j]
                a[i, j] *= factor
                if mode > 1:
                    b[i, j] *= factor
    if mode == 2:
        write_tile(b, one, top, left, first_rows)
    else:
        write_tile(a, one, top, left, first_rows)
        if mode == 3:
            write_tile(b, two, top, left, first_rows)


@_fused
def looked_up(root: float, is_near: bool, first: np.ndarray, right: np.ndarray) -> int:
    """Return the piece of the table that holds a half chord."""
    cells = first.shape[0] // 2
    cell = min(int(root * (cells / np.sqrt(0.5))), cells - 1)
    piece = int(first[cell if is_near else cell + cells])
    while root >= right[piece]:
        piece += 1
    return piece


@_fused
def half_chord_squared(rows: np.ndarray, one: int, two: int, is_near: bool) -> float:
    """Return sin²(θ/2) of two unit rows, or cos²(θ/2), from the rows themselves."""
    total = 0.0
    sign = -1.0 if is_near else 1.0
    for k in range(rows.shape[1]):
        side = rows[one, k] + sign * rows[two, k]
        total += side * side
    return 0.25 * total
