"""How likely a random unit leaves a subspace, from the angles of the rows."""

import math

import numpy as np

from widthwise.arrays import Float, Int
from widthwise.bounds.rank._pair_crossings import both_separate, crossing_density

__all__ = ["EscapeBySize", "escape_by_size", "escape_from_angle"]

_EXACT = 48
"""Supports of up to so many rows use the exact pair probabilities."""

_TURNS = np.pi * np.concatenate([[0.5], np.geomspace(1.0, 1.5e-3, 34)])
_SHARES = (2.0, 1.4, 1.0, 0.7, 0.5, 0.35, 0.25, 0.17, 0.12, 0.08, 0.05, 0.03)

EscapeBySize = tuple[Int[np.ndarray, " t"], Float[np.ndarray, " t"]]
"""The sizes from which each probability holds, ascending, and the probabilities."""


def escape_from_angle(angle: float, allowed: int) -> float:
    r"""Return what holds for every support, from the smallest angle alone.

    $\min(1/2, \max_{(u, v)} u^2 / 8 v A)$ by the quadratics of `escape_by_size`.
    """
    density = float(crossing_density(np.array(angle)))
    if math.isinf(density):
        return 0.0
    best = max(weight**2 / (8 * loss) for weight, loss in _quadratics(allowed))
    return min(0.5, best / density)


def escape_by_size(angles: Float[np.ndarray, "k k"], allowed: int) -> EscapeBySize:
    r"""Bound the escape probability for every support of s of these k hyperplanes.

    Of any s hyperplanes, N separate w and w'. If 1 <= N <= `allowed`, not both are
    dead, and $1\{1 \le N \le a\} \ge u N - v N (N - 1)$, so

    $$p \ge \tfrac12 \max_\alpha \Big(u\, s \frac\alpha\pi
    - v \sum_{i \ne j} q_{ij}(\alpha)\Big),$$

    and the sum over the worst s rows is at most that of the s rows whose s - 1 nearest
    hyperplanes give most. Sizes up to `allowed` have p >= 1/2, from $w' = -w$. One
    probability serves all sizes up to the next, as the mean of the worst rows falls.
    """
    count = len(angles)
    if count <= allowed:
        return np.array([1]), np.array([0.5])
    nearest = np.sort(angles, axis=1)[:, : count - 1]
    starts = _sizes(allowed + 1, count)
    spans = list(zip(starts, [*(each - 1 for each in starts[1:]), count], strict=True))
    best = dict.fromkeys(starts, 0.0)
    near = nearest[:, :_EXACT]
    for turn in _TURNS.tolist():
        sums = np.cumsum(both_separate(near, turn), axis=1)
        for start, end in spans:
            if end <= _EXACT:
                worst = _worst_mean(sums[:, end - 2], start)
                found = _gain(start, turn / math.pi, worst, allowed)
                best[start] = max(best[start], found)
    densities = crossing_density(nearest)
    sums = np.cumsum(densities, axis=1)
    for start, end in spans:
        for share in _SHARES if end > _EXACT else ():
            rate = min(1.0, share / start)
            worst = _worst_mean(_capped_sums(densities, sums, end - 1, rate), start)
            best[start] = max(best[start], _gain(start, rate, worst, allowed))
    escapes = np.clip([0.5, *best.values()], 0.0, 0.5)
    return np.array([1, *starts]), escapes


def _quadratics(allowed: int) -> list[tuple[float, float]]:
    """Return pairs (u, v) with uN - vN(N-1) <= 1 for 1 <= N <= a, <= 0 beyond."""
    if allowed == 1:
        return [(1.0, 1.0)]
    top = max(n * (1 - (n - 1) / allowed) for n in range(1, allowed + 1))
    return [(1.0, 0.5), (1 / top, 1 / (top * allowed))]


def _gain(size: int, rate: float, worst: float, allowed: int) -> float:
    return max(
        0.5 * size * (weight * rate - loss * worst)
        for weight, loss in _quadratics(allowed)
    )


def _sizes(low: int, high: int) -> list[int]:
    """Return every size up to 20, then steps of a tenth."""
    found = [low]
    while found[-1] < high:
        found.append(max(found[-1] + 1, int(found[-1] * 1.1)))
    return [each for each in found if each <= high]


def _worst_mean(sums: Float[np.ndarray, " k"], size: int) -> float:
    """Return the mean of the largest `size` of them."""
    place = len(sums) - size
    return float(np.partition(sums, place)[place:].mean() * (1 + 1e-12))


def _capped_sums(
    densities: Float[np.ndarray, "k t"],
    sums: Float[np.ndarray, "k t"],
    count: int,
    rate: float,
) -> Float[np.ndarray, " k"]:
    r"""Sum $\min(A (\alpha/\pi)^2, \alpha/\pi)$ over the nearest hyperplanes."""
    capped = np.minimum((densities[:, :count] * rate > 1).sum(axis=1), count)
    rest = np.zeros(len(sums))
    some = capped > 0
    rest[some] = sums[some, capped[some] - 1]
    # A difference of sums loses digits beside a tiny angle: sum those rows anew.
    with np.errstate(invalid="ignore"):
        beyond = sums[:, count - 1] - rest
    for row in np.flatnonzero(~(beyond > 1e-6 * rest)):
        beyond[row] = densities[row, capped[row] : count].sum()
    return np.asarray(capped * rate + beyond * rate**2 * (1 + 1e-9))
