"""The panels of a chart: their rows, titles and scales."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from widthwise.report.experiments._rows import Row, distinct, finite, said, spaced

__all__ = ["extent", "is_one_scale", "panel_title", "panelled"]

_SQUEEZED = 0.12
"""The share of a common axis below which a panel gets an axis of its own."""


def panelled(
    rows: Sequence[Row], column: str | None
) -> Iterator[tuple[Any, list[Row]]]:
    """Yield each value of the column with its rows; all rows without one."""
    if column is None:
        yield None, list(rows)
        return
    for value in distinct(rows, column):
        yield value, [row for row in rows if said(row.get(column)) == said(value)]


def panel_title(column: str | None, value: Any) -> str:
    """Return what stands over a panel: `n = 50` for a number, a name as it is."""
    if column is None:
        return ""
    return said(value) if finite(value) is None else f"{spaced(column)} = {said(value)}"


def extent(numbers: Iterable[float | None]) -> tuple[float, float] | None:
    """Return the least and the greatest, None where there are none."""
    known = [each for each in numbers if each is not None]
    return (min(known), max(known)) if known else None


def is_one_scale(ranges: Sequence[tuple[float, float] | None]) -> bool:
    """Say whether one axis leaves room enough for what every panel shows."""
    known = [each for each in ranges if each is not None]
    if len(known) < 2:
        return True
    whole = max(high for _, high in known) - min(low for low, _ in known)
    return all(high - low >= _SQUEEZED * whole for low, high in known)
