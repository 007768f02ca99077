"""Memory that begins where a line of the caches does."""

import math
from typing import Any

import numpy as np

__all__ = ["aligned"]

_LINE = 64
_FLOATS = np.dtype(np.float64)


def aligned(shape: tuple[int, ...], kind: np.dtype[Any] = _FLOATS) -> np.ndarray:
    """Return new memory for so many numbers: vectors of eight lie in one line each."""
    size = math.prod(shape)
    room = np.empty(size + _LINE // kind.itemsize, kind)  # In large pages, if large.
    begin = -room.ctypes.data % _LINE // kind.itemsize
    return room[begin : begin + size].reshape(shape)
