"""The four verdicts, in plain words, from the evidence in a record."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from widthwise.diagnosis._phrases import listing, number, steps_text

__all__ = ["Verdict", "best_activation", "judge", "settled_width"]

_SETTLED_FACTOR = 2.0
_NEGLIGIBLE_RESIDUAL = 1e-9
_SLOW_STEPS = 1e6


@dataclass(frozen=True)
class Verdict:
    """One answer, with the number and the reason behind it.

    Attributes
    ----------
    question
        "fits", "width", "speed" or "activation".
    status
        "yes", "caution" or "no".
    number
        The figure behind the answer; None where there is none.
    activation
        The activation it speaks of, or None.
    """

    question: str
    title: str
    status: str
    answer: str
    reason: str
    number: float | None
    number_text: str
    activation: str | None

    def __str__(self) -> str:
        return f"{self.title} {self.answer} {self.reason}"

    def as_content(self) -> dict[str, Any]:
        """Return the verdict as the record holds it."""
        return asdict(self)


def judge(data: dict[str, Any], found: Sequence[dict[str, Any]]) -> tuple[Verdict, ...]:
    """Return the four verdicts on the activations that were examined."""
    best = best_activation(found)
    return (
        _fits(data, found),
        _how_wide(data, best),
        _how_fast(best),
        _which(best, found),
    )


def best_activation(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the evidence on the activation that fits these labels soonest.

    Those that can fit the labels come first, then the fewest steps to the coarse and to
    the fine tolerance at the training width, then the smaller κ there.
    """

    def order(each: dict[str, Any]) -> tuple[float, ...]:
        steps = [_or_infinity(value) for value in each["training"]["steps"].values()]
        return (
            0.0 if _fits_these(each) else 1.0,
            *steps,
            _or_infinity(each["training"]["condition_number"]),
        )

    return min(found, key=order)


def settled_width(each: dict[str, Any]) -> int | None:
    """Return the least measured width from which κ(G) stays within twice κ(G_inf)."""
    level = _or_infinity(each["kernel"]["condition_number"])
    if math.isinf(level):
        return None
    settled = None
    curve = zip(
        each["conditioning"]["widths"], each["conditioning"]["median"], strict=True
    )
    for width, median in reversed(list(curve)):
        if _or_infinity(median) > _SETTLED_FACTOR * level:
            break
        settled = width
    return settled


def _fits(data: dict[str, Any], found: Sequence[dict[str, Any]]) -> Verdict:
    labels = "these labels" if data["target"] is not None else "any labels"
    title = "Will it fit?"
    rows = data["rows_total"]
    universal = [each for each in found if _can_fit(each)]
    failing = [each for each in found if not _can_fit(each)]
    lucky = [each for each in failing if _fits_these(each)]
    hopeless = [each for each in failing if not _fits_these(each)]
    exact = (
        ""
        if all(each["rank_verdict"]["is_exact"] for each in found)
        else (" The rank was decided numerically.")
    )
    if not failing:
        return Verdict(
            "fits",
            title,
            "yes",
            f"Yes, any labels of the {rows} rows, once it is wide enough.",
            f"With {_names(found)} the infinite-width kernel is nonsingular on these "
            f"rows: no two of them collide.{_nearly_singular(found)}{exact}",
            float(rows),
            f"rank {rows} of {rows}",
            None,
        )
    worst = max(hopeless or failing, key=_relative_bound)
    facts = worst["rank_verdict"]
    blame = f"{facts['reason']} {_cure(facts)}".strip()
    if not universal and hopeless and len(hopeless) == len(found):
        bound = _relative_bound(worst)
        text = (
            f"the relative residual stays above {number(bound)}"
            if facts["relative_residual_bound"] is not None
            else f"rank {facts['rank']} of {rows}"
        )
        return Verdict(
            "fits",
            title,
            "no",
            f"No: with {_names(hopeless)} no width fits {labels}; {text}.",
            f"{blame}{exact}",
            bound if facts["relative_residual_bound"] is not None else facts["rank"],
            text,
            worst["name"],
        )
    parts = []
    if universal:
        parts.append(f"{_names(universal)} can fit any labels")
    if lucky:
        parts.append(f"{_names(lucky)} can fit these labels but not any labels")
    if hopeless:
        parts.append(f"{_names(hopeless)} cannot fit {labels} at any width")
    return Verdict(
        "fits",
        title,
        "caution",
        f"It depends on the activation: {'; '.join(parts)}.",
        f"{worst['name']}: {blame}{exact}",
        float(facts["rank"]),
        f"rank {facts['rank']} of {rows} with {worst['name']}",
        worst["name"],
    )


def _how_wide(data: dict[str, Any], best: dict[str, Any]) -> Verdict:
    title, name = "How wide?", best["name"]
    empirical, certified = best["width"]["empirical"], best["width"]["certified_sharp"]
    settled = settled_width(best)
    if empirical is None:
        return Verdict(
            "width",
            title,
            "no",
            f"No width is enough for any labels with {name}.",
            best["rank_verdict"]["reason"],
            None,
            "no width",
            name,
        )
    value = _or_infinity(empirical["value"])
    reasons = [_empirical_reason(empirical, data)]
    if settled is not None:
        reasons.append(
            f"From {number(settled)} units on, the condition number stays within "
            f"twice its infinite-width level "
            f"{number(best['kernel']['condition_number'])}: "
            "training gets no easier beyond."
        )
    else:
        reasons.append(
            "The condition number had not settled at the widest network tried, "
            f"{number(best['conditioning']['widths'][-1])} units."
        )
    if certified is not None and certified["is_certificate"]:
        reasons.append(
            f"A theorem certifies {number(certified['value'])} units "
            f"({certified['source']}); it holds for the worst case and is usually far "
            "too many."
        )
    else:
        reasons.append("No theorem certifies a width here.")
    return Verdict(
        "width",
        title,
        "yes" if math.isfinite(value) else "caution",
        f"About {number(value)} units fit any labels with {name}"
        + ("." if settled is None else f"; about {number(settled)} train well.")
        if math.isfinite(value)
        else f"More than the experiment tried, with {name}.",
        " ".join(reasons),
        value if math.isfinite(value) else None,
        f"{number(value)} units" if math.isfinite(value) else "not found",
        name,
    )


def _empirical_reason(empirical: dict[str, Any], data: dict[str, Any]) -> str:
    low, high = _or_infinity(empirical["low"]), _or_infinity(empirical["high"])
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
    if data["sample_note"]:
        text += f", on a sample of {data['rows']} rows: the whole table needs more"
    return text + "."


def _how_fast(best: dict[str, Any]) -> Verdict:
    title, name, training = "How fast?", best["name"], best["training"]
    coarse, fine = list(training["steps"].values())
    kind = (
        "the slowest direction of the labels"
        if training["worst_case"]
        else "the given labels"
    )
    step = f"step size {number(training['step'])} on ½‖Φv - y‖²"
    floor = training["floor"]
    plateau = ""
    if training["plateaus"]:
        longest = max(
            training["plateaus"],
            key=lambda each: (
                _or_infinity(each["last_step"]) / max(1, each["first_step"])
            ),
        )
        plateau = (
            f" Between steps {number(longest['first_step'])} and "
            f"{number(longest['last_step'])} almost nothing moves, at a relative "
            f"residual of {number(longest['residual'])}."
        )
    reason = (
        f"Gradient descent on the last layer of {number(training['width'])} {name} "
        f"units with the best {step}, for {kind}; the condition number is "
        f"{number(training['condition_number'])}, the number of steps grows with it."
        f"{plateau}"
    )
    if math.isinf(_or_infinity(coarse)):
        return Verdict(
            "speed",
            title,
            "no",
            f"It never gets below a relative residual of {number(floor)} with {name}.",
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
        float(coarse),
        steps_text(coarse),
        name,
    )


def _which(best: dict[str, Any], found: Sequence[dict[str, Any]]) -> Verdict:
    others = [each for each in found if each is not best]
    comparison = "; ".join(
        f"{each['name']} {steps_text(next(iter(each['training']['steps'].values())))}, "
        f"κ {_kappa(each)}"
        for each in (best, *others)
    )
    able = _fits_these(best)
    return Verdict(
        "activation",
        "Which activation?",
        "yes" if able else "no",
        f"{best['name']}, of the {len(found)} tried."
        if others
        else f"Only {best['name']} was tried.",
        f"Steps to 1 % and condition number at {number(best['training']['width'])} "
        f"units: {comparison}."
        + ("" if able else " None of them can fit these labels."),
        _or_infinity(best["training"]["condition_number"]),
        f"κ = {_kappa(best)}",
        best["name"],
    )


def _kappa(each: dict[str, Any]) -> str:
    value = _or_infinity(each["training"]["condition_number"])
    return number(value) if math.isfinite(value) else "numerically infinite"


def _can_fit(each: dict[str, Any]) -> bool:
    return bool(each["rank_verdict"]["can_fit_any_labels"])


def _fits_these(each: dict[str, Any]) -> bool:
    bound = each["rank_verdict"]["relative_residual_bound"]
    return _can_fit(each) or (bound is not None and bound <= _NEGLIGIBLE_RESIDUAL)


def _relative_bound(each: dict[str, Any]) -> float:
    bound = each["rank_verdict"]["relative_residual_bound"]
    return 1.0 if bound is None else float(bound)


def _nearly_singular(found: Sequence[dict[str, Any]]) -> str:
    singular = [each for each in found if each["kernel"]["is_singular"]]
    if not singular:
        return ""
    return (
        f" But for {_names(singular)} it is singular to working precision: some labels "
        "would take more steps than anyone has."
    )


def _cure(facts: dict[str, Any]) -> str:
    return f"Cure: {facts['cure']}" if facts["cure"] else ""


def _names(found: Sequence[dict[str, Any]]) -> str:
    return listing([each["name"] for each in found])


def _or_infinity(value: float | int | None) -> float:
    return math.inf if value is None else float(value)
