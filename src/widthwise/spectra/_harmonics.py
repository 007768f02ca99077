"""The row space of spherical harmonics of given degrees, weighted point by point."""

import math
from dataclasses import dataclass, replace

import numpy as np
import torch

from widthwise.arrays import row_blocks
from widthwise.numerics import available_bytes, linear_algebra, require
from widthwise.numerics.harmonics import harmonics_count
from widthwise.spectra._least_motion import least_motions
from widthwise.spectra._rational_rank import rational_rank

__all__ = ["RowSpace", "row_space", "zonal"]

_EPS = float(np.finfo(np.float64).eps)
_ONE_ROUNDING = 2e-15  # Of unit vectors, in radians: nearer is the same.
_MARGIN = 100  # Between the tolerance and a motion that is certainly beyond it.
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
    undecided
        How much larger the rank may be than `rank`: rows within the tolerance have that
        one, the rows as they are have another.
    is_rational
        Whether a rank below the full one is that of the rows as they are, over the
        rationals, and not of rows that are one rounding of unit vectors from them.
    """

    basis: np.ndarray | None
    count: int
    rank: int
    smallest_kept: float = math.nan
    largest_dropped: float = math.nan
    tolerance: float = 0.0
    is_clear: bool = True
    undecided: int = 0
    is_rational: bool = True


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
    given: np.ndarray | None = None,
) -> RowSpace:
    r"""Find the space spanned by $(\omega_i Y(x_i))_i$ over the harmonics Y.

    Every degree has the same weight in the norm, whatever the activation: the rank does
    not depend on it and the conditioning is the best there is. When there are more
    harmonics than points, the kernel matrix shows full rank; otherwise, or when it
    does not, the singular values of explicit features decide. Those too small for that
    are decided over the rationals. Where the two disagree, the rows are dependent to
    within `noise` and not as they are, and the rank is undecided.

    Parameters
    ----------
    points, weights
        x, shape (q, d), unit rows; ω, shape (q,), positive.
    degrees
        The degrees k of the harmonics.
    noise
        How far, in norm, a point may be from what it stands for.
    given
        The rows that the points are the directions of, as they were given.

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
    found = None
    if columns > 2 * count:
        found = _by_kernel(points, weights, degrees)
    if found is None or (
        not found.is_clear and _is_affordable(count, columns, dimension)
    ):
        return _by_features(points, weights, degrees, noise, given)
    if found.rank == count:
        return found
    exact = rational_rank(points if given is None else given, degrees, dimension)
    most = min(count, total) if exact is None else exact
    return replace(found, undecided=max(0, most - found.rank))


def _by_features(
    points: np.ndarray,
    weights: np.ndarray,
    degrees: tuple[int, ...],
    noise: float,
    given: np.ndarray | None,
) -> RowSpace:
    """Find the row space from an SVD of explicit features."""
    count, dimension = points.shape
    total = sum(harmonics_count(dimension, k) for k in degrees)
    features = _features(points, degrees)
    features *= weights[:, None]
    left, singular, _ = linear_algebra.svd(torch.from_numpy(features))
    values = singular.numpy() / float(singular[0])
    # A point that moves by `noise` moves a harmonic of degree k by at most k² of it.
    moved = max(1, max(degrees)) ** 2 * noise * float(np.linalg.norm(weights))
    tolerance = 8 * _EPS * max(features.shape) + moved / float(singular[0])
    rank = int(np.count_nonzero(values > tolerance))
    most = min(count, total)
    undecided, is_rational = 0, True
    rows = points if given is None else given
    if rank < most and degrees == (1,):
        # Moving each row by this much, in any direction, makes them dependent.
        moves = np.abs(left.numpy()[:, rank:most]) / weights[:, None]
        steps = singular.numpy()[rank:most] * moves.max(axis=0)
        undecided = int(np.count_nonzero(steps > _ONE_ROUNDING))
        is_rational = bool(undecided) or rational_rank(rows, (1,), dimension) == rank
    elif rank < most:
        rank, undecided, is_rational = _decided(rows, degrees, rank, most, noise)
    kept = float(values[rank - 1])
    # Beyond the number of harmonics, zeros say nothing about the points.
    dropped = float(values[rank]) if rank < most else math.nan
    basis = np.ascontiguousarray(left.numpy()[:, :rank])
    clear = kept > 1e3 * tolerance and not undecided
    return RowSpace(
        basis, count, rank, kept, dropped, tolerance, clear, undecided, is_rational
    )


def _decided(
    rows: np.ndarray, degrees: tuple[int, ...], rank: int, most: int, noise: float
) -> tuple[int, int, bool]:
    """Return the rank, what is open, and whether no rounding of rows decided.

    Of singular values that hide in their rounding.

    The bound on what moves forgets how the harmonics move together: in a cluster of
    points all but one of the singular values are small, and none is near zero.
    """
    exact = rational_rank(rows, degrees, rows.shape[1])
    if exact is None:
        return rank, most - rank, True
    if exact <= rank:
        return rank, 0, True
    motions = least_motions(rows, degrees, rank, exact, enough=_MARGIN * noise)
    if not motions:
        is_flat = _flat_rank(rows, degrees) == rank
        return rank, 0 if is_flat else exact - rank, not is_flat
    certain = sum(each > _MARGIN * noise for each in motions)
    undecided = sum(not each <= _ONE_ROUNDING for each in motions) - certain
    return rank + certain, undecided, bool(certain + undecided == len(motions))


def _flat_rank(rows: np.ndarray, degrees: tuple[int, ...]) -> int | None:
    """Return the rank over the rationals in the subspace that rounding leaves."""
    dimension = rows.shape[1]
    _, singular, axes = linear_algebra.svd(torch.from_numpy(rows))
    span = int((singular > _ONE_ROUNDING * math.sqrt(len(rows))).sum())
    flat = rows @ axes.numpy()[:span].T
    return rational_rank(flat, degrees, dimension) if span < dimension else None


def _by_kernel(
    points: np.ndarray, weights: np.ndarray, degrees: tuple[int, ...]
) -> RowSpace:
    """Find the row space from the kernel matrix, whose eigenvalues are squares."""
    count, dimension = points.shape
    require(5 * 8 * count**2, f"The harmonics of {count} points", _CHEAPER)
    matrix = np.empty((count, count))
    for block in row_blocks(count, count):
        matrix[block] = zonal(points[block] @ points.T, degrees, dimension)
    matrix *= weights[:, None]
    matrix *= weights
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


def _bytes(count: int, columns: int, dimension: int) -> int:
    """Peak memory of `_by_features`: features, LAPACK's copy, vectors, the centres."""
    least = min(count, columns)
    return 8 * (3 * count * columns + 5 * least**2 + columns * dimension)


def _is_affordable(count: int, columns: int, dimension: int) -> bool:
    return (
        count**2 * columns <= _MOST_OPERATIONS
        and _bytes(count, columns, dimension) <= available_bytes()
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
    require(_bytes(count, columns, dimension), what, _CHEAPER)
    found = np.empty((count, columns))
    generator = np.random.default_rng(0)
    start = 0
    for degree, size in sizes.items():
        stop = start + _columns(degree, dimension)
        part = found[:, start:stop]
        start = stop
        if degree == 0:
            part[:] = 1.0
        elif degree == 1:
            np.multiply(points, math.sqrt(dimension), out=part)
        elif size:
            centres = generator.standard_normal((2 * size, dimension))
            centres /= np.sqrt(np.einsum("ij,ij->i", centres, centres))[:, None]
            for block in row_blocks(count, 2 * size):
                cosines = points[block] @ centres.T
                ((_, values),) = _legendre(cosines, (degree,), dimension)
                # E over z of P_k(x·z) P_k(y·z) is P_k(x·y) / N: unit weight each.
                part[block] = math.sqrt(size) * math.sqrt(0.5) * values
    return found


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
