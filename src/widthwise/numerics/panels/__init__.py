"""Panels of columns that stay in vector registers, from inner products to the store.

Its files load numba; this one does not.
"""

__all__ = ["BLOCK"]

BLOCK = 6
"""Coefficients that are multiplied out without a look at memory between them."""
