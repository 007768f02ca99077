"""The compact evidence on each activation, as the page and the terminal show it."""

import math
from collections.abc import Sequence

from widthwise.diagnosis.activations import ActivationEvidence, WidthBoundFound
from widthwise.diagnosis.study import DataSummary, or_infinity
from widthwise.report.parts import (
    NEGLIGIBLE,
    Cell,
    Column,
    Series,
    at_least,
    column,
    count,
    number,
    percent,
    steps_columns,
)

__all__ = ["comparison"]


def comparison(
    found: Sequence[Series[ActivationEvidence]], data: DataSummary
) -> tuple[Column, ...]:
    """Return the columns of the comparison, cells in the order of the activations."""
    units = "units for any labels"
    columns = [
        column(found, "κ at infinite width", "lower trains faster", _condition),
        column(found, "Width, measured", units, _measured),
        column(found, "Width, guaranteed", "by a theorem", _guaranteed),
    ]
    if any(each.found.landscape for each in found):
        columns.append(
            column(found, "Jacobian full rank", "units, in half the networks", _benign)
        )
    columns += steps_columns(found)
    left_out = "rows left out, at the best width"
    if data.rows < data.rows_total:
        columns = [at_least(each) for each in columns]
        rows = f"{count(data.rows)} of the {count(data.rows_total)} rows"
        left_out = f"each of {rows} left out, at the best width"
    if any(each.found.prediction for each in found):
        columns.append(column(found, "Predicts", left_out, _predicts))
    return (
        column(found, "Fits any labels?", "at some width", _fits),
        *columns,
        column(found, "Out of reach", "residual no width removes", _floor),
    )


def _fits(each: Series[ActivationEvidence]) -> Cell:
    verdict = each.found.rank_verdict
    if verdict.highest_rank is not None:
        most = f"{count(verdict.rank)} to {count(verdict.highest_rank)}"
        is_open = verdict.can_fit_any_labels is None
        word, tone = ("not decided", "caution") if is_open else ("no", "no")
        return Cell(word, f"rank {most}", tone)
    total = verdict.rank + verdict.nullity
    detail = f"rank {count(verdict.rank)} of {count(total)}"
    if not verdict.is_exact:
        detail += ", numerically"
    fits = verdict.can_fit_any_labels
    return Cell("yes" if fits else "no", detail, "yes" if fits else "no")


def _condition(each: Series[ActivationEvidence]) -> Cell:
    kernel = each.found.kernel
    value, interval = kernel.condition_number, kernel.condition_interval
    if value is None:
        detail = f"above {number(interval[0])}" if interval and interval[0] else ""
        return Cell("numerically singular", detail, "no")
    if not interval or interval[0] is None or interval[1] is None:
        return Cell(number(value))
    low, high = number(interval[0]), number(interval[1])
    # The interval is worth its place only where it changes a digit that is shown.
    return Cell(number(value), "" if low == high else f"{low} to {high}")


def _measured(each: Series[ActivationEvidence]) -> Cell:
    found = each.found.width.empirical
    if found is None:
        return Cell("none", "no width is enough", "no")
    if found.value is None:
        return Cell("not found", "wider than was tried", "caution")
    low, high = count(found.low), found.high
    interval = f"{low} or more" if high is None else f"{low} to {count(high)}"
    rows, chance = each.found.width.rows, percent(found.probability)
    of = "" if rows is None else f" for these labels, {count(rows)} independent rows,"
    return Cell(count(found.value), f"{interval};{of} with probability {chance}")


def _guaranteed(each: Series[ActivationEvidence]) -> Cell:
    width = each.found.width
    choices = [width.proved, width.certified_sharp, width.certified]
    certified = [
        found
        for found in choices
        if found is not None and found.is_certificate and found.value is not None
    ]
    if not certified:
        return Cell("none", "no theorem applies")
    best = min(certified, key=_value)
    plain = width.certified
    if plain is None or plain.value is None or plain.value == best.value:
        return Cell(count(best.value))
    return Cell(count(best.value), f"textbook form: {count(plain.value)}")


def _benign(each: Series[ActivationEvidence]) -> Cell:
    """Return the width from which half of random networks have a full Jacobian."""
    found = each.found.landscape
    if not found:
        return Cell("–", "not studied")
    widths, threshold = found.widths, found.threshold
    reached = [
        place
        for place, share in enumerate(found.estimate)
        if share is not None and share >= 0.5
    ]
    if not reached:
        return Cell("not found", "wider than was tried", "caution")
    place = reached[0]
    start = widths[place] if threshold is None else math.ceil(threshold)
    low, high = found.low[place], found.high[place]
    interval = f"{percent(low)} to {percent(high)} of them at {count(widths[place])}"
    return Cell(f"from about {count(start)}", interval)


def _predicts(each: Series[ActivationEvidence]) -> Cell:
    seen = each.found.prediction
    if seen is None or seen.best.error is None:
        return Cell("–", "")
    units = "infinitely many" if seen.best_width is None else count(seen.best_width)
    where = f"{units} units{', with a penalty' if seen.penalty else ''}"
    if seen.best.balanced is not None:
        return Cell(f"{percent(seen.best.error)} wrong", where)
    return Cell(f"R² {number(round(1.0 - seen.best.error, 3))}", where)


def _value(found: WidthBoundFound) -> float:
    return or_infinity(found.value)


def _floor(each: Series[ActivationEvidence]) -> Cell:
    bound = each.found.rank_verdict.relative_residual_bound
    if bound is None:
        verdict = each.found.rank_verdict
        if verdict.can_fit_any_labels:
            return Cell("nothing")
        if verdict.highest_rank is not None and not verdict.nullity:
            return Cell("not decided", "of the labels", "caution")
        lost = f"{count(verdict.nullity)} direction{'s' * (verdict.nullity != 1)}"
        return Cell(lost, "of the labels", "caution")
    if bound <= NEGLIGIBLE and each.found.fits_these is None:
        return Cell("not decided", "of these labels", "caution")
    if bound <= NEGLIGIBLE:
        return Cell("nothing", "of these labels")
    return Cell(percent(bound), "of the size of these labels", "no")
