"""What Benson et al. say of joint training, and how a run decides it."""

import math
from collections.abc import Sequence

from widthwise.estimates import Estimate, mean
from widthwise.experiments.shared import (
    Answer,
    Claim,
    Finding,
    Row,
    grouped,
    in_order,
    with_interval,
)
from widthwise.prose import say

__all__ = ["CLAIMS", "findings", "growth"]

_WHERE = "Appendix A.3, Figure 4"
_OURS = "Not in the paper, which shows one run: a variation of Appendix A.3"
_MEASURED = "log10 of κ(G) at the last epoch over κ(G) at the start, over trials"
_BELOW = "a mean whose interval lies below 0"

_INCREASES = Claim(
    "condition_number_increases",
    "Training both layers by stochastic gradient descent with momentum makes the "
    "condition number of G larger, not smaller.",
    _WHERE,
    _MEASURED,
    _BELOW,
    origin="paper",
)
_ADAM = Claim(
    "also_with_adam",
    "So does Adam, at each of its steps.",
    _OURS,
    _MEASURED,
    _BELOW,
    origin="ours",
)
_ACTIVATIONS = Claim(
    "also_with_other_activations",
    "So does training with each other activation.",
    _OURS,
    _MEASURED,
    _BELOW,
    origin="ours",
)
_WIDTHS = Claim(
    "also_at_other_widths",
    "So does training at each other width.",
    _OURS,
    _MEASURED,
    _BELOW,
    origin="ours",
)
_STEPS = Claim(
    "also_with_other_steps",
    "So does training with each other initial step.",
    _OURS + "; the paper's step is lost",
    _MEASURED,
    _BELOW,
    origin="ours",
)

CLAIMS = (_INCREASES, _ADAM, _ACTIVATIONS, _WIDTHS, _STEPS)

_OF_VARIATION = {
    "base": _INCREASES,
    "optimizer": _ADAM,
    "activation": _ACTIVATIONS,
    "width": _WIDTHS,
    "step": _STEPS,
}


def growth(runs: Sequence[Row]) -> Estimate:
    """Return the mean of log10 of the last κ(G) over the first."""
    return mean([float(row["log10_growth"]) for row in runs])


def findings(runs: Sequence[Row]) -> tuple[Finding, ...]:
    """Decide the claims on the variations that were run."""
    by_variation = grouped(runs, "variation")
    return tuple(
        claim.together(_grown(by_variation[variation]))
        for variation, claim in _OF_VARIATION.items()
        if variation in by_variation
    )


def _grown(runs: Sequence[Row]) -> list[Answer]:
    answers: list[Answer] = []
    for variant, some in grouped(runs, "variant").items():
        whole = [row for row in some if math.isfinite(row["log10_growth"])]
        lost = len(some) - len(whole)
        if lost:
            answers.append((None, f"{variant}: {lost} of {len(some)} runs diverged"))
        if whole:
            found = growth(whole)
            said = say("{}: {}", variant, with_interval(found))
            answers.append(in_order(Estimate(0.0, 0.0, 0.0), found, said))
    return answers
