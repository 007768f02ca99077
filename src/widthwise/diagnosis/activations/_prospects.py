"""How wide: the verdict with the width that a user plans with."""

import math

from widthwise.diagnosis.activations._prediction_record import Baselines
from widthwise.diagnosis.activations._predicts import at_that_width, enough_to_predict
from widthwise.diagnosis.activations._proved import headline
from widthwise.diagnosis.activations._record import ActivationEvidence
from widthwise.diagnosis.activations._width_record import EmpiricalWidth
from widthwise.diagnosis.study import (
    DataSummary,
    Question,
    Verdict,
    or_infinity,
)
from widthwise.prose import Prose, joined, say, steps

__all__ = ["how_wide", "of_sample"]

_SETTLED_FACTOR = 2.0
WIDTH = Question(
    "width", "How wide?", {"yes": "Found", "caution": "Caution", "no": "No width"}
)


def of_sample(data: DataSummary) -> Prose:
    """Return the sentence that numbers from a sample need, or nothing."""
    if not data.sample_note:
        return Prose("")
    return say(
        " This is of a sample of {:,} of the {:,} rows; the whole table is at least as "
        "hard.",
        data.rows,
        data.rows_total,
    )


def how_wide(
    data: DataSummary,
    best: ActivationEvidence,
    among: int,
    baselines: Baselines | None = None,
) -> Verdict:
    """Say which width fits these labels, or any, trains well, and predicts well.

    `best` is the best of so many: where it fits at no width, none of them does.
    """
    name, empirical = best.name, best.width.empirical
    if empirical is None:
        what = (
            "every labelling of these rows" if data.target is None else "these labels"
        )
        if best.fits_these is None:
            return WIDTH.answered(
                "caution",
                say("With {} it is not decided whether a width fits {}.", name, what),
                best.rank_verdict.reason,
                figure="not decided",
                activation=name,
                word="Not decided",
            )
        return WIDTH.answered(
            "no",
            say("No width fits {} with any of the activations tried.", what)
            if among > 1
            else say("With {} no width fits {}.", name, what),
            best.rank_verdict.reason,
            figure="no width",
            activation=None if among > 1 else name,
        )
    settled = _settled_width(best)
    value, sampled = or_infinity(empirical.value), data.sample_note is not None
    line = headline(best, empirical)
    enough = enough_to_predict(best.prediction, baselines)
    is_known = math.isfinite(value) and not sampled
    reasons = [
        at_that_width(best.prediction, baselines, value) if is_known else Prose(""),
        say("About {} train well.", settled) if settled and is_known else Prose(""),
        _enough(enough) if is_known else Prose(""),
        _training_there(best),
        _empirical_reason(empirical),
        _of_rows(best),
        _settling(best, settled),
    ]
    if sampled:
        reasons.append(
            say(
                "All this is of a sample of {:,} of the {:,} rows; the whole table "
                "needs at least as many units.",
                data.rows,
                data.rows_total,
            )
        )
        value = max(value, float(best.rank_verdict.rank))
    if line is None or not is_known:
        none = Prose("No theorem certifies a width here.")
        reasons.insert(0, none if line is None else joined(line))
    else:
        reasons.insert(0, line[1])
    if math.isinf(value):
        answer = say("More than the experiment tried, with {}.", name)
        figure = Prose("not found")
    elif sampled:
        figure = say("at least {} units", value)
        answer = say("{} are needed with {}.", figure.capitalised(), name)
    else:
        figure = say("{} units", value)
        labels = "any labels"
        if data.target is not None:
            labels = (
                "these labels" if best.width.rows else "these labels and any others"
            )
        about = say("About {} fit {} with {}", figure, labels, name)
        answer = line[0] if line else say("{}.", about)
        if enough is not None:
            figure = say("{} units to fit, {} to predict", value, enough)
    return WIDTH.answered(
        "caution" if math.isinf(value) or sampled else "yes",
        answer,
        joined(reasons),
        number=value if math.isfinite(value) else None,
        number_is="at least" if sampled else "value",
        figure=figure,
        activation=name,
    )


def _enough(units: int | None) -> Prose:
    if units is None:
        return Prose("")
    return say("With a penalty {:,} predict as well as more do.", units)


def _training_there(best: ActivationEvidence) -> Prose:
    there = best.training_at_width
    if there is None:
        return Prose("")
    if math.isinf(there.coarse):
        return Prose("Gradient descent does not get to 1 % at the least width.")
    return say("At the least width it takes {} to 1 %.", steps(there.coarse))


def _of_rows(best: ActivationEvidence) -> Prose:
    if best.width.rows is None:
        return Prose("")
    return say(
        "That is of {:,} independent rows, whose labels decide those of the others. "
        "Any labels fit at no width: {}",
        best.width.rows,
        best.rank_verdict.reason,
    )


def _settling(best: ActivationEvidence, settled: int | None) -> Prose:
    level = best.kernel.condition_number
    if math.isinf(or_infinity(level)):
        return Prose("The infinite-width kernel of all rows is numerically singular.")
    if settled is None:
        return say(
            "The condition number had not come within twice its infinite-width level "
            "{} at the widest network tried, {} units.",
            level,
            best.conditioning.widths[-1],
        )
    return say(
        "Of the widths tried, from {} units on the condition number is within twice "
        "its infinite-width level {}.",
        settled,
        level,
    )


def _empirical_reason(empirical: EmpiricalWidth) -> Prose:
    reached, trials = empirical.reached or 0, empirical.trials
    if math.isinf(or_infinity(empirical.value)):
        return say(
            "{} of the {:,} random networks tried had full rank numerically, at any "
            "width tried.",
            say("{:,}", reached) if reached else "None",
            trials,
        )
    if math.isfinite(or_infinity(empirical.high)):
        return say(
            "In an experiment with {:,} random networks, that many units gave full "
            "rank with probability {} ({:%} interval {} to {}).",
            trials,
            empirical.probability,
            empirical.confidence,
            empirical.low,
            empirical.high,
        )
    return say(
        "{:,} of the {:,} random networks tried had full rank at that width; they are "
        "too few for an upper limit (the {:%} lower limit is {}).",
        reached,
        trials,
        empirical.confidence,
        empirical.low,
    )


def _settled_width(each: ActivationEvidence) -> int | None:
    """Return the least measured width from which κ(G) stays within twice κ(G_inf)."""
    level = or_infinity(each.kernel.condition_number)
    if math.isinf(level):
        return None
    settled = None
    curve = zip(each.conditioning.widths, each.conditioning.median, strict=True)
    for width, median in reversed(list(curve)):
        if or_infinity(median) > _SETTLED_FACTOR * level:
            break
        settled = width
    return settled
