"""Rows made to break certificates, and critical widths of networks in whole numbers."""

from collections.abc import Iterator
from functools import cache

import numpy as np
from numba import njit

PRIME = 2**31 - 1
LONGEST = 40_000


def whole_rows() -> Iterator[tuple[str, np.ndarray]]:
    """Yield sets of whole rows: no float is near a decision."""
    random = np.random.default_rng(0)
    centres = np.array([(900, 300, 200), (-200, 800, 500)])
    near = random.integers(-30, 31, (8, 3))
    yield "two clusters", np.repeat(centres, 4, axis=0) + near
    half = random.integers(-500, 501, (5, 3))
    yield "nearly opposite", np.vstack([half, -half + random.integers(-9, 10, (5, 3))])
    yield "grid", np.array([(i, j, 6) for i in range(4) for j in range(4)])
    u, v, w = np.array([(700, 100, 0, 0), (0, 300, 600, 0), (100, 0, 200, 650)])
    steps = (-2, -1, 0, 1, 2)
    circles = [10 * a + k * b for a, b in ((u, v), (v, w), (w, u)) for k in steps]
    yield "three great circles", np.unique(np.array(circles), axis=0)
    yield "arc, d = 2", np.array([(1000, 20 * k) for k in range(10)])
    triples = [10 * a + k * b for a, b in ((u, v), (v, w), (w, u)) for k in (0, 1, 2)]
    yield "close triples", np.array(triples) + np.repeat([[0, 3, 1, 7]], 9, axis=0)
    yield "one row", np.array([(3, 4, 12)])
    yield "two near rows, d = 2", np.array([(1000, 0), (1000, 30)])
    pairs = np.array([(5, 1, 0), (0, 7, 2)])
    more = random.integers(-9, 10, (4, 3))
    yield "two opposite pairs", np.vstack([pairs, -pairs, more])


def unit_rows() -> Iterator[tuple[str, np.ndarray]]:
    """Yield few rows: widths are then small enough to draw many networks of them."""
    yield "orthonormal", np.eye(4)
    angles = np.array([0.0, 0.25])
    yield "two near rows, d = 2", np.stack([np.cos(angles), np.sin(angles)], axis=1)
    rows = np.array([(1, 0, 0), (0.8, 0.5, 0), (-0.9, 0.1, 0.3), (0, 0, 1)])
    yield "nearly opposite", rows / np.linalg.norm(rows, axis=1, keepdims=True)
    grid = np.array([(i, j, 1.0) for i in (-1, 1) for j in (-1, 1)])
    yield "grid", grid / np.linalg.norm(grid, axis=1, keepdims=True)
    yield "one row", np.array([(0.6, 0.8)])


def drawn(whole: np.ndarray, kind: int, slopes: bool, trials: int) -> np.ndarray:
    """Return critical widths of networks."""
    rows = whole.astype(np.int64)
    return drawn_once(rows.tobytes(), rows.shape, kind, slopes, trials)


@cache
def drawn_once(
    key: bytes, shape: tuple[int, int], kind: int, slopes: bool, trials: int
) -> np.ndarray:
    """Return critical widths, drawn when first asked."""
    whole = np.frombuffer(key, dtype=np.int64).reshape(shape)
    seeds = range(trials)
    return np.array([critical_width(whole, kind, slopes, seed) for seed in seeds])


def critical_width(whole: np.ndarray, kind: int, slopes: bool, seed: int) -> int:
    """Return that of one network."""
    random, weights = np.random.default_rng([7, seed]), np.zeros((0, whole.shape[1]))
    while len(weights) < LONGEST:
        more = max(512, len(weights))
        drawn = np.rint(2**20 * random.standard_normal((more, whole.shape[1])))
        weights = np.vstack([weights, drawn])
        needed = critical(whole, weights.astype(np.int64), kind, slopes)
        if needed <= len(weights):
            break
    return int(needed)


@njit(cache=False)
def critical(rows: np.ndarray, weights: np.ndarray, kind: int, slopes: bool) -> int:
    """Return how many units make the features, or the slopes' Jacobian, of rank n."""
    count, dimension = rows.shape
    basis = np.zeros((count, count), dtype=np.int64)
    pivots = np.full(count, -1)
    rank = 0
    parts = dimension if slopes else 1
    column = np.zeros(count, dtype=np.int64)
    for unit in range(len(weights)):
        for part in range(parts):
            for i in range(count):
                z = 0
                for k in range(dimension):
                    z += rows[i, k] * weights[unit, k]
                if slopes or kind == 0:
                    value = 1 if z > 0 else 0
                elif kind == 1:
                    value = max(z, 0)
                elif kind == 2:
                    value = 100 * z if z > 0 else z
                else:
                    value = abs(z)
                if slopes:
                    value *= rows[i, part]
                column[i] = value % PRIME
            for index in range(rank):
                pivot = pivots[index]
                if column[pivot]:
                    factor = column[pivot]
                    for i in range(count):
                        column[i] = (column[i] - factor * basis[index, i]) % PRIME
            for i in range(count):
                if column[i]:
                    inverse, power, e = 1, column[i], PRIME - 2
                    while e:
                        if e & 1:
                            inverse = inverse * power % PRIME
                        power = power * power % PRIME
                        e >>= 1
                    for k in range(count):
                        basis[rank, k] = column[k] * inverse % PRIME
                    pivots[rank] = i
                    rank += 1
                    break
            if rank == count:
                return unit + 1
    return len(weights) + 1
