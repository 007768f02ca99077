"""What Oymak and Soltanolkotabi say of the width, and how a run decides it."""

import math
from collections.abc import Mapping, Sequence

from widthwise.estimates import (
    Estimate,
    all_hold,
    is_above,
    is_below,
    is_within,
    normal_deviations,
    power_law,
)
from widthwise.experiments.oymak._phase_rows import OUTER_AS_LONG
from widthwise.experiments.shared import (
    Answer,
    Claim,
    Finding,
    Row,
    grouped,
    with_interval,
)
from widthwise.prose import Prose, joined, say

__all__ = ["BAND", "CLAIMS", "exponents", "findings"]

BAND = 0.25
"""An exponent counts as 1 when its whole interval lies this near."""

_NEAR = f"an exponent is the claimed one within {BAND}"

_INNER = Claim(
    "inner_threshold",
    "Training the inner layer fits random labels once the number kd of its weights is "
    "a fixed multiple of the number n of points: the critical width goes like n / d.",
    "Section on numerical experiments",
    "exponents of n and d in the width at which half of the trials succeed",
    f"an exponent of n whose interval leaves 1 ± {BAND}, or of d that leaves "
    f"-1 ± {BAND}",
    origin="paper",
    cut_off=_NEAR,
)
_JOINT = Claim(
    "joint_threshold",
    "Training both layers fits random labels once kd is a fixed multiple of n.",
    "Section on numerical experiments",
    _INNER.measured,
    _INNER.refuted_by,
    origin="paper",
    cut_off=_NEAR,
)
_OUTER = Claim(
    "outer_threshold",
    "Training the outer layer alone needs a width k that is a fixed multiple of n, "
    "whatever the dimension.",
    "Section on numerical experiments, and the theorem on the outer layer",
    _INNER.measured,
    f"an exponent of n whose interval leaves 1 ± {BAND}, or of d that leaves "
    f"0 ± {BAND}",
    origin="paper",
    cut_off=_NEAR,
)
_OUTER_AS_LONG = Claim(
    "outer_threshold_with_equal_steps",
    "So it does with as many steps as the inner layer gets.",
    "Beyond the section on numerical experiments, whose steps are lost",
    _INNER.measured,
    _OUTER.refuted_by,
    origin="ours",
)
_FEWER = Claim(
    "inner_needs_fewer_units",
    "Training the inner layer needs fewer hidden units than training the outer one.",
    "Section on numerical experiments",
    "the outer threshold over the inner one, after as many steps, at every n and d; "
    "the largest width tried where the outer layer has none",
    "a ratio whose interval lies below 1",
    origin="paper",
)
_NOT_NEEDED = Claim(
    "sufficient_width_is_not_necessary",
    "The width that the theorem on smooth activations asks for, kd of order n² on "
    "random points, is more than training needs.",
    "Theorem on smooth activations, compared with the experiments",
    "exponent of n in the critical width of the inner layer",
    "an exponent of n whose interval lies at 2 or above",
    origin="ours",
)

CLAIMS = (_INNER, _JOINT, _OUTER, _OUTER_AS_LONG, _FEWER, _NOT_NEEDED)

Exponents = Mapping[tuple[str, str], Mapping[str, Estimate]]
"""Those of n and d by activation and trained layers."""


def exponents(thresholds: Sequence[Row]) -> Exponents:
    """Fit the thresholds that lie on the grid."""
    found = {}
    for key, own in grouped(thresholds, "activation", "trained").items():
        rows = [row for row in own if row["width"] is not None]
        found[key] = power_law(
            {name: [float(row[name]) for row in rows] for name in ("n", "d")},
            [row["width"] for row in rows],
            [row["log_error"] for row in rows],
        )
    return found


def findings(thresholds: Sequence[Row]) -> tuple[Finding, ...]:
    """Decide the claims on what was trained."""
    fits = exponents(thresholds)
    done = {row["trained"] for row in thresholds}
    answers = []
    for claim, layers, slope in (
        (_INNER, "inner", -1.0),
        (_JOINT, "both", -1.0),
        (_OUTER, "outer", 0.0),
        (_OUTER_AS_LONG, OUTER_AS_LONG, 0.0),
    ):
        if layers in done:
            answers.append(_scaling(claim, layers, slope, thresholds, fits))
    if {"inner", "outer"} <= done:
        answers.append(_fewer_units(thresholds))
    if "inner" in done:
        answers.append(_NOT_NEEDED.together(_not_needed(fits)))
    return tuple(answers)


def _scaling(
    claim: Claim,
    layers: str,
    slope: float,
    thresholds: Sequence[Row],
    fits: Exponents,
) -> Finding:
    answers: list[Answer] = []
    limited = False
    for key, rows in grouped(thresholds, "activation", "trained").items():
        name, trained = key
        if trained != layers:
            continue
        found = fits[key]
        centres = {"n": 1.0, "d": slope}
        verdicts = [
            is_within(each, centres[variable] - BAND, centres[variable] + BAND)
            for variable, each in found.items()
        ]
        said: list[Prose | str] = [
            say("exponent of {} {}", variable, with_interval(each))
            for variable, each in found.items()
        ]
        lost = sum(row["width"] is None for row in rows)
        if lost:
            verdicts.append(None)
            said.append(f"no threshold on the grid at {lost} of {len(rows)} sizes")
        if not found:
            said.append(f"{len(rows) - lost} thresholds, too few for a fit")
        waiting = sum(_is_limited_by_steps(row) for row in rows)
        if waiting:
            limited = True
            said.append(
                f"thresholds still fall with the number of steps at {waiting} of "
                f"{len(rows)} sizes, so the exponents are not settled"
            )
        answers.append((all_hold(verdicts), f"{name}: " + joined(said, ", ")))
    if limited:
        answers = [(None, each[1]) for each in answers]
    return claim.together(answers)


def _is_limited_by_steps(row: Row) -> bool:
    """Whether the threshold moves by more than its error in the second half."""
    if row["width"] is None:
        return False
    early = row["width_at_half_the_steps"]
    return early is None or bool(math.log(early / row["width"]) > row["log_error"])


def _fewer_units(thresholds: Sequence[Row]) -> Finding:
    verdicts: list[bool | None] = []
    ratios: list[tuple[Estimate, str]] = []
    for (name, count, dimension), rows in sorted(
        grouped(thresholds, "activation", "n", "d").items()
    ):
        by = {row["trained"]: row for row in rows}
        inner, outer = by["inner"], by.get(OUTER_AS_LONG, by["outer"])
        none_fits = outer["width"] is None and outer["best_share"] < 0.5
        if inner["width"] is None or (outer["width"] is None and not none_fits):
            continue
        width = outer["largest_width"] if none_fits else outer["width"]
        ratio = width / inner["width"]
        spread = math.hypot(inner["log_error"], outer["log_error"] or 0.0)
        factor = math.exp(min(normal_deviations() * spread, 700.0))
        found = Estimate(ratio, ratio / factor, ratio * factor)
        verdicts.append(is_above(found, 1))
        place = f"{name}, n = {count}, d = {dimension}"
        ratios.append((found, place))
    if not ratios:
        return _FEWER.decided(None, "No size has both thresholds on the grid.")
    least, where = min(ratios, key=lambda each: (each[0].low, each[0].value))
    return _FEWER.decided(
        all_hold(verdicts),
        say(
            f"The least of {len(ratios)} ratios is {{}}, at {where}.",
            with_interval(least),
        ),
    )


def _not_needed(fits: Exponents) -> list[Answer]:
    answers: list[Answer] = []
    for (name, layers), found in fits.items():
        if layers != "inner":
            continue
        if "n" not in found:
            answers.append((None, f"{name}: 0 exponents of n could be fitted"))
            continue
        said = say("{}: exponent of n {}", name, with_interval(found["n"]))
        answers.append((is_below(found["n"], 2), said))
    return answers
