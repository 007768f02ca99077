"""Which rows that nearly collide are on one ray, or on opposite ones, exactly."""

from fractions import Fraction

import numpy as np

from widthwise.spectra._collisions import Collisions, angles_between

__all__ = ["exact_collisions"]

_MOST_ENTRIES = 1_000_000
_ROUNDING = 1e-15
"""Radians by which rounding moves a unit vector."""

_Ray = tuple[Fraction | float, ...]


def exact_collisions(
    given: np.ndarray,
    directions: np.ndarray,
    found: Collisions,
    *,
    with_opposite: bool,
) -> tuple[Collisions, bool]:
    r"""Take apart what collides within a tolerance and not over the rationals.

    Floats are rationals: x and x' are one point of the sphere where $x / |x_p|$ is
    $x' / |x'_p|$ for the place p of the largest entry, and opposite where it is the
    negative. Rows made by sines and cosines seldom have an exact opposite, so those
    within one rounding of it, 1e-15 rad, stay a pair.

    Parameters
    ----------
    given, directions
        Shape (n, d), the rows as they were given, none of them zero, and of norm one.
    found
        Their collisions within a tolerance.
    with_opposite
        Whether opposite rows matter.

    Returns
    -------
    The collisions, `found` itself where all of it stays, and whether a pair is opposite
    by a rounding only. Of more than a million entries that are not the same to the last
    bit, none count as equal.

    Cost: n d comparisons, and d fractions for each row of a point, or a pair, that is
    not the same, or the opposite, to the last bit.
    """
    leaders, pairs = found.first_row, found.pairs
    torn = np.zeros(len(leaders), dtype=bool)
    same = (given == given[leaders[found.point_of_row]]).all(axis=1)
    torn[found.point_of_row[~same]] = True
    near: set[tuple[int, int]] = set()
    if with_opposite:
        first, second = leaders[pairs].T
        exact = (given[first] == -given[second]).all(axis=1)
        angles = angles_between(directions[first], -directions[second])
        near = set(map(tuple, pairs[angles <= _ROUNDING].tolist()))
        torn[pairs[~exact]] = True
    torn[pairs[torn[pairs].any(axis=1)]] = True
    rows = int(np.count_nonzero(torn[found.point_of_row]))
    if not rows:
        return found, False
    ray = _as_it_is if rows * given.shape[1] > _MOST_ENTRIES else _ray
    labels: dict[tuple[int, _Ray], int] = {}
    at: dict[int, list[_Ray]] = {}
    point = np.empty_like(found.point_of_row)
    for row, place in enumerate(found.point_of_row.tolist()):
        key = place, ray(given[row]) if torn[place] else ()
        if key not in labels:
            labels[key] = len(labels)
            at.setdefault(place, []).append(key[1])
        point[row] = labels[key]
    opposite: list[list[int]] = []
    is_rounded = False
    for a, b in pairs.tolist():
        meeting = [each for each in at[a] if (b, _turned(each)) in labels]
        kept = [(labels[a, each], labels[b, _turned(each)]) for each in meeting]
        if not kept and (a, b) in near:
            kept, is_rounded = [(labels[a, at[a][0]], labels[b, at[b][0]])], True
        opposite += map(sorted, kept)
    pairs_stay = not with_opposite or len(opposite) == len(pairs)
    if len(labels) == len(leaders) and pairs_stay:
        return found, is_rounded
    _, first_row, count = np.unique(point, return_index=True, return_counts=True)
    finer = Collisions(
        point,
        first_row,
        count,
        np.array(sorted(opposite), dtype=np.int64).reshape(-1, 2),
        found.near_misses,
        found.near_miss_count,
        widest_equal=0.0,
        widest_opposite=0.0,
    )
    return finer, is_rounded


def _turned(ray: _Ray) -> _Ray:
    return tuple(-each for each in ray)


def _ray(row: np.ndarray) -> _Ray:
    entries = [Fraction(each) for each in row.tolist()]
    largest = max(map(abs, entries))
    return tuple(each / largest for each in entries)


def _as_it_is(row: np.ndarray) -> _Ray:
    return tuple(row.tolist())
