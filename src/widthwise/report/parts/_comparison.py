"""Quantities side by side, as the page and the terminal show them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from widthwise.report.parts._drawn import E_co, Series
from widthwise.report.parts._numbers import count, number, power_of_ten

__all__ = ["NEGLIGIBLE", "Cell", "Column", "column", "steps_columns"]

NEGLIGIBLE = 1e-9
"""The relative residual bound up to which labels count as within reach: it is rounding,
far below what any training is asked for."""


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
    """Return how long gradient descent takes, one column per tolerance."""
    tolerances = dict.fromkeys(
        tolerance for each in found for tolerance in _steps_of(each)
    )
    return tuple(
        Column(
            f"Steps to {power_of_ten(float(tolerance))}",
            "gradient descent, relative residual",
            tuple(_steps(each, tolerance) for each in found),
        )
        for tolerance in tolerances
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


def _rounded(steps: int | float) -> str:
    """Return a step count: exact while it is short."""
    return count(steps) if steps < 1e5 else number(steps)
