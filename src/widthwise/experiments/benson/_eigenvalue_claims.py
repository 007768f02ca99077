"""What Benson et al. say of eigenvalues and filters, and how trials decide it."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from widthwise.estimates import Estimate, mean
from widthwise.experiments.benson._eigenvalue_tables import STEP_SIZES, Spectra
from widthwise.experiments.benson._medians import median
from widthwise.experiments.shared import (
    Answer,
    Claim,
    Finding,
    in_order,
    with_interval,
    within,
)
from widthwise.prose import say

__all__ = ["CLAIMS", "findings"]

_FIGURE = "Section 4.4, Figure 3"
_LEFT, _RIGHT = _FIGURE + " (left)", _FIGURE + " (right)"
_OURS = "Not in the paper, "
_MEDIAN = "medians over trials with their 95 % order-statistic intervals, "
_OPPOSITE = "a pair whose intervals are apart in the opposite order"

_SLOWER = Claim(
    "wendland_decays_slower",
    "The eigenvalues of G decay more slowly with the Wendland activations than with "
    "ReLU and swish.",
    _LEFT,
    _MEDIAN + "of λ_i / λ_1 at a quarter, half, three quarters and the end of the "
    "spectrum",
    _OPPOSITE,
    origin="paper",
)
_FASTEST = Claim(
    "swish_decays_fastest",
    "With swish they decay faster than with ReLU.",
    "Section 3.5: smooth kernels generate ill-conditioned matrices",
    _SLOWER.measured,
    _OPPOSITE,
    origin="paper",
)
_MORE = Claim(
    "more_filters_near_one",
    "After the same number of steps more Landweber filters are near one with the "
    "Wendland activations than with ReLU and swish.",
    _RIGHT,
    _MEDIAN + "of the share of filters within 0.1 of one, at each step count",
    _OPPOSITE,
    origin="paper",
    cut_off="near one is within 0.1 of it",
)
_MANY = Claim(
    "many_filters_near_one",
    "After the first of the step counts at least half of the filters are near one with "
    "the Wendland activations.",
    _RIGHT + "; 'many' is read as half, the paper's number is lost",
    _MEDIAN + "of the share of filters within 0.1 of one, at the first step count",
    "an interval below one half",
    origin="paper",
    cut_off="many is half of them, near one within 0.1 of it",
)
_LEADING = Claim(
    "leading_component_is_early",
    "The component along the leading eigenvector is among those fitted first.",
    _OURS + "whose step is that of Lemma 4.3",
    "the leading filter after the first step count, median over trials",
    "an interval that lies outside 0.9 to 1.1",
    origin="ours",
)
_HALF = Claim(
    "half_the_step_fits_fewer",
    "Half the step, η = 1 / s_1², leaves fewer filters near one.",
    _OURS + "which shows one step size",
    "the share of filters near one with half the step minus that with the lemma's, "
    "over all step counts, mean over trials with its 95 % interval",
    "an interval above 0",
    origin="ours",
)

CLAIMS = (_SLOWER, _FASTEST, _MORE, _MANY, _LEADING, _HALF)


def findings(spectra: Sequence[Spectra]) -> tuple[Finding, ...]:
    """Decide the claims for which there are data."""
    asked: list[tuple[Claim, list[Answer]]] = [
        (_SLOWER, _pairs(spectra, _is_wendland, _decays)),
        (_FASTEST, _pairs(spectra, _is_relu, _decays)),
        (_MORE, _pairs(spectra, _is_wendland, _shares)),
        (_MANY, [_many(each) for each in spectra if _is_wendland(each)]),
        (_LEADING, [_leading(each) for each in spectra]),
        (_HALF, [_half_the_step(each) for each in spectra]),
    ]
    return tuple(claim.together(answers) for claim, answers in asked if answers)


def _is_wendland(each: Spectra) -> bool:
    return each.activation.startswith("wendland")


def _is_relu(each: Spectra) -> bool:
    return each.activation == "relu"


def _decays(each: Spectra) -> dict[str, Estimate]:
    return {name: each.decay(place) for name, place in each.places.items()}


def _shares(each: Spectra) -> dict[str, Estimate]:
    return {
        f"{count} steps": each.near_one(which)
        for which, count in enumerate(each.filter_steps)
    }


def _pairs(
    spectra: Sequence[Spectra],
    are_larger: Callable[[Spectra], bool],
    quantities: Callable[[Spectra], dict[str, Estimate]],
) -> list[Answer]:
    """Compare quantities that should be larger with those of the rivals."""
    answers: list[Answer] = []
    for first in filter(are_larger, spectra):
        for second in spectra:
            is_rival = not _is_wendland(second) and not are_larger(second)
            if second.dataset != first.dataset or not is_rival:
                continue
            theirs = quantities(second)
            for name, ours in quantities(first).items():
                said = say(
                    "{}, {}: {} {}, {} {}",
                    first.dataset,
                    name,
                    first.activation,
                    ours.value,
                    second.activation,
                    theirs[name].value,
                )
                answers.append(in_order(theirs[name], ours, said))
    return answers


def _many(each: Spectra) -> Answer:
    return _after_the_first(each, each.near_one(0), 0.5, math.inf)


def _leading(each: Spectra) -> Answer:
    found = median(each.filters("optimal")[:, 0, 0].tolist())
    return _after_the_first(each, found, 0.9, 1.1)


def _after_the_first(each: Spectra, found: Estimate, low: float, high: float) -> Answer:
    name = f"{each.dataset}, {each.activation}, {each.filter_steps[0]} steps"
    return within(found, say("{}: {}", name, with_interval(found)), low, high)


def _half_the_step(each: Spectra) -> Answer:
    lemma, half = (
        (np.abs(each.filters(step) - 1.0) <= 0.1).mean(axis=(1, 2))
        for step in STEP_SIZES
    )
    found = mean((half - lemma).tolist())
    # Steps that do the same fail no claim, so a mean of exactly zero decides nothing.
    name = f"{each.dataset}, {each.activation}"
    said = say("{}: {}", name, with_interval(found, "4"))
    return in_order(found, Estimate(0.0, 0.0, 0.0), said)
