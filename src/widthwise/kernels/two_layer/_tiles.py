"""Fused symmetric tiles: correlations become kernel entries while they are in cache."""

from functools import partial

import numpy as np

from widthwise.machine import compiled

__all__ = ["fill_tile"]

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
    one: np.ndarray,  # (n, n)
    two: np.ndarray,  # (n, n), used in mode 3
) -> None:
    """Write one tile of the kernels, and its mirror image.

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
    if mode == 2:
        _write(b, one, top, left)
    else:
        _write(a, one, top, left)
        if mode == 3:
            _write(b, two, top, left)


@_fused
def _write(tile: np.ndarray, out: np.ndarray, top: int, left: int) -> None:
    height, width = tile.shape
    for i in range(height):
        for j in range(width):
            out[top + i, left + j] = tile[i, j]
    if top != left:
        for j in range(width):
            for i in range(height):
                out[left + j, top + i] = tile[i, j]
