"""Panels of columns that stay in vector registers, from inner products to the store.

Its files load numba; this one does not.
"""

__all__ = ["BLOCK", "CHUNK", "LEFT", "PANEL"]

BLOCK = 6
"""Coefficients that are multiplied out without a look at memory between them."""
PANEL, LEFT = 24, 8
"""Rows of a panel, and of another that are multiplied by it at once: their sums fill
three quarters of the registers."""
CHUNK = 176
"""Columns of them that are summed in registers, at most."""
