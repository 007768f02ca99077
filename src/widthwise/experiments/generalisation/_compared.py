"""Measured numbers beside predicted ones: rows, curves, what their ratios answer."""

import math
from collections.abc import Sequence

from widthwise.estimates import Estimate
from widthwise.experiments.shared import (
    Answer,
    Row,
    grouped,
    picked,
    with_interval,
    within,
)
from widthwise.prose import say

__all__ = ["compared", "curves", "ratio_answers"]


def compared(found: Estimate, predicted: float) -> Row:
    """Return the columns of a positive number and its prediction.

    The ratio is NaN where the prediction is infinite.
    """
    over = predicted if math.isfinite(predicted) else math.nan
    low = max(found.low, 0.0)
    return {
        "measured": found.value,
        "low": low,
        "high": found.high,
        "predicted": predicted,
        "ratio": found.value / over,
        "ratio_low": low / over,
        "ratio_high": found.high / over,
        "one": 1.0,
    }


def curves(rows: Sequence[Row], *columns: str) -> list[Row]:
    """Return each row as two, what was measured and what was predicted."""
    found = []
    for row in rows:
        place, predicted = picked(row, *columns), row["predicted"]
        ends = {"low": row["low"], "high": row["high"]}
        found += [
            {**place, "which": "measured", "error": row["measured"], **ends},
            {
                **place,
                "which": "predicted",
                "error": predicted,
                "low": predicted,
                "high": predicted,
            },
        ]
    return found


def ratio_answers(
    rows: Sequence[Row], low: float, high: float, *, by: Sequence[str], along: str
) -> list[Answer]:
    """Answer, for each group, whether the ratio farthest from 1 lies in [low, high]."""
    answers: list[Answer] = []
    for key, own in grouped(rows, *by).items():
        worst = max(own, key=lambda row: abs(math.log(max(row["ratio"], 1e-300))))
        found = Estimate(worst["ratio"], worst["ratio_low"], worst["ratio_high"])
        case = ", ".join(map(str, key if len(by) > 1 else (key,)))
        said = say(
            f"{case}, the farthest at {along} {worst[along]}: {{}}",
            with_interval(found),
        )
        answers.append(within(found, said, low, high))
    return answers
