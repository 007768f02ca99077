"""Tiles of deep kernels whose layers are polynomials without a table."""

from functools import partial

import numpy as np

from widthwise.kernels.two_layer._smooth_tiles import evaluate
from widthwise.kernels.two_layer._tiles import write_tile
from widthwise.machine import compiled

__all__ = ["fill_deep_smooth_tile"]

# Multiplications and additions may be fused.
_fused = partial(compiled, fastmath=frozenset({"contract"}))


@_fused
def _sum(
    lines: np.ndarray,
    counts: np.ndarray,
    blocks: np.ndarray,
    y: np.ndarray,
    t: np.ndarray,
    even: np.ndarray,
    odd: np.ndarray,
) -> None:
    """Write a + b t + E(y) + sign(t) O(y) into `even`."""
    constant, slope = lines
    if counts[0] > 0:
        evaluate(blocks[0], counts[0], y, even)
    else:
        even[:] = 0.0
    if counts[1] > 0:
        evaluate(blocks[1], counts[1], y, odd)
        for j in range(len(y)):
            side = odd[j] if t[j] >= 0.0 else -odd[j]
            even[j] += side + (constant + slope * t[j])
    else:
        for j in range(len(y)):
            even[j] += constant + slope * t[j]


@_fused
def fill_deep_smooth_tile(
    cosine: np.ndarray,  # (a, b), inner products of the tile's rows
    rows: np.ndarray,  # (n, d)
    top: int,
    left: int,
    threshold: float,
    start: np.ndarray,  # (3,): share of t in ρ_1, what the biases add, q_1
    numbers: np.ndarray,  # (L, 6): rise, u_0, v_0, gain, variance, power
    high: float,
    lines: np.ndarray,  # (L, 2, 2)
    counts: np.ndarray,  # (L, 2, 2)
    blocks: np.ndarray,  # (L, 2, 2, most, 6)
    first_rows: int,
    values: np.ndarray,  # (a, b), to work in
    thetas: np.ndarray,
    conjugate: np.ndarray,  # (n, n), or (first_rows, n - first_rows)
    tangent: np.ndarray,
) -> None:
    """Write one tile of both kernels, and its mirror image, as `write_tile` does."""
    height, width = cosine.shape
    dimension = rows.shape[1]
    share, constant, variance = start
    stretch = 2.0 / high
    u = np.empty(width)
    v = np.empty(width)
    t = np.empty(width)
    x = np.empty(width)
    y = np.empty(width)
    change = np.empty(width)
    slope = np.empty(width)
    spare = np.empty(width)
    theta = np.empty(width)
    for i in range(height):
        close = 0
        for j in range(width):
            square = max(0.5 - 0.5 * abs(cosine[i, j]), 0.0)
            x[j] = square
            close += 1 if square < threshold else 0
        if close > 0:
            for j in range(width):
                if x[j] < threshold:
                    total = 0.0
                    sign = -1.0 if cosine[i, j] >= 0.0 else 1.0
                    for k in range(dimension):
                        part = rows[top + i, k] + sign * rows[left + j, k]
                        total += part * part
                    x[j] = 0.25 * total
        for j in range(width):
            near = cosine[i, j] >= 0.0
            u[j] = share * (x[j] if near else 1.0 - x[j])
            v[j] = share * (1.0 - x[j] if near else x[j]) + constant
            t[j] = 1 - 2 * u[j] if u[j] <= v[j] else 2 * v[j] - 1
            theta[j] = variance * t[j]
        for layer in range(len(numbers)):
            rise, ahead, behind, gain, scaled, power = numbers[layer]
            for j in range(width):
                x[j] = min(np.sqrt(min(u[j], v[j])), high)
                y[j] = x[j] * stretch - 1.0
            of, many, terms = lines[layer], counts[layer], blocks[layer]
            _sum(of[0], many[0], terms[0], y, t, change, spare)
            _sum(of[1], many[1], terms[1], y, t, slope, spare)
            for j in range(width):
                near = t[j] >= 0.0
                by = rise * change[j] * (x[j] * x[j] if power == 2.0 else x[j])
                u[j] = max(by if near else ahead - by, 0.0)
                v[j] = max(1 - by if near else behind + by, 0.0)
                t[j] = 1 - 2 * u[j] if u[j] <= v[j] else 2 * v[j] - 1
                theta[j] = scaled * t[j] + gain * theta[j] * slope[j]
        for j in range(width):
            values[i, j] = scaled * t[j]
            thetas[i, j] = theta[j]
    write_tile(values, conjugate, top, left, first_rows)
    write_tile(thetas, tangent, top, left, first_rows)
