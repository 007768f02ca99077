"""Every sign pattern that one unit can have on given points, in exact arithmetic."""

import math

import numpy as np
import torch

from widthwise.arrays import Array, Bool
from widthwise.errors import InvalidArgumentError
from widthwise.features.two_layer import PointsLike, as_matrix
from widthwise.landscape.patterns._counts import count_sign_patterns
from widthwise.numerics.exact_rank import exact_rank, integer_rows

__all__ = ["sign_patterns"]

Vector = tuple[int, ...]


def sign_patterns(
    points: PointsLike, *, biases: bool = False, limit: int = 200_000
) -> Bool[Array, "k n"]:
    r"""Return every pattern $1[w \cdot x_i + b > 0]$ with no pre-activation at zero.

    The points may be in any position: repeated, opposite, collinear. The weights with
    non-zero pre-activations form open cones cut out by the hyperplanes $x_i^\perp$.
    Adding a hyperplane splits the cones that its own arrangement of one dimension less
    lists, so the cones come with an interior vector of whole numbers each, and every
    sign is exact. A point at the origin, with no bias, is active in every pattern, as
    in `activation_pattern`.

    Parameters
    ----------
    points
        X, shape (n, d0).
    biases
        Whether the unit has a bias.
    limit
        The most patterns that are listed.

    Returns
    -------
    Booleans, shape (count, n), one pattern a row, in lexicographic order.

    Raises
    ------
    InvalidArgumentError
        If there may be more than `limit` patterns.

    Source
    ------
    Zaslavsky (1975), Facing up to arrangements: a hyperplane adds as many cells as its
    restriction has.

    Cost
    ----
    About count times n d operations on whole numbers of up to $53 \cdot 2^d$ bits: 4 s
    for 10,000 patterns of 20 points in R^5.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 1.0]]).double()
    >>> ww.landscape.sign_patterns(points).shape
    torch.Size([6, 3])
    """
    data: np.ndarray = as_matrix(points).numpy(force=True)
    if biases:
        data = np.hstack([data, np.ones((len(data), 1))])
    rows = [_primitive(tuple(row)) for row in integer_rows(data)]
    nonzero = [i for i, row in enumerate(rows) if any(row)]
    if not nonzero:
        return torch.ones((1, len(rows)), dtype=torch.bool)
    lines = {min(row, _negated(row)) for row in rows if any(row)}
    rank = exact_rank(data).rank
    most = count_sign_patterns(len(lines), rank)
    if most > limit:
        raise InvalidArgumentError(
            f"{len(lines)} distinct directions of rank {rank} can have {most} sign "
            f"patterns, more than the limit of {limit}. Raise limit=, or sample "
            "networks instead: full_rank_probability, or regions drawn by "
            "activation_pattern from random weights."
        )
    cells = _cells([rows[i] for i in nonzero])
    found = np.ones((len(cells), len(rows)), dtype=bool)
    for place, mask in enumerate(sorted(cells)):
        found[place, nonzero] = [bool(mask >> k & 1) for k in range(len(nonzero))]
    return torch.from_numpy(found[np.lexsort(found.T[::-1])])


def _cells(vectors: list[Vector]) -> dict[int, Vector]:
    """Open cells of the arrangement of the hyperplanes v·w = 0, with a w in each.

    A cell is the set of the vectors with v·w > 0, as the bits of an integer.
    """
    lines: dict[Vector, int] = {}
    places = []
    for vector in vectors:
        rest = _primitive(vector)
        line = max(rest, _negated(rest))
        places.append((lines.setdefault(line, len(lines)), rest == line))
    found = _cells_of_lines(list(lines))
    masks = {}
    for mask, inside in found.items():
        spread = 0
        for k, (place, same) in enumerate(places):
            spread |= int(bool(mask >> place & 1) == same) << k
        masks[spread] = inside
    return masks


def _cells_of_lines(lines: list[Vector]) -> dict[int, Vector]:
    """Return the cells of vectors of which no two are parallel."""
    first = lines[0]
    cells = {1: first, 0: _negated(first)}
    for count in range(1, len(lines)):
        normal = lines[count]
        axis = next(k for k, each in enumerate(normal) if each)
        cut = _cells([_restrict(each, normal, axis) for each in lines[:count]])
        split: dict[int, Vector] = {}
        for mask, inside in cells.items():
            if mask not in cut:
                split[mask | int(_product(inside, normal) > 0) << count] = inside
        for mask, low in cut.items():
            on = _extend(low, normal, axis)
            # So long a multiple of `on` that adding the normal changes no sign.
            reach = 1 + max(
                abs(_product(each, normal)) // abs(_product(each, on))
                for each in lines[:count]
            )
            for side in (1, -1):
                inside = tuple(
                    reach * a + side * b for a, b in zip(on, normal, strict=True)
                )
                split[mask | int(side > 0) << count] = _primitive(inside)
        cells = split
    return cells


def _restrict(vector: Vector, normal: Vector, axis: int) -> Vector:
    """Return w -> vector·w on the hyperplane of the normal, w[axis] eliminated."""
    size, sign = abs(normal[axis]), 1 if normal[axis] > 0 else -1
    return _primitive(
        tuple(
            size * each - sign * vector[axis] * normal[k]
            for k, each in enumerate(vector)
            if k != axis
        )
    )


def _extend(low: Vector, normal: Vector, axis: int) -> Vector:
    """Return the vector of the hyperplane with the other coordinates so."""
    size, sign = abs(normal[axis]), 1 if normal[axis] > 0 else -1
    rest = normal[:axis] + normal[axis + 1 :]
    scaled = tuple(size * each for each in low)
    return _primitive((*scaled[:axis], -sign * _product(low, rest), *scaled[axis:]))


def _primitive(vector: Vector) -> Vector:
    shared = math.gcd(*vector)
    return tuple(each // shared for each in vector) if shared > 1 else vector


def _negated(vector: Vector) -> Vector:
    return tuple(-each for each in vector)


def _product(left: Vector, right: Vector) -> int:
    return sum(a * b for a, b in zip(left, right, strict=True))
