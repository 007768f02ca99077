"""Memory that begins where a line of the caches does."""

import math
from typing import Any

import numpy as np
import torch

from widthwise.arrays import Array
from widthwise.numerics.accelerator import is_elsewhere

__all__ = ["aligned", "aligned_beside"]

_LINE = 64
_FLOATS = np.dtype(np.float64)


def aligned(shape: tuple[int, ...], kind: np.dtype[Any] = _FLOATS) -> np.ndarray:
    """Return new memory for so many numbers: vectors of eight lie in one line each."""
    size = math.prod(shape)
    room = np.empty(size + _LINE // kind.itemsize, kind)  # In large pages, if large.
    begin = -room.ctypes.data % _LINE // kind.itemsize
    return room[begin : begin + size].reshape(shape)


def aligned_beside(tensor: Array, shape: tuple[int, ...]) -> Array:
    """Return a tensor of new memory for float64 numbers where another tensor is."""
    if is_elsewhere(tensor):
        return tensor.new_empty(shape)
    found: Array = torch.from_numpy(aligned(shape))
    return found
