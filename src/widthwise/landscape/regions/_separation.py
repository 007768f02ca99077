"""Multipliers of a linear program, made exact so that they prove what they claim."""

from fractions import Fraction

import flint
import numpy as np

from widthwise.landscape.regions._certificate import Separation
from widthwise.landscape.regions._exact import ExactRegion, as_fraction, dyadic
from widthwise.numerics.exact_rank import random_primes

__all__ = ["exact_emptiness", "exact_separation"]

_SMALL = (1e-9, 1e-7, 1e-5)


def exact_separation(
    exact: ExactRegion,
    targets: list[flint.fmpq],
    multipliers: np.ndarray,
    constraints: np.ndarray,
) -> Separation | None:
    r"""Return an exact separation whose multipliers lie next to the given ones.

    The support is read off the floats. A unit with fewer active inequalities than
    parameters restricts u to a linear space, found over the rationals; then
    $\lambda$ follows unit by unit. None if a sign or the gap comes out wrong.

    Parameters
    ----------
    exact, targets
        The region, and t without the constants c.
    multipliers, constraints
        u, shape (n,), and λ, shape (k,).
    """
    for small in _SMALL:
        found = _attempt(exact, targets, multipliers, constraints, small)
        if found is not None:
            return found
    return None


def exact_emptiness(exact: ExactRegion, constraints: np.ndarray) -> Separation | None:
    r"""Return a proof that a region is empty from the multipliers of its inequalities.

    One unit is enough: $\lambda \ge 0$, not all zero, with $\sum \lambda_k \epsilon_k
    x_{i_k} = 0$ and $\sum \lambda_k \epsilon_k e_k \ge 0$.
    """
    region = exact.region
    n = len(exact.factors)
    for unit in np.unique(region.units[constraints > 0]).tolist():
        own = np.flatnonzero((region.units == unit) & (constraints > 0))
        for small in _SMALL:
            kept = own[constraints[own] > small * constraints[own].max()]
            signed = flint.fmpz_mat(
                exact.points.ncols(),
                len(kept),
                [
                    int(region.signs[k]) * int(exact.points[int(region.rows[k]), j])
                    for j in range(exact.points.ncols())
                    for k in kept
                ],
            )
            space, nullity = signed.nullspace()
            if nullity != 1:
                continue
            sizes = [Fraction(int(space[k, 0])) for k in range(len(kept))]
            sizes = [-each for each in sizes] if sizes[0] < 0 else sizes
            used = _used(exact, kept, sizes)
            gap = sum((s * e * z for _, _, s, e, z in used), Fraction(0))
            if min(sizes) >= 0 and gap >= 0:
                return Separation((Fraction(0),) * n, used, gap)
    return None


def _attempt(
    exact: ExactRegion,
    targets: list[flint.fmpq],
    multipliers: np.ndarray,
    constraints: np.ndarray,
    small: float,
) -> Separation | None:
    region = exact.region
    d1, n, d = region.sizes
    largest = float(np.abs(multipliers).max(initial=0.0))
    if not largest:
        return None
    support = np.flatnonzero(np.abs(multipliers) > small * largest)
    kept = np.flatnonzero(constraints > small * constraints.max(initial=0.0))
    active = [kept[region.units[kept] == r] for r in range(d1)]
    rows = [
        row
        for r in range(d1)
        for row in _restrictions(exact, r, active[r], support.tolist())
    ]
    solved = _in_null_space(rows, multipliers[support])
    if solved is None:
        return None
    numbers, under = solved  # u = numbers / under
    sums = _sums(exact, support.tolist(), numbers)
    points_scale = Fraction(1, under << exact.factor_bits)
    used: tuple[tuple[int, int, int, Fraction, Fraction], ...] = ()
    for r in range(d1):
        goal = [int(sums[r, j]) for j in range(d)]
        if not len(active[r]):
            if any(goal):
                return None
            continue
        sizes = _combination(exact, active[r], goal)
        if sizes is None:
            return None
        used += _used(exact, active[r], [each * points_scale for each in sizes])
    u = [Fraction(0)] * n
    for place, number in zip(support.tolist(), numbers, strict=True):
        u[place] = Fraction(number, under)
    bound = sum((s * e * z for _, _, s, e, z in used), Fraction(0))
    aim = sum((as_fraction(targets[i]) * u[i] for i in support.tolist()), Fraction(0))
    gap = bound - aim
    strict = any(each[4] > 0 for each in used)
    if gap < 0 or (gap == 0 and not strict):
        return None
    return Separation(tuple(u), used, gap)


def _restrictions(
    exact: ExactRegion, unit: int, active: np.ndarray, support: list[int]
) -> list[list[int]]:
    """Rows c with c · u = 0: what Jᵀu has outside the span of the active points."""
    d = exact.points.ncols()
    own = [(i, exact.factors[i][unit]) for i in support]
    if not any(q for _, q in own):
        return []
    if len(active):
        chosen = [int(exact.region.rows[k]) for k in active]
        span = flint.fmpz_mat(
            len(chosen), d, [int(exact.points[i, j]) for i in chosen for j in range(d)]
        )
        space, nullity = span.nullspace()
        outside = [[int(space[j, k]) for j in range(d)] for k in range(nullity)]
    else:
        outside = [[int(j == k) for j in range(d)] for k in range(d)]
    return [
        [
            q * sum(int(exact.points[i, j]) * direction[j] for j in range(d))
            if q
            else 0
            for i, q in own
        ]
        for direction in outside
    ]


def _in_null_space(
    rows: list[list[int]], near: np.ndarray
) -> tuple[list[int], int] | None:
    """Return the rational vector in the null space of the rows next to floats."""
    floats, bits = dyadic(near[None])
    if not any(any(row) for row in rows):
        return floats[0], 1 << bits
    # Small entries first: they become pivots, solved for from the large ones.
    order = np.argsort(np.abs(near), kind="stable").tolist()
    whole = flint.fmpz_mat([[row[j] for j in order] for row in rows])
    (prime,) = random_primes(1, 61, 0, "region-separation")
    reduced, rank = flint.nmod_mat(whole, prime).rref()
    if rank == len(order):
        return None
    pivots = [
        next(j for j, each in enumerate(row) if int(each))
        for row in reduced.tolist()[:rank]
    ]
    flipped, _ = flint.nmod_mat(whole.transpose(), prime).rref()
    chosen = [
        next(j for j, each in enumerate(row) if int(each))
        for row in flipped.tolist()[:rank]
    ]
    free = [j for j in range(len(order)) if j not in set(pivots)]
    square = flint.fmpz_mat(
        rank, rank, [int(whole[i, j]) for i in chosen for j in pivots]
    )
    right = flint.fmpz_mat(
        rank,
        1,
        [-sum(int(whole[i, j]) * floats[0][order[j]] for j in free) for i in chosen],
    )
    parts, under = square.solve(right).numer_denom()
    scale = int(under)
    found = [0] * len(order)
    for j in free:
        found[order[j]] = floats[0][order[j]] * scale
    for k, j in enumerate(pivots):
        found[order[j]] = int(parts[k, 0])
    sign = -1 if scale < 0 else 1
    return [sign * each for each in found], (sign * scale) << bits


def _sums(exact: ExactRegion, support: list[int], numbers: list[int]) -> flint.fmpz_mat:
    """Jᵀu unit by unit, (d1, d), without the powers of two."""
    d1, d = exact.region.sizes[0], exact.points.ncols()
    left = [
        number * exact.factors[i][r]
        for r in range(d1)
        for i, number in zip(support, numbers, strict=True)
    ]
    chosen = [int(exact.points[i, j]) for i in support for j in range(d)]
    return flint.fmpz_mat(d1, len(support), left) * flint.fmpz_mat(
        len(support), d, chosen
    )


def _combination(
    exact: ExactRegion, active: np.ndarray, goal: list[int]
) -> list[Fraction] | None:
    """Return λ ≥ 0 with Σ λ ε x = goal, or None."""
    region, d = exact.region, exact.points.ncols()
    signed = flint.fmpz_mat(
        len(active),
        d,
        [
            int(region.signs[k]) * int(exact.points[int(region.rows[k]), j])
            for k in active
            for j in range(d)
        ],
    )
    aim = flint.fmpz_mat(d, 1, goal)
    try:
        sizes = (signed * signed.transpose()).solve(signed * aim)
    except ZeroDivisionError:  # The active points are dependent.
        return None
    if min(sizes.entries()) < 0:
        return None
    if flint.fmpq_mat(signed.transpose()) * sizes != flint.fmpq_mat(aim):
        return None
    return [as_fraction(each) for each in sizes.entries()]


def _used(
    exact: ExactRegion, kept: np.ndarray, sizes: list[Fraction]
) -> tuple[tuple[int, int, int, Fraction, Fraction], ...]:
    region = exact.region
    return tuple(
        (
            int(region.units[k]),
            int(region.rows[k]),
            int(region.signs[k]),
            Fraction(float(region.edges[k])),
            size,
        )
        for k, size in zip(kept, sizes, strict=True)
        if size
    )
