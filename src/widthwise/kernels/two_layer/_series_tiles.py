"""Tiles of kernels whose entries are power series with coefficients of both rows."""

from functools import partial

import numpy as np

from widthwise.kernels.two_layer._tiles import write_tile
from widthwise.machine import compiled

__all__ = ["sum_series", "write_kinds"]

# Multiplications and additions may be fused.
_fused = partial(compiled, fastmath=frozenset({"contract"}))

_UNSIGNED = (1 << 63) - 1


@_fused
def sum_series(
    cosine: np.ndarray,  # (a, b)
    top: int,
    left: int,
    coefficients: np.ndarray,  # (terms, N)
    apart: np.ndarray,  # (N,)
    step: int,
    power: int,
    reach: np.ndarray,  # (terms / 4,)
    squares: np.ndarray,  # (2, N)
    value: np.ndarray,  # (a, b)
    inner: np.ndarray,
) -> int:
    r"""Write $\sum c_k c'_k \rho^k$ and $\sum k c_k c'_k \rho^k$.

    The terms are those of `NormSeries`. Returns how many pairs of different rows are
    beyond the series' reach; their values are without meaning. On the diagonal are the
    squares.
    """
    height, width = cosine.shape
    # Positive numbers are ordered as their bits are, of which a processor finds the
    # largest many at a time.
    sizes, ends = cosine.view(np.int64), reach.view(np.int64)
    limit = ends[-1]
    beyond = 0
    y = np.empty(width)
    others = apart[left : left + width]
    for i in range(height):
        bits, x, v, w = sizes[i], cosine[i], value[i], inner[i]
        largest = 0
        for j in range(width):
            size = bits[j] & _UNSIGNED
            over = size > limit
            beyond += over
            largest = max(largest, 0 if over else size)
        for j in range(width):
            y[j] = x[j] if step == 1 else x[j] * x[j]
            v[j] = 0.0
            w[j] = 0.0
        groups = 1
        while ends[groups - 1] < largest:
            groups += 1
        for k in range(4 * groups - 4, -1, -4):
            a, b, c, d = coefficients[k : k + 4, top + i]
            e = coefficients[k, left : left + width]
            f = coefficients[k + 1, left : left + width]
            g = coefficients[k + 2, left : left + width]
            h = coefficients[k + 3, left : left + width]
            for j in range(width):
                z = y[j]
                sum_, slope = v[j], w[j]
                slope = slope * z + sum_
                sum_ = sum_ * z + d * h[j]
                slope = slope * z + sum_
                sum_ = sum_ * z + c * g[j]
                slope = slope * z + sum_
                sum_ = sum_ * z + b * f[j]
                slope = slope * z + sum_
                v[j] = sum_ * z + a * e[j]
                w[j] = slope
        own = apart[top + i]
        if step == 1:
            for j in range(width):
                w[j] *= x[j]
        elif power == 0:
            for j in range(width):
                line = own * others[j] * x[j]
                v[j] += line
                w[j] = 2.0 * y[j] * w[j] + line
        else:
            for j in range(width):
                w[j] = x[j] * (2.0 * y[j] * w[j] + v[j])
                v[j] = x[j] * v[j] + own * others[j]
    if top == left:
        for i in range(height):
            beyond -= (sizes[i, i] & _UNSIGNED) > limit
            value[i, i] = squares[0, top + i]
            inner[i, i] = squares[1, top + i]
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
    """Write a tile of both parts as `fill_tile` does."""
    if mode == 1:
        write_tile(inner, one, top, left, first_rows)
        return
    if mode != 2:
        write_tile(value, one, top, left, first_rows)
    if mode > 1:
        for i in range(value.shape[0]):
            for j in range(value.shape[1]):
                inner[i, j] += value[i, j]
        write_tile(inner, one if mode == 2 else two, top, left, first_rows)
