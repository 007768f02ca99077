"""From active degrees and collisions to the null space: the rank theorem, executed."""

import numpy as np

from widthwise.spectra._active_degrees import ActiveDegrees
from widthwise.spectra._collisions import Collisions
from widthwise.spectra._harmonics import RowSpace, row_space
from widthwise.spectra._null_space import NullSpace

__all__ = ["null_space"]


def null_space(
    directions: np.ndarray,
    collisions: Collisions,
    degrees: ActiveDegrees,
    tolerance: float,
    given: np.ndarray | None = None,
) -> NullSpace:
    r"""Build the null space of the kernel matrix from the rank theorem.

    Equal rows give differences. Among distinct points, with both parities infinite
    nothing else is null. With one infinite, null vectors live on antipodal pairs, and
    the other parity's harmonics decide on the pairs' directions; with both finite,
    all their harmonics decide on the points.

    With m(+) and m(-) copies of p and -p, the unit vector of a pair is
    $\pm\sqrt{m_\mp / m_\pm}\,/\sqrt{m_+ + m_-}$ on the copies, opposite in sign
    when the even degrees are the infinite ones; its odd (else even) harmonics
    then carry the weight $2 \sqrt{m_+ m_- / (m_+ + m_-)}$.

    Parameters
    ----------
    directions
        Shape (n, d), unit rows.
    collisions, degrees
        Their distinct points and pairs, and the kernel's degrees.
    tolerance
        Radians up to which rows were called equal or opposite.
    given
        Shape (n, d): the rows that the directions come from; the directions by default.
    """
    given = directions if given is None else given
    rows = len(directions)
    column = np.full(rows, -1, dtype=np.int64)
    coefficient = np.zeros(rows)
    finite = degrees.all_finite
    sizes = collisions.multiplicity.astype(np.float64)
    if finite is not None:
        column[:] = collisions.point_of_row
        coefficient[:] = 1 / np.sqrt(sizes[column])
        points = directions[collisions.first_row]
        rows_given = given[collisions.first_row]
        space = row_space(
            points, np.sqrt(sizes), finite, noise=tolerance, given=rows_given
        )
        return NullSpace(collisions.point_of_row, column, coefficient, space)
    if degrees.even is None and degrees.odd is None:
        space = RowSpace(np.zeros((0, 0)), 0, 0)
        return NullSpace(collisions.point_of_row, column, coefficient, space)
    first, second = collisions.pairs.T
    sign = -1.0 if degrees.even is None else 1.0
    known = degrees.odd if degrees.even is None else degrees.even
    total = sizes[first] + sizes[second]
    column_of_point = np.full(len(sizes), -1, dtype=np.int64)
    entry_of_point = np.zeros(len(sizes))
    column_of_point[first] = column_of_point[second] = np.arange(len(first))
    entry_of_point[first] = np.sqrt(sizes[second] / sizes[first] / total)
    entry_of_point[second] = sign * np.sqrt(sizes[first] / sizes[second] / total)
    column[:] = column_of_point[collisions.point_of_row]
    coefficient[:] = entry_of_point[collisions.point_of_row]
    weights = 2 * np.sqrt(sizes[first] * sizes[second] / total)
    chosen = collisions.first_row[first]
    space = row_space(
        directions[chosen], weights, known or (), noise=tolerance, given=given[chosen]
    )
    return NullSpace(collisions.point_of_row, column, coefficient, space)
