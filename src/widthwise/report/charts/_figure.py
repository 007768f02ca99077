"""A chart of an experiment as the browser draws it, and as it is read aloud."""

from collections.abc import Mapping
from typing import Any

from widthwise.report.charts._drawing import Drawing, Line, Panel
from widthwise.report.charts._layouts import layouts
from widthwise.report.charts._marks import cell_marks, level_marks, line_marks
from widthwise.report.parts import DataTable, Figure, count, number

__all__ = ["CHART_SCRIPTS", "chart_figure"]

CHART_SCRIPTS = ("heat",)
"""The scripts of every page with such charts."""

_SAID = 6
_NO_TABLE = DataTable((), ())
"""The numbers are in the record's tables, which stand on the same page."""


def chart_figure(
    found: Drawing, place: int, prefix: str = "chart", *, is_small: bool = False
) -> Figure:
    """Return the figure of a drawing that has no problem.

    Its curves are what a legend hides, each with its marks in each panel, and last
    what is always shown.
    """
    curves = [*_series(found), [_always(found, panel) for panel in found.panels]]
    return Figure(
        identifier=f"{prefix}-{place}",
        title=found.title,
        summary=_summary(found),
        reading=found.caption,
        table=_NO_TABLE,
        curves=[{"traces": each} for each in curves],
        layout={
            "panels": [layouts(found, each, is_small=is_small) for each in found.panels]
        },
    )


def _series(found: Drawing) -> list[list[list[Mapping[str, Any]]]]:
    return [
        [
            [
                mark
                for line in panel.lines
                if line.series == index
                for mark in line_marks(found, panel, line)
            ]
            for panel in found.panels
        ]
        for index in range(len(found.series))
    ]


def _always(found: Drawing, panel: Panel) -> list[Mapping[str, Any]]:
    if panel.grid:
        return cell_marks(found, panel, panel.grid)
    return level_marks(found, panel)


def _summary(found: Drawing) -> str:
    """Return what the picture shows, for those who do not see it."""
    if found.kind == "heat map":
        assert found.z_range is not None
        low, high = found.z_range
        text = (
            f"Heat map of {found.z_label} over {found.x_label} and {found.y_label}, "
            f"from {number(low)} to {number(high)}"
        )
        return f"{text}{_panels(found)}."
    what = "Line chart" if found.kind == "lines" else "Points"
    log = {(True, True): ", both axes logarithmic", (True, False): ", x logarithmic"}
    scale = log.get((found.log_x, found.log_y), ", y logarithmic" * found.log_y)
    text = f"{what}: {found.y_label} against {found.x_label}{scale}{_panels(found)}."
    said = [_line(found, panel, line) for panel in found.panels for line in panel.lines]
    more = len(said) - _SAID
    rest = [f"And {count(more)} more, in the table."] if more > 0 else []
    return " ".join([text, *said[:_SAID], *rest])


def _panels(found: Drawing) -> str:
    return f", in {count(len(found.panels))} panels" if len(found.panels) > 1 else ""


def _line(found: Drawing, panel: Panel, line: Line) -> str:
    name = ", ".join(filter(None, (panel.title, found.series[line.series])))
    known = [(x, y) for x, y in zip(line.x, line.y, strict=True) if y is not None]
    (first, start), (last, end) = known[0], known[-1]

    def at(x: float) -> str:
        return found.x_names[round(x)] if found.x_names else number(x)

    lead = f"{name}: " if name else ""
    if len(known) == 1:
        return f"{lead}{number(start)} at {at(first)}."
    return f"{lead}{number(start)} at {at(first)}, {number(end)} at {at(last)}."
