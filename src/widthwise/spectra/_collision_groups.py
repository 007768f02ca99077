"""Collisions in words: which rows are tied together, and by what relation."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.linalg
import torch

from widthwise.arrays import Array, Float
from widthwise.prose import Prose, as_prose, say
from widthwise.spectra._collisions import angles_between
from widthwise.spectra._null_space import NullSpace

__all__ = ["CollisionGroup", "collision_groups", "listed"]

Kind = Literal["equal", "opposite", "pairs", "points"]

_MOST_NAMED = 12
_LARGEST_BASIS = 500
_ROUNDING = 1e-15  # Of unit vectors, in radians.
_ZERO = 1e-9  # A coefficient of a relation, relative to its largest one.


@dataclass(frozen=True, eq=False)
class CollisionGroup:
    r"""Rows whose outputs satisfy one linear relation in every network.

    Attributes
    ----------
    parts
        The rows, as the relation takes them: equal rows, or antipodal pairs.
    rows
        The same rows, ascending.
    coefficients
        c, shape (rows,), of norm one: $\sum_i c_i \sigma(w \cdot x_i) = 0$ for every w
        of the law, so labels with $\sum_i c_i y_i \ne 0$ cannot be fitted.
    kind
        "equal" rows; "opposite" rows of one pair; several "pairs" of opposite rows;
        "points", more of them than a polynomial activation can separate.
    angles
        Shape (rows,), radians: how far each row is from the first row of its group
        ("equal", "opposite") or of its part, or from the opposite of it. Exactly 0 for
        copies; up to the verdict's tolerance for rows that were counted as equal.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]], dtype=torch.float64)
    >>> verdict = ww.spectra.rank_verdict(torch.cat([points, -points]), "relu")
    >>> verdict.groups[0].kind
    'pairs'
    """

    parts: tuple[tuple[int, ...], ...]
    rows: tuple[int, ...]
    coefficients: Float[Array, " k"]
    kind: Kind
    angles: tuple[float, ...]

    def describe(self, names: Sequence[object] | None = None) -> Prose:
        """Say it in words, with `names[row]` in place of row numbers."""
        widest, said = max(self.angles), as_prose(self._relation(names))
        if widest <= _ROUNDING:
            return said
        return said + say(" (counted as such: up to {:2} rad apart)", widest)

    def _relation(self, names: Sequence[object] | None) -> str:
        name = str if names is None else (lambda row: str(names[row]))
        if self.kind == "pairs":
            pairs = listed(["/".join(map(name, part)) for part in self.parts])
            return f"opposite rows {pairs} are tied by one linear relation"
        rows = listed([name(row) for row in self.rows])
        if self.kind == "points":
            return f"rows {rows} are tied by one linear relation"
        return f"rows {rows} are {self.kind}"

    def __str__(self) -> str:
        return str(self.describe())


def listed(names: Sequence[object]) -> str:
    """Join names with commas and "and"; the tail of a long list is counted."""
    words = [str(name) for name in names]
    if len(words) > _MOST_NAMED:
        words = [*words[: _MOST_NAMED - 1], f"{len(words) - _MOST_NAMED + 1} more"]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def collision_groups(
    null: NullSpace,
    pairs: np.ndarray,
    points_are_columns: bool,
    most: int,
    directions: np.ndarray,
) -> tuple[CollisionGroup, ...]:
    """Return up to `most` groups of equal rows and up to `most` minimal relations.

    `pairs` are the antipodal pairs of distinct points; `points_are_columns` says that
    the null space combines points, not pairs; `directions` are the rows, of norm one.
    """
    opposite = {tuple(pair) for pair in pairs.tolist()} if points_are_columns else None
    equal = itertools.islice(_equal(null, directions), most)
    tied = itertools.islice(_relations(null, opposite, directions), most)
    return (*equal, *tied)


def _equal(null: NullSpace, directions: np.ndarray) -> Iterator[CollisionGroup]:
    members = _members(null.point_of_row)
    for point in np.flatnonzero(null.multiplicity > 1).tolist():
        rows = members(point)
        # Of the relations among them: the first row against the mean of the others.
        contrast = np.full(len(rows), -1.0 / (len(rows) - 1))
        contrast[0] = 1.0
        yield _group([rows], rows, contrast, "equal", directions)


def _relations(
    null: NullSpace, opposite: set[tuple[int, ...]] | None, directions: np.ndarray
) -> Iterator[CollisionGroup]:
    """Minimal relations: each column outside a basis, in terms of that basis."""
    members = _members(null.column_of_row)
    for columns, entries in _circuits(null):
        parts = [members(column) for column in columns.tolist()]
        rows = np.concatenate(parts)
        each = np.repeat(entries, [len(part) for part in parts])
        values = null.coefficient_of_row[rows] * each
        kind: Kind = "points"
        if opposite is None:
            kind = "opposite" if len(parts) == 1 else "pairs"
        elif tuple(sorted(columns.tolist())) in opposite:
            kind = "opposite"
        yield _group(parts, rows, values, kind, directions)


def _circuits(null: NullSpace) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    space = null.row_space
    involved = np.flatnonzero(null.involved_columns())
    if space.basis is None or not len(involved):
        return
    rank = len(involved) - (space.count - space.rank)
    if rank == 0:
        for column in involved:
            yield np.array([column]), np.ones(1)
        return
    if rank > _LARGEST_BASIS:
        return
    triangle, order = scipy.linalg.qr(
        space.basis[involved].T, mode="r", pivoting=True, check_finite=False
    )
    inside, outside = involved[order[:rank]], involved[order[rank:]]
    solved = scipy.linalg.solve_triangular(
        triangle[:rank, :rank], triangle[:rank, rank:]
    )
    for index, column in enumerate(outside):
        entries = np.append(-solved[:, index], 1.0)
        used = np.abs(entries) > _ZERO * np.abs(entries).max()
        yield np.append(inside, column)[used], entries[used]


def _group(
    parts: list[np.ndarray],
    rows: np.ndarray,
    values: np.ndarray,
    kind: Kind,
    directions: np.ndarray,
) -> CollisionGroup:
    first = [part.min() for part in parts]
    if kind in ("equal", "opposite"):
        first = [min(first)] * len(parts)
    origin = directions[np.repeat(first, [len(part) for part in parts])]
    # Lines, not directions: a row may be the opposite of the first one.
    angles = np.minimum(
        angles_between(directions[rows], origin),
        angles_between(directions[rows], -origin),
    )
    order = np.argsort(rows)
    values = values[order] / np.linalg.norm(values)
    values = values if values[0] > 0 else -values
    ordered = sorted(tuple(sorted(part.tolist())) for part in parts)
    return CollisionGroup(
        tuple(ordered),
        tuple(rows[order].tolist()),
        torch.from_numpy(values),
        kind,
        tuple(angles[order].tolist()),
    )


class _members:
    """The rows that carry a label, found by one sort."""

    def __init__(self, labels: np.ndarray) -> None:
        self._order = np.argsort(labels, kind="stable")
        self._sorted = labels[self._order]

    def __call__(self, label: int) -> np.ndarray:
        low, high = np.searchsorted(self._sorted, [label, label + 1])
        return self._order[low:high]
