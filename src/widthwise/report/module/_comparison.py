"""The two ways of training a module, side by side."""

from collections.abc import Sequence

from widthwise.diagnosis.module import PartEvidence
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

__all__ = ["part_comparison", "sooner"]


def part_comparison(
    found: Sequence[Series[PartEvidence]], data: DataSummary
) -> tuple[Column, ...]:
    """Return the columns of the comparison, cells in the order of the parts."""
    is_sample = data.rows < data.rows_total
    rows = f" of {count(data.rows)} of the {count(data.rows_total)} rows"
    times = (
        column(found, "κ", "lower trains faster", _condition),
        *steps_columns(found),
    )
    return (
        column(found, "Rank", f"of the numbers to fit{rows * is_sample}", _rank),
        *(map(at_least, times) if is_sample else times),
        column(found, "Out of reach", "residual that no step removes", _floor),
        column(found, "Best step", "fewest steps in the end", _best_step),
        column(found, "Largest stable step", "beyond it, steps diverge", _largest_step),
    )


def sooner(found: Sequence[Series[PartEvidence]]) -> Series[PartEvidence] | None:
    """Return the part that reaches the tolerances sooner; the first if equal."""
    return min(found, key=_lateness, default=None)


def _lateness(each: Series[PartEvidence]) -> tuple[float, ...]:
    training = each.found.training
    steps = [or_infinity(value) for value in training.steps.values()]
    return (*(steps or [float("inf")]), or_infinity(training.floor))


def _rank(each: Series[PartEvidence]) -> Cell:
    kernel = each.found.spectrum
    rank, size = kernel.rank, kernel.size or kernel.rank
    if rank == size:
        return Cell(f"{count(rank)} of {count(size)}", "fits any labels", "yes")
    return Cell(
        f"{count(rank)} of {count(size)}",
        f"{count(size - rank)} directions lost",
        "caution",
    )


def _condition(each: Series[PartEvidence]) -> Cell:
    kernel = each.found.spectrum
    if kernel.condition_number is not None:
        return Cell(number(kernel.condition_number))
    within = each.found.training.condition_number
    detail = "" if within is None else f"{number(within)} within reach"
    return Cell("numerically singular", detail, "caution")


def _floor(each: Series[PartEvidence]) -> Cell:
    training = each.found.training
    floor = training.floor
    if floor is None:
        return Cell("–")
    whose = "the hardest labels" if training.worst_case else "these labels"
    if floor <= NEGLIGIBLE:
        return Cell("nothing", f"of {whose}")
    return Cell(percent(floor), f"of the error on {whose}", "no")


def _best_step(each: Series[PartEvidence]) -> Cell:
    training = each.found.training
    step, largest = training.step, training.largest_stable_step
    share = f"{percent(step / largest)} of the largest" if step and largest else ""
    return Cell(number(step), share)


def _largest_step(each: Series[PartEvidence]) -> Cell:
    return Cell(number(each.found.training.largest_stable_step))
