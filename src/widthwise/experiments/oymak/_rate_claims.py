"""What Oymak and Soltanolkotabi say of the speed, and how a run decides it."""

from collections.abc import Callable, Sequence

from widthwise.estimates import mean, power_law
from widthwise.experiments.shared import (
    Answer,
    Claim,
    Finding,
    Row,
    at_least,
    at_most,
    grouped,
    with_interval,
    within,
)
from widthwise.prose import joined, say

__all__ = ["CLAIMS", "findings"]

_FALLS = "an exponent of the width whose interval lies above 0 (theory: -1/2)"

_GEOMETRIC = Claim(
    "geometric_rate",
    "Gradient descent on the inner layer drives the misfit to zero geometrically, at a "
    "rate per step of the order η ‖v‖² λ(X).",
    "Main theorems (smooth activations, and relu); constant lost",
    "fall of the log residual a step over its last decade, divided by η ‖v‖² λ(X), at "
    "the widest networks",
    "a mean ratio whose interval lies below 1/4, or a run that does not arrive",
    origin="paper",
    cut_off="the order is a factor of 1/4; the paper's constant is lost",
)
_KERNEL = Claim(
    "rate_is_that_of_the_jacobian",
    "With a smooth activation the rate in the end is that of the linear model with the "
    "Jacobian reached: -log(1 - η σ_min(J)²) a step.",
    "The proofs follow the Jacobian's smallest singular value; the comparison is ours",
    "measured rate over that rate, at each width",
    "a mean ratio whose interval lies outside 0.95 to 1.1",
    origin="ours",
)
_KINK = Claim(
    "rate_is_that_of_the_jacobian_with_kinks",
    "The same holds for an activation with kinks, whose Jacobian jumps.",
    _KERNEL.where,
    "measured rate over that rate, at each width, and the arguments that cross a kink "
    "in the last step",
    _KERNEL.refuted_by,
    origin="ours",
)
_CONCENTRATION = Claim(
    "jacobian_concentrates",
    "At the start σ_min(J)² is near its mean's ‖v‖² λ(X) once the network is wide.",
    "Proofs of the main theorems (concentration of the Jacobian at initialisation)",
    "mean of |σ_min(J_0)² / (‖v‖² λ(X)) - 1| against the width",
    _FALLS,
    origin="paper",
)
_NEAR = Claim(
    "stays_near_the_start",
    "The weights end near where they began: ‖W_t - W_0‖ / ‖W_0‖ falls as the network "
    "widens.",
    "Main theorems (distance to initialisation)",
    "that ratio at the end of training, against the width",
    _FALLS,
    origin="paper",
)
_BALL = Claim(
    "stays_within_the_ball",
    "The distance travelled is at most 4 ‖f_0 - y‖ / σ_min(J_0).",
    "The general theorem behind the proofs, as recalled; the 4 is uncertain",
    "‖W_t - W_0‖ σ_min(J_0) / ‖f_0 - y‖ in each run",
    "a run with a ratio above 4",
    origin="paper",
)
_SINGULAR = Claim(
    "singular_values_stay",
    "Along training the Jacobian's smallest singular value stays at least half of what "
    "it was at the start.",
    "Proofs of the main theorems",
    "the least σ_min(J_t) / σ_min(J_0) of a run, at the widest networks",
    "a ratio below 1/2 in a run at the widest networks",
    origin="paper",
)
_KHATRI_RAO = Claim(
    "khatri_rao_bound",
    "λ(X) ≥ μ_φ² σ_min(X * X)², which is positive for generic points when n is at most "
    "d (d + 1) / 2 and μ_φ is not zero.",
    "Lemma behind the theorem on smooth activations; exact",
    "both sides on every set of points",
    "a left side below the right one by more than rounding",
    origin="paper",
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


def findings(runs: Sequence[Row], lost: int) -> tuple[Finding, ...]:
    """Decide the claims; `lost` runs never came to the residual asked for."""
    if not runs:
        text = f"None of {lost} runs came to the residual asked for."
        return tuple(each.decided(None, text) for each in CLAIMS[:-1])
    widest = max(row["width"] for row in runs)
    last = [row for row in runs if row["width"] == widest]
    smooth, kinked = (
        [row for row in runs if (row["kink_crossings"] is not None) is has_kinks]
        for has_kinks in (False, True)
    )
    return (
        _GEOMETRIC.together(_geometric(last, lost), before=f"At width {widest}: "),
        *(
            claim.together(_tangent_rates(some))
            for claim, some in ((_KERNEL, smooth), (_KINK, kinked))
            if some
        ),
        _CONCENTRATION.together(
            _falls(runs, lambda row: abs(row["start_smallest_over_mean"] - 1))
        ),
        _NEAR.together(_falls(runs, lambda row: row["relative_distance"])),
        _ball(runs),
        _stay(runs, last, widest),
        _bound(runs),
    )


def _geometric(last: Sequence[Row], lost: int) -> list[Answer]:
    answers: list[Answer] = []
    for name, rows in grouped(last, "activation").items():
        found = mean([row["rate_over_order"] for row in rows])
        answers.append(
            at_least(found, say("{} {}", name, with_interval(found, "4")), 0.25)
        )
    if lost:
        answers.append((None, f"{lost} runs did not arrive"))
    return answers


def _tangent_rates(runs: Sequence[Row]) -> list[Answer]:
    answers: list[Answer] = []
    for name, some in grouped(runs, "activation").items():
        for width, rows in sorted(grouped(some, "width").items()):
            found = mean([row["rate_over_end"] for row in rows])
            text = say(f"{name}, width {width}: {{}}", with_interval(found, "4"))
            if rows[0]["kink_crossings"] is not None:
                crossings = sum(row["kink_crossings"] for row in rows) / len(rows)
                text += say(", {} arguments cross a kink in the last step", crossings)
            answers.append(within(found, text, 0.95, 1.1))
    return answers


def _falls(runs: Sequence[Row], value: Callable[[Row], float]) -> list[Answer]:
    """Answer whether a mean falls with the width, by the exponent of its power."""
    answers: list[Answer] = []
    for name, some in grouped(runs, "activation").items():
        means = {
            width: mean([value(row) for row in rows])
            for width, rows in sorted(grouped(some, "width").items())
        }
        found = power_law(
            {"width": [float(width) for width in means]},
            [each.value for each in means.values()],
            [max((each.error or 0.0) / each.value, 1e-3) for each in means.values()],
        ).get("width")
        if found is None:
            answers.append((None, f"{name}: too few widths for a fit"))
            continue
        least, most = min(means), max(means)
        said = say(
            f"{name}: from {{}} at width {least} to {{}} at {most}, exponent {{}}",
            means[least].value,
            means[most].value,
            with_interval(found),
        )
        answers.append(at_most(found, said, 0))
    return answers


def _ball(runs: Sequence[Row]) -> Finding:
    worst = max(runs, key=lambda row: float(row["distance_over_ball"]))
    return _BALL.decided(
        worst["distance_over_ball"] <= 4,
        say(
            f"The largest of {len(runs)} ratios is {{}} ({worst['activation']}, width "
            f"{worst['width']}).",
            worst["distance_over_ball"],
        ),
    )


def _stay(runs: Sequence[Row], last: Sequence[Row], widest: int) -> Finding:
    least = min(float(row["least_smallest_ratio"]) for row in last)
    below = sorted({row["width"] for row in runs if row["least_smallest_ratio"] < 0.5})
    narrow = f" It is below 1/2 in a run at width {below}." if below else ""
    return _SINGULAR.decided(
        least >= 0.5,
        say(
            f"At width {widest} the least of {len(last)} ratios is {{}}.{narrow}", least
        ),
    )


def _bound(runs: Sequence[Row]) -> Finding:
    ratios = {
        name: max(row["khatri_rao_bound"] / row["smallest"] for row in some)
        for name, some in grouped(runs, "activation").items()
    }
    said = joined([say("{} {}", *each) for each in ratios.items()], ", ")
    return _KHATRI_RAO.decided(
        max(ratios.values()) <= 1 + 1e-9,
        say("Largest share of λ(X) that the bound gives: {} (0 means μ_φ = 0).", said),
    )
