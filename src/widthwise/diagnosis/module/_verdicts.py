"""The four verdicts on a module, in plain words, from the evidence."""

import math
from collections.abc import Sequence
from dataclasses import replace

from widthwise.diagnosis.module._beyond import NEGLIGIBLE, beyond
from widthwise.diagnosis.module._record import (
    ModuleAtAGlance,
    PartEvidence,
    RealCurve,
)
from widthwise.diagnosis.study import (
    FITS,
    SPEED,
    DataSummary,
    NumberIs,
    Question,
    Training,
    Verdict,
    or_infinity,
    speed_status,
)
from widthwise.prose import Prose, say, steps

__all__ = ["judge"]

_FOLLOWS = 0.1
_CLEARLY = 1.2
_RISEN = 1.01

WIDTH = Question(
    "width", "How wide?", {"yes": "Enough", "caution": "Caution", "no": "Too narrow"}
)
LAYERS = Question(
    "layers",
    "Train which layers?",
    {"yes": "Recommended", "caution": "Caution", "no": "Neither"},
)


def judge(
    data: DataSummary,
    module: ModuleAtAGlance,
    parts: Sequence[PartEvidence],
    curve: RealCurve | None,
) -> tuple[Verdict, ...]:
    """Return the verdicts: fits, width, speed, and which layers to train.

    Parameters
    ----------
    parts
        The evidence on the last layer alone and on all layers, in this order.
    curve
        The real run, or None where there was none.
    """
    last, every = parts
    verdicts = (
        _fits(data, module, last, every),
        _wide(data, module, last, every),
        _fast(module, last, every, curve),
        _which(data, last, every),
    )
    if not data.sample_note:
        return verdicts
    opening = say("Of {:,} of the {:,} rows: ", data.rows, data.rows_total)
    return tuple(_sampled(each, opening) for each in verdicts)


def _sampled(verdict: Verdict, opening: Prose) -> Verdict:
    """Return what holds of a sample, and what its number is of the whole table's."""
    number_is: NumberIs = "at least"
    if verdict.question == "width":
        number_is = "value"  # The module's own.
    elif verdict.question == "fits" and verdict.status == "no":
        number_is = "of a sample"  # A relative residual.
    found = replace(verdict, number_is=number_is)
    if found.status == "yes":
        return found.with_caution("Of a sample", opening)
    return found.opened(opening)


def _fits(
    data: DataSummary, module: ModuleAtAGlance, last: PartEvidence, every: PartEvidence
) -> Verdict:
    rank, size = last.spectrum.rank, last.spectrum.size
    reason = say(
        "The {:,} features of the last hidden layer{} have rank {:,} on {:,} rows; the "
        "tangent kernel of all {} trained parameters has rank {:,} of {:,}.",
        module.feature_width,
        " and its bias" if module.has_bias else "",
        rank,
        size,
        module.trainable,
        every.spectrum.rank,
        every.spectrum.size,
    )
    figure = say("rank {:,} of {:,}", rank, size)
    if last.is_full:
        answer = say(
            "Yes, any labels of the {:,} rows, by its last layer alone.", data.rows
        )
        return FITS.answered("yes", answer, reason, number=rank, figure=figure)
    if last.floor <= NEGLIGIBLE:
        answer = Prose("Yes, these labels by its last layer alone, but not any labels.")
        return FITS.answered("yes", answer, reason, number=rank, figure=figure)
    if every.is_full or every.floor <= NEGLIGIBLE:
        what = "any labels" if every.is_full else "these labels"
        return FITS.answered(
            "yes",
            f"Yes, {what}, if all its layers are trained; its last layer alone cannot.",
            reason + " Near its present weights the model is linear in them, and that "
            "linear model fits.",
            number=rank,
            figure=figure,
        )
    # All layers move the last one, too: what rounding hides of them it may show.
    floor = min(every.floor, last.floor)
    answer, remark, floor = beyond(module, floor, every.training.worst_case)
    return FITS.answered("no", answer, reason + remark, number=floor, figure=figure)


def _wide(
    data: DataSummary, module: ModuleAtAGlance, last: PartEvidence, every: PartEvidence
) -> Verdict:
    rows, rank = data.rows, last.spectrum.rank
    width = module.feature_width + bool(module.has_bias)
    parameters = say(
        "All layers together have {} trained parameters for {} numbers to fit.",
        module.trainable,
        every.spectrum.size,
    )
    figure = say("{} for {} rows", width, rows)
    if last.is_full:
        return WIDTH.answered(
            "yes",
            say("Wide enough: {} features for {} rows.", width, rows),
            say("They are linearly independent on the rows. {}", parameters),
            number=width,
            figure=figure,
        )
    if width < rows:
        enough = module.trainable >= or_infinity(every.spectrum.size)
        return WIDTH.answered(
            "caution" if enough else "no",
            say(
                "Too narrow for its last layer alone: {} features for {} rows.",
                width,
                rows,
            ),
            say(
                "The last layer fits any labels only from {} independent features on. "
                "{}{}",
                rows,
                parameters,
                "" if enough else " That is too few: some labels are out of reach.",
            ),
            number=width,
            figure=figure,
        )
    return WIDTH.answered(
        "caution",
        say(
            "Wide enough, but the {} features have rank {} on the {} rows.",
            width,
            rank,
            rows,
        ),
        say(
            "Rows with the same features, or dead units, cost rank; more units of the "
            "same kind may not bring it back. {}",
            parameters,
        ),
        number=width,
        figure=figure,
    )


def _fast(
    module: ModuleAtAGlance,
    last: PartEvidence,
    every: PartEvidence,
    curve: RealCurve | None,
) -> Verdict:
    best = _sooner(last, every)
    training = best.training
    reason = say(
        "Full-batch gradient descent on ½‖f − y‖², training {}: best step {}, "
        "condition number {}.{}",
        best.words,
        _step(training),
        training.kappa,
        _followed(curve),
    )
    if math.isinf(training.coarse):
        answer = say(
            "It never gets below a relative residual of {}{}.",
            training.floor,
            "" if module.linear_in == "weights" else " near its present weights",
        )
        return SPEED.answered("no", answer, reason, figure="never")
    answer = say(
        "{} to a relative residual of 1 %, {} to one in a million, training {}.",
        steps(training.coarse),
        steps(training.fine),
        best.words,
    )
    status = speed_status(training.coarse)
    found = SPEED.answered(
        status,
        answer,
        reason,
        number=training.coarse,
        figure=steps(training.coarse),
    )
    if curve is None or _follows(curve):
        return found
    opening = Prose("The real run of all layers did not follow; were it linear: ")
    return found.with_caution("Not followed", opening)


def _which(data: DataSummary, last: PartEvidence, every: PartEvidence) -> Verdict:
    best = _sooner(last, every)
    other = every if best is last else last
    kappa = or_infinity(best.training.condition_number)

    def said(part: PartEvidence) -> Prose:
        training = part.training
        return say("{} {}, κ {}", part.words, steps(training.coarse), training.kappa)

    hard = (
        " Without labels, those that are hardest for each are meant."
        if data.target is None
        else ""
    )
    return LAYERS.answered(
        "yes" if math.isfinite(best.training.coarse) else "caution",
        _ahead(best, other),
        say(
            "Steps to 1 %: {}; {}. Of the model linearised at its present weights.{}",
            said(best),
            said(other),
            hard,
        ),
        number=kappa if math.isfinite(kappa) else None,
        figure=say("κ = {}", best.training.kappa),
        chosen=best.name,
    )


def _sooner(last: PartEvidence, every: PartEvidence) -> PartEvidence:
    """Return the part that reaches the tolerances sooner; the last layer if equal."""

    def order(part: PartEvidence) -> tuple[float, ...]:
        training = part.training
        return (
            *map(or_infinity, training.steps.values()),
            or_infinity(training.floor),
        )

    return min((last, every), key=order)


def _ahead(best: PartEvidence, other: PartEvidence) -> Prose:
    """Say which is sooner, and by how much."""
    words = f"{best.words[0].upper()}{best.words[1:]}"
    ours, theirs = best.training.coarse, other.training.coarse
    if math.isinf(ours):
        floors = [or_infinity(each.training.floor) for each in (best, other)]
        if math.isclose(*floors, rel_tol=1e-9):
            return Prose("Neither gets to 1 %; one gets as near as the other.")
        return say("Neither gets to 1 %; {} gets nearer.", best.words)
    if math.isinf(theirs):
        return say("{}; {} never gets to 1 %.", words, other.words)
    ratio = (theirs + 1) / (ours + 1)
    if ratio < _CLEARLY:
        return say("{}, though {} is about as fast.", words, other.words)
    return say("{}: {:2} times fewer steps than {}.", words, ratio, other.words)


def _step(training: Training) -> Prose:
    """Return the best step, and where the largest stable one is."""
    best = or_infinity(training.step)
    edge = or_infinity(training.largest_stable_step)
    if best > 0.99 * edge:
        return say("{}, just below the largest stable one", training.step)
    return say(
        "{}, the largest stable one {}", training.step, training.largest_stable_step
    )


def _followed(curve: RealCurve | None) -> Prose:
    """Say whether the real run did what the linear model predicts."""
    if curve is None:
        return Prose("")
    if curve.stopped:
        return say(" The real run stopped: {}", curve.stopped)
    told = say(
        " {} real steps {} the prediction: relative residual {}, predicted {}.",
        curve.epochs,
        "followed" if _follows(curve) else "fell behind",
        curve.final_real,
        curve.final_predicted,
    )
    highest = or_infinity(curve.highest_real)
    if highest <= _RISEN:
        return told
    return told + say(" On the way it rose to {}.", highest)


def _follows(curve: RealCurve) -> bool:
    """Return whether the real run was never behind the predicted one by a tenth."""
    return not curve.stopped and or_infinity(curve.behind) <= _FOLLOWS
