"""The width at which half of the networks have full rank, with more cells about it."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from widthwise.experiments.karhadkar._threshold import threshold
from widthwise.experiments.shared import Cell, Row
from widthwise.landscape import full_rank_probability

__all__ = ["REFINED", "refined", "refined_cells", "refined_rows"]

REFINED = "refined"
"""The family of these thresholds."""

_QUARTER = 4
_APART, _REACH = 1.25, 1.6


def refined_cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a cell for each fixed d0 and n, up to the map's greatest width."""
    return [
        {
            "refined to": max(settings["fixed_widths"]),
            "n": n,
            "d0": d0,
            "trials": settings["refined_trials"],
        }
        for d0 in sorted(set(settings["dimensions"]))
        for n in sorted(set(settings["fixed_points"]))
    ]


def refined(cell: Cell, seed: int) -> dict[str, Any]:
    """Return widths about the threshold, and how many networks are full there.

    The rule: halve the interval from 1 to the map's greatest width, in logarithms, by a
    quarter of the trials each, until its ends are a factor of 1.25 apart; then take 7
    widths from 1/1.6 to 1.6 times its middle, and the trials in other networks each.
    None where half of the networks lack full rank at the greatest width.
    """
    n, d0, most, trials = (cell[k] for k in ("n", "d0", "refined to", "trials"))
    few = max(1, trials // _QUARTER)

    def full(width: int, count: int, first: int) -> int:
        found = full_rank_probability(
            n, d0, width, count, seed, method="exact", first=first
        )
        return sum(map(bool, found.verdicts))

    middle = _middle(lambda width: 2 * full(width, few, 0) >= few, most)
    if middle is None:
        return {"widths": [], "full": []}
    widths = sorted({max(1, round(middle * _REACH ** (k / 3))) for k in range(-3, 4)})
    return {"widths": widths, "full": [full(each, trials, few) for each in widths]}


def _middle(is_enough: Callable[[int], bool], most: int) -> float | None:
    """Return the middle of an interval in which widths begin to be enough."""
    if not is_enough(most):
        return None
    low, high = 1, most
    while high > _APART * low and high > low + 1:
        middle = min(max(round(math.sqrt(low * high)), low + 1), high - 1)
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return math.sqrt(low * high)


def refined_rows(
    cells: Sequence[Cell], results: Sequence[Mapping[str, Any]]
) -> list[Row]:
    """Return the thresholds of these cells, as `threshold_rows` does."""
    return [
        {
            "family": REFINED,
            "group": f"d0 = {cell['d0']}",
            "n": cell["n"],
            "d0": cell["d0"],
            **threshold(result["widths"], result["full"], cell["trials"], in_logs=True),
            "least possible": math.ceil(cell["n"] / (cell["d0"] + 1)),
            "predicted": math.nan,
        }
        for cell, result in zip(cells, results, strict=True)
        if "refined to" in cell
    ]
