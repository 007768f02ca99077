"""Quantities side by side, as the page and the terminal show them."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from widthwise.report.parts._drawn import E_co, Series
from widthwise.report.parts._numbers import count, duration, number, power_of_ten

__all__ = ["NEGLIGIBLE", "Cell", "Column", "at_least", "column", "steps_columns"]

NEGLIGIBLE = 1e-9
"""The relative residual bound up to which labels count as within reach: it is rounding,
far below what any training is asked for."""


_BY = {
    "stable step": "at the stable step",
    "worst-case step": "at the step for the worst labels",
    "momentum": "with momentum",
    "conjugate gradients": "by conjugate gradients",
}


@dataclass(frozen=True)
class Cell:
    """One entry: what matters, and the small print under it."""

    main: str
    detail: str = ""
    status: str | None = None


@dataclass(frozen=True)
class Column:
    """One quantity for everything that is compared."""

    title: str
    gloss: str
    cells: tuple[Cell, ...]


def steps_columns(found: Sequence[Series[E_co]]) -> tuple[Column, ...]:
    """Return how long gradient descent takes, one column per tolerance, and others."""
    tolerances = dict.fromkeys(
        tolerance for each in found for tolerance in _steps_of(each)
    )
    columns = tuple(
        Column(
            f"Steps to {power_of_ten(float(tolerance))}",
            "gradient descent, relative residual",
            tuple(_steps(each, tolerance) for each in found),
        )
        for tolerance in tolerances
    )
    if not any(each.found.training.paces for each in found):
        return columns
    first = power_of_ten(float(next(iter(tolerances))))
    return (
        *columns,
        column(found, "Other methods", f"steps to {first}", _other_methods),
        column(found, "Solved at once", "time, to rounding", _solved),
    )


def at_least(found: Column) -> Column:
    """Return a quantity of a sample as the least that the whole has."""
    return replace(
        found,
        cells=tuple(
            replace(each, main=f"at least {each.main}")
            if any(letter.isdigit() for letter in each.main)
            else each
            for each in found.cells
        ),
    )


def column(
    found: Sequence[Series[E_co]],
    title: str,
    gloss: str,
    read: Callable[[Series[E_co]], Cell],
) -> Column:
    """Return one quantity, read from each activation or part."""
    return Column(title, gloss, tuple(read(each) for each in found))


def _steps_of(each: Series[E_co]) -> Mapping[str, Any]:
    return each.found.training.steps


def _steps(each: Series[E_co], tolerance: str) -> Cell:
    steps = _steps_of(each)
    if tolerance not in steps:
        return Cell("–", "not computed")
    if steps[tolerance] is None:
        return Cell("never", "", "no")
    low, high = (
        (found or {}).get(tolerance)
        for found in (each.found.training.steps_low, each.found.training.steps_high)
    )
    if low is None or low == high:
        return Cell(_rounded(steps[tolerance]))
    upper = "never" if high is None else _rounded(high)
    return Cell(_rounded(steps[tolerance]), f"{_rounded(low)} to {upper}")


def _other_methods(each: Series[E_co]) -> Cell:
    """Return the other method that needs fewest steps, and the rest beside it."""
    told = []
    for pace in each.found.training.paces:
        steps = next(iter(pace.steps.values()), None)
        shown = "never" if steps is None else _rounded(steps)
        how = _BY.get(pace.method, f"by {pace.method}")
        told.append((math.inf if steps is None else steps, f"{shown} {how}"))
    if not told:
        return Cell("–", "not computed")
    fewest, *others = [words for _, words in sorted(told)]
    return Cell(fewest, "; ".join(others))


def _solved(each: Series[E_co]) -> Cell:
    seconds = each.found.training.solve_seconds
    return Cell("–", "not timed") if seconds is None else Cell(duration(seconds))


def _rounded(steps: int | float) -> str:
    """Return a step count: exact while it is short."""
    return count(steps) if steps < 1e5 else number(steps)
