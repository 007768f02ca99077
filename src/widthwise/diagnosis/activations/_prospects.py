"""How wide and how fast: the two verdicts with a figure that a user plans with."""

import math
from typing import Any

from widthwise.diagnosis.study import (
    Verdict,
    fits_these,
    number,
    of_sample,
    or_infinity,
    steps_text,
)

__all__ = ["how_fast", "how_wide", "settled_width"]

_SETTLED_FACTOR = 2.0
_SLOW_STEPS = 1e6
_COSTLY_PLATEAU = 0.1


def how_wide(data: dict[str, Any], best: dict[str, Any]) -> Verdict:
    """Say which width fits any labels, and from which one it trains well."""
    title, name = "How wide?", best["name"]
    empirical, certified = best["width"]["empirical"], best["width"]["certified_sharp"]
    settled = settled_width(best)
    if empirical is None:
        return Verdict(
            "width",
            title,
            "no",
            f"With {name} no width fits every labelling of these rows.",
            best["rank_verdict"]["reason"],
            None,
            "no width",
            name,
        )
    value, widest = (
        or_infinity(empirical["value"]),
        best["conditioning"]["widths"][-1],
    )
    reasons = [_empirical_reason(empirical)]
    level = number(best["kernel"]["condition_number"])
    if settled is None:
        reasons.append(
            "The condition number had not come within twice its infinite-width level "
            f"{level} at the widest network tried, {number(widest)} units."
        )
    else:
        reasons.append(
            f"Of the widths tried, from {number(settled)} units on the condition "
            f"number is within twice its infinite-width level {level}."
        )
    if certified is not None and certified["is_certificate"]:
        reasons.append(
            f"A theorem certifies {number(certified['value'])} units "
            f"({certified['source']}); it holds for the worst case and is usually far "
            "too many."
        )
    else:
        reasons.append("No theorem certifies a width here.")
    sampled = data["sample_note"] is not None
    if sampled:
        reasons.append(
            f"All this is of a sample of {data['rows']} of the {data['rows_total']} "
            "rows; the whole table needs at least as many units."
        )
        value = max(value, float(data["rows_total"]))
    if math.isinf(value):
        answer, text = f"More than the experiment tried, with {name}.", "not found"
    else:
        bound = "at least " if sampled else ""
        text = f"{bound}{number(value)} units"
        answer = f"{text[0].upper()}{text[1:]}" if sampled else f"About {text}"
        answer += f" fit any labels with {name}"
        answer += "." if settled is None else f"; about {number(settled)} train well."
        if sampled:
            answer = f"{text[0].upper()}{text[1:]} are needed with {name}."
    return Verdict(
        "width",
        title,
        "caution" if math.isinf(value) or sampled else "yes",
        answer,
        " ".join(reasons),
        value if math.isfinite(value) else None,
        text,
        name,
    )


def _empirical_reason(empirical: dict[str, Any]) -> str:
    low, high = or_infinity(empirical["low"]), or_infinity(empirical["high"])
    trials, probability = empirical["trials"], empirical["probability"]
    level = number(100 * empirical["confidence"])
    if math.isfinite(high):
        text = (
            f"In an experiment with {trials} random networks, that many units gave "
            f"full rank with probability {number(probability)} ({level} % interval "
            f"{number(low)} to {number(high)})"
        )
    else:
        text = (
            f"At least {number(100 * probability)} % of the {trials} random networks "
            f"tried had full rank at that width; they are too few for an upper limit "
            f"(the {level} % lower limit is {number(low)})"
        )
    return text + "."


def how_fast(data: dict[str, Any], best: dict[str, Any]) -> Verdict:
    """Say how many steps gradient descent takes, or where it stops short."""
    title, name, training = "How fast?", best["name"], best["training"]
    coarse, fine = map(or_infinity, training["steps"].values())
    width, floor = number(training["width"]), training["floor"]
    labels = (
        "the labels that are hardest for it"
        if training["worst_case"]
        else "the given labels"
    )
    reason = (
        f"Gradient descent on the last layer of {width} {name} units with the best "
        f"step size {number(training['step'])} on ½‖Φv - y‖², for {labels}. "
        f"{_conditioning_text(training)}{_plateau_text(training)}{of_sample(data)}"
    )
    if math.isinf(coarse):
        hope = (
            " A wider network gets further." if fits_these(best) else " No width does."
        )
        return Verdict(
            "speed",
            title,
            "no",
            f"At {width} units {name} never gets below a relative residual of "
            f"{number(floor)}.{hope}",
            reason,
            None,
            "never",
            name,
        )
    return Verdict(
        "speed",
        title,
        "yes" if coarse <= _SLOW_STEPS else "caution",
        f"{steps_text(coarse)} to a relative residual of 1 %, "
        f"{steps_text(fine)} to one in a million.",
        reason,
        coarse,
        steps_text(coarse),
        name,
    )


def _conditioning_text(training: dict[str, Any]) -> str:
    kappa = or_infinity(training["condition_number"])
    if math.isinf(kappa):
        return "The Gram matrix is numerically singular at that width."
    return f"The condition number is {number(kappa)}; the steps grow with it."


def _plateau_text(training: dict[str, Any]) -> str:
    """Name the plateau that costs most steps, if it costs a tenth of them all."""
    total = or_infinity(list(training["steps"].values())[-1])
    for each in sorted(
        training["plateaus"], key=lambda e: -or_infinity(e["last_step"])
    ):
        last, residual = or_infinity(each["last_step"]), number(each["residual"])
        if math.isinf(last):
            return (
                f" From step {number(each['first_step'])} on nothing moves, at a "
                f"relative residual of {residual}."
            )
        if last - each["first_step"] >= _COSTLY_PLATEAU * total:
            return (
                f" Between steps {number(each['first_step'])} and {number(last)} "
                f"almost nothing moves, at a relative residual of {residual}."
            )
    return ""


def settled_width(each: dict[str, Any]) -> int | None:
    """Return the least measured width from which κ(G) stays within twice κ(G_inf)."""
    level = or_infinity(each["kernel"]["condition_number"])
    if math.isinf(level):
        return None
    settled = None
    curve = zip(
        each["conditioning"]["widths"], each["conditioning"]["median"], strict=True
    )
    for width, median in reversed(list(curve)):
        if or_infinity(median) > _SETTLED_FACTOR * level:
            break
        settled = width
    return settled
