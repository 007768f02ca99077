"""What Benson et al. say of conditioning, and how the medians decide it."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from widthwise.estimates import Estimate, is_less
from widthwise.experiments.benson._conditioning_tables import Study
from widthwise.experiments.shared import (
    Answer,
    Claim,
    Finding,
    Row,
    at_most,
    in_order,
    number,
    within,
)
from widthwise.prose import Prose, say

__all__ = ["CLAIMS", "findings"]

_FIGURE = "Section 3.5, Figure 1"
_OURS = "Not in the paper, "
_MEDIAN = "medians of κ(G) over trials, with their 95 % order-statistic intervals, "
_NEAR, _LITTLE, _SMALL_MULTIPLE = 1.5, 10.0, 10.0

_BETTER = Claim(
    "wendland_better_conditioned",
    "Once the layer is wide, both Wendland activations are better conditioned than "
    "ReLU and swish, on every data set.",
    _FIGURE,
    _MEDIAN + "at the largest width",
    "a data set where a Wendland interval lies above that of ReLU or swish",
    origin="paper",
)
_SWISH = Claim(
    "swish_worse_than_relu",
    "Swish, a smooth version of ReLU, is worse conditioned than ReLU.",
    _FIGURE,
    _MEDIAN + "at the largest width, where not both are singular",
    "a data set where the interval of swish lies below that of ReLU",
    origin="paper",
)
_SINGULAR = Claim(
    "singular_at_every_width",
    "With the eight bad points among the data (Synthetic-2) G is singular at every "
    "width for ReLU and for swish.",
    _FIGURE + "; Theorem 2.2 and Section A.2",
    "trials in which G is numerically singular at all widths, with the 95 % "
    "Clopper-Pearson limit, and the exact rank at infinite width",
    "a width at which a smallest eigenvalue is certainly positive",
    origin="paper",
)
_LIMIT_SINGULAR = Claim(
    "limit_is_singular",
    "There G_inf is numerically singular too for ReLU and swish.",
    "Section 3.5, footnote; Theorem 3.1",
    "the interval of κ(G_inf)",
    "a finite κ(G_inf)",
    origin="paper",
)
_CONVERGES = Claim(
    "converges_to_the_limit",
    "With ReLU and swish κ(G) comes to that of G_inf as the width grows.",
    _FIGURE,
    _MEDIAN + "at the largest width, over κ(G_inf)",
    f"an interval of the ratio beyond a factor of {_NEAR:g}",
    origin="paper",
    cut_off=f"a factor of {_NEAR:g}",
)
_INDEPENDENT = Claim(
    "little_dependence_on_width",
    "With ReLU and swish the conditioning depends little on the width.",
    _FIGURE,
    _MEDIAN + "at the first width of at least 2n and at the largest",
    f"intervals that are more than a factor of {_LITTLE:g} apart",
    origin="paper",
    cut_off=f"a factor of {_LITTLE:g}",
)
_MULTIPLE = Claim(
    "better_from_a_small_multiple",
    "Wendland is better conditioned than ReLU once the width is a small multiple of n.",
    "Section 3.4",
    "the least width from which on the intervals of the medians are apart, over n",
    f"a data set where it is above {_SMALL_MULTIPLE:g}, or none",
    origin="paper",
    cut_off=f"a small multiple is at most {_SMALL_MULTIPLE:g}",
)
_NARROW = Claim(
    "better_at_every_width",
    "Wendland is better conditioned than ReLU at every width from n on.",
    _OURS + "whose claim is about wide layers",
    _MEDIAN + "at each width of at least n",
    "a width at which the Wendland interval lies above that of ReLU",
    origin="ours",
)
_WENDLAND_CONVERGES = Claim(
    "wendland_converges_too",
    "With the Wendland activations κ(G) comes as near to that of G_inf.",
    _OURS + "which names ReLU and swish",
    _CONVERGES.measured,
    _CONVERGES.refuted_by,
    origin="ours",
)
_NARROWER = Claim(
    "smaller_condition_needs_less_width",
    "The activation with the smaller κ(G_inf) also has the smaller width by Lemma 2.8.",
    _OURS + "which recommends a small κ (Section 2.2)",
    "the width of Lemma 2.8 (exact tails, ε = 1/2, δ = 0.01, C = 1) from λ_min of "
    "G_inf, for Wendland over ReLU",
    "a data set where the Wendland width is the larger one",
    origin="ours",
)
_HIGH = Claim(
    "limit_is_near_in_high_dimension",
    "In a higher dimension too, a Wendland G of width 10 n is about as well "
    "conditioned as G_inf.",
    _OURS + "whose data have d about 10",
    _MEDIAN + "at the first width of at least 10 n, over κ(G_inf)",
    f"an interval of the ratio beyond {_LITTLE:g}",
    origin="ours",
)

CLAIMS = (
    _BETTER,
    _SWISH,
    _SINGULAR,
    _LIMIT_SINGULAR,
    _CONVERGES,
    _INDEPENDENT,
    _MULTIPLE,
    _NARROW,
    _WENDLAND_CONVERGES,
    _NARROWER,
    _HIGH,
)


def findings(
    studies: Sequence[Study], other: Sequence[Study], crossings: Sequence[Row]
) -> tuple[Finding, ...]:
    """Decide the claims for which there are data."""
    singular = [each for each in studies if each.limit["exact_rank"] < each.points]
    asked: list[tuple[Claim, list[Answer]]] = [
        (_BETTER, _pairs(studies, _is_wendland, lambda each: not _is_wendland(each))),
        (_SWISH, _pairs(studies, _named("relu"), _named("swish"))),
        (_SINGULAR, [_never_regular(each) for each in singular]),
        (_LIMIT_SINGULAR, [_singular_limit(each) for each in singular]),
        (_CONVERGES, _near(studies, lambda each: not _is_wendland(each))),
        (_INDEPENDENT, _little_change(studies)),
        (_MULTIPLE, _from_a_multiple(crossings)),
        (_NARROW, _at_every_width(studies)),
        (_WENDLAND_CONVERGES, _near(studies, _is_wendland)),
        (_NARROWER, _widths_of_lemma(studies)),
        (_HIGH, [_at_ten_n(each) for each in other if _is_wendland(each)]),
    ]
    return tuple(claim.together(answers) for claim, answers in asked if answers)


def _name(study: Study) -> str:
    return f"{study.dataset}, {study.activation}"


def _is_wendland(study: Study) -> bool:
    return study.activation.startswith("wendland")


def _named(name: str) -> Callable[[Study], bool]:
    return lambda study: study.activation == name


def _pairs(
    studies: Sequence[Study],
    are_better: Callable[[Study], bool],
    are_worse: Callable[[Study], bool],
) -> list[Answer]:
    """Compare the medians at the largest width, on each data set."""
    answers: list[Answer] = []
    for first in filter(are_better, studies):
        for second in filter(are_worse, studies):
            if first.dataset != second.dataset or (
                first.is_singular_everywhere and second.is_singular_everywhere
            ):
                continue
            low, high = first.at(-1), second.at(-1)
            names = f"{first.dataset}: {first.activation}", second.activation
            said = say(
                "{} {}, {} {}", names[0], number(low.value), names[1], _said(high)
            )
            answers.append(in_order(low, high, said))
    return answers


def _said(found: Estimate) -> Prose | str:
    return number(found.value) if math.isfinite(found.value) else "singular"


def _never_regular(study: Study) -> Answer:
    regular = int(np.isfinite(study.condition_numbers).any(axis=1).sum())
    count = len(study.trials)
    least = 0.025 ** (1 / count)
    return (
        regular == 0,
        f"{_name(study)}: singular at all {len(study.widths)} widths in "
        f"{count - regular} of {count} trials"
        + say(" (a share of at least {})" if regular == 0 else "", least)
        + f", exact rank {study.limit['exact_rank']} of {study.points} at any width",
    )


def _singular_limit(study: Study) -> Answer:
    said = say("{}: κ(G_inf) above {:2}", _name(study), study.limit["at_least"])
    return math.isinf(study.limit_condition), said


def _near(studies: Sequence[Study], are_meant: Callable[[Study], bool]) -> list[Answer]:
    answers: list[Answer] = []
    for study in filter(are_meant, studies):
        limit, last = study.limit_condition, study.at(-1)
        if study.limit["exact_rank"] < study.points:
            continue
        if math.isinf(limit):
            text, least = (
                "{}: κ(G_inf) is only known above {:1}",
                study.limit["at_least"],
            )
            answers.append((None, say(text, _name(study), least)))
            continue
        ratio = _over(last, limit)
        parts = number(ratio.value), number(ratio.low), number(ratio.high)
        said = say("{}: {} ({} to {})", _name(study), *parts)
        answers.append(within(ratio, said, 1 / _NEAR, _NEAR))
    return answers


def _little_change(studies: Sequence[Study]) -> list[Answer]:
    answers: list[Answer] = []
    for study in studies:
        if _is_wendland(study) or study.is_singular_everywhere:
            continue
        wide = [k for k in study.places if study.widths[k] >= 2 * study.points]
        if not wide:
            continue
        first, last = study.at(wide[0]), study.at(-1)
        ratio = Estimate(
            first.value / last.value, first.low / last.high, first.high / last.low
        )
        parts = number(ratio.value), number(ratio.low), number(ratio.high)
        said = say(
            f"{{}}: at {study.widths[wide[0]]} {{}} times that at {study.widths[-1]} "
            "({} to {})",
            _name(study),
            *parts,
        )
        answers.append(at_most(ratio, said, _LITTLE))
    return answers


def _from_a_multiple(crossings: Sequence[Row]) -> list[Answer]:
    return [
        (
            row["over_points"] <= _SMALL_MULTIPLE,
            say(
                "{}, {}: from {} n on",
                row["dataset"],
                row["activation"],
                row["over_points"],
            )
            if math.isfinite(row["from_width"])
            else f"{row['dataset']}, {row['activation']}: not up to the largest of the "
            f"widths with n = {row['points']}",
        )
        for row in crossings
        if row["against"] == "relu"
    ]


def _at_every_width(studies: Sequence[Study]) -> list[Answer]:
    answers: list[Answer] = []
    for first in filter(_is_wendland, studies):
        for second in filter(_named("relu"), studies):
            if first.dataset != second.dataset or second.is_singular_everywhere:
                continue
            found = [
                (first.widths[k], is_less(first.at(k), second.at(k)))
                for k in first.places
            ]
            worse = [width for width, verdict in found if verdict is False]
            open_ = [width for width, verdict in found if verdict is None]
            better = len(found) - len(worse) - len(open_)
            text = f"{_name(first)}: better at {better} widths"
            if worse:
                text += f", worse at {', '.join(map(str, worse))}"
            if open_:
                text += f", undecided at {', '.join(map(str, open_))}"
            holds = False if worse else None if open_ else True
            answers.append((holds, text))
    return answers


def _widths_of_lemma(studies: Sequence[Study]) -> list[Answer]:
    answers: list[Answer] = []
    for first in filter(_is_wendland, studies):
        for second in filter(_named("relu"), studies):
            ours, theirs = (each.limit["chernoff_width"] for each in (first, second))
            if first.dataset == second.dataset and math.isfinite(theirs):
                said = say(
                    "{}: {:2} units, {}: ", _name(first), ours, second.activation
                )
                answers.append((ours <= theirs, said + say("{:2}", theirs)))
    return answers


def _over(found: Estimate, limit: float) -> Estimate:
    return Estimate(found.value / limit, found.low / limit, found.high / limit)


def _at_ten_n(study: Study) -> Answer:
    wide = [k for k in study.places if study.widths[k] >= 10 * study.points]
    place = wide[0] if wide else len(study.widths) - 1
    found, limit = study.at(place), study.limit_condition
    ratio = _over(found, limit)
    said = say(
        "d = {}, {}: κ(G) is {} at width {:,}, {} to {} times κ(G_inf) = {}",
        study.dimension,
        study.activation,
        _said(found),
        study.widths[place],
        number(ratio.low),
        number(ratio.high),
        number(limit),
    )
    return at_most(ratio, said, _LITTLE)
