"""Fused symmetric tiles: correlations become kernel entries while they are in cache."""

from functools import partial

import numpy as np

from widthwise.kernels.two_layer._past_caches import store
from widthwise.machine import compiled

__all__ = ["fill_tile", "looked_up", "write_tile"]

# Multiplications and additions may be fused.
_fused = partial(compiled, fastmath=frozenset({"contract"}))

_SQUARE = 16


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
    dimension = rows.shape[1]
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
                total = 0.0
                if cosine[i, j] >= 0.0:
                    for k in range(dimension):
                        difference = rows[top + i, k] - rows[left + j, k]
                        total += difference * difference
                else:
                    for k in range(dimension):
                        difference = rows[top + i, k] + rows[left + j, k]
                        total += difference * difference
                x[j] = 0.25 * total
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
def write_tile(
    tile: np.ndarray, out: np.ndarray, top: int, left: int, first_rows: int
) -> None:
    """Write a tile and its mirror image, or what of it is in the window.

    On the diagonal the lower triangle is the truth: rounding is not symmetric.
    """
    height, width = tile.shape
    if first_rows > 0:
        for j in range(width):
            if left + j < first_rows:
                for i in range(max(first_rows - top, 0), height):
                    row = top + i - first_rows
                    lower = top != left or i >= j
                    out[left + j, row] = tile[i, j] if lower else tile[j, i]
        return
    if top == left:
        for i in range(height):
            for j in range(i + 1):
                out[top + i, left + j] = tile[i, j]
                out[left + j, top + i] = tile[i, j]
        return
    for i in range(height):
        for j in range(width):
            store(out, top + i, left + j, tile[i, j])
    # Turned in small squares, so that what passes the caches by is whole rows.
    turned = np.empty((_SQUARE, height))
    for start in range(0, width, _SQUARE):
        stop = min(start + _SQUARE, width)
        for begin in range(0, height, _SQUARE):
            end = min(begin + _SQUARE, height)
            for j in range(start, stop):
                for i in range(begin, end):
                    turned[j - start, i] = tile[i, j]
        for j in range(start, stop):
            for i in range(height):
                store(out, left + j, top + i, turned[j - start, i])
