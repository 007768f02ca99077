"""The width at which one random network first meets a criterion."""

import math

from widthwise.arrays import Array, Float
from widthwise.bounds.trials._criteria import Criterion
from widthwise.features import RandomFeatures

__all__ = ["first_width", "settled_width"]

_OPENING = (1.0, 1.125, 1.25, 1.5, 2.0)
_SPLITS = 4


def first_width(
    points: Float[Array, "n d"],
    features: RandomFeatures,
    criterion: Criterion,
    start: int,
) -> float | int:
    """Return the least width from `start` on that meets a monotone criterion.

    A narrower network is a prefix of a wider one, so once the features have full row
    rank they keep it. Several widths share each pass; inf if the widest fails.
    """
    if criterion.passing(points, features, [start]) == [True]:
        return start
    low, opening = start, [math.ceil(start * each) for each in _OPENING[1:]]
    while True:
        widths = _within(low, opening, features.width)
        if not widths:
            return math.inf
        passed = criterion.passing(points, features, widths)
        if any(passed):
            place = passed.index(True)
            low = widths[place - 1] if place else low
            return _narrowed(points, features, criterion, low, widths[place])
        low = widths[-1]
        opening = [2 * low, 4 * low]


def settled_width(
    points: Float[Array, "n d"],
    features: RandomFeatures,
    criterion: Criterion,
    start: int,
) -> float | int:
    """Return the width from which the criterion holds at this and two more doublings.

    For criteria that are not monotone in the width: the answer is refined between the
    last doubling that fails and the first of three in a row that pass.
    """
    doublings = [start]
    while doublings[-1] < features.width:
        doublings.append(min(2 * doublings[-1], features.width))
    passed: list[bool] = []
    while len(passed) < len(doublings):
        part = doublings[: max(3, len(passed) + 2)]
        passed = criterion.passing(points, features, part)
        for place in range(len(passed)):
            if all(passed[place : place + 3]) and (
                place + 3 <= len(passed) or len(passed) == len(doublings)
            ):
                if place == 0:
                    return start
                low, high = doublings[place - 1], doublings[place]
                return _narrowed(points, features, criterion, low, high)
    return math.inf


def _narrowed(
    points: Float[Array, "n d"],
    features: RandomFeatures,
    criterion: Criterion,
    low: int,
    high: int,
) -> int:
    """Return a width in (low, high] that passes where the one before it fails."""
    while high - low > 1:
        step = (high - low) / _SPLITS
        inner = sorted({low + math.ceil(step * each) for each in range(1, _SPLITS)})
        widths = [each for each in inner if low < each < high]
        for width, good in zip(
            widths, criterion.passing(points, features, widths), strict=True
        ):
            if good:
                high = width
                break
            low = width
    return high


def _within(low: int, widths: list[int], widest: int) -> list[int]:
    return sorted({min(each, widest) for each in widths} - set(range(low + 1)))
