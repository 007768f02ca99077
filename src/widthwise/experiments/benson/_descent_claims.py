"""What Benson et al. say of gradient descent, and how the trials decide it."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from widthwise.estimates import Estimate, is_less
from widthwise.experiments.benson._descent_cell import STEP_SIZES
from widthwise.experiments.benson._descent_tables import Descents
from widthwise.experiments.benson._medians import median
from widthwise.experiments.shared import (
    Answer,
    Claim,
    Finding,
    at_least,
    at_most,
    number,
    with_interval,
)
from widthwise.prose import Prose, say

__all__ = ["CLAIMS", "findings"]

_FIGURE = "Section 4.3, Figure 2"
_LEFT, _RIGHT = _FIGURE + " (left)", _FIGURE + " (right)"
_OURS = "Not in the paper, "
_MEDIAN = "median steps to convergence over trials, 95 % order-statistic interval, "
_EARLY, _STAGNANT, _ITERATED = 20, 0.1, 1e-9

_WENDLAND = Claim(
    "wendland_takes_tens_of_thousands",
    "With the Wendland activations gradient descent takes tens of thousands of steps.",
    _LEFT,
    _MEDIAN + "at the first width",
    "an interval outside 10,000 to 100,000",
    origin="paper",
)
_RELU = Claim(
    "relu_takes_over_a_million",
    "With ReLU it takes over a million.",
    _LEFT,
    _MEDIAN + "at the first width",
    "an interval below a million",
    origin="paper",
)
_SWISH = Claim(
    "swish_takes_over_ten_million",
    "With swish it has not converged after ten million.",
    _LEFT,
    "trials that need more steps, with the 95 % Clopper-Pearson limit",
    "a trial that converges earlier",
    origin="paper",
)
_ORDER = Claim(
    "better_conditioned_is_faster",
    "Of two activations the one with the smaller κ(G) needs fewer steps.",
    _LEFT,
    "medians of κ(G) and of the steps, at the first width, of the pairs whose "
    "intervals of κ(G) are apart",
    "a pair whose intervals of the steps are apart in the opposite order",
    origin="paper",
)
_STAGNATES = Claim(
    "stagnates_after_twenty_steps",
    "The error hardly falls any more after about 20 steps.",
    _RIGHT,
    "the fall of the residual in steps 20 to 40 over that in steps 0 to 20",
    f"a median whose interval lies above {_STAGNANT:g}",
    origin="paper",
    cut_off="hardly is a tenth of the fall before",
)
_BOUND = Claim(
    "bound_of_the_lemma",
    "No trial takes more steps than Lemma 4.3 gives from κ(G).",
    "Lemma 4.3",
    "steps to each tolerance over the number from the lemma, largest of all trials",
    "a ratio above 1",
    origin="paper",
)
_EXACT = Claim(
    "closed_form_is_iteration",
    "The closed form of the residual is that of the iteration.",
    "Lemma A.8, eq. (19)",
    "largest difference of the relative residuals over the steps done for real",
    f"one above {_ITERATED:g}",
    origin="paper",
)
_WIDTHS = Claim(
    "same_counts_at_other_widths",
    "The counts (tens of thousands, over a million) hold at the other widths too.",
    _OURS + "whose width is lost",
    _MEDIAN + "at each other width",
    "an interval outside the range of the activation",
    origin="ours",
)
_BEST = Claim(
    "step_of_the_lemma_is_best",
    "No fixed step reaches the first tolerance sooner than that of Lemma 4.3.",
    _OURS + "whose step is best for the rate in the end",
    "steps to the first tolerance with η = 1 / s_1² over those with the lemma's η, "
    "median over trials",
    "an interval below 1",
    origin="ours",
)
_STEP_STAGNATES = Claim(
    "stagnation_is_not_the_step",
    "The residual at which it stagnates does not depend on the step size.",
    _OURS + "which shows one step size",
    "the residual after 20 steps with η = 1 / s_1² over that with the lemma's η, "
    "median over trials",
    "an interval below 0.9",
    origin="ours",
)

CLAIMS = (
    _WENDLAND,
    _RELU,
    _SWISH,
    _ORDER,
    _STAGNATES,
    _BOUND,
    _EXACT,
    _WIDTHS,
    _BEST,
    _STEP_STAGNATES,
)

_RANGES = {
    "wendland0": (1e4, 1e5),
    "wendland2": (1e4, 1e5),
    "relu": (1e6, math.inf),
}


def findings(descents: Sequence[Descents]) -> tuple[Finding, ...]:
    """Decide the claims; those with the paper's counts on its own data only."""
    paper = [each for each in descents if each.dataset == "prostate"]
    base = [each for each in paper if each.is_base]
    rest = [each for each in paper if not each.is_base]
    ranged = [each for each in base if each.activation in _RANGES]
    wendland = [each for each in ranged if each.activation != "relu"]
    relu = [each for each in ranged if each.activation == "relu"]
    asked: list[tuple[Claim, list[Answer]]] = [
        (_WENDLAND, [_in_range(each) for each in wendland]),
        (_RELU, [_in_range(each) for each in relu]),
        (_SWISH, [_not_yet(each) for each in base if each.activation == "swish"]),
        (_ORDER, _ordered([each for each in descents if each.is_base])),
        (_STAGNATES, [_stagnates(each) for each in base]),
        (_BOUND, [_within_bound(descents)]),
        (_EXACT, [_iterated(descents)]),
        (_WIDTHS, [_in_range(each) for each in rest if each.activation in _RANGES]),
        (_BEST, [_sooner(each) for each in base]),
        (_STEP_STAGNATES, [_lower(each) for each in base]),
    ]
    return tuple(claim.together(answers) for claim, answers in asked if answers)


def _name(each: Descents) -> str:
    return f"{each.activation}, width {each.width}"


def _in_range(each: Descents) -> Answer:
    least, most = _RANGES[each.activation]
    found = each.steps()
    outside = found.high < least or found.low >= most
    inside = found.low >= least and found.high < most
    holds = False if outside else True if inside else None
    return holds, say("{}: {}", _name(each), with_interval(found))


def _not_yet(each: Descents) -> Answer:
    counts = [trial["optimal"]["steps"][-1] for trial in each.trials]
    late = sum(count > each.most_steps for count in counts)
    left = median(each.residuals("late")[:, -1].tolist())
    least = 0.025 ** (1 / len(counts))
    return (
        late == len(counts),
        f"{_name(each)}: {late} of {len(counts)} trials need more than "
        + say("{:1} steps", each.most_steps)
        + (say(" (a share of at least {})", least) if late == len(counts) else "")
        + say(
            ", the residual then is {}, and they need {}",
            with_interval(left),
            with_interval(each.steps()),
        ),
    )


def _ordered(base: Sequence[Descents]) -> list[Answer]:
    answers: list[Answer] = []
    for place, first in enumerate(base):
        for second in base[place + 1 :]:
            by_condition = is_less(first.condition_number, second.condition_number)
            if first.dataset != second.dataset or by_condition is None:
                continue
            by_steps = is_less(first.steps(), second.steps())
            answers.append(
                (
                    None if by_steps is None else by_condition == by_steps,
                    say(
                        "{}, {} and {}: κ {}, steps {}",
                        first.dataset,
                        first.activation,
                        second.activation,
                        _pair(first.condition_number, second.condition_number),
                        _pair(first.steps(), second.steps()),
                    ),
                )
            )
    return answers


def _pair(first: Estimate, second: Estimate) -> Prose:
    return say("{} and {}", number(first.value), number(second.value))


def _stagnates(each: Descents) -> Answer:
    early = each.residuals("early")
    falls = (early[:, _EARLY] - early[:, 2 * _EARLY]) / (early[:, 0] - early[:, _EARLY])
    found = median(falls.tolist())
    left = float(np.median(early[:, _EARLY]))
    said = say("{}: {}, at a residual of ", each.activation, with_interval(found))
    return at_most(found, said + say("{}", left), _STAGNANT)


def _within_bound(descents: Sequence[Descents]) -> Answer:
    ratios = [
        found / most
        for each in descents
        for trial in each.trials
        for found, most in zip(
            trial["optimal"]["steps"], trial["guaranteed"], strict=True
        )
        if math.isfinite(most) and most > 0
    ]
    if not ratios:
        return None, "G was singular in 0 finite comparisons"
    largest = max(ratios)
    return largest <= 1.0, say(f"The largest of {len(ratios)} ratios is {{}}", largest)


def _iterated(descents: Sequence[Descents]) -> Answer:
    gaps = [
        trial[step]["iterated_gap"]
        for each in descents
        for trial in each.trials
        for step in STEP_SIZES
    ]
    said = say(f"Largest of {len(gaps)} runs: {{:2}}", max(gaps))
    return max(gaps) <= _ITERATED, said


def _sooner(each: Descents) -> Answer:
    return _against_half_the_step(
        each, lambda trial, step: float(trial[step]["steps"][0]), 1.0
    )


def _lower(each: Descents) -> Answer:
    return _against_half_the_step(
        each, lambda trial, step: float(trial[step]["early"][_EARLY]), 0.9
    )


def _against_half_the_step(
    each: Descents, quantity: Callable[..., float], limit: float
) -> Answer:
    ratios = [
        quantity(trial, "stable") / quantity(trial, "optimal") for trial in each.trials
    ]
    found = median(ratios)
    said = say("{}: {}", each.activation, with_interval(found))
    return at_least(found, said, limit)
