"""The row space of spherical harmonics of given degrees, weighted point by point."""

import math
from dataclasses import dataclass

import numpy as np
import torch

from widthwise.numerics import available_bytes, linear_algebra, require

__all__ = ["RowSpace", "harmonics_count", "row_space", "zonal"]

_EPS = float(np.finfo(np.float64).eps)
_MOST_OPERATIONS = 10**12
_CHEAPER = "Take a random sample of the rows."


@dataclass(frozen=True)
class RowSpace:
    """An orthonormal basis of the column space of a matrix with one row a point.

    Attributes
    ----------
    basis
        Shape (q, r); None for all of R^q.
    count
        q.
    rank
        r.
    smallest_kept, largest_dropped
        Singular values on the two sides of `tolerance`, relative to the largest one;
        nan where there is none.
    tolerance
        The relative singular value up to which one counts as zero.
    is_clear
        Whether no singular value is near the tolerance.
    """

    basis: np.ndarray | None
    count: int
    rank: int
    smallest_kept: float = math.nan
    largest_dropped: float = math.nan
    tolerance: float = 0.0
    is_clear: bool = True


def harmonics_count(dimension: int, degree: int) -> int:
    """N(d, k), the number of independent harmonics of degree k in d variables."""
    if dimension == 1:
        return int(degree <= 1)
    below = math.comb(degree + dimension - 3, dimension - 1) if degree >= 2 else 0
    return math.comb(degree + dimension - 1, dimension - 1) - below


def zonal(cosines: np.ndarray, degrees: tuple[int, ...], dimension: int) -> np.ndarray:
    r"""Evaluate $\sum_k N(d,k) P_k(t) / \sum_k N(d,k)$ at an array of t."""
    total = np.zeros_like(cosines)
    for degree, values in _legendre(cosines, degrees, dimension):
        total += harmonics_count(dimension, degree) * values
    return total / sum(harmonics_count(dimension, k) for k in degrees)


def row_space(
    points: np.ndarray,
    weights: np.ndarray,
    degrees: tuple[int, ...],
    *,
    noise: float,
) -> RowSpace:
    r"""Find the space spanned by $(\omega_i Y(x_i))_i$ over the harmonics Y.

    Every degree has the same weight in the norm, whatever the activation: the rank does
    not depend on it and the conditioning is the best there is. When there are more
    harmonics than points, the kernel matrix shows full rank; otherwise, or when it
    does not, the singular values of explicit features decide.

    Parameters
    ----------
    points, weights
        x, shape (q, d), unit rows; ω, shape (q,), positive.
    degrees
        The degrees k of the harmonics.
    noise
        How far, in norm, a point may be from what it stands for.

    Raises
    ------
    MemoryBudgetError
        If the features do not fit into memory.

    Cost: O(q M min(q, M)) time and O(q M) memory for M harmonics.
    """
    count, dimension = points.shape
    total = sum(harmonics_count(dimension, k) for k in degrees)
    if count == 0 or total == 0:
        return RowSpace(np.zeros((count, 0)), count, 0)
    columns = sum(_columns(degree, dimension) for degree in degrees)
    if columns > 2 * count:
        found = _by_kernel(points, weights, degrees)
        if found.is_clear or not _is_affordable(count, columns):
            return found
    return _by_features(points, weights, degrees, total, noise)


def _by_features(
    points: np.ndarray,
    weights: np.ndarray,
    degrees: tuple[int, ...],
    total: int,
    noise: float,
) -> RowSpace:
    """Find the row space from an SVD of explicit features."""
    count = len(points)
    features = weights[:, None] * _features(points, degrees)
    left, singular, _ = linear_algebra.svd(torch.from_numpy(features))
    values = singular.numpy() / float(singular[0])
    # A point that moves by `noise` moves a harmonic of degree k by at most k² of it.
    moved = max(1, max(degrees)) ** 2 * noise * float(np.linalg.norm(weights))
    tolerance = 8 * _EPS * max(features.shape) + moved / float(singular[0])
    rank = int(np.count_nonzero(values > tolerance))
    kept = float(values[rank - 1])
    # Beyond the number of harmonics, zeros say nothing about the points.
    dropped = float(values[rank]) if rank < min(count, total) else math.nan
    basis = np.ascontiguousarray(left.numpy()[:, :rank])
    # A dropped value that is more than rounding may be a real one: say so.
    clear = kept > 1e3 * tolerance and not dropped > tolerance / 20
    return RowSpace(basis, count, rank, kept, dropped, tolerance, clear)


def _by_kernel(
    points: np.ndarray, weights: np.ndarray, degrees: tuple[int, ...]
) -> RowSpace:
    """Find the row space from the kernel matrix, whose eigenvalues are squares."""
    count, dimension = points.shape
    require(5 * 8 * count**2, f"The harmonics of {count} points", _CHEAPER)
    matrix = zonal(points @ points.T, degrees, dimension)
    matrix *= weights[:, None] * weights
    gram = torch.from_numpy(matrix)
    tolerance = 8 * _EPS * count * max(1, max(degrees)) ** 2
    values = linear_algebra.eigenvalues(gram).numpy()
    values = values / values[-1]
    dropped = values[values <= tolerance]
    kept = math.sqrt(values[len(dropped)])
    limit = math.sqrt(tolerance)
    if not len(dropped):
        clear = kept**2 > 1e3 * tolerance
        return RowSpace(None, count, count, kept, math.nan, limit, clear)
    # Squares hide singular values below 1e-7: a dropped one is no proof of zero.
    _, vectors = linear_algebra.eigh(gram)
    basis = np.ascontiguousarray(vectors.numpy()[:, len(dropped) :])
    largest = math.sqrt(max(dropped[-1], 0.0))
    return RowSpace(basis, count, basis.shape[1], kept, largest, limit, is_clear=False)


def _columns(degree: int, dimension: int) -> int:
    """Columns of `_features` for one degree."""
    count = harmonics_count(dimension, degree)
    return count if degree <= 1 else 2 * count


def _bytes(count: int, columns: int) -> int:
    """Peak memory of `_by_features`."""
    return 8 * (4 * count * columns + 4 * min(count, columns) ** 2)


def _is_affordable(count: int, columns: int) -> bool:
    return (
        count**2 * columns <= _MOST_OPERATIONS
        and _bytes(count, columns) <= available_bytes()
    )


def _features(points: np.ndarray, degrees: tuple[int, ...]) -> np.ndarray:
    r"""Columns that span the harmonics of these degrees, shape (q, M').

    Degrees 0 and 1 are the constant and the coordinates. Degree k is spanned by
    $P_k(x \cdot z_l)$ for 2 N(d, k) random centres z_l, more than enough with
    probability one; twice as many keep them well conditioned.
    """
    count, dimension = points.shape
    sizes = {k: harmonics_count(dimension, k) for k in degrees}
    columns = sum(_columns(degree, dimension) for degree in degrees)
    what = f"The {sum(sizes.values())} harmonics of {count} points"
    require(_bytes(count, columns), what, _CHEAPER)
    blocks = []
    generator = np.random.default_rng(0)
    for degree, size in sizes.items():
        if degree == 0:
            blocks.append(np.ones((count, 1)))
        elif degree == 1:
            blocks.append(math.sqrt(dimension) * points)
        elif size:
            centres = generator.standard_normal((2 * size, dimension))
            centres /= np.linalg.norm(centres, axis=1, keepdims=True)
            ((_, values),) = _legendre(points @ centres.T, (degree,), dimension)
            # E over z of P_k(x·z) P_k(y·z) is P_k(x·y) / N: unit weight per harmonic.
            blocks.append(math.sqrt(size) * math.sqrt(0.5) * values)
    return np.concatenate(blocks, axis=1)


def _legendre(
    cosines: np.ndarray, degrees: tuple[int, ...], dimension: int
) -> list[tuple[int, np.ndarray]]:
    """Legendre polynomials of dimension d, normalised to 1 at 1, by recurrence."""
    found = []
    before, now = np.zeros_like(cosines), np.ones_like(cosines)
    for degree in range(max(degrees) + 1):
        if degree in degrees:
            found.append((degree, now))
        if dimension == 2:
            following = (2 * cosines * now - before) if degree else cosines
        else:
            raised = (2 * degree + dimension - 2) * cosines * now - degree * before
            following = raised / (degree + dimension - 2)
        before, now = now, following
    return found
