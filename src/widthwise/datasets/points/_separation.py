"""How far points are from being parallel, and which two come closest."""

import math
from dataclasses import dataclass

import numpy as np
import torch

from widthwise.arguments import require_finite, require_matrix
from widthwise.arrays import Array, Float, Real
from widthwise.errors import DataError

__all__ = ["Separation", "separation", "span_dimension"]

_BLOCK, _AT_ONCE = 1024, 4096
_EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Separation:
    r"""The least sine of the angle between two points' lines, and where it is.

    Attributes
    ----------
    value
        δ, in [0, 1]; inf for a single point.
    rows
        The two rows that attain it; empty for a single point.
    is_antipodal
        Whether those two are nearly opposite rather than nearly equal.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> found = ww.datasets.separation(points)
    >>> found.value, found.is_antipodal
    (1.0, False)
    """

    value: float
    rows: tuple[int, ...]
    is_antipodal: bool


def separation(points: Real[Array, "n d"]) -> Separation:
    r"""Return the separation of points, after scaling each to norm one.

    $$\delta(X) = \min_{i \ne j} \|(I - x_i x_i^\top)\,x_j\| = \min_{i \ne j}
    |\sin\angle(x_i, x_j)|$$

    A sine below 0.1 is found from $\|x_i \mp x_j\|$, which keeps its digits.

    Parameters
    ----------
    points
        Shape (n, d), rows other than zero.

    Returns
    -------
    δ with the pair that attains it, the first in row order among equals.

    Raises
    ------
    DataError
        If the points are not a finite matrix, or a row is zero.
    MemoryBudgetError
        If a block of 1024 x n inner products does not fit in memory.

    Source
    ------
    Panigrahi, Shetty and Goyal (2020), arXiv:1908.05660, assumption on the data.
    Cost: n² d operations, 1024 n numbers at a time.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> found = ww.datasets.separation(points)
    >>> found.rows
    (0, 1)
    """
    from widthwise.numerics import require  # loads SciPy, which most readers spare

    rows = _unit(points)
    count = len(rows)
    if count == 1:
        return Separation(math.inf, (), False)
    require(
        24 * _BLOCK * count, "A block of correlations", "Take a sample of the rows."
    )
    best, pair = math.inf, (0, 1)
    for top in range(0, count, _BLOCK):
        block = rows[top : top + _BLOCK]
        cosine = np.abs(block @ rows.T)
        index = np.arange(len(block))
        cosine[np.arange(count)[None, :] <= (top + index)[:, None]] = -1.0
        # Candidates within rounding of the closest; the pair is settled exactly below.
        largest = float(cosine.max())
        if largest < 0:
            continue
        slack = 8 * _EPS * math.sqrt(rows.shape[1])
        places = np.argwhere(cosine >= largest - slack)
        for some in np.split(places, range(_AT_ONCE, len(places), _AT_ONCE)):
            sines = _sines(rows[top + some[:, 0]], rows[some[:, 1]])
            least = int(sines.argmin())
            if sines[least] < best:
                best = float(sines[least])
                pair = int(top + some[least, 0]), int(some[least, 1])
    first, second = rows[pair[0]], rows[pair[1]]
    return Separation(best, pair, bool(first @ second < 0))


def span_dimension(points: Real[Array, "n d"]) -> int:
    r"""Return the dimension of the space that the points span.

    The number of singular values of the rows, each scaled to norm one, above
    $\max(n, d)\,\epsilon\,s_1$.

    Raises
    ------
    DataError
        If the points are not a finite matrix, or a row is zero.

    Cost: n d min(n, d) operations.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> ww.datasets.span_dimension(points[:2])
    2
    """
    rows = _unit(points)
    values = np.linalg.svd(rows, compute_uv=False)
    return int((values > max(rows.shape) * _EPS * values[0]).sum())


def _sines(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return |sin| of the angles between unit rows, accurate near 0."""
    chords = np.minimum(
        np.linalg.norm(first - second, axis=1), np.linalg.norm(first + second, axis=1)
    )
    return np.asarray(chords * np.sqrt(np.maximum(1 - chords**2 / 4, 0.0)))


def _unit(points: Array) -> Float[np.ndarray, "n d"]:
    rows = torch.as_tensor(points).detach().cpu().to(torch.float64).numpy()
    require_matrix(rows, "The points")
    require_finite(rows, "the points", advice="Leave it out.")
    # The largest entry first, so that no square overflows.
    largest = np.abs(rows).max(axis=1, keepdims=True)
    if not (largest > 0).all():
        raise DataError(f"Row {int(np.argmin(largest))} is zero. Leave it out.")
    scaled = rows / largest
    return np.asarray(scaled / np.linalg.norm(scaled, axis=1, keepdims=True))
