"""The series of a chart of lines or points, panel by panel."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from widthwise.report.charts import Drawing, Line, Looks, Panel
from widthwise.report.experiments._panels import (
    extent,
    is_one_scale,
    panel_title,
    panelled,
)
from widthwise.report.experiments._rows import (
    FARTHEST,
    Row,
    distinct,
    finite,
    is_numeric,
    said,
)
from widthwise.report.parts import count, thinned

__all__ = ["with_lines"]

_SERIES_DRAWN, _POINTS_DRAWN = 60, 2000
_SHORT_NAME, _FEW_NAMES = 8, 4
_DODGE = 0.5
"""The part of a place that series side by side at it take up."""


def with_lines(
    bare: Drawing, chart: Mapping[str, Any], rows: list[Row], looks: Looks
) -> Drawing:
    """Return the drawing with its series; what cannot be drawn is counted and said."""
    has_names = not is_numeric(rows, chart["x"])
    places = distinct(rows, chart["x"]) if has_names else []
    names = [said(each) for each in places if each is not None]
    series = [said(each) for each in distinct(rows, chart.get("by"))]
    notes = []
    if len(series) > _SERIES_DRAWN:
        notes.append(
            f"{count(len(series) - _SERIES_DRAWN)} of {count(len(series))} series are "
            "not drawn; the table has them all."
        )
        series = series[:_SERIES_DRAWN]
    reader = _Reader(bare, chart, names, series)
    panels = [
        Panel(panel_title(chart.get("panels"), value), reader.lines(some))
        for value, some in panelled(rows, chart.get("panels"))
    ]
    panels = [_ranged(each, bare.log_y) for each in panels if each.lines]
    if not panels:
        return replace(bare, problem=f"Nothing to draw: {reader.why_empty()}")
    is_turned = (
        bare.kind == "points"
        and (len(names) > _FEW_NAMES or max(map(len, names), default=0) > _SHORT_NAME)
        and bool(names)
    )
    log_x = bare.log_x and not names
    return replace(
        bare,
        log_x=log_x,
        series=tuple(series) if chart.get("by") else ("",),
        looks=tuple(looks.of(bare.by, each) for each in series),
        x_names=tuple(names),
        is_turned=is_turned,
        shares_x=_shared([each.x_range for each in panels], log_x),
        shares_y=_shared([each.y_range for each in panels], bare.log_y),
        panels=tuple(panels),
        notes=(*notes, *reader.notes()),
    )


@dataclass
class _Reader:
    """Reads rows into lines, and counts those that have no place in the picture."""

    bare: Drawing
    chart: Mapping[str, Any]
    names: list[str]
    series: list[str]
    missing: int = 0
    below: int = 0
    thinned: bool = False

    def lines(self, rows: Sequence[Row]) -> tuple[Line, ...]:
        by = self.chart.get("by")
        found = []
        for index, name in enumerate(self.series):
            some = [row for row in rows if by is None or said(row.get(by)) == name]
            line = self._line(index, some)
            if line is not None:
                found.append(line)
        return tuple(found)

    def notes(self) -> list[str]:
        found = []
        if self.missing:
            found.append(
                f"{count(self.missing)} value{'' if self.missing == 1 else 's'} that "
                f"{'is' if self.missing == 1 else 'are'} missing or infinite "
                f"{'is' if self.missing == 1 else 'are'} not drawn."
            )
        if self.below:
            found.append(
                f"{count(self.below)} value{'' if self.below == 1 else 's'} of zero or "
                "below cannot stand on a logarithmic axis."
            )
        if self.thinned:
            found.append(f"Long series show {count(_POINTS_DRAWN)} of their points.")
        return found

    def why_empty(self) -> str:
        if self.below:
            return "all values are zero or below, and the axis is logarithmic."
        return f"the column {self.chart['y']!r} holds no finite number."

    def _line(self, index: int, rows: Sequence[Row]) -> Line | None:
        places = []
        for row in rows:
            x, y = self._place(row, index), self._height(row.get(self.chart["y"]))
            if x is not None and (y is not None or self.bare.kind == "lines"):
                places.append((x, y, row))
        if not any(y is not None for _, y, _ in places):
            return None
        if self.bare.kind == "lines":
            places.sort(key=lambda each: each[0])
        if len(places) > _POINTS_DRAWN:
            self.thinned = True
            kept = thinned(len(places), keep=_POINTS_DRAWN)
            places = [places[each] for each in kept]
        return Line(
            index,
            tuple(x for x, _, _ in places),
            tuple(y for _, y, _ in places),
            *(
                tuple(self._beside(row, key) for _, _, row in places)
                for key in ("low", "high", "reference")
            ),
        )

    def _place(self, row: Row, index: int) -> float | None:
        value = row.get(self.chart["x"])
        if self.names and value is None:
            self.missing += 1
            return None
        if self.names:
            place = float(self.names.index(said(value)))
            several = len(self.series)
            if self.bare.kind == "points" and 1 < several <= _FEW_NAMES:
                place += _DODGE * ((index + 0.5) / several - 0.5)
            return place
        return self._counted(finite(value), self.bare.log_x)

    def _height(self, value: Any) -> float | None:
        return self._counted(finite(value), self.bare.log_y)

    def _counted(self, value: float | None, is_log: bool) -> float | None:
        if value is None:
            self.missing += 1
            return None
        if is_log and value < 1 / FARTHEST:
            self.below += 1
            return None
        return value

    def _beside(self, row: Row, key: str) -> float | None:
        column = self.chart.get(key)
        return None if column is None else finite(row.get(column))


def _ranged(panel: Panel, is_log: bool) -> Panel:
    """Return the panel with its extents; an interval down to zero reaches the edge."""
    lines = panel.lines
    across = (each for line in lines for each in line.x)
    up = (
        each
        for line in lines
        for several in (line.y, line.low, line.high, line.level)
        for each in several
        if each is not None and (each >= 1 / FARTHEST or not is_log)
    )
    return replace(panel, x_range=extent(across), y_range=extent(up))


def _shared(ranges: Sequence[tuple[float, float] | None], is_log: bool) -> bool:
    if not is_log:
        return is_one_scale(ranges)
    return is_one_scale(
        [each and (math.log10(each[0]), math.log10(each[1])) for each in ranges]
    )
