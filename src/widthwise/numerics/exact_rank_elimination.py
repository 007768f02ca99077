"""Gaussian elimination modulo a prime below 2**26, in float64 without any rounding."""

import math

import numpy as np

from widthwise.machine import compiled

__all__ = ["BITS", "eliminate", "null_support", "reduce_float"]

BITS = 26
"""Products of two residues stay below 2**52, so float64 holds them exactly."""

_ROUND = 6755399441055744.0  # 1.5 · 2**52: adding and subtracting it rounds to a whole.


@compiled
def eliminate(matrix: np.ndarray, prime: float, pivots: np.ndarray) -> int:
    """Bring residues to echelon form in place; return the rank.

    `matrix` (n, m) holds whole numbers between -prime and prime as float64, and keeps
    to that; the column of each pivot goes to `pivots`, of length min(n, m) or more.
    """
    n, m = matrix.shape
    inverse = 1.0 / prime
    rank = 0
    for column in range(m):
        chosen = -1
        for i in range(rank, n):
            if matrix[i, column] != 0.0:
                chosen = i
                break
        if chosen < 0:
            continue
        if chosen != rank:
            for j in range(column, m):
                held = matrix[rank, j]
                matrix[rank, j] = matrix[chosen, j]
                matrix[chosen, j] = held
        pivots[rank] = column
        scale = _reciprocal(matrix[rank, column], prime)
        for i in range(rank + 1, n):
            if matrix[i, column] != 0.0:
                factor = _residue(matrix[i, column] * scale, prime, inverse)
                _subtract(matrix[i, column:], matrix[rank, column:], factor, prime)
        rank += 1
        if rank == n:
            break
    return rank


@compiled
def null_support(matrix: np.ndarray, prime: float, support: np.ndarray) -> int:
    """Mark the columns that occur in some null vector; return the rank.

    Destroys `matrix`, residues of shape (n, m); `support` is bool, of length m.
    """
    n, m = matrix.shape
    inverse = 1.0 / prime
    pivots = np.empty(min(n, m), np.int64)
    rank: int = eliminate(matrix, prime, pivots)
    support[:] = True
    for k in range(rank):
        support[pivots[k]] = False
    free = np.flatnonzero(support)
    # Back substitution touches only the columns that hold no pivot.
    rest = np.empty((rank, free.size))
    for k in range(rank):
        for j in range(free.size):
            rest[k, j] = matrix[k, free[j]]
    for k in range(rank - 1, -1, -1):
        scale = _reciprocal(matrix[k, pivots[k]], prime)
        for later in range(k + 1, rank):
            factor = matrix[k, pivots[later]]
            if factor != 0.0:
                _subtract(rest[k], rest[later], factor, prime)
        for j in range(free.size):
            rest[k, j] = _residue(rest[k, j] * scale, prime, inverse)
            if rest[k, j] != 0.0:
                support[pivots[k]] = True
    return rank


@compiled
def reduce_float(value: float, prime: int, powers: np.ndarray) -> int:
    """Return the residue of a finite float, exactly: it is k 2**e.

    `powers[e + 2400]` is 2**e modulo the prime.
    """
    fraction, exponent = math.frexp(value)
    whole = np.int64(fraction * 9007199254740992.0) % prime
    found: int = whole * powers[exponent - 53 + 2400] % prime
    return found


@compiled
def _subtract(row: np.ndarray, other: np.ndarray, factor: float, prime: float) -> None:
    inverse = 1.0 / prime
    for j in range(row.size):  # From 0, or wrapped indices would stop vectors.
        value = row[j] - factor * other[j]
        row[j] = value - ((value * inverse + _ROUND) - _ROUND) * prime


@compiled
def _residue(value: float, prime: float, inverse: float) -> float:
    return value - ((value * inverse + _ROUND) - _ROUND) * prime


@compiled
def _reciprocal(value: float, prime: float) -> float:
    """Inverse modulo the prime, by Euclid."""
    p = np.int64(prime)
    old, new = p, np.int64(value) % p
    before, after = np.int64(0), np.int64(1)
    while new != 0:
        quotient = old // new
        old, new = new, old - quotient * new
        before, after = after, before - quotient * after
    return np.float64(before % p)
