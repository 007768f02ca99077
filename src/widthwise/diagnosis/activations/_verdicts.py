"""The four verdicts, in plain words, from the evidence in a record."""

import math
from collections.abc import Sequence
from typing import Any

from widthwise.diagnosis.activations._prospects import how_fast, how_wide
from widthwise.diagnosis.study import (
    Verdict,
    can_fit,
    coarse,
    fits_these,
    kappa,
    listing,
    names,
    number,
    of_sample,
    or_infinity,
    relative_bound,
    steps_text,
)

__all__ = ["best_activation", "judge"]


def judge(data: dict[str, Any], found: Sequence[dict[str, Any]]) -> tuple[Verdict, ...]:
    """Return the four verdicts on the activations that were examined."""
    best = best_activation(found)
    return (
        _fits(data, found),
        how_wide(data, best),
        how_fast(data, best),
        _which(data, best, found),
    )


def best_activation(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the evidence on the activation that fits these labels soonest.

    Those that can fit the labels come first; then the fewest steps to the coarse and to
    the fine tolerance at the training width; then, where neither is reached, the lower
    floor; then the smaller κ, there and at infinite width.
    """

    def order(each: dict[str, Any]) -> tuple[float, ...]:
        training = each["training"]
        steps = [or_infinity(value) for value in training["steps"].values()]
        return (
            0.0 if fits_these(each) else 1.0,
            *steps,
            float(training["floor"]),
            or_infinity(training["condition_number"]),
            or_infinity(each["kernel"]["condition_number"]),
        )

    return min(found, key=order)


def _fits(data: dict[str, Any], found: Sequence[dict[str, Any]]) -> Verdict:
    title, rows = "Will it fit?", data["rows_total"]
    universal = [each for each in found if can_fit(each)]
    failing = [each for each in found if not can_fit(each)]
    lucky = [each for each in failing if fits_these(each)]
    hopeless = [each for each in failing if not fits_these(each)]
    constant = " The labels are all equal: no network is needed for a constant."
    doubt = (
        " The rank was decided numerically."
        if not all(each["rank_verdict"]["is_exact"] for each in found)
        else ""
    ) + (constant if data["constant_target"] else "")
    if not failing:
        return Verdict(
            "fits",
            title,
            "yes",
            f"Yes, any labels of the {rows} rows, once it is wide enough.",
            f"With {names(found)} no two of these rows collide, so the infinite-width "
            f"kernel is nonsingular.{_nearly_singular(found)}{doubt}",
            float(rows),
            f"rank {rows} of {rows}",
            None,
        )
    worst = max(hopeless or failing, key=relative_bound)
    facts = worst["rank_verdict"]
    cure = f" Cure: {facts['cure']}" if facts["cure"] else ""
    reason = f"{worst['name']}: {facts['reason']}{cure}{doubt}"
    rank_text = f"rank {facts['rank']} of {rows}"
    if len(hopeless) == len(found):
        bounds = {each["name"]: relative_bound(each) for each in found}
        if data["target"] is None:
            answer = f"No: with {names(found)} some labels fit at no width."
            text, figure = rank_text, float(facts["rank"])
        else:
            figure = min(bounds.values())
            each_text = listing(
                [f"{number(value)} with {name}" for name, value in bounds.items()]
            )
            answer = (
                "No, these labels fit at no width: the relative residual stays above "
                f"{each_text}."
            )
            text = f"residual above {number(figure)}"
        return Verdict("fits", title, "no", answer, reason, figure, text, worst["name"])
    parts = []
    if universal:
        parts.append(f"{names(universal)} can fit any labels")
    if lucky:
        parts.append(f"{names(lucky)} can fit these labels but not all labels")
    if hopeless:
        what = "these labels" if data["target"] is not None else "some labels"
        parts.append(f"{names(hopeless)} cannot fit {what} at any width")
    return Verdict(
        "fits",
        title,
        "caution",
        f"It depends on the activation: {'; '.join(parts)}.",
        reason,
        float(facts["rank"]),
        f"{rank_text} with {worst['name']}",
        worst["name"],
    )


def _which(
    data: dict[str, Any], best: dict[str, Any], found: Sequence[dict[str, Any]]
) -> Verdict:
    others = [each for each in found if each is not best]
    comparison = "; ".join(
        f"{each['name']} {steps_text(coarse(each))}, κ {kappa(each)}"
        for each in (best, *others)
    )
    reached = math.isfinite(coarse(best))
    able = fits_these(best)
    if not able:
        verdict, remark = "no", " None of them can fit these labels."
    elif not reached:
        verdict, remark = "caution", " None of them gets to 1 % at that width."
    else:
        verdict, remark = "yes", ""
    return Verdict(
        "activation",
        "Which activation?",
        verdict,
        f"{best['name']}, of the {len(found)} tried."
        if others
        else f"Only {best['name']} was tried.",
        f"Steps to 1 % and condition number at {number(best['training']['width'])} "
        f"units: {comparison}.{remark}{of_sample(data)}",
        or_infinity(best["training"]["condition_number"]),
        f"κ = {kappa(best)}",
        best["name"],
    )


def _nearly_singular(found: Sequence[dict[str, Any]]) -> str:
    singular = [each for each in found if each["kernel"]["is_singular"]]
    if not singular:
        return ""
    return (
        f" (That is exact; in float64 the one of {names(singular)} cannot be told "
        "from a singular one, and some labels would take more steps than anyone has.)"
    )
