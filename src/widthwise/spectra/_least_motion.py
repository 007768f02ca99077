"""How far rows must move before spherical harmonics at them become dependent."""

import math

import numpy as np
from flint import acb_mat, arb, arb_mat, ctx

from widthwise.numerics.harmonics import harmonics_count

__all__ = ["least_motions"]

_BITS = 1500
_MOST_ROWS = 24
_MOST_STEPS, _SMALL = 8, 0.1
_ONE_LINE, _APART = 2e-15, 1e-2
"""Angles between lines up to which they are one, and from which they are far apart."""

_Singular = tuple[
    list[list[arb]], list[list[tuple[arb, arb]]], list[tuple[arb, list[arb]]]
]


def least_motions(
    rows: np.ndarray,
    degrees: tuple[int, ...],
    known: int,
    rank: int,
    *,
    enough: float = math.inf,
) -> list[float]:
    r"""Return by which angle rows must turn until a singular value is zero.

    One angle for each value between those known and the rank.

    A singular value σ of the harmonics with left vector u falls by at most
    $\delta \sum_i |u_i|\,\|\nabla_i (F^\top u / \sigma)\|$ to first order: δ is at
    least σ over that sum. In a cluster of points every factor is tiny, and δ is the
    distance between them: found from the eigenvalues σ² of the kernel matrix in 450
    digits. There one such turn may leave a part of σ that asks for far more, so turns
    are made until the next is small; between rows far apart the first is the measure.

    Parameters
    ----------
    rows
        Shape (q, d), any norm.
    degrees
        Of the harmonics.
    known, rank
        How many singular values are known to be no rounding, and how many there are.
    enough
        Radians that need not be looked beyond.

    Returns
    -------
    Radians, for the values known, ..., rank - 1, nan where it stays unknown; empty if
    there are too many rows for it.

    Cost: q³ operations on balls of 1500 bits a step.
    """
    if len(rows) > _MOST_ROWS:
        return []
    with ctx.workprec(_BITS):
        points = [_unit([arb(float(x)) for x in row]) for row in rows]
        start = _singular(points, degrees)
        steps = 1 if _are_apart(rows) else _MOST_STEPS
        return [
            _motion(points, degrees, at, start, enough, steps)
            for at in range(known, rank)
        ]


def _are_apart(rows: np.ndarray) -> bool:
    """Return whether the lines of any two rows are one line or far from one another."""
    units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    chords = [
        np.linalg.norm(units[:, None] + sign * units, axis=2) for sign in (-1.0, 1.0)
    ]
    chord = np.minimum(*chords)
    return bool(((chord <= _ONE_LINE) | (chord >= _APART)).all())


def _singular(points: list[list[arb]], degrees: tuple[int, ...]) -> _Singular:
    """Return cosines, K(t) and K'(t) there, and the eigenpairs, descending."""
    dimension, count = len(points[0]), len(points)
    cosines = [[_dot(x, z) for z in points] for x in points]
    both = [[_zonal(t, degrees, dimension) for t in row] for row in cosines]
    kernel = arb_mat([[value for value, _ in row] for row in both])
    values, vectors = acb_mat(kernel.mid()).eig(right=True, algorithm="approx")
    sizes = [value.real.mid() for value in values]
    pairs = [
        (sizes[j], [vectors[i, j].real.mid() for i in range(count)])
        for j in sorted(range(count), key=lambda j: _key(sizes[j]))
    ]
    return cosines, both, pairs


def _motion(
    points: list[list[arb]],
    degrees: tuple[int, ...],
    at: int,
    start: _Singular,
    enough: float,
    most_steps: int,
) -> float:
    """Add up the steps until they are small; nan if they do not become so."""
    total, found = 0.0, start
    for _ in range(most_steps):
        cosines, both, pairs = found
        size, vector = pairs[at]
        if not size > 0:
            return total
        pulls = [
            _pull(i, vector, points, cosines[i], both[i]) for i in range(len(points))
        ]
        lengths = [_dot(pull, pull).mid().sqrt() for pull in pulls]
        norm = sum((u * u for u in vector), arb(0))
        slope = sum((abs(u) * x for u, x in zip(vector, lengths, strict=True)), arb(0))
        step = (size * norm / slope).mid()
        if not step.is_finite():
            return math.inf
        is_last = most_steps == 1 or float(step) < _SMALL * total
        if is_last or total + float(step) > enough:
            return total + float(step)
        ways = [
            (point, pull, length, 1 if u > 0 else -1)
            for point, pull, length, u in zip(
                points, pulls, lengths, vector, strict=True
            )
        ]
        turned = [_turned(*way, step) for way in ways]
        after = _singular(turned, degrees)
        if after[2][at][0] * 100 > size:
            # Along these ways σ² is a parabola, through both: go on from its least.
            step = step * (size / (size + after[2][at][0])).mid()
            turned = [_turned(*way, step) for way in ways]
            after = _singular(turned, degrees)
        total, points, found = total + float(step), turned, after
    return math.nan


def _pull(
    i: int,
    vector: list[arb],
    points: list[list[arb]],
    cosines: list[arb],
    both: list[tuple[arb, arb]],
) -> list[arb]:
    """Return the gradient of σ Fᵀu at point i, along the sphere."""
    pull = [arb(0)] * len(points[i])
    for j, other in enumerate(points):
        weight = vector[j] * both[j][1]
        pull = [
            p + weight * (z - cosines[j] * x)
            for p, x, z in zip(pull, points[i], other, strict=True)
        ]
    return pull


def _turned(
    point: list[arb], pull: list[arb], length: arb, sign: int, angle: arb
) -> list[arb]:
    """Turn a point against the gradient, or leave it where there is none."""
    if not length > 0:
        return point
    by = sign * angle / length
    return _unit([x - by * p for x, p in zip(point, pull, strict=True)])


def _zonal(cosine: arb, degrees: tuple[int, ...], dimension: int) -> tuple[arb, arb]:
    """Return the sum of N(d, k) P_k(t) over the degrees, and its derivative."""
    value = slope = arb(0)
    before, now = (arb(0), arb(0)), (arb(1), arb(0))
    for k in range(max(degrees) + 1):
        if k in degrees:
            weight = harmonics_count(dimension, k)
            value, slope = value + weight * now[0], slope + weight * now[1]
        if k == 0:
            before, now = now, (cosine, arb(1))
            continue
        a, b, c = 2 * k + dimension - 2, k, k + dimension - 2
        up = (
            (a * cosine * now[0] - b * before[0]) / c,
            (a * (now[0] + cosine * now[1]) - b * before[1]) / c,
        )
        before, now = now, up
    return value, slope


def _unit(row: list[arb]) -> list[arb]:
    size = _dot(row, row).sqrt()
    return [(x / size).mid() for x in row]


def _dot(first: list[arb], second: list[arb]) -> arb:
    return sum((x * z for x, z in zip(first, second, strict=True)), arb(0))


def _key(size: arb) -> float:
    """Sort descending, whatever the exponents."""
    positive = size if size > 0 else arb(2) ** (-8 * _BITS)
    return -float(positive.log())
