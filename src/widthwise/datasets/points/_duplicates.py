"""Rows that are the same point, and whether their targets agree."""

from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import torch

from widthwise.arrays import Array, Float, Int
from widthwise.prose import say

__all__ = ["Duplicates", "Merged", "find_duplicates", "merge"]


@dataclass(frozen=True)
class Duplicates:
    """Groups of identical rows; no network of any width tells them apart.

    Attributes
    ----------
    groups
        Positions (from 0) of the rows of each group, ascending; groups of two or more.
    conflicting
        Those groups whose targets are not all equal; no width can fit them.
    residual
        Least ‖f(X) − y‖ that any function f of the points can have: the distance of y
        from its means over the groups. 0 without targets.
    relative_residual
        `residual` / ‖y‖, 0 when y is zero or not given.

    Examples
    --------
    >>> import widthwise as ww
    >>> rows = [[1.0, 2.0], [1.0, 2.0], [3.0, 4.0]]
    >>> data = ww.datasets.read(rows, target=[0.0, 1.0, 1.0])
    >>> data.duplicates().groups, data.duplicates().conflicting
    (((0, 1),), ((0, 1),))
    """

    groups: tuple[tuple[int, ...], ...]
    conflicting: tuple[tuple[int, ...], ...]
    residual: float
    relative_residual: float

    @property
    def surplus(self) -> int:
        """How many rows would go if each group became one row."""
        return sum(len(group) - 1 for group in self.groups)


def find_duplicates(
    points: Float[Array, "n d"],
    targets: Float[Array, " n"] | None,
    tolerance: float = 0.0,
) -> Duplicates:
    """Group rows that are equal number by number (−0 equals 0), or so near.

    Rows that a chain of near rows joins are one group.

    Cost
    ----
    O(n d) time, a digest of 256 bits for each row in memory.
    """
    rows = points.numpy()
    seen: dict[bytes, list[int]] = {}
    for position, row in enumerate(rows):
        content = (row + 0.0).tobytes()  # −0 + 0 is +0
        seen.setdefault(sha256(content).digest(), []).append(position)
    found = list(seen.values())
    if tolerance > 0 and len(found) > 1:
        found = _joined(found, rows, tolerance)
    groups = tuple(tuple(group) for group in found if len(group) > 1)
    if targets is None:
        return Duplicates(groups, (), 0.0, 0.0)
    conflicting = tuple(
        group
        for group in groups
        if bool((targets[list(group)] != targets[group[0]]).any())
    )
    size = float(targets.abs().max()) or 1.0
    scaled = targets / size
    squares = sum(
        float(((scaled[list(g)] - scaled[list(g)].mean()) ** 2).sum())
        for g in conflicting
    )
    norm = float(torch.linalg.vector_norm(scaled))
    distance = squares**0.5
    return Duplicates(
        groups,
        conflicting,
        residual=distance * size,
        relative_residual=distance / norm if norm else 0.0,
    )


def _joined(
    groups: list[list[int]], rows: np.ndarray, tolerance: float
) -> list[list[int]]:
    """Join groups whose rows are near; sorted by a projection, which brings them near.

    A projection shrinks distances, up to its rounding.
    """
    points = rows[[group[0] for group in groups]]
    normal = np.random.default_rng(0).standard_normal(points.shape[1])
    shadow = points @ (normal / np.linalg.norm(normal))
    slack = tolerance + 8 * np.finfo(np.float64).eps * float(np.abs(points).max())
    order = np.argsort(shadow)
    joined: dict[int, list[int]] = {}
    leader = np.arange(len(points))
    for run in np.split(order, np.flatnonzero(np.diff(shadow[order]) > slack) + 1):
        for place, first in enumerate(run[:-1]):
            later = run[place + 1 :]
            apart = np.linalg.norm(points[later] - points[first], axis=1)
            for second in later[apart <= tolerance]:
                old, new = leader[second], leader[first]
                leader[leader == old] = new
    for place, group in enumerate(groups):
        joined.setdefault(int(leader[place]), []).extend(group)
    return sorted(sorted(group) for group in joined.values())


@dataclass(frozen=True)
class Merged:
    """What is left when each group of identical rows becomes one row.

    Attributes
    ----------
    positions
        The rows kept: the first of each group and all others.
    targets
        Their targets; where they differ, the mean over the group, or the class that is
        most frequent.
    spread
        The largest difference of targets within a group.
    are_classes
        Whether targets are codes of classes, between which there is nothing.
    """

    positions: Int[Array, " k"]
    targets: Float[Array, " k"] | None
    spread: float
    are_classes: bool

    @property
    def said(self) -> str:
        """How targets differed, and what was kept of them."""
        if self.are_classes:
            return "the classes differed; the most frequent, or first, was kept"
        return say(
            "the targets differed, by up to {:6}; their mean was kept", self.spread
        )


def merge(
    targets: Float[Array, " n"] | None,
    count: int,
    found: Duplicates,
    *,
    are_classes: bool,
) -> Merged:
    """Keep the first row of each group, with one target for all of it."""
    keep = torch.ones(count, dtype=torch.bool)
    for group in found.groups:
        keep[list(group[1:])] = False
    positions = keep.nonzero()[:, 0]
    if targets is None:
        return Merged(positions, None, 0.0, are_classes)
    averaged = targets.clone()
    spread = 0.0
    for group in found.conflicting:
        values = targets[list(group)]
        spread = max(spread, float(values.max() - values.min()))
        if are_classes:
            each = values.tolist()
            averaged[group[0]] = max(each, key=each.count)
            continue
        power = 2.0 ** len(group).bit_length()  # so that the sum cannot overflow
        averaged[group[0]] = (values / power).sum() / len(group) * power
    return Merged(positions, averaged[positions], spread, are_classes)
