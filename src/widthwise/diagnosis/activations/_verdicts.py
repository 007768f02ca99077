"""The five verdicts on activations, in plain words, from the evidence."""

from collections.abc import Sequence

from widthwise.diagnosis.activations._choice import clearly_better, which
from widthwise.diagnosis.activations._prediction_record import Baselines
from widthwise.diagnosis.activations._predicts import will_it_predict
from widthwise.diagnosis.activations._prospects import how_wide
from widthwise.diagnosis.activations._record import ActivationEvidence, RankEvidence
from widthwise.diagnosis.activations._speed import how_fast
from widthwise.diagnosis.study import FITS, DataSummary, Verdict, or_infinity
from widthwise.prose import Prose, joined, listed, say

__all__ = ["judge"]


def judge(
    data: DataSummary,
    found: Sequence[ActivationEvidence],
    baselines: Baselines | None = None,
) -> tuple[Verdict, ...]:
    """Return the five verdicts on the activations that were examined."""
    fastest = min(found, key=_order)
    chosen = clearly_better(fastest, found) or fastest
    return (
        _fits(data, found),
        how_wide(data, chosen, len(found), baselines),
        how_fast(data, chosen),
        which(data, chosen, fastest, found, baselines),
        will_it_predict(data, found, baselines),
    )


def _order(each: ActivationEvidence) -> tuple[float, ...]:
    """Sort by how soon these labels are fitted.

    Those that can fit the labels come first; then the fewest steps to the coarse and to
    the fine tolerance at the training width; then, where neither is reached, the lower
    floor; then the smaller κ, there and at infinite width.
    """
    training = each.training
    return (
        {True: 0.0, None: 0.5, False: 1.0}[each.fits_these],
        *map(or_infinity, training.steps.values()),
        or_infinity(training.floor),
        or_infinity(training.condition_number),
        or_infinity(each.kernel.condition_number),
    )


def _names(found: Sequence[ActivationEvidence]) -> Prose:
    return listed([each.name for each in found])


def _relative_bound(each: ActivationEvidence) -> float:
    """Return the relative residual that no width gets below; 1 without labels."""
    bound = each.rank_verdict.relative_residual_bound
    return 1.0 if bound is None else bound


def _fits(data: DataSummary, found: Sequence[ActivationEvidence]) -> Verdict:
    failing = [each for each in found if not each.can_fit]
    hopeless = [each for each in failing if each.fits_these is False]
    constant = " The labels are all equal: no network is needed for a constant."
    remark = constant if data.constant_target else ""
    if not failing:
        rows, exact = data.rows_total, all(e.rank_verdict.is_exact for e in found)
        return FITS.answered(
            "yes",
            say("Yes, any labels of the {} rows, once it is wide enough.", rows),
            say(
                "With {} no two of these rows collide, so the infinite-width kernel is "
                "nonsingular.{}{}{}",
                _names(found),
                _nearly_singular(found),
                "" if exact else " The rank was decided numerically.",
                remark,
            ),
            number=rows,
            figure=say("rank {} of {}", rows, rows),
        )
    worst = max(hopeless or failing, key=_relative_bound)
    facts = worst.rank_verdict
    cure = f" Cure: {facts.cure}" if facts.cure else ""
    reason = say(
        "{}: {}{}{}{}", worst.name, facts.reason, _conflict(facts), cure, remark
    )
    if len(hopeless) == len(found):
        return _none_fits(data, found, worst, reason)
    if all(each.fits_these is None for each in found):
        what = "any labels" if data.target is None else "these labels"
        return FITS.answered(
            "caution",
            say("Not decided whether {} can be fitted with {}.", what, _names(found)),
            reason,
            number=facts.rank,
            number_is="value" if facts.highest_rank is None else "at least",
            figure=_rank(data, facts),
            word="Not decided",
        )
    if all(each.fits_these for each in found) and data.target is not None:
        return FITS.answered(
            "yes",
            say("Yes, these labels, once it is wide enough; {}.", _not_any(found)),
            reason,
            number=facts.rank,
            figure=_rank(data, facts),
        )
    return FITS.answered(
        "caution",
        say("It depends on the activation: {}.", _shares(data, found)),
        reason,
        number=facts.rank,
        figure=say("{} with {}", _rank(data, facts), worst.name),
        activation=worst.name,
    )


def _not_any(found: Sequence[ActivationEvidence]) -> Prose:
    able = [each for each in found if each.can_fit]
    if able:
        return say("any labels only with {}", _names(able))
    return Prose("some others fit at no width")


def _conflict(facts: RankEvidence) -> str:
    """Say which labels contradict each other, or that those of such rows agree."""
    if facts.relative_residual_bound is None:
        return ""
    if facts.fits_these:
        return " Their labels agree, so these labels can be fitted."
    if not facts.conflicts:
        return ""
    more = len(facts.conflicts) - 1
    others = f" ({more} more like it)" if more else ""
    return say(" A contradiction: {}{}.", facts.conflicts[0], others)


def _none_fits(
    data: DataSummary,
    found: Sequence[ActivationEvidence],
    worst: ActivationEvidence,
    reason: Prose,
) -> Verdict:
    if data.target is None:
        number = float(worst.rank_verdict.rank)
        answer = say("No: with {} some labels fit at no width.", _names(found))
        figure = _rank(data, worst.rank_verdict)
    else:
        number = min(map(_relative_bound, found))
        each = [say("{} with {}", _relative_bound(one), one.name) for one in found]
        answer = say(
            "No, these labels fit at no width: the relative residual stays above {}.",
            listed(each),
        )
        figure = say("residual above {}", number)
    return FITS.answered(
        "no",
        answer,
        reason,
        number=number,
        number_is="value" if data.target is None else "at least",
        figure=figure,
        activation=worst.name,
    )


def _rank(data: DataSummary, facts: RankEvidence) -> Prose:
    if facts.highest_rank is None:
        return say("rank {} of {}", facts.rank, data.rows_total)
    return say("rank {} to {} of {}", facts.rank, facts.highest_rank, data.rows_total)


def _shares(data: DataSummary, found: Sequence[ActivationEvidence]) -> Prose:
    """Say which of them fit what."""
    what = "these labels" if data.target is not None else "some labels"
    groups = (
        ("{} can fit any labels", [each for each in found if each.can_fit]),
        (
            "{} can fit these labels but not all labels",
            [each for each in found if each.fits_these and not each.can_fit],
        ),
        (
            f"{{}} cannot fit {what} at any width",
            [each for each in found if each.fits_these is False],
        ),
        ("{}: not decided", [each for each in found if each.fits_these is None]),
    )
    return joined([say(text, _names(each)) for text, each in groups if each], "; ")


def _nearly_singular(found: Sequence[ActivationEvidence]) -> Prose:
    singular = [each for each in found if each.kernel.is_singular]
    if not singular:
        return Prose("")
    exact = all(each.rank_verdict.is_exact for each in singular)
    return say(
        " ({} float64 the one of {} cannot be told from a singular one, and some "
        "labels would take more steps than anyone has.)",
        "That is exact; in" if exact else "In",
        _names(singular),
    )
