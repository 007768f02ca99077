"""The null space of a kernel matrix, held by its structure and not as a matrix."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.linalg

from widthwise.numerics import require
from widthwise.spectra._harmonics import RowSpace

__all__ = ["NullSpace"]

_BLOCK = 1024


@dataclass(frozen=True, eq=False)
class NullSpace:
    r"""An orthogonal sum: differences of equal rows, and a space of row combinations.

    The second summand is $U \ker Q^\top$: U, shape (n, q), has orthonormal columns with
    disjoint supports (an antipodal pair, or a distinct point), and Q is `row_space`.

    Attributes
    ----------
    point_of_row
        Shape (n,). The number of the distinct point that a row is.
    column_of_row, coefficient_of_row
        Shape (n,). The one column of U that a row is in (-1 for none), and its entry.
    row_space
        Q, whose q rows go with the columns of U.
    """

    point_of_row: np.ndarray
    column_of_row: np.ndarray
    coefficient_of_row: np.ndarray
    row_space: RowSpace

    @cached_property
    def multiplicity(self) -> np.ndarray:
        """How many rows each distinct point is; shape (g,)."""
        return np.bincount(self.point_of_row)

    @property
    def duplicates_dimension(self) -> int:
        """Rows minus distinct points."""
        return len(self.point_of_row) - len(self.multiplicity)

    @property
    def dimension(self) -> int:
        """The nullity."""
        return self.duplicates_dimension + self.row_space.count - self.row_space.rank

    def project(self, labels: np.ndarray) -> np.ndarray:
        """Return the orthogonal projection of labels (n,) on the null space."""
        mean = np.bincount(self.point_of_row, weights=labels) / self.multiplicity
        found: np.ndarray = labels - mean[self.point_of_row]
        found[self.multiplicity[self.point_of_row] == 1] = 0.0
        basis = self.row_space.basis
        if basis is not None and self.row_space.count > self.row_space.rank:
            inside = self.column_of_row >= 0
            columns = self.column_of_row[inside]
            weights = self.coefficient_of_row[inside]
            z = np.bincount(columns, weights * labels[inside], self.row_space.count)
            # Twice is enough: the second pass removes the first one's rounding.
            z -= basis @ (basis.T @ z)
            z -= basis @ (basis.T @ z)
            found[inside] += weights * z[columns]
        return found

    def vectors(self) -> np.ndarray:
        """Return an orthonormal basis as rows, shape (nullity, n).

        Raises
        ------
        MemoryBudgetError
            If nullity times n numbers do not fit into memory.
        """
        rows = len(self.point_of_row)
        require(
            8 * 3 * self.dimension * rows,
            f"The {self.dimension} null vectors of {rows} rows",
            "Use residual_bound, unreachable_part, rows and groups, which need none.",
        )
        found = np.zeros((self.dimension, rows))
        index = 0
        repeated = np.flatnonzero(self.multiplicity > 1)
        order = np.argsort(self.point_of_row, kind="stable")
        stops = np.cumsum(self.multiplicity)
        for point in repeated.tolist():
            members = order[stops[point] - self.multiplicity[point] : stops[point]]
            for count in range(1, len(members)):
                # Helmert's contrasts: the first `count` members against the next.
                size = np.sqrt(count * (count + 1.0))
                found[index, members[:count]] = 1 / size
                found[index, members[count]] = -count / size
                index += 1
        inside = self.column_of_row >= 0
        rest = self._complement()[self.column_of_row[inside]]
        found[index:, inside] = (self.coefficient_of_row[inside, None] * rest).T
        lead = found[np.arange(len(found)), np.argmax(found != 0.0, axis=1)]
        found[lead < 0] *= -1.0
        return found

    def _complement(self) -> np.ndarray:
        """Return an orthonormal basis of ker Qᵀ as columns, shape (q, q - r)."""
        space = self.row_space
        if space.basis is None:
            return np.zeros((space.count, 0))
        if space.rank == 0:
            return np.eye(space.count)
        full, _ = scipy.linalg.qr(space.basis, mode="full")
        return _reduced(np.ascontiguousarray(full[:, space.rank :]))

    def involved_rows(self) -> np.ndarray:
        """Rows that have a nonzero entry in some null vector, ascending."""
        involved = self.multiplicity[self.point_of_row] > 1
        inside = self.column_of_row >= 0
        columns = self.involved_columns()
        involved[inside] |= columns[self.column_of_row[inside]]
        return np.flatnonzero(involved)

    def involved_columns(self) -> np.ndarray:
        """Columns of U that the null space reaches; bool, shape (q,)."""
        space = self.row_space
        if space.basis is None or space.count == space.rank:
            return np.zeros(space.count, dtype=bool)
        if space.rank == 0:
            return np.ones(space.count, dtype=bool)
        least = max(1e-10, 100 * min(space.tolerance, 1e-10))
        left = 1.0 - np.einsum("ij,ij->i", space.basis, space.basis)
        found: np.ndarray = left > 1e-6
        unsure = np.flatnonzero(~found)
        # That difference has lost its digits here: project the unit vectors instead.
        for start in range(0, len(unsure), _BLOCK):
            some = unsure[start : start + _BLOCK]
            parts = -space.basis @ space.basis[some].T
            parts[some, np.arange(len(some))] += 1.0
            found[some] = np.linalg.norm(parts, axis=0) > least
        return found


def _reduced(vectors: np.ndarray) -> np.ndarray:
    """Set rounding to zero in orthonormal columns."""
    vectors[np.abs(vectors) < 1e-15] = 0.0
    return vectors
