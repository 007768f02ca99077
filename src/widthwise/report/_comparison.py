"""The compact evidence on each activation, as the page and the terminal show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from widthwise.report._contents import Series
from widthwise.report._numbers import count, number, percent, power_of_ten

__all__ = ["NEGLIGIBLE", "Cell", "Column", "comparison"]

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
    """One quantity for every activation."""

    title: str
    gloss: str
    cells: tuple[Cell, ...]


def comparison(found: Sequence[Series]) -> tuple[Column, ...]:
    """Return the columns of the comparison, cells in the order of the activations."""
    columns = [
        _column(found, "Fits any labels?", "at some width", _fits),
        _column(found, "κ at infinite width", "lower trains faster", _condition),
        _column(found, "Width, measured", "units for any labels", _measured),
        _column(found, "Width, guaranteed", "by a theorem", _guaranteed),
    ]
    tolerances = dict.fromkeys(
        tolerance for each in found for tolerance in _steps_of(each)
    )
    for tolerance in tolerances:
        columns.append(
            Column(
                f"Steps to {power_of_ten(float(tolerance))}",
                "gradient descent, relative residual",
                tuple(_steps(each, tolerance) for each in found),
            )
        )
    columns.append(_column(found, "Out of reach", "residual no width removes", _floor))
    return tuple(columns)


def _column(found: Sequence[Series], title: str, gloss: str, read: Any) -> Column:
    return Column(title, gloss, tuple(read(each) for each in found))


def _fits(each: Series) -> Cell:
    verdict = each.found["rank_verdict"]
    total = verdict["rank"] + verdict["nullity"]
    detail = f"rank {count(verdict['rank'])} of {count(total)}"
    if not verdict["is_exact"]:
        detail += ", numerically"
    fits = verdict["can_fit_any_labels"]
    return Cell("yes" if fits else "no", detail, "yes" if fits else "no")


def _condition(each: Series) -> Cell:
    kernel = each.found["kernel"]
    value, interval = kernel["condition_number"], kernel["condition_interval"]
    if value is None:
        detail = f"above {number(interval[0])}" if interval and interval[0] else ""
        return Cell("numerically singular", detail, "no")
    if not interval or interval[0] is None or interval[1] is None:
        return Cell(number(value))
    low, high = number(interval[0]), number(interval[1])
    # The interval is worth its place only where it changes a digit that is shown.
    return Cell(number(value), "" if low == high else f"{low} to {high}")


def _measured(each: Series) -> Cell:
    found = each.found["width"]["empirical"]
    if found is None:
        return Cell("none", "no width is enough", "no")
    if found["value"] is None:
        return Cell("not found", "wider than was tried", "caution")
    low, high = count(found["low"]), found["high"]
    interval = f"{low} or more" if high is None else f"{low} to {count(high)}"
    chance = percent(found["probability"])
    return Cell(count(found["value"]), f"{interval}; with probability {chance}")


def _guaranteed(each: Series) -> Cell:
    choices = [each.found["width"][name] for name in ("certified_sharp", "certified")]
    certified = [
        found
        for found in choices
        if found is not None and found["is_certificate"] and found["value"] is not None
    ]
    if not certified:
        return Cell("none", "no theorem applies")
    best = min(certified, key=_value)
    plain = each.found["width"]["certified"]
    if plain is None or plain["value"] is None or plain["value"] == best["value"]:
        return Cell(count(best["value"]))
    return Cell(count(best["value"]), f"textbook form: {count(plain['value'])}")


def _value(found: Mapping[str, Any]) -> float:
    return float(found["value"])


def _steps_of(each: Series) -> Mapping[str, Any]:
    training = each.found.get("training")
    return {} if training is None else training["steps"]


def _steps(each: Series, tolerance: str) -> Cell:
    steps = _steps_of(each)
    if tolerance not in steps:
        return Cell("–", "not computed")
    if steps[tolerance] is None:
        return Cell("never", "", "no")
    low, high = (
        (each.found["training"].get(name) or {}).get(tolerance)
        for name in ("steps_low", "steps_high")
    )
    if low is None or low == high:
        return Cell(_rounded(steps[tolerance]))
    upper = "never" if high is None else _rounded(high)
    return Cell(_rounded(steps[tolerance]), f"{_rounded(low)} to {upper}")


def _rounded(steps: int | float) -> str:
    """Return a step count: exact while it is short."""
    return count(steps) if steps < 1e5 else number(steps)


def _floor(each: Series) -> Cell:
    bound = each.found["rank_verdict"]["relative_residual_bound"]
    if bound is None:
        verdict = each.found["rank_verdict"]
        if verdict["can_fit_any_labels"]:
            return Cell("nothing")
        lost = f"{count(verdict['nullity'])} directions"
        return Cell(lost, "of the labels", "caution")
    if bound <= NEGLIGIBLE:
        return Cell("nothing", "of these labels")
    return Cell(percent(bound), "of the size of these labels", "no")
