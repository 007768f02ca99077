"""At which widths random networks have a Jacobian of full rank, with intervals."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from widthwise.arrays import Array
from widthwise.diagnosis.landscape._settings import LandscapeSettings
from widthwise.landscape import (
    FullRankProbability,
    fit_threshold,
    full_rank_probability_at,
)
from widthwise.seeds import derive

__all__ = ["find_widths", "necessary_width", "probability_at", "probability_content"]

_SEARCH_TRIALS = 20
_BETWEEN = 8
_WIDEST_RATIO, _WIDEST_MORE = 64, 256


def necessary_width(points: Array, biases: bool) -> int:
    """Return the least width with as many parameters as points."""
    n, d0 = points.shape
    return -(-n // (d0 + int(biases)))


def probability_at(
    points: Array,
    width: int,
    settings: LandscapeSettings,
    *,
    trials: int | None = None,
    use: str = "probability",
) -> FullRankProbability:
    """Return P(full rank) at one width, from a stream of its own for each use."""
    return full_rank_probability_at(
        points,
        width,
        trials or settings.trials,
        derive(settings.seed, f"diagnosis/landscape/{use}"),
        initialization=settings.initialization,
        biases=settings.biases,
        act=settings.activation,
        confidence=settings.confidence,
    )


def find_widths(
    points: Array,
    settings: LandscapeSettings,
    *,
    trials: int = _SEARCH_TRIALS,
    between: int = _BETWEEN,
    beyond: Sequence[float] = (1.25, 1.5, 2.0),
    reach: int = _WIDEST_RATIO,
    tell: Callable[[str], None] = lambda _text: None,
) -> tuple[int, ...]:
    """Return widths around the one at which full rank sets in.

    With few networks for each, widths double from the necessary one until all of them
    have full rank, or the width is `reach` times the necessary one and some; then
    bisection finds the last width of none and the first of all.
    """
    counted: dict[int, int] = {}

    def full(width: int) -> int:
        if width not in counted:
            tell(f"looking for the threshold, width {width}")
            found = probability_at(points, width, settings, trials=trials, use="search")
            counted[width] = found.full
        return counted[width]

    least = necessary_width(points, settings.biases)
    widest = reach * least + _WIDEST_MORE
    low, high = least - 1, least
    while full(high) < trials and high < widest:
        low, high = high, min(2 * high, widest)
    first = _bisect(least - 1, high, lambda width: full(width) > 0)
    last = _bisect(max(low, first - 1), high, lambda width: full(width) == trials)
    start = max(1, first - 1)
    inside = {
        round(start * (last / start) ** (k / between)) for k in range(between + 1)
    }
    after = {min(math.ceil(ratio * last), widest) for ratio in beyond}
    return tuple(sorted({start, least, last, *inside, *after}))


def probability_content(
    found: Sequence[tuple[int, FullRankProbability]],
) -> dict[str, Any]:
    """Return the record's "probability" object."""
    widths = [width for width, _ in found]
    every = [each for _, each in found]
    threshold = None
    if len(widths) > 1:
        threshold = fit_threshold(
            widths, [each.full for each in every], every[0].trials
        )
    return {
        "widths": widths,
        "successes": [each.full for each in every],
        "trials": [each.trials for each in every],
        "estimate": [each.estimate for each in every],
        "low": [each.lower for each in every],
        "high": [each.upper for each in every],
        "method": "exact",
        "error_probability": min(
            1.0, sum(each.error_probability or 0.0 for each in every)
        ),
        "threshold": {
            "width": None if threshold is None else threshold.value,
            "standard_error": None if threshold is None else threshold.standard_error,
        },
    }


def _bisect(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """Return the first width at which it holds; at `high` it may be taken to hold."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
