r"""The Gram matrix of slopes that take two values, by tables of partial sums.

$P_{ij} = \sum_r c_r h_{ri} h_{rj}$ with bits $h$ needs no multiplications: for a group
of six units, the row that point i adds to P is one of 64 sums of rows. The tables take
a fifth of all additions, and both together are a fifth of the additions of a product.
"""

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

import numba
import numpy as np
import torch

from widthwise.activations import Activation
from widthwise.arrays import Array

__all__ = ["PatternGram", "is_worth_tables", "two_slopes"]

# Bits of a code, tables at once, and columns of a table: 7 tables of 64 rows and 128
# columns are 460 KB, so they stay in the second cache. Measured at n = 500, m = 4096:
# 10 ms, where syrk takes 21; with 4 tables 14, with 5 bits 12, with 64 columns 13.
_BITS, _TABLES, _COLUMNS = 6, 7, 128


def two_slopes(act: Activation) -> tuple[float, float, float] | None:
    r"""Return the kink of $\sigma$, and $\sigma'$ below it and from it on.

    None unless the activation is of the catalog and $\sigma'$ is constant on both sides
    of one kink.
    """
    return None if act.constants_are_sampled else _two_slopes(act)


def is_worth_tables(count: int, width: int) -> bool:
    """Whether the product would take more than some five milliseconds.

    Below, compiling would cost more than it brings.
    """
    return count**2 * width >= 2e8


class PatternGram:
    """Codes of the units' bits, filled by blocks, and then their Gram matrix."""

    def __init__(self, count: int, width: int, columns: int) -> None:
        blocks = -(-width // columns)
        groups = blocks * -(-min(columns, width) // _BITS)
        groups = -(-groups // _TABLES) * _TABLES
        self._codes = np.zeros((groups, count), dtype=np.uint8)
        self._weights = np.zeros(groups * _BITS)
        self._tables = np.zeros((_TABLES, 1 << _BITS, _COLUMNS))
        self._next = 0

    def begin(self) -> None:
        """Forget what was added."""
        self._weights[:] = 0.0
        self._next = 0

    def add(self, arguments: Array, kink: float, weights: Array) -> None:
        r"""Take a block's pre-activations, shape (n, b), and its weights $c_r$."""
        start, width = self._next, arguments.shape[1]
        self._next = start + -(-width // _BITS)
        codes = self._codes[start : self._next]
        self._weights[start * _BITS : start * _BITS + width] = weights.numpy()
        _encode(arguments.numpy(), kink, codes)

    def write_upper(self, total: Array) -> None:
        """Write P's upper triangle, shape (n, n), and begin anew."""
        found = total.numpy()
        found[:] = 0.0
        _add_rows(self._codes, self._weights, self._tables, found)
        self.begin()


@cache
def _two_slopes(act: Activation) -> tuple[float, float, float] | None:
    if len(act.breakpoints) != 1 or act.smoothness != 1.0:
        return None
    (kink,) = act.breakpoints
    apart = torch.logspace(-12, 2, 57, dtype=torch.float64)
    below, above = (act.derivative(kink + side * apart) for side in (-1.0, 1.0))
    if bool((below != below[0]).any()) or bool((above != above[0]).any()):
        return None
    return kink, float(below[0]), float(above[0])


def _compiled(function: Callable[..., Any]) -> Any:
    """Compile a function that lets other threads run."""
    # A checker of annotations wraps functions on import; numba compiles the bare one.
    function = inspect.unwrap(function)
    options = {"nogil": True, "fastmath": {"reassoc", "contract"}}
    try:
        return numba.njit(cache=True, **options)(function)
    except RuntimeError:  # No folder that numba may write its cache to.
        return numba.njit(**options)(function)


@_compiled
def _encode(arguments: np.ndarray, kink: float, codes: np.ndarray) -> None:
    count, width = arguments.shape
    for i in range(count):
        row = arguments[i]
        for group in range(len(codes)):
            code = 0
            for bit in range(min(_BITS, width - group * _BITS)):
                if row[group * _BITS + bit] >= kink:
                    code |= 1 << bit
            codes[group, i] = code


@_compiled
def _add_rows(
    codes: np.ndarray, weights: np.ndarray, tables: np.ndarray, total: np.ndarray
) -> None:
    count = len(total)
    for left in range(0, count, _COLUMNS):
        wide = min(_COLUMNS, count - left)
        for first in range(0, len(codes), _TABLES):
            for place in range(_TABLES):
                _fill(
                    tables[place],
                    codes[first + place, left : left + wide],
                    weights[(first + place) * _BITS : (first + place + 1) * _BITS],
                )
            for i in range(left + wide):
                out = total[i, left : left + wide]
                t0 = tables[0, codes[first, i]]
                t1 = tables[1, codes[first + 1, i]]
                t2 = tables[2, codes[first + 2, i]]
                t3 = tables[3, codes[first + 3, i]]
                t4 = tables[4, codes[first + 4, i]]
                t5 = tables[5, codes[first + 5, i]]
                t6 = tables[6, codes[first + 6, i]]
                for j in range(wide):
                    out[j] += t0[j] + t1[j] + t2[j] + t3[j] + t4[j] + t5[j] + t6[j]


@_compiled
def _fill(table: np.ndarray, codes: np.ndarray, weights: np.ndarray) -> None:
    wide = len(codes)
    for bit in range(_BITS):
        one, weight = 1 << bit, weights[bit]
        row = table[one]
        for j in range(wide):
            row[j] = weight * ((codes[j] >> bit) & 1)
        for code in range(1, one):
            into, of = table[one + code], table[code]
            for j in range(wide):
                into[j] = of[j] + row[j]
