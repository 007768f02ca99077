"""What the theory says of the test error against width, and how a run decides it."""

from collections.abc import Mapping, Sequence

import numpy as np

from widthwise.estimates import mean
from widthwise.experiments.generalisation._compared import ratio_answers
from widthwise.experiments.shared import (
    Answer,
    Claim,
    Finding,
    Row,
    at_least,
    at_most,
    with_interval,
    within,
)
from widthwise.prose import say

__all__ = ["CLAIMS", "findings"]

_WHERE = "Beyond the paper: relu units, small n, noise, tables, early stopping"

_PREDICTED = Claim(
    "error_is_predicted",
    "Under a penalty the test error at every width is the predicted one, within a "
    "quarter.",
    _WHERE,
    "mean test error over the predicted one, at each width and penalty",
    "a ratio whose interval lies outside 0.75 to 1.25",
    origin="ours",
    cut_off="a quarter; the deterministic equivalent has no bound",
)
_MINIMUM = Claim(
    "minimum_norm_is_predicted",
    "Without a penalty it is within a half, away from the peak.",
    _WHERE,
    "the same for the minimum-norm fit, at widths a fifth of n or more away from n",
    "a ratio whose interval lies outside 0.5 to 1.5",
    origin="ours",
    cut_off="a half, from a distance of n/5 on",
)
_PLACE = Claim(
    "peak_is_at_n",
    "Without a penalty the error is largest where the width is the number of rows.",
    _WHERE,
    "mean over trials of log(error at m = n / error at m), the least of all other m",
    "an interval below 0",
    origin="ours",
)
_HEIGHT = Claim(
    "peak_has_the_predicted_height",
    "At m = n the height under a penalty, or an early stop, is the predicted one.",
    _WHERE,
    "mean test error over the predicted one at m = n",
    "a ratio whose interval lies outside 0.75 to 1.25",
    origin="ours",
    cut_off="a quarter; the deterministic equivalent has no bound",
)
_STOPPED = Claim(
    "stopping_is_predicted",
    "Stopped early, the test error at every width is the predicted one, within a "
    "quarter.",
    _WHERE,
    "mean test error over the predicted one, at each width and time",
    "a ratio whose interval lies outside 0.75 to 1.25",
    origin="ours",
    cut_off="a quarter; the deterministic equivalent has no bound",
)
_ALIKE = Claim(
    "stopping_is_like_a_penalty",
    "Stopping at the time t does about what the penalty 1/t does.",
    _WHERE,
    "error stopped at t over the error under 1/t, at each width where both were run",
    "a ratio whose interval lies outside 2/3 to 3/2",
    origin="ours",
    cut_off="a factor of 3/2; the two filters differ by up to 1.3",
)
_BEST = Claim(
    "the_best_penalty_has_no_peak",
    "With the best penalty at each width the error falls all the way: no peak is left.",
    _WHERE,
    "change of the error, in the same trials, from each width to the next, each with "
    "its best penalty of those run",
    "an interval above 0",
    origin="ours",
)

CLAIMS = (_PREDICTED, _MINIMUM, _PLACE, _HEIGHT, _STOPPED, _ALIKE, _BEST)

_Levels = Sequence[tuple[str, float]]


def findings(
    rows: Sequence[Row],
    errors: Mapping[str, np.ndarray],
    widths: Sequence[int],
    levels: _Levels,
) -> tuple[Finding, ...]:
    """Decide the claims from the rows, and from errors by data: (trials, widths, k)."""
    away = [row for row in rows if abs(row["width"] - row["n"]) >= row["n"] / 5]
    peak = [row for row in rows if row["width"] == row["n"]]
    none = "Nothing of the kind was run; it takes 1 width, penalty or time more."
    return (
        _PREDICTED.together(_ratios(rows, "penalty"), nothing=none),
        _MINIMUM.together(_ratios(away, "minimum norm", 0.5), nothing=none),
        _PLACE.together(_peaks(errors, widths, int(rows[0]["n"])), nothing=none),
        _HEIGHT.together(
            [*_ratios(peak, "penalty"), *_ratios(peak, "stopped")], nothing=none
        ),
        _STOPPED.together(_ratios(rows, "stopped"), nothing=none),
        _ALIKE.together(_alike(errors, widths, levels), nothing=none),
        _BEST.together(_descents(errors, widths, levels), nothing=none),
    )


def _ratios(rows: Sequence[Row], kind: str, share: float = 0.25) -> list[Answer]:
    some = [row for row in rows if row["kind"] == kind]
    by = ("data", "readout")
    return ratio_answers(some, 1 - share, 1 + share, by=by, along="width")


def _peaks(
    errors: Mapping[str, np.ndarray], widths: Sequence[int], n: int
) -> list[Answer]:
    answers: list[Answer] = []
    for data, each in errors.items():
        logs = np.log(each[:, :, 0])
        others = {
            width: mean(logs[:, widths.index(n)] - logs[:, place])
            for place, width in enumerate(widths)
            if width != n
        }
        if others:
            nearest = min(others, key=lambda width: others[width].low)
            said = say(
                f"{data}: log ratio to m = {nearest} {{}}",
                with_interval(others[nearest]),
            )
            answers.append(at_least(others[nearest], said, 0))
    return answers


def _alike(
    errors: Mapping[str, np.ndarray], widths: Sequence[int], levels: _Levels
) -> list[Answer]:
    pairs = [
        (one, other, level)
        for one, (kind, level) in enumerate(levels)
        if kind == "stopped"
        for other, (beside, penalty) in enumerate(levels)
        if beside == "penalty" and abs(level * penalty - 1) < 1e-6
    ]
    answers: list[Answer] = []
    for data, each in errors.items():
        for one, other, level in pairs:
            ratios = {
                width: mean(each[:, place, one] / each[:, place, other])
                for place, width in enumerate(widths)
            }
            worst = max(ratios, key=lambda width: abs(np.log(ratios[width].value)))
            said = say(
                f"{data}, t = {level:g}, the farthest at m = {worst}: {{}}",
                with_interval(ratios[worst]),
            )
            answers.append(within(ratios[worst], said, 2 / 3, 3 / 2))
    return answers


def _descents(
    errors: Mapping[str, np.ndarray], widths: Sequence[int], levels: _Levels
) -> list[Answer]:
    penalised = [place for place, each in enumerate(levels) if each[0] != "stopped"]
    answers: list[Answer] = []
    for data, each in errors.items():
        means = each[:, :, penalised].mean(axis=0)
        best = [
            each[:, place, penalised[int(column)]]
            for place, column in enumerate(means.argmin(axis=1))
        ]
        for place in range(len(widths) - 1):
            change = mean(best[place + 1] - best[place])
            said = say(
                f"{data}, from m = {widths[place]} to {widths[place + 1]}: {{}}",
                with_interval(change),
            )
            answers.append(at_most(change, said, 0))
    return answers
