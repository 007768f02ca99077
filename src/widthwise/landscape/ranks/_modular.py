"""Gram matrices of Jacobians modulo a prime of 26 bits, exact in float64."""

import numpy as np

from widthwise.numerics.exact_rank import integer_rows

__all__ = ["modular_gram", "pattern_gram", "whole_slopes"]


def whole_slopes(pattern: np.ndarray, of: tuple[float, ...]) -> np.ndarray:
    """Slopes as whole numbers, shape (d1, n): int64 if small, else Python integers."""
    whole = integer_rows(np.array([of]))[0]
    small = max(abs(each) for each in whole) < 2**31
    table = np.array(whole, dtype=np.int64 if small else object)
    found: np.ndarray = table[pattern.astype(np.int64)]
    return found


def pattern_gram(slopes: np.ndarray, products: np.ndarray, prime: int) -> np.ndarray:
    """(SᵀS) ∘ (X Xᵀ) modulo the prime, from whole S (d1, n) and the residues X Xᵀ."""
    reduced = (slopes % prime).astype(np.float64)
    found = modular_gram(np.ascontiguousarray(reduced.T), prime)
    found *= products
    return np.asarray(np.fmod(found, prime))


def modular_gram(rows: np.ndarray, prime: int) -> np.ndarray:
    """Return A Aᵀ modulo the prime, from two products with sums below 2**53."""
    low = np.fmod(rows, 2.0**13)
    high = (rows - low) * 2.0**-13
    count = 2**13  # Columns at once: 2**13 products below 2**26 · 2**13.
    found = np.zeros((len(rows), len(rows)))
    for start in range(0, rows.shape[1], count):
        part = slice(start, start + count)
        upper = np.fmod(rows[:, part] @ high[:, part].T, prime) * 2.0**13
        found += np.fmod(upper + rows[:, part] @ low[:, part].T, prime)
    return np.asarray(np.fmod(found, prime))
