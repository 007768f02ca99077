"""Will it predict: the verdict on rows that were left out of the fit."""

import math
from collections.abc import Sequence
from dataclasses import replace

from widthwise.diagnosis.activations._prediction_record import (
    Baselines,
    LeftOutError,
    Prediction,
)
from widthwise.diagnosis.activations._record import ActivationEvidence
from widthwise.diagnosis.study import (
    DataSummary,
    Question,
    Status,
    Verdict,
    or_infinity,
)
from widthwise.prose import Prose, joined, say

__all__ = [
    "at_that_width",
    "best_predictor",
    "enough_to_predict",
    "how_good",
    "will_it_predict",
]

PREDICTS = Question(
    "predicts",
    "Will it predict?",
    {"yes": "Yes", "caution": "No gain", "no": "No"},
)

_CLEAR = 2.0
"""Standard errors by which one error must be below another to be called smaller."""


def will_it_predict(
    data: DataSummary,
    found: Sequence[ActivationEvidence],
    baselines: Baselines | None,
) -> Verdict:
    """Say how well rows left out are predicted, beside what needs no network."""
    answered = _predicts(data, found, baselines)
    if not data.sample_note or baselines is None:
        return answered
    rows = say("Of {:,} of the {:,} rows: ", data.rows, data.rows_total)
    return replace(answered.opened(rows), number_is="of a sample")


def _predicts(
    data: DataSummary,
    found: Sequence[ActivationEvidence],
    baselines: Baselines | None,
) -> Verdict:
    best = best_predictor(found)
    if baselines is None or best is None or best.prediction is None:
        return _nothing_to_predict(data)
    seen = best.prediction
    network = say("{} ({})", how_good(seen.best, baselines), _by(best.name, seen))
    linear = how_good(baselines.linear, baselines)
    reason = _reason(seen, baselines, len(found))
    number, figure = seen.best.error, how_good(seen.best, baselines, short=True)
    if not _beats_constant(seen, baselines):
        what = "the largest class" if baselines.classes else "their mean"
        return PREDICTS.answered(
            "no",
            say(
                "No: rows left out are predicted no better than by {}: {}.",
                what,
                network,
            ),
            reason,
            number=number,
            figure=figure,
            activation=best.name,
        )
    status: Status = "yes" if seen.gain > _CLEAR * seen.gain_error else "caution"
    is_behind = seen.gain < -_CLEAR * seen.gain_error
    if status == "yes":
        answer = say("Yes: {}; a linear ridge has {}.", network, linear)
    else:
        says = (
            "A linear ridge predicts better"
            if is_behind
            else "A linear ridge does as well"
        )
        answer = say("{}: {}; the best network {}.", says, linear, network)
    return PREDICTS.answered(
        status,
        answer,
        reason,
        number=number,
        figure=figure,
        activation=best.name,
        chosen=best.name,
        word="Linear is better" if is_behind else "",
    )


def best_predictor(found: Sequence[ActivationEvidence]) -> ActivationEvidence | None:
    """Return the activation with the least error on rows left out; None if none has."""
    able = [each for each in found if each.prediction is not None]
    return min(able, key=_error, default=None)


def how_good(
    found: LeftOutError, baselines: Baselines, *, short: bool = False
) -> Prose:
    """Say an error as R², or as the share of wrong rows."""
    error, doubt = or_infinity(found.error), found.standard_error
    if baselines.classes:
        share = say("{:%} of the rows wrong", error)
        if short or found.balanced is None:
            return share
        return say("{} ± {:%}, {:%} balanced", share, doubt, found.balanced)
    if error > 2.0:
        return say("an error of {:2} times the variance of the labels", error)
    shown = say("R² = {}", round(1.0 - error, 3))
    return shown if short else say("{} ± {:1}", shown, doubt)


def at_that_width(
    seen: Prediction | None, baselines: Baselines | None, width: float | int
) -> Prose:
    """Say how the least width that fits predicts, where it is worse than no network."""
    if seen is None or baselines is None:
        return Prose("")
    error = _error_there(seen, width)
    if error <= or_infinity(baselines.constant.error):
        return Prose("")
    most = max(map(or_infinity, seen.interpolating.error))
    told = how_good(
        LeftOutError(error=error, standard_error=None), baselines, short=True
    )
    worst = (
        "the worst width to predict at"
        if error == most
        else "a bad width to predict at"
    )
    return say("{:,} units are {}, without a penalty: {}.", width, worst, told)


def enough_to_predict(
    seen: Prediction | None, baselines: Baselines | None
) -> int | None:
    """Return the width from which on more units are no better; None if none is good."""
    if seen is None or baselines is None or not _beats_constant(seen, baselines):
        return None
    return seen.enough


def _beats_constant(seen: Prediction, baselines: Baselines) -> bool:
    doubt = _CLEAR * or_infinity(seen.best.standard_error)
    constant = or_infinity(baselines.constant.error)
    return or_infinity(seen.best.error) + doubt < constant


def _error_there(seen: Prediction, width: float | int) -> float:
    """Return the error of interpolating at the tried width nearest to one."""
    ratios = [abs(math.log(each / width)) for each in seen.widths]
    place = ratios.index(min(ratios))
    return or_infinity(seen.interpolating.error[place])


def _error(each: ActivationEvidence) -> float:
    return (
        math.inf if each.prediction is None else or_infinity(each.prediction.best.error)
    )


def _by(name: str, seen: Prediction) -> Prose:
    penalty = "" if seen.penalty == 0.0 else " with a penalty"
    if seen.best_width is None:
        return say(
            "infinitely many {} units, {} kernel{}", name, seen.best_readout, penalty
        )
    return say("{} {} units{}", seen.best_width, name, penalty)


def _reason(seen: Prediction, baselines: Baselines, among: int) -> Prose:
    tried = say(
        "Each row is predicted by the fit to all others, in closed form; this is the "
        "best of {} readouts{}, so new rows may do slightly worse.",
        2 * len(seen.widths) + (2 if seen.tangent is None else 4),
        say(" with each of {} activations", among) if among > 1 else "",
    )
    return joined([_peak(seen, baselines), tried, _noise(baselines)])


def _peak(seen: Prediction, baselines: Baselines) -> Prose:
    if seen.peak is None:
        return Prose("")
    worst = _error_there(seen, seen.peak)
    return say(
        "Without a penalty {} units are the worst width tried: {}.",
        seen.peak,
        how_good(LeftOutError(error=worst, standard_error=None), baselines, short=True),
    )


def _noise(baselines: Baselines) -> Prose:
    if not baselines.noise:
        return Prose("")
    floor = LeftOutError(error=baselines.noise, standard_error=None)
    return say(
        "Rows that are one point have different labels: no network predicts better "
        "than {}.",
        how_good(floor, baselines, short=True),
    )


def _nothing_to_predict(data: DataSummary) -> Verdict:
    if data.target is None:
        return PREDICTS.answered(
            "caution",
            "Not asked: without labels there is nothing to predict.",
            "Name the target column, or pass y; rows left out of the fit then tell.",
            figure="no labels",
            word="No labels",
        )
    return PREDICTS.answered(
        "caution",
        "Not decided: these labels leave nothing to predict.",
        "They are all equal, or there are fewer than three rows.",
        figure="not decided",
        word="Not decided",
    )
