"""Whether a kernel's factors may be in float32, their solutions refined in float64."""

import math

import numpy as np
import torch

from widthwise.numerics.linear_algebra import cholesky
from widthwise.spectra.operators import KernelEntries

__all__ = ["refinements"]

_FROM = 16_384  # Rows; before, passes over the entries take longer than is won.
_SAMPLE = 2048
_PROBES, _STEPS = 4, 4  # Columns and products of the power method.
_SAFETY = 2.0
_KEPT = 0.02  # Of a residual by a refinement: more of it, and many would be needed.
_LARGEST = 1e12  # Of the diagonal's numbers and their inverses: float32 has room there.
_LEFT = 1e-8  # Of the targets: as much as float64's rounding hides, or nearly.


def refinements(entries: KernelEntries) -> int:
    r"""Return how many refinements single factors will need about; 0 for no such ones.

    The eigenvalues of K + λ are at least λ. Cholesky's method in float32 is off by a
    matrix E, whose norm is measured on some of the rows and grows with their number, at
    most, and mostly with its root. A refinement leaves up to $\|E\| / \lambda$ of the
    residual; whether it did is seen there, in float64.

    Cost: the kernel of 2,048 rows, and its factors.
    """
    n = len(entries.points)
    if n < _FROM or not entries.penalty:
        return 0
    some = np.unique(np.linspace(0, n - 1, _SAMPLE).astype(int))
    sample = KernelEntries(entries.kernel, entries.points[some], entries.penalty)
    every = slice(0, len(some))
    matrix = sample(every, every)
    diagonal = np.diagonal(matrix)
    if not 1 / _LARGEST < diagonal.min() <= diagonal.max() < _LARGEST:
        return 0
    factor = cholesky(torch.from_numpy(matrix.astype(np.float32)))
    if factor is None:
        return 0
    left = _error(factor.double().numpy(), matrix) / entries.penalty
    more = n / len(some)
    if _SAFETY * more * left > _KEPT:
        return 0
    return math.ceil(math.log(_LEFT) / math.log(max(math.sqrt(more) * left, _LEFT)))


def _error(lower: np.ndarray, matrix: np.ndarray) -> float:
    r"""Estimate $\|L L^\top - A\|$ from below, by powers of it."""
    found = np.random.default_rng(0).standard_normal((len(matrix), _PROBES))
    for _ in range(_STEPS):
        size = np.linalg.norm(found, axis=0)
        found /= np.where(size > 0.0, size, 1.0)
        found = lower @ (lower.T @ found) - matrix @ found
    return float(np.linalg.norm(found, axis=0).max())
