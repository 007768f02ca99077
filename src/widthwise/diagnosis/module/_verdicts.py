"""The four verdicts on a module, in plain words, from the evidence in a record."""

import math
from collections.abc import Sequence
from typing import Any

from widthwise.diagnosis.study import Verdict, number, or_infinity, steps_text

__all__ = ["judge_module"]

_SLOW_STEPS = 1e6
_FOLLOWS = 0.1
_NEGLIGIBLE = 1e-9
_CLEARLY = 1.2


def judge_module(
    data: dict[str, Any],
    module: dict[str, Any],
    parts: Sequence[dict[str, Any]],
    curve: dict[str, Any] | None,
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
    return (
        _fits(data, module, last, every),
        _wide(data, module, last, every),
        _fast(last, every, curve),
        _which(data, last, every),
    )


def _is_full(part: dict[str, Any]) -> bool:
    return bool(part["spectrum"]["rank"] == part["spectrum"]["size"])


def _floor(part: dict[str, Any]) -> float:
    """Return the relative residual that these labels keep; 1 without labels."""
    training = part["training"]
    return 1.0 if training["worst_case"] else float(training["floor"])


def _fits(
    data: dict[str, Any],
    module: dict[str, Any],
    last: dict[str, Any],
    every: dict[str, Any],
) -> Verdict:
    rows, title = data["rows"], "Will it fit?"
    size = last["spectrum"]["size"]
    rank = last["spectrum"]["rank"]
    reason = (
        f"The {module['feature_width']} features of the last hidden layer"
        f"{' and its bias' if module['has_bias'] else ''} have rank {rank} on "
        f"{size} rows; the tangent kernel of all {number(module['trainable'])} "
        f"trained parameters has rank {every['spectrum']['rank']} of "
        f"{every['spectrum']['size']}."
    )
    text = f"rank {rank} of {size}"
    if _is_full(last):
        answer = f"Yes, any labels of the {rows} rows, by its last layer alone."
        return Verdict("fits", title, "yes", answer, reason, float(rank), text, None)
    if _floor(last) <= _NEGLIGIBLE:
        answer = "Yes, these labels by its last layer alone, but not any labels."
        return Verdict("fits", title, "yes", answer, reason, float(rank), text, None)
    if _is_full(every) or _floor(every) <= _NEGLIGIBLE:
        what = "any labels" if _is_full(every) else "these labels"
        answer = (
            f"Yes, {what}, if all its layers are trained; its last layer alone cannot."
        )
        reason += (
            " Near its present weights the model is linear in them, and that linear "
            "model fits."
        )
        return Verdict("fits", title, "yes", answer, reason, float(rank), text, None)
    floor = _floor(every)
    left = (
        "some labels are out of its reach"
        if every["training"]["worst_case"]
        else f"these labels keep a relative residual of {number(floor)}"
    )
    reason += (
        " That is of the model linearised at its present weights. Training far from "
        "them can do better, and nothing here promises it."
    )
    answer = f"Not near its present weights: {left}."
    return Verdict("fits", title, "no", answer, reason, floor, text, None)


def _wide(
    data: dict[str, Any],
    module: dict[str, Any],
    last: dict[str, Any],
    every: dict[str, Any],
) -> Verdict:
    rows, title = data["rows"], "How wide?"
    width = module["feature_width"] + bool(module["has_bias"])
    rank = last["spectrum"]["rank"]
    parameters = (
        f"All layers together have {number(module['trainable'])} trained parameters "
        f"for {number(every['spectrum']['size'])} numbers to fit."
    )
    text = f"{number(width)} for {number(rows)} rows"
    if _is_full(last):
        answer = f"Wide enough: {number(width)} features for {number(rows)} rows."
        status = "yes"
        reason = f"They are linearly independent on the rows. {parameters}"
    elif width < rows:
        answer = (
            f"Too narrow for its last layer alone: {number(width)} features for "
            f"{number(rows)} rows."
        )
        enough = module["trainable"] >= every["spectrum"]["size"]
        status = "caution" if enough else "no"
        reason = (
            f"The last layer fits any labels only from {number(rows)} independent "
            f"features on. {parameters}"
        )
        if not enough:
            reason += " That is too few: some labels are out of reach."
    else:
        answer = (
            f"Wide enough, but the {number(width)} features have rank {number(rank)} "
            f"on the {number(rows)} rows."
        )
        status = "caution"
        reason = (
            "Rows with the same features, or dead units, cost rank; more units of the "
            f"same kind may not bring it back. {parameters}"
        )
    return Verdict("width", title, status, answer, reason, float(width), text, None)


def _fast(
    last: dict[str, Any], every: dict[str, Any], curve: dict[str, Any] | None
) -> Verdict:
    title, best = "How fast?", _sooner(last, every)
    training = best["training"]
    coarse, fine = map(or_infinity, training["steps"].values())
    reason = (
        f"Full-batch gradient descent on ½‖f − y‖², training {best['words']}: best "
        f"step {_step(training)}, condition number {_kappa(training)}."
        f"{_followed(curve)}"
    )
    if math.isinf(coarse):
        return Verdict(
            "speed",
            title,
            "no",
            "It never gets below a relative residual of "
            f"{number(training['floor'])} near its present weights.",
            reason,
            None,
            "never",
            None,
        )
    return Verdict(
        "speed",
        title,
        "yes" if coarse <= _SLOW_STEPS else "caution",
        f"{steps_text(coarse)} to a relative residual of 1 %, "
        f"{steps_text(fine)} to one in a million, training {best['words']}.",
        reason,
        coarse,
        steps_text(coarse),
        None,
    )


def _which(
    data: dict[str, Any], last: dict[str, Any], every: dict[str, Any]
) -> Verdict:
    best = _sooner(last, every)
    other = every if best is last else last

    def said(part: dict[str, Any]) -> str:
        steps = or_infinity(next(iter(part["training"]["steps"].values())))
        return f"{part['words']} {steps_text(steps)}, κ {_kappa(part['training'])}"

    hard = (
        " Without labels, those that are hardest for each are meant."
        if data["target"] is None
        else ""
    )
    kappa = or_infinity(best["training"]["condition_number"])
    return Verdict(
        "layers",
        "Train which layers?",
        "yes" if math.isfinite(_coarse(best)) else "caution",
        _ahead(best, other),
        f"Steps to 1 %: {said(best)}; {said(other)}. Of the model linearised at its "
        f"present weights.{hard}",
        kappa if math.isfinite(kappa) else None,
        f"κ = {_kappa(best['training'])}",
        None,
    )


def _sooner(last: dict[str, Any], every: dict[str, Any]) -> dict[str, Any]:
    """Return the part that reaches the tolerances sooner; the last layer if equal."""

    def order(part: dict[str, Any]) -> tuple[float, ...]:
        steps = [or_infinity(each) for each in part["training"]["steps"].values()]
        return (*steps, float(part["training"]["floor"]))

    return min((last, every), key=order)


def _coarse(part: dict[str, Any]) -> float:
    return or_infinity(next(iter(part["training"]["steps"].values())))


def _ahead(best: dict[str, Any], other: dict[str, Any]) -> str:
    """Say which is sooner, and by how much."""
    words = f"{best['words'][0].upper()}{best['words'][1:]}"
    ours, theirs = _coarse(best), _coarse(other)
    if math.isinf(ours):
        return f"Neither gets to 1 %; {best['words']} gets nearer."
    if math.isinf(theirs):
        return f"{words}; {other['words']} never gets to 1 %."
    ratio = (theirs + 1) / (ours + 1)
    if ratio < _CLEARLY:
        return f"{words}, though {other['words']} is about as fast."
    return f"{words}: {number(ratio, 2)} times fewer steps than {other['words']}."


def _step(training: dict[str, Any]) -> str:
    """Return the best step, and where the largest stable one is."""
    best = or_infinity(training["step"])
    edge = or_infinity(training["largest_stable_step"])
    if best > 0.99 * edge:
        return f"{number(best)}, just below the largest stable one"
    return f"{number(best)}, the largest stable one {number(edge)}"


def _kappa(training: dict[str, Any]) -> str:
    value = or_infinity(training["condition_number"])
    return number(value) if math.isfinite(value) else "numerically infinite"


def _followed(curve: dict[str, Any] | None) -> str:
    """Say whether the real run did what the linear model predicts."""
    if curve is None:
        return ""
    if curve["stopped"]:
        return f" The real run stopped: {curve['stopped']}"
    real, predicted = curve["final_real"], curve["final_predicted"]
    verb = (
        "followed"
        if abs(real - predicted) <= _FOLLOWS * max(real, predicted)
        else "left"
    )
    return (
        f" {number(curve['epochs'])} real steps {verb} the prediction: relative "
        f"residual {number(real)}, predicted {number(predicted)}."
    )
