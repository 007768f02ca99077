"""What Oymak and Soltanolkotabi say of the speed, and how a run decides it."""

import math
from collections.abc import Sequence
from typing import Any

from widthwise.experiments.shared import (
    Claim,
    Exponent,
    Finding,
    mean_interval,
    power_law,
    within,
)

__all__ = ["CLAIMS", "findings"]

_Row = dict[str, Any]

_FALLS = "an exponent of the width whose interval lies above -1/4 (theory: -1/2)"

_GEOMETRIC = Claim(
    "geometric_rate",
    "Gradient descent on the inner layer drives the misfit to zero geometrically, at a "
    "rate per step of the order η ‖v‖² λ(X).",
    "Main theorems (smooth activations, and relu); constant lost",
    "fall of the log residual a step over its last decade, divided by η ‖v‖² λ(X), at "
    "the widest networks",
    "a mean ratio whose interval lies below 1/4, or a run that does not arrive",
)
_KERNEL = Claim(
    "rate_is_that_of_the_jacobian",
    "With a smooth activation the rate in the end is that of the linear model with the "
    "Jacobian reached: -log(1 - η σ_min(J)²) a step.",
    "The proofs follow the Jacobian's smallest singular value; the comparison is ours",
    "measured rate over that rate, at each width",
    "a mean ratio whose interval lies outside 0.95 to 1.1",
)
_KINK = Claim(
    "rate_is_that_of_the_jacobian_with_kinks",
    "The same holds for an activation with kinks, whose Jacobian jumps.",
    _KERNEL.where,
    "measured rate over that rate, at each width, and the arguments that cross a kink "
    "in the last step",
    _KERNEL.refuted_by,
)
_CONCENTRATION = Claim(
    "jacobian_concentrates",
    "At the start σ_min(J)² is near its mean's ‖v‖² λ(X) once the network is wide.",
    "Proofs of the main theorems (concentration of the Jacobian at initialisation)",
    "mean of |σ_min(J_0)² / (‖v‖² λ(X)) - 1| against the width",
    _FALLS,
)
_NEAR = Claim(
    "stays_near_the_start",
    "The weights end near where they began: ‖W_t - W_0‖ / ‖W_0‖ falls as the network "
    "widens.",
    "Main theorems (distance to initialisation)",
    "that ratio at the end of training, against the width",
    _FALLS,
)
_BALL = Claim(
    "stays_within_the_ball",
    "The distance travelled is at most 4 ‖f_0 - y‖ / σ_min(J_0).",
    "The general theorem behind the proofs, as recalled; the 4 is uncertain",
    "‖W_t - W_0‖ σ_min(J_0) / ‖f_0 - y‖ in each run",
    "a run with a ratio above 4",
)
_SINGULAR = Claim(
    "singular_values_stay",
    "Along training the Jacobian's smallest singular value stays at least half of what "
    "it was at the start.",
    "Proofs of the main theorems",
    "the least σ_min(J_t) / σ_min(J_0) of a run, at the widest networks",
    "a ratio below 1/2 in a run at the widest networks",
)
_KHATRI_RAO = Claim(
    "khatri_rao_bound",
    "λ(X) ≥ μ_φ² σ_min(X * X)², which is positive for generic points when n is at most "
    "d (d + 1) / 2 and μ_φ is not zero.",
    "Lemma behind the theorem on smooth activations; exact",
    "both sides on every set of points",
    "a left side below the right one by more than rounding",
)

CLAIMS = (
    _GEOMETRIC,
    _KERNEL,
    _KINK,
    _CONCENTRATION,
    _NEAR,
    _BALL,
    _SINGULAR,
    _KHATRI_RAO,
)


def findings(runs: Sequence[_Row], lost: int) -> tuple[Finding, ...]:
    """Decide the claims; `lost` runs never came to the residual asked for."""
    if not runs:
        text = f"None of {lost} runs came to the residual asked for."
        return tuple(each.decided(None, text) for each in CLAIMS[:-1])
    widest = max(row["width"] for row in runs)
    last = [row for row in runs if row["width"] == widest]
    return (
        _geometric(last, widest, lost),
        *_tangent_rates(runs),
        _falls(
            _CONCENTRATION,
            runs,
            lambda row: abs(row["start_smallest_over_mean"] - 1),
        ),
        _falls(_NEAR, runs, lambda row: row["relative_distance"]),
        _ball(runs),
        _stay(runs, last, widest),
        _bound(runs),
    )


def _geometric(last: list[_Row], widest: int, lost: int) -> Finding:
    verdicts, texts = [], []
    for name, rows in _by_activation(last).items():
        found = mean_interval([row["rate_over_order"] for row in rows])
        verdicts.append(
            True if found.low >= 0.25 else False if found.high < 0.25 else None
        )
        texts.append(f"{name} {found}")
    holds = False if False in verdicts else None if None in verdicts else True
    if lost:
        holds = None if holds else holds
        texts.append(f"{lost} runs did not arrive")
    return _GEOMETRIC.decided(holds, f"At width {widest}: " + "; ".join(texts) + ".")


def _tangent_rates(runs: Sequence[_Row]) -> list[Finding]:
    """Decide the two claims, each where an activation of its kind was run."""
    answers = []
    for claim, kinked in ((_KERNEL, False), (_KINK, True)):
        some = [row for row in runs if (row["kink_crossings"] is not None) is kinked]
        if some:
            answers.append(_tangent_rate(claim, some))
    return answers


def _tangent_rate(claim: Claim, runs: Sequence[_Row]) -> Finding:
    verdicts, texts = [], []
    for name, some in _by_activation(runs).items():
        for width in sorted({row["width"] for row in some}):
            rows = [row for row in some if row["width"] == width]
            found = mean_interval([row["rate_over_end"] for row in rows])
            inside = found.low >= 0.95 and found.high <= 1.1
            outside = found.high < 0.95 or found.low > 1.1
            verdicts.append(True if inside else False if outside else None)
            text = f"{name}, width {width}: {found}"
            if claim is _KINK:
                crossings = sum(row["kink_crossings"] for row in rows) / len(rows)
                text += f", {crossings:.3g} arguments cross a kink in the last step"
            texts.append(text)
    holds = False if False in verdicts else None if None in verdicts else True
    return claim.decided(holds, "; ".join(texts) + ".")


def _falls(claim: Claim, runs: Sequence[_Row], value: Any) -> Finding:
    """Decide whether a mean falls at least like the width to the -1/4."""
    verdicts: list[bool | None] = []
    texts = []
    for name, some in _by_activation(runs).items():
        widths = sorted({row["width"] for row in some})
        means = [
            mean_interval([value(row) for row in some if row["width"] == width])
            for width in widths
        ]
        fit = power_law(
            {"width": [float(width) for width in widths]},
            [each.mean for each in means],
            [max(each.error / each.mean, 1e-3) for each in means],
        )
        found: Exponent | None = fit.get("width")
        if found is None:
            verdicts.append(None)
            texts.append(f"{name}: too few widths for a fit")
            continue
        verdicts.append(within(found, -math.inf, -0.25))
        texts.append(
            f"{name}: from {means[0].mean:.3g} at width {widths[0]} to "
            f"{means[-1].mean:.3g} at {widths[-1]}, exponent {found}"
        )
    holds = False if False in verdicts else None if None in verdicts else True
    return claim.decided(holds, "; ".join(texts) + ".")


def _ball(runs: Sequence[_Row]) -> Finding:
    worst = max(runs, key=lambda row: float(row["distance_over_ball"]))
    return _BALL.decided(
        worst["distance_over_ball"] <= 4,
        f"The largest of {len(runs)} ratios is {worst['distance_over_ball']:.3g} "
        f"({worst['activation']}, width {worst['width']}).",
    )


def _stay(runs: Sequence[_Row], last: list[_Row], widest: int) -> Finding:
    least = min(float(row["least_smallest_ratio"]) for row in last)
    below = sorted({row["width"] for row in runs if row["least_smallest_ratio"] < 0.5})
    narrow = f" It is below 1/2 in a run at width {below}." if below else ""
    return _SINGULAR.decided(
        least >= 0.5,
        f"At width {widest} the least of {len(last)} ratios is {least:.3g}.{narrow}",
    )


def _bound(runs: Sequence[_Row]) -> Finding:
    ratios = {
        name: max(row["khatri_rao_bound"] / row["smallest"] for row in some)
        for name, some in _by_activation(runs).items()
    }
    said = ", ".join(f"{name} {ratio:.3g}" for name, ratio in ratios.items())
    return _KHATRI_RAO.decided(
        max(ratios.values()) <= 1 + 1e-9,
        f"Largest share of λ(X) that the bound gives: {said} (0 means μ_φ = 0).",
    )


def _by_activation(runs: Sequence[_Row]) -> dict[str, list[_Row]]:
    names = dict.fromkeys(row["activation"] for row in runs)
    return {name: [row for row in runs if row["activation"] == name] for name in names}
