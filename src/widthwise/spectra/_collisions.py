"""Which rows coincide, which are opposite, and which are nearly so."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from widthwise.arrays import row_blocks
from widthwise.prose import say

__all__ = [
    "KINDS",
    "Collisions",
    "Kind",
    "NearMiss",
    "angles_between",
    "find_collisions",
]

Kind = Literal["duplicate", "antipodal"]
KINDS: tuple[Kind, ...] = ("duplicate", "antipodal")

_TREE_DIMENSION = 4  # Few enough for a k-d tree, enough to tell random points apart.
_MOST_CANDIDATES = 200_000
_NEAREST = 4
_MOST_NEAR_MISSES = 100
# Rounding of a projection of a unit vector; two rows may differ by it and be equal.
_SLACK = 1e-14


@dataclass(frozen=True)
class NearMiss:
    """Two rows that almost collide: a small eigenvalue, not a zero one.

    Attributes
    ----------
    rows
        The two rows, ascending; of several equal rows, the first.
    angle
        Radians between the rows ("duplicate"), or between one and the negative of
        the other ("antipodal").

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[1.0, 0.0], [1.0, 1e-6], [0.0, 1.0]]).double()
    >>> points = torch.nn.functional.normalize(points)
    >>> verdict = ww.spectra.rank_verdict(points, "relu")
    >>> [each.kind for each in verdict.near_misses]
    ['duplicate']
    """

    rows: tuple[int, int]
    angle: float
    kind: Kind

    def __str__(self) -> str:
        what = "equal" if self.kind == "duplicate" else "opposite"
        first, second = self.rows
        return say(
            f"rows {first} and {second} are {{:2}} rad from being {what}", self.angle
        )


@dataclass(frozen=True)
class Collisions:
    """The rows of a point set, grouped into distinct points and antipodal pairs.

    Attributes
    ----------
    point_of_row
        Shape (n,). The number of the distinct point that a row is.
    first_row
        Shape (g,). The first row of each distinct point.
    multiplicity
        Shape (g,). How many rows each distinct point is.
    pairs
        Shape (q, 2). Distinct points (a, b) with b = -a; no point is in two.
    near_misses
        The closest pairs beyond the tolerance, by ascending angle, at most 100.
    widest_equal, widest_opposite
        The largest angles, in radians, that were counted as 0: between a row and the
        first row of its point, and between a point and the opposite of its partner.
    near_miss_count
        How many there are. None when they may be more than 200,000: `near_misses` then
        comes from the few nearest rows of each row.
    """

    point_of_row: np.ndarray
    first_row: np.ndarray
    multiplicity: np.ndarray
    pairs: np.ndarray
    near_misses: tuple[NearMiss, ...]
    near_miss_count: int | None
    widest_equal: float
    widest_opposite: float


def find_collisions(
    directions: np.ndarray,
    *,
    tolerance: float,
    near_angle: float,
    near_kinds: tuple[Kind, ...] = KINDS,
) -> Collisions:
    r"""Group unit rows into distinct points and antipodal pairs.

    Two rows are one point when $2 \arctan(\|x - x'\| / \|x + x'\|)$ is at most
    `tolerance`, or when a chain of such rows joins them. Rows are first split at the
    gaps of a few random coordinates, which never separates equal rows; what is left
    together is compared in full. Opposite points and near misses come from a k-d tree
    in the same coordinates, which only shrink distances, so none is missed.

    Parameters
    ----------
    directions
        Shape (n, d), rows of unit norm.
    tolerance, near_angle
        Radians.
    near_kinds
        Which near misses to look for.

    Cost: O(n d + n log n) time for points in general position; no n x n array.
    """
    coordinates = _coordinates(directions)
    point_of_row = _distinct(directions, coordinates, tolerance)
    _, first_row, multiplicity = np.unique(
        point_of_row, return_index=True, return_counts=True
    )
    points, shadows = directions, coordinates
    if len(first_row) < len(directions):
        points, shadows = directions[first_row], coordinates[first_row]
    tree, opposite = cKDTree(shadows), cKDTree(-shadows)
    pairs = _antipodal(points, tree, opposite, tolerance)
    near, count = _near_misses(
        points,
        {"duplicate": (tree, tree), "antipodal": (tree, opposite)},
        near_kinds,
        first_row,
        (tolerance, near_angle),
    )
    return Collisions(
        point_of_row,
        first_row,
        multiplicity,
        pairs,
        near,
        count,
        widest_equal=_widest(directions, first_row[point_of_row]),
        widest_opposite=float(_angles(points, pairs, -1.0).max(initial=0.0)),
    )


def angles_between(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the angles between unit rows, (n,), accurate near 0 and near π."""
    apart = np.linalg.norm(first - second, axis=1)
    angles: np.ndarray = 2 * np.arctan2(apart, np.linalg.norm(first + second, axis=1))
    return angles


def _coordinates(directions: np.ndarray) -> np.ndarray:
    """Orthogonal projection on a fixed random subspace; distances never grow."""
    dimension = directions.shape[1]
    if dimension <= _TREE_DIMENSION:
        return directions
    normals = np.random.default_rng(0).standard_normal((dimension, _TREE_DIMENSION))
    basis, _ = np.linalg.qr(normals)
    shadows: np.ndarray = directions @ basis
    return shadows


def _angles(points: np.ndarray, pairs: np.ndarray, sign: float = 1.0) -> np.ndarray:
    """Return the angles between some rows and others, or their opposites; (k,)."""
    found = np.empty(len(pairs))
    for block in row_blocks(len(pairs), points.shape[1]):
        first, second = pairs[block].T
        found[block] = angles_between(points[first], sign * points[second])
    return found


def _widest(points: np.ndarray, other: np.ndarray) -> float:
    """Return the largest angle between a row and another one that stands for it."""
    rows = np.flatnonzero(other != np.arange(len(other)))
    pairs = np.stack([rows, other[rows]], axis=1)
    return float(_angles(points, pairs).max(initial=0.0))


def _distinct(
    directions: np.ndarray, coordinates: np.ndarray, tolerance: float
) -> np.ndarray:
    """Return the number of each row's distinct point, in order; shape (n,)."""
    blocks = _split_at_gaps(coordinates, tolerance + _SLACK)
    order = np.argsort(blocks, kind="stable")
    starts = np.flatnonzero(np.diff(blocks[order], prepend=-1))
    leader = order[starts]
    # In almost every block all rows equal the first one, and this settles it.
    label = leader[blocks]
    others = np.flatnonzero(label != np.arange(len(label)))
    pairs = np.stack([others, label[others]], axis=1)
    apart = _angles(directions, pairs) > tolerance
    for block in np.unique(blocks[others[apart]]):
        stop = starts[block + 1] if block + 1 < len(starts) else len(order)
        rows = order[starts[block] : stop]
        label[rows] = _chains(directions, coordinates, rows, tolerance)
    _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse.reshape(-1)]


def _split_at_gaps(coordinates: np.ndarray, gap: float) -> np.ndarray:
    """Label rows so that rows within `gap` of each other share a label; (n,)."""
    labels = np.zeros(len(coordinates), dtype=np.int64)
    while True:
        before = int(labels.max())
        for column in coordinates.T:
            order = np.lexsort((column, labels))
            new = np.diff(labels[order], prepend=0) > 0
            new[1:] |= np.diff(column[order]) > gap
            labels[order] = np.cumsum(new)
        if labels.max() == before:
            return labels


def _chains(
    directions: np.ndarray, coordinates: np.ndarray, rows: np.ndarray, tolerance: float
) -> np.ndarray:
    """Join rows of one block by chains of equal rows; returns a row of each chain."""
    tree = cKDTree(coordinates[rows])
    near = tree.query_pairs(tolerance + _SLACK, output_type="ndarray")
    near = near[_angles(directions, rows[near]) <= tolerance]
    graph = coo_array(
        (np.ones(len(near)), (near[:, 0], near[:, 1])), shape=(len(rows), len(rows))
    )
    _, component = connected_components(graph, directed=False)
    _, first = np.unique(component, return_index=True)
    chain: np.ndarray = rows[first[component]]
    return chain


def _close(tree: cKDTree, other: cKDTree, radius: float) -> np.ndarray:
    """Index pairs i < j with row i of `tree` within `radius` of row j of `other`."""
    if tree is other:
        found: np.ndarray = tree.query_pairs(radius, output_type="ndarray")
        return found
    near = tree.sparse_distance_matrix(other, radius, output_type="ndarray")
    pairs = np.stack([near["i"], near["j"]], axis=1)
    return pairs[pairs[:, 0] < pairs[:, 1]]


def _antipodal(
    points: np.ndarray, tree: cKDTree, opposite: cKDTree, tolerance: float
) -> np.ndarray:
    """Pairs of distinct points that are opposite, each point in at most one."""
    pairs = _close(tree, opposite, tolerance + _SLACK)
    angles = _angles(points, pairs, -1.0)
    pairs = pairs[np.argsort(angles, kind="stable")]
    pairs = pairs[np.sort(angles) <= tolerance]
    taken: set[int] = set()
    kept = []
    for first, second in pairs.tolist():
        if first not in taken and second not in taken:
            taken |= {first, second}
            kept.append((first, second))
    return np.array(sorted(kept), dtype=np.int64).reshape(-1, 2)


def _near_misses(
    points: np.ndarray,
    trees: dict[Kind, tuple[cKDTree, cKDTree]],
    kinds: tuple[Kind, ...],
    first_row: np.ndarray,
    limits: tuple[float, float],
) -> tuple[tuple[NearMiss, ...], int | None]:
    """Return the closest pairs with angles in (*limits], and how many there are."""
    found: list[NearMiss] = []
    total: int | None = 0
    tolerance, near_angle = limits
    for kind in kinds:
        tree, other = trees[kind]
        sign = 1.0 if kind == "duplicate" else -1.0
        # A chord is at most its angle.
        if _count(tree, other, near_angle) <= _MOST_CANDIDATES:
            pairs = _close(tree, other, near_angle + _SLACK)
        else:
            pairs, total = _nearest(tree, other, near_angle), None
        angles = _angles(points, pairs, sign)
        inside = np.flatnonzero((angles > tolerance) & (angles <= near_angle))
        if total is not None:
            total += len(inside)
        nearest = inside[np.argsort(angles[inside], kind="stable")]
        for index in nearest[:_MOST_NEAR_MISSES].tolist():
            low, high = sorted(first_row[pairs[index]].tolist())
            found.append(NearMiss((low, high), float(angles[index]), kind))
    found.sort(key=lambda each: (each.angle, each.rows))
    return tuple(found[:_MOST_NEAR_MISSES]), total


def _nearest(tree: cKDTree, other: cKDTree, radius: float) -> np.ndarray:
    """Index pairs i < j of rows of `tree` and their few nearest rows of `other`."""
    _, near = other.query(tree.data, k=_NEAREST, distance_upper_bound=radius)
    first = np.repeat(np.arange(tree.n), _NEAREST)
    second = near.reshape(-1)
    inside = (second < tree.n) & (second != first)
    pairs = np.stack([first, second], axis=1)[inside]
    return np.unique(np.sort(pairs, axis=1), axis=0)


def _count(tree: cKDTree, other: cKDTree, radius: float) -> int:
    """Ordered pairs within `radius`, not counting a point with itself."""
    return int(tree.count_neighbors(other, radius)) - (tree.n if tree is other else 0)
