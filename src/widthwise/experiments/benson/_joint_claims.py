"""What Benson et al. say of joint training, and how a run decides it."""

import math
from collections.abc import Sequence
from typing import Any

from widthwise.experiments.shared import Claim, Finding, MeanInterval, mean_interval

__all__ = ["CLAIMS", "findings", "growth"]

_Row = dict[str, Any]

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
)
_ADAM = Claim(
    "also_with_adam",
    "So does Adam, at each of its steps.",
    _OURS,
    _MEASURED,
    _BELOW,
)
_ACTIVATIONS = Claim(
    "also_with_other_activations",
    "So does training with each other activation.",
    _OURS,
    _MEASURED,
    _BELOW,
)
_WIDTHS = Claim(
    "also_at_other_widths",
    "So does training at each other width.",
    _OURS,
    _MEASURED,
    _BELOW,
)
_STEPS = Claim(
    "also_with_other_steps",
    "So does training with each other initial step.",
    _OURS + "; the paper's step is lost",
    _MEASURED,
    _BELOW,
)

CLAIMS = (_INCREASES, _ADAM, _ACTIVATIONS, _WIDTHS, _STEPS)

_OF_VARIATION = {
    "base": _INCREASES,
    "optimizer": _ADAM,
    "activation": _ACTIVATIONS,
    "width": _WIDTHS,
    "step": _STEPS,
}


def growth(runs: Sequence[_Row]) -> MeanInterval:
    """Return the mean of log10 of the last κ(G) over the first."""
    return mean_interval([float(row["log10_growth"]) for row in runs])


def findings(runs: Sequence[_Row]) -> tuple[Finding, ...]:
    """Decide the claims on the variations that were run."""
    answers = []
    for variation, claim in _OF_VARIATION.items():
        some = [row for row in runs if row["variation"] == variation]
        if some:
            answers.append(_finding(claim, some))
    return tuple(answers)


def _finding(claim: Claim, runs: Sequence[_Row]) -> Finding:
    verdicts: list[bool | None] = []
    texts = []
    for variant in dict.fromkeys(row["variant"] for row in runs):
        some = [row for row in runs if row["variant"] == variant]
        whole = [row for row in some if math.isfinite(row["log10_growth"])]
        if len(whole) < len(some):
            verdicts.append(None)
            lost = len(some) - len(whole)
            texts.append(f"{variant}: {lost} of {len(some)} runs diverged")
            if not whole:
                continue
        found = growth(whole)
        verdicts.append(True if found.low > 0 else False if found.high < 0 else None)
        texts.append(
            f"{variant}: {found.mean:+.3f} (95 % interval {found.low:+.3f} to "
            f"{found.high:+.3f})"
        )
    holds = False if False in verdicts else None if None in verdicts else True
    return claim.decided(holds, "; ".join(texts) + ".")
