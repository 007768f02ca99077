"""The compact evidence on each activation, as the page and the terminal show it."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from widthwise.report.parts._contents import Series
from widthwise.report.parts._numbers import count, number, percent, power_of_ten

__all__ = ["NEGLIGIBLE", "Cell", "Column", "column", "comparison", "steps_columns"]

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


def comparison(found: Sequence[Series]) -> tuple[Column, ...]:
    """Return the columns of the comparison, cells in the order of the activations."""
    columns = [
        column(found, "Fits any labels?", "at some width", _fits),
        column(found, "κ at infinite width", "lower trains faster", _condition),
        column(found, "Width, measured", "units for any labels", _measured),
        column(found, "Width, guaranteed", "by a theorem", _guaranteed),
    ]
    if any(each.found.get("landscape") for each in found):
        columns.append(
            column(found, "Jacobian full rank", "units, in half the networks", _benign)
        )
    columns += steps_columns(found)
    columns.append(column(found, "Out of reach", "residual no width removes", _floor))
    return tuple(columns)


def steps_columns(found: Sequence[Series]) -> tuple[Column, ...]:
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
    found: Sequence[Series], title: str, gloss: str, read: Callable[[Series], Cell]
) -> Column:
    """Return one quantity, read from each activation or part."""
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


def _benign(each: Series) -> Cell:
    """Return the width from which half of random networks have a full Jacobian."""
    found = each.found.get("landscape")
    if not found:
        return Cell("–", "not studied")
    widths, threshold = found["widths"], found["threshold"]
    reached = [
        place
        for place, share in enumerate(found["estimate"])
        if share is not None and share >= 0.5
    ]
    if not reached:
        return Cell("not found", "wider than was tried", "caution")
    place = reached[0]
    start = widths[place] if threshold is None else math.ceil(threshold)
    low, high = found["low"][place], found["high"][place]
    interval = f"{percent(low)} to {percent(high)} of them at {count(widths[place])}"
    return Cell(f"from about {count(start)}", interval)


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
