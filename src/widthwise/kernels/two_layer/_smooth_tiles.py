"""Tiles whose entries are polynomials without a table, evaluated many at a time."""

from functools import partial

import numpy as np

from widthwise.kernels.two_layer._tiles import looked_up, write_tile
from widthwise.machine import compiled

__all__ = ["evaluate", "fill_smooth_tile"]

# Multiplications and additions may be fused.
_fused = partial(compiled, fastmath=frozenset({"contract"}))


@_fused
def evaluate(blocks: np.ndarray, count: int, y: np.ndarray, out: np.ndarray) -> None:
    """Write polynomials in y, their blocks of six powers from the highest."""
    a, b, c, d, e, f = blocks[0]
    for j in range(len(y)):
        z = y[j]
        out[j] = ((((f * z + e) * z + d) * z + c) * z + b) * z + a
    for block in range(1, count):
        a, b, c, d, e, f = blocks[block]
        for j in range(len(y)):
            z = y[j]
            v = ((out[j] * z + f) * z + e) * z + d
            out[j] = ((v * z + c) * z + b) * z + a


@_fused
def fill_smooth_tile(
    cosine: np.ndarray,  # (a, b), inner products of the tile's rows
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
    factors: np.ndarray,  # (n,), by which rows and columns are multiplied, or (0,)
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
    dimension = rows.shape[1]
    stretch = 2.0 / (high - low)
    turn = -(high + low) / (high - low)
    functions = counts.shape[0]
    x = np.empty(width)
    y = np.empty(width)
    parts = np.zeros((2, 2, width))  # E and O of both functions; 0 where there is none
    line = np.zeros((2, 2))
    line[:functions] = lines
    for i in range(height):
        t = cosine[i]
        close = 0
        for j in range(width):
            square = max(0.5 - 0.5 * abs(t[j]), 0.0)
            x[j] = square
            close += 1 if square < threshold else 0
        for j in range(width):
            y[j] = np.sqrt(x[j]) * stretch + turn
        for k in range(functions):
            for half in range(2):
                if counts[k, half] > 0:
                    evaluate(blocks[k, half], counts[k, half], y, parts[k, half])
        # One output a loop: of more the compiler does not see that they are apart.
        row = a[i]
        even, odd = parts[0]
        c, d = line[0]
        for j in range(width):
            side = odd[j] if t[j] >= 0.0 else -odd[j]
            row[j] = (c + d * t[j]) + (even[j] + side)
        if mode == 1:
            for j in range(width):
                row[j] *= t[j]
        elif mode > 1:
            both = b[i]
            even, odd = parts[1]
            c, d = line[1]
            for j in range(width):
                side = odd[j] if t[j] >= 0.0 else -odd[j]
                both[j] = row[j] + t[j] * ((c + d * t[j]) + (even[j] + side))
        if close > 0:
            for j in range(width):
                if x[j] >= threshold:
                    continue
                total = 0.0
                sign = -1.0 if t[j] >= 0.0 else 1.0
                for k in range(dimension):
                    part = rows[top + i, k] + sign * rows[left + j, k]
                    total += part * part
                root = np.sqrt(0.25 * total)
                piece = looked_up(root, t[j] >= 0.0, first, right)
                z = root * scale[piece] + shift[piece]
                v = 0.0
                w = 0.0
                for k in range(coefficients.shape[2] - 1, -1, -1):
                    v = v * z + coefficients[piece, 0, k]
                    w = w * z + coefficients[piece, -1, k]
                a[i, j] = v * t[j] if mode == 1 else v
                if mode > 1:
                    b[i, j] = v + t[j] * w
        if factors.shape[0] > 0:
            for j in range(width):
                factor = factors[top + i] * factors[left + j]
                a[i, j] *= factor
                b[i, j] *= factor
    if mode == 2:
        write_tile(b, one, top, left, first_rows)
    else:
        write_tile(a, one, top, left, first_rows)
        if mode == 3:
            write_tile(b, two, top, left, first_rows)
