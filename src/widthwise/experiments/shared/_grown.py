"""What a law of growth answers in one case of a claim."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from widthwise.experiments.shared._record import Answer
from widthwise.experiments.shared._said import interval, number
from widthwise.prose import Prose, say

if TYPE_CHECKING:
    from widthwise.estimates import Growth  # which loads SciPy

__all__ = ["grows", "hardly_grows"]

_OTHERS = ("constant", "log n", "√n", "n√n", "n²")
_NAMES = {"n": "a line", "log n": "log n"}


def grows(
    name: str,
    rows: Iterable[Mapping[str, Any]],
    *,
    value: str = "threshold",
    error: str = "standard error",
    claimed: Sequence[str] = ("n",),
) -> Answer:
    """Answer that a column grows like a + b n, by `estimates.growth`.

    Rows have "n" and the columns named; those without a finite value are left out. With
    "n log n" claimed too, logarithms are granted.
    """
    from widthwise.estimates import growth

    given = _columns(rows, value, error)
    found = growth(*given, claimed=claimed, against=_OTHERS)
    return _answer(name, found, len(given[0]), " or ".join(claimed))


def hardly_grows(
    name: str,
    rows: Iterable[Mapping[str, Any]],
    *,
    value: str = "threshold",
    error: str = "standard error",
) -> Answer:
    """Answer that a column hardly depends on n, by `estimates.hardly_grows`."""
    from widthwise import estimates

    given = _columns(rows, value, error)
    return _answer(name, estimates.hardly_grows(*given), len(given[0]), "log n")


def _columns(
    rows: Iterable[Mapping[str, Any]], value: str, error: str
) -> tuple[list[float], list[float], list[float]]:
    kept = [row for row in rows if row[value] is not None and math.isfinite(row[value])]
    return (
        [float(row["n"]) for row in kept],
        [float(row[value]) for row in kept],
        [float(row[error]) for row in kept],
    )


def _answer(name: str, found: "Growth | None", sizes: int, claimed: str) -> Answer:
    if found is None:
        return None, f"{name}: n takes {sizes} of the 5 values that tell laws apart"
    said: Prose = say(
        "{}: {} for each unit of {} ({}), like n to the power {}; p = {:2} for {} and "
        "{:2} for {}, the nearest other law",
        name,
        number(found.slope.value),
        claimed.partition(" or ")[0],
        interval(found.slope),
        number(found.exponent.value, "2"),
        found.refutation,
        _NAMES.get(claimed, claimed),
        found.others[found.nearest],
        _NAMES.get(found.nearest, found.nearest),
    )
    return found.holds, said, found.refutation, max(found.others.values())
