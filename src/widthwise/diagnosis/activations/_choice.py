"""Which activation: the one that predicts best, or else trains fastest."""

import math
from collections.abc import Sequence

from widthwise.diagnosis.activations._prediction_record import Baselines
from widthwise.diagnosis.activations._predicts import best_predictor, how_good
from widthwise.diagnosis.activations._prospects import of_sample
from widthwise.diagnosis.activations._record import ActivationEvidence
from widthwise.diagnosis.study import DataSummary, Question, Verdict, or_infinity
from widthwise.prose import Prose, joined, listed, say, steps

__all__ = ["clearly_better", "which"]

ACTIVATION = Question(
    "activation",
    "Which activation?",
    {"yes": "Recommended", "caution": "Caution", "no": "None fits"},
)

_TIE = 1.05
_CLEAR = 2.0  # Standard errors by which one must predict better.


def which(
    data: DataSummary,
    chosen: ActivationEvidence,
    best: ActivationEvidence,
    found: Sequence[ActivationEvidence],
    baselines: Baselines | None,
) -> Verdict:
    """Name the chosen activation, and the best one by speed where it is another."""
    others = [each for each in found if each is not best]
    comparison = [
        say("{} {}, κ {}", each.name, steps(each.training.coarse), each.training.kappa)
        for each in (best, *others)
    ]
    told = say(
        "Steps to 1 % and condition number at {} units: {}.{}",
        best.training.width,
        joined(comparison, "; "),
        of_sample(data),
    )
    reaches = math.isfinite(best.training.coarse)
    if reaches or best.fits_these is not False:
        told += "" if reaches else " None of them gets to 1 % at that width."
    if chosen is not best and baselines is not None:
        return _by_prediction(chosen, best, baselines, told, data)
    if best.fits_these is False:
        what = "every labelling" if data.target is None else "these labels"
        none = say("None of the {} tried fits {} at any width.", len(found), what)
        only = say("{}, the only one tried, fits {} at no width.", best.name, what)
        return ACTIVATION.answered("no", none if others else only, told, figure="none")
    return ACTIVATION.answered(
        "yes" if reaches else "caution",
        say(
            "{}, of the {} tried{}{}.",
            best.name,
            len(found),
            _ties(best, others),
            _predicting(best, found),
        )
        if others
        else say("Only {} was tried.", best.name),
        told,
        number=best.training.condition_number,
        number_is="at least" if data.sample_note else "value",
        figure=say(
            "κ at least {}" if data.sample_note else "κ = {}", best.training.kappa
        ),
        activation=best.name,
        chosen=best.name,
    )


def clearly_better(
    best: ActivationEvidence, found: Sequence[ActivationEvidence]
) -> ActivationEvidence | None:
    """Return the one that predicts better than the fastest by more than chance."""
    other = best_predictor(found)
    if other is None or other is best or not (other.prediction and best.prediction):
        return None
    seen = best.prediction
    return other if seen.behind > _CLEAR * seen.behind_error else None


def _by_prediction(
    predictor: ActivationEvidence,
    best: ActivationEvidence,
    baselines: Baselines,
    told: Prose,
    data: DataSummary,
) -> Verdict:
    """Choose the one that predicts best, and say that another trains faster."""
    good, fast = (
        (how_good(each.prediction.best, baselines, short=True), each.prediction.best)
        for each in (predictor, best)
        if each.prediction is not None
    )
    return ACTIVATION.answered(
        "yes",
        say(
            "{}, which predicts best ({}); {} trains fastest and predicts worse ({}).",
            predictor.name,
            good[0],
            best.name,
            fast[0],
        ),
        told,
        number=good[1].error,
        number_is="of a sample" if data.sample_note else "value",
        figure=good[0],
        activation=predictor.name,
        chosen=predictor.name,
    )


def _predicting(best: ActivationEvidence, found: Sequence[ActivationEvidence]) -> Prose:
    """Say what prediction has to say of the fastest one."""
    other = best_predictor(found)
    if other is None:
        return Prose("")
    if other is best:
        return Prose("; it predicts best, too")
    return say("; {} predicts best, by no more than chance", other.name)


def _ties(best: ActivationEvidence, others: Sequence[ActivationEvidence]) -> Prose:
    """Name those whose steps cannot be told from the best one's."""
    slowest = next(iter((best.training.steps_high or best.training.steps).values()))
    level = max(or_infinity(slowest), _TIE * best.training.coarse)
    equal = [
        each
        for each in others
        if each.fits_these and each.training.coarse <= level < math.inf
    ]
    if not equal:
        return Prose("")
    return say(
        "; {} {} as good, within the spread over random networks",
        listed([each.name for each in equal]),
        "is" if len(equal) == 1 else "are",
    )
