"""What Oymak and Soltanolkotabi say of the width, and how a run decides it."""

import math
from collections.abc import Sequence
from typing import Any

from widthwise.experiments.shared import Claim, Exponent, Finding, power_law, within

__all__ = ["BAND", "CLAIMS", "exponents", "findings"]

BAND = 0.25
"""An exponent counts as 1 when its whole interval lies this near."""

_DEVIATIONS = 1.959963984540054

_INNER = Claim(
    "inner_threshold",
    "Training the inner layer fits random labels once the number kd of its weights is "
    "a fixed multiple of the number n of points: the critical width goes like n / d.",
    "Section on numerical experiments",
    "exponents of n and d in the width at which half of the trials succeed",
    f"an exponent of n whose interval leaves 1 ± {BAND}, or of d that leaves "
    f"-1 ± {BAND}",
)
_JOINT = Claim(
    "joint_threshold",
    "Training both layers fits random labels once kd is a fixed multiple of n.",
    "Section on numerical experiments",
    _INNER.measured,
    _INNER.refuted_by,
)
_OUTER = Claim(
    "outer_threshold",
    "Training the outer layer alone needs a width k that is a fixed multiple of n, "
    "whatever the dimension.",
    "Section on numerical experiments, and the theorem on the outer layer",
    _INNER.measured,
    f"an exponent of n whose interval leaves 1 ± {BAND}, or of d that leaves "
    f"0 ± {BAND}",
)
_FEWER = Claim(
    "inner_needs_fewer_units",
    "Training the inner layer needs fewer hidden units than training the outer one.",
    "Section on numerical experiments",
    "the outer threshold over the inner one, at every n and d",
    "a ratio whose interval lies below 1",
)
_NOT_NEEDED = Claim(
    "sufficient_width_is_not_necessary",
    "The width that the theorem on smooth activations asks for, kd of order n² on "
    "random points, is more than training needs.",
    "Theorem on smooth activations, compared with the experiments",
    "exponent of n in the critical width of the inner layer",
    "an exponent of n whose interval lies at 2 or above",
)

CLAIMS = (_INNER, _JOINT, _OUTER, _FEWER, _NOT_NEEDED)

_Row = dict[str, Any]


def exponents(thresholds: Sequence[_Row]) -> dict[tuple[str, str], dict[str, Exponent]]:
    """Return the exponents of n and d by (activation, trained layers)."""
    found = {}
    for key in dict.fromkeys((row["activation"], row["trained"]) for row in thresholds):
        rows = [each for each in _rows(thresholds, *key) if each["width"] is not None]
        found[key] = power_law(
            {
                "n": [float(row["n"]) for row in rows],
                "d": [float(row["d"]) for row in rows],
            },
            [row["width"] for row in rows],
            [row["log_error"] for row in rows],
        )
    return found


def findings(thresholds: Sequence[_Row]) -> tuple[Finding, ...]:
    """Decide the claims on what was trained."""
    fits = exponents(thresholds)
    done = {row["trained"] for row in thresholds}
    answers = []
    for claim, layers, slope in (
        (_INNER, "inner", -1.0),
        (_JOINT, "both", -1.0),
        (_OUTER, "outer", 0.0),
    ):
        if layers in done:
            answers.append(_scaling(claim, layers, slope, thresholds, fits))
    if {"inner", "outer"} <= done:
        answers.append(_fewer_units(thresholds))
    if "inner" in done:
        answers.append(_not_needed(fits))
    return tuple(answers)


def _scaling(
    claim: Claim,
    layers: str,
    slope: float,
    thresholds: Sequence[_Row],
    fits: dict[tuple[str, str], dict[str, Exponent]],
) -> Finding:
    verdicts: list[bool | None] = []
    texts, limited = [], False
    for (name, trained), found in fits.items():
        if trained != layers:
            continue
        rows = _rows(thresholds, name, layers)
        lost = sum(row["width"] is None for row in rows)
        said = []
        for variable, centre in (("n", 1.0), ("d", slope)):
            if variable in found:
                each = found[variable]
                verdicts.append(within(each, centre - BAND, centre + BAND))
                said.append(f"exponent of {variable} {each}")
        if lost:
            verdicts.append(None)
            said.append(f"no threshold on the grid at {lost} of {len(rows)} sizes")
        if not found:
            verdicts.append(None)
            said.append("too few thresholds for a fit")
        waiting = [row for row in rows if _is_limited_by_steps(row)]
        if waiting:
            limited = True
            said.append(
                f"thresholds still fall with the number of steps at {len(waiting)} of "
                f"{len(rows)} sizes, so the exponents are not settled"
            )
        texts.append(f"{name}: " + ", ".join(said))
    holds = None if limited else _together(verdicts)
    return claim.decided(holds, "; ".join(texts) + ".")


def _is_limited_by_steps(row: _Row) -> bool:
    """Whether the threshold moves by more than its error in the second half."""
    if row["width"] is None:
        return False
    early = row["width_at_half_the_steps"]
    return early is None or bool(math.log(early / row["width"]) > row["log_error"])


def _fewer_units(thresholds: Sequence[_Row]) -> Finding:
    verdicts: list[bool | None] = []
    lows = []
    places = {(row["activation"], row["n"], row["d"]) for row in thresholds}
    for name, count, dimension in sorted(places):
        pair = [
            next(
                row
                for row in _rows(thresholds, name, layers)
                if (row["n"], row["d"]) == (count, dimension)
            )
            for layers in ("inner", "outer")
        ]
        if any(row["width"] is None for row in pair):
            continue
        ratio = pair[1]["width"] / pair[0]["width"]
        half = _DEVIATIONS * math.hypot(pair[0]["log_error"], pair[1]["log_error"])
        low, high = ratio * math.exp(-half), ratio * math.exp(half)
        verdicts.append(True if low > 1 else False if high < 1 else None)
        lows.append((low, ratio, high, f"{name}, n = {count}, d = {dimension}"))
    if not lows:
        return _FEWER.decided(None, "No size has both thresholds on the grid.")
    low, ratio, high, where = min(lows)
    return _FEWER.decided(
        _together(verdicts),
        f"The least of {len(lows)} ratios is {ratio:.3g} (95 % interval {low:.3g} to "
        f"{high:.3g}), at {where}.",
    )


def _not_needed(fits: dict[tuple[str, str], dict[str, Exponent]]) -> Finding:
    verdicts: list[bool | None] = []
    texts = []
    for (name, layers), found in fits.items():
        if layers != "inner":
            continue
        if "n" not in found:
            verdicts.append(None)
            texts.append(f"{name}: too few thresholds for a fit")
            continue
        each = found["n"]
        verdicts.append(True if each.high < 2 else False if each.low >= 2 else None)
        texts.append(f"{name}: exponent of n {each}")
    return _NOT_NEEDED.decided(_together(verdicts), "; ".join(texts) + ".")


def _together(verdicts: Sequence[bool | None]) -> bool | None:
    """One failure fails; all must hold."""
    if False in verdicts:
        return False
    return None if None in verdicts or not verdicts else True


def _rows(thresholds: Sequence[_Row], name: str, layers: str) -> list[_Row]:
    return [
        row
        for row in thresholds
        if row["activation"] == name and row["trained"] == layers
    ]
