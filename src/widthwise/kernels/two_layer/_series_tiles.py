"""Tiles of kernels whose entries are power series with coefficients of both rows."""

from functools import partial

import numpy as np

from widthwise.kernels.two_layer._lanes import PANEL, add_terms
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
    left: int,  # a multiple of PANEL
    panels: np.ndarray,  # (panels, terms, PANEL)
    apart: np.ndarray,  # (N,)
    step: int,
    power: int,
    reach: np.ndarray,  # (terms / GROUP,)
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
    beyond = 0
    for start in range(0, width - width % PANEL, PANEL):
        stop, panel = start + PANEL, (left + start) // PANEL
        for i in range(height):
            groups, over = _needed(sizes[i, start:stop], ends)
            beyond += over
            x, v, w = cosine[i, start:stop], value[i, start:stop], inner[i, start:stop]
            add_terms(x, panels, panel, top + i, 4 * groups, step, v, w)
    if width % PANEL:
        start, panel = width - width % PANEL, (left + width) // PANEL
        x, v, w = np.zeros(PANEL), np.empty(PANEL), np.empty(PANEL)
        bits = x.view(np.int64)
        for i in range(height):
            x[: width - start] = cosine[i, start:]
            groups, over = _needed(bits, ends)
            beyond += over
            add_terms(x, panels, panel, top + i, 4 * groups, step, v, w)
            value[i, start:] = v[: width - start]
            inner[i, start:] = w[: width - start]
    others = apart[left : left + width]
    for i in range(height):
        x, v, w = cosine[i], value[i], inner[i]
        own = apart[top + i]
        if step == 1:
            for j in range(width):
                w[j] *= x[j]
        elif power == 0:
            for j in range(width):
                line = own * others[j] * x[j]
                v[j] += line
                w[j] = 2.0 * (x[j] * x[j]) * w[j] + line
        else:
            for j in range(width):
                w[j] = x[j] * (2.0 * (x[j] * x[j]) * w[j] + v[j])
                v[j] = x[j] * v[j] + own * others[j]
    if top == left:
        for i in range(height):
            beyond -= (sizes[i, i] & _UNSIGNED) > ends[-1]
            value[i, i] = squares[0, top + i]
            inner[i, i] = squares[1, top + i]
    return beyond


@_fused
def _needed(sizes: np.ndarray, ends: np.ndarray) -> tuple[int, int]:
    """Return how many groups a panel takes, and how many of it are beyond reach."""
    largest, beyond = 0, 0
    for j in range(PANEL):
        largest = max(largest, sizes[j] & _UNSIGNED)
    if largest > ends[-1]:
        largest = 0
        for j in range(PANEL):
            size = sizes[j] & _UNSIGNED
            over = size > ends[-1]
            beyond += over
            largest = max(largest, 0 if over else size)
    groups = 1
    while ends[groups - 1] < largest:
        groups += 1
    return groups, beyond


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
