"""How far rows must move before spherical harmonics at them become dependent."""

import math

import numpy as np
from flint import acb_mat, arb, arb_mat, ctx

from widthwise.spectra._harmonics_count import harmonics_count

__all__ = ["least_motions"]

_BITS = 1500
_MOST_ROWS = 24


def least_motions(
    rows: np.ndarray, degrees: tuple[int, ...], known: int, rank: int
) -> list[float]:
    r"""Return by which angle rows must turn until a singular value is zero.

    To first order, one angle for each value between those known and the rank.

    A singular value σ of the harmonics with left vector u falls by at most
    $\delta \sum_i |u_i|\,\|\nabla_i (F^\top u / \sigma)\|$: δ is at least σ over that
    sum. In a cluster of points every factor is tiny, and δ is the distance between
    them: found from the eigenvalues σ² of the kernel matrix in 450 digits.

    Parameters
    ----------
    rows
        Shape (q, d), any norm.
    degrees
        Of the harmonics.
    known, rank
        How many singular values are known to be no rounding, and how many there are.

    Returns
    -------
    Radians, for the values known, ..., rank - 1, descending; empty if there are too
    many rows for it.

    Cost: q³ operations on balls of 1500 bits.
    """
    count, dimension = rows.shape
    if count > _MOST_ROWS:
        return []
    with ctx.workprec(_BITS):
        points = [_unit([arb(float(x)) for x in row]) for row in rows]
        cosines = [[_dot(x, z) for z in points] for x in points]
        both = [[_zonal(t, degrees, dimension) for t in row] for row in cosines]
        kernel = arb_mat([[value for value, _ in row] for row in both])
        values, vectors = acb_mat(kernel.mid()).eig(right=True, algorithm="approx")
        sizes = [value.real.mid() for value in values]
        order = sorted(range(count), key=lambda j: _key(sizes[j]))[known:rank]
        columns = [[vectors[i, j].real.mid() for i in range(count)] for j in order]
        return [
            _motion(sizes[j], column, points, cosines, both)
            for j, column in zip(order, columns, strict=True)
        ]


def _motion(
    size: arb,
    vector: list[arb],
    points: list[list[arb]],
    cosines: list[list[arb]],
    both: list[list[tuple[arb, arb]]],
) -> float:
    norm = sum((u * u for u in vector), arb(0))
    total = arb(0)
    for i, (u, point) in enumerate(zip(vector, points, strict=True)):
        pull = [arb(0)] * len(point)
        for j, other in enumerate(points):
            weight = vector[j] * both[i][j][1]
            pull = [
                p + weight * (z - cosines[i][j] * x)
                for p, x, z in zip(pull, point, other, strict=True)
            ]
        total += abs(u) * _dot(pull, pull).mid().sqrt()
    ratio = size * norm / total
    return float(ratio.mid()) if ratio.is_finite() else math.inf


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
