"""How wide and how fast: the two verdicts with a figure that a user plans with."""

import math

from widthwise.diagnosis.activations._prediction_record import Baselines
from widthwise.diagnosis.activations._predicts import at_that_width, enough_to_predict
from widthwise.diagnosis.activations._proved import headline
from widthwise.diagnosis.activations._record import ActivationEvidence
from widthwise.diagnosis.activations._width_record import EmpiricalWidth
from widthwise.diagnosis.study import (
    SPEED,
    DataSummary,
    Question,
    Training,
    Verdict,
    or_infinity,
    speed_status,
)
from widthwise.prose import Prose, joined, say, steps

__all__ = ["how_fast", "how_wide", "of_sample"]

_SETTLED_FACTOR = 2.0
_COSTLY_PLATEAU = 0.1

_WIDER = {True: " A wider network gets further.", False: " No width does.", None: ""}

_WAYS = {
    "stable step": "{} at the stable step 1/s₁²",
    "worst-case step": "{} at the step for the worst labels, 2/(s₁² + sᵣ²)",
    "momentum": "{} with momentum",
    "conjugate gradients": "{} at best by conjugate gradients",
}

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


def how_fast(data: DataSummary, best: ActivationEvidence) -> Verdict:
    """Say how many steps gradient descent takes, or where it stops short."""
    name, training = best.name, best.training
    labels = (
        "the labels that are hardest for it"
        if training.worst_case
        else "the given labels"
    )
    reason = say(
        "Gradient descent on the last layer of {} {} units with the best fixed step {} "
        "on ½‖Φv - y‖² for {}. {}{}{}{}{}",
        training.width,
        name,
        training.step,
        labels,
        _conditioning(training),
        _other_ways(training),
        _plateau(training),
        _at_least_width(best),
        of_sample(data),
    )
    if data.targets and data.targets.smallest == data.targets.largest == 0.0:
        return SPEED.answered(
            "yes",
            "At once: the labels are all zero, and so is the network at the start.",
            say("Others would need training. {}", reason),
            number=0,
            figure="no steps",
            activation=name,
        )
    rows = Prose("")
    if data.sample_note:
        rows = say(", for {:,} of the {:,} rows", data.rows, data.rows_total)
    if math.isinf(training.coarse):
        answer = say(
            "With {} units{}{} {} never gets below a relative residual of {}.{}",
            training.width,
            rows,
            "," if rows else "",
            name,
            training.floor,
            _WIDER[best.fits_these],
        )
        return SPEED.answered("no", answer, reason, figure="never", activation=name)
    status, sampled = speed_status(training.coarse), data.sample_note is not None
    least = "at least " if sampled else ""
    return SPEED.answered(
        "caution" if sampled else status,
        say(
            "With {} units{}: {}{} to a relative residual of 1 %, {}{} to one in a "
            "million.",
            training.width,
            rows,
            least,
            steps(training.coarse),
            least,
            steps(training.fine),
        ),
        reason,
        number=training.coarse,
        number_is="at least" if sampled else "value",
        figure=say("{}{} with {} units", least, steps(training.coarse), training.width),
        activation=name,
        word="Of a sample" if sampled else "",
    )


def _at_least_width(best: ActivationEvidence) -> Prose:
    there = best.training_at_width
    if there is None or there.width == best.training.width:
        return Prose("")
    if math.isinf(there.coarse):
        return say(" At the least width, {} units, it never gets to 1 %.", there.width)
    return say(
        " At the least width, {} units, it takes {} to 1 %.",
        there.width,
        steps(there.coarse),
    )


def _conditioning(training: Training) -> Prose:
    if math.isinf(or_infinity(training.condition_number)):
        return Prose("The Gram matrix is numerically singular at that width.")
    return say(
        "The condition number is {}; the steps grow with it.", training.condition_number
    )


def _other_ways(training: Training) -> Prose:
    """Say how soon other methods get to 1 %."""
    told = [
        say(_WAYS[each.method], steps(or_infinity(next(iter(each.steps.values())))))
        for each in training.paces
        if each.method in _WAYS
    ]
    if not told or math.isinf(training.coarse):
        return Prose("")
    solved = training.solve_seconds
    at_once = "" if solved is None else say("; to solve it at once took {:2} s", solved)
    return say(" Other ways to 1 %: {}{}.", joined(told, ", "), at_once)


def _plateau(training: Training) -> Prose:
    """Name the plateau that costs most steps, if it costs a tenth of them all."""
    for each in sorted(training.plateaus, key=lambda e: -or_infinity(e.last_step)):
        if math.isinf(or_infinity(each.last_step)):
            return say(
                " From step {} on nothing moves, at a relative residual of {}.",
                each.first_step,
                each.residual,
            )
        length = or_infinity(each.last_step) - or_infinity(each.first_step)
        if length >= _COSTLY_PLATEAU * training.fine:
            return say(
                " Between steps {} and {} almost nothing moves, at a relative residual "
                "of {}.",
                each.first_step,
                each.last_step,
                each.residual,
            )
    return Prose("")


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
