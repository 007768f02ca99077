"""Fused tiles of deep kernels: correlations go through all layers while in cache."""

from functools import partial

import numpy as np

from widthwise.kernels.two_layer import half_chord_squared
from widthwise.machine import compiled
from widthwise.numerics.panels.writing import write_tile

__all__ = ["fill_deep_tile"]

# Multiplications and additions may be fused.
_fused = partial(compiled, fastmath=frozenset({"contract"}))


@_fused
def fill_deep_tile(
    cosine: np.ndarray,  # (a, b), inner products of the tile's rows
    rows: np.ndarray,  # (n, d)
    top: int,
    left: int,
    threshold: float,
    start: np.ndarray,  # (3,): share of t in ρ_1, what the biases add, q_1
    numbers: np.ndarray,  # (L, 6): rise, u_0, v_0, gain, variance, power
    first: np.ndarray,  # (L, 2 * cells)
    right: np.ndarray,
    scale: np.ndarray,
    shift: np.ndarray,
    coefficients: np.ndarray,  # (pieces of all layers, 2, terms)
    crowded: int,
    first_rows: int,
    conjugate: np.ndarray,  # (n, n), or (first_rows, n - first_rows)
    tangent: np.ndarray,
) -> None:
    """Write one tile of both kernels, and its mirror image, as `write_tile` does."""
    height, width = cosine.shape
    depth = first.shape[0]
    terms = coefficients.shape[2]
    cells = first.shape[1] // 2
    per_unit = cells / np.sqrt(0.5)
    share, constant, variance = start
    u = np.empty(width)
    v = np.empty(width)
    x = np.empty(width)
    value = np.empty(width)
    slope = np.empty(width)
    theta = np.empty(width)
    values = np.empty((height, width))
    thetas = np.empty((height, width))
    piece = np.empty(width, np.int64)
    for i in range(height):
        for j in range(width):
            t = cosine[i, j]
            least = max(0.5 - 0.5 * abs(t), 0.0)
            if least < threshold:
                least = half_chord_squared(rows, top + i, left + j, t >= 0.0)
            u[j] = least if t >= 0.0 else 1.0 - least
            v[j] = 1.0 - least if t >= 0.0 else least
        for j in range(width):
            u[j] *= share
            v[j] = v[j] * share + constant
            near = u[j] <= v[j]
            value[j] = variance * (1 - 2 * u[j] if near else 2 * v[j] - 1)
            theta[j] = value[j]
        for layer in range(depth):
            rise, ahead, behind, gain, scaled, power = numbers[layer]
            for j in range(width):
                near = u[j] <= v[j]
                x[j] = np.sqrt(u[j] if near else v[j])
                cell = min(int(x[j] * per_unit), cells - 1)
                piece[j] = first[layer, cell if near else cell + cells]
            for _ in range(crowded):
                for j in range(width):
                    if x[j] >= right[piece[j]]:
                        piece[j] += 1
            for j in range(width):
                p = piece[j]
                y = x[j] * scale[p] + shift[p]
                one = coefficients[p, 0, terms - 1]
                two = coefficients[p, 1, terms - 1]
                for k in range(terms - 2, -1, -1):
                    one = one * y + coefficients[p, 0, k]
                    two = two * y + coefficients[p, 1, k]
                value[j] = one
                slope[j] = two
            for j in range(width):
                near = u[j] <= v[j]
                change = rise * value[j] * (x[j] * x[j] if power == 2.0 else x[j])
                u[j] = max(change if near else ahead - change, 0.0)
                v[j] = max(1 - change if near else behind + change, 0.0)
                value[j] = scaled * (1 - 2 * u[j] if u[j] <= v[j] else 2 * v[j] - 1)
                theta[j] = value[j] + gain * theta[j] * slope[j]
        for j in range(width):
            values[i, j] = value[j]
            thetas[i, j] = theta[j]
    write_tile(values, conjugate, top, left, first_rows)
    write_tile(thetas, tangent, top, left, first_rows)
