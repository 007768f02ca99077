"""How fast: the steps of gradient descent on the last layer, in plain words."""

import math

from widthwise.diagnosis.activations._prospects import of_sample
from widthwise.diagnosis.activations._record import ActivationEvidence
from widthwise.diagnosis.study import (
    SPEED,
    DataSummary,
    Training,
    Verdict,
    or_infinity,
    speed_status,
)
from widthwise.prose import Prose, joined, say, steps

__all__ = ["how_fast"]

_COSTLY_PLATEAU = 0.1
_WIDER = {True: " A wider network gets further.", False: " No width does.", None: ""}

_WAYS = {
    "stable step": "{} at the stable step 1/s₁²",
    "worst-case step": "{} at the step for the worst labels, 2/(s₁² + sᵣ²)",
    "momentum": "{} with momentum",
    "conjugate gradients": "{} at best by conjugate gradients",
}


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
    bound = best.rank_verdict.relative_residual_bound
    coarse = float(next(iter(training.steps)))
    if data.sample_note and bound is not None and bound > coarse:
        return SPEED.answered(
            "no",
            say(
                "{} gets the {:,} rows below a relative residual of {} at no width.",
                name,
                data.rows_total,
                bound,
            ),
            say("The sample alone takes {} to 1 %. {}", steps(training.coarse), reason),
            figure="never",
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
                " From step {} on it hardly falls: the relative residual is {} there.",
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
