"""A chart of an experiment as the browser draws it, and as it is read aloud."""

from typing import Any

from widthwise.report.experiments._drawing import Drawing, Line, Panel
from widthwise.report.parts import DataTable, Figure, count, number

__all__ = ["chart_figure"]

_SAID = 6
_NO_TABLE = DataTable((), ())
"""The numbers are in the record's tables, which stand on the same page."""


def chart_figure(found: Drawing, place: int, prefix: str = "chart") -> Figure:
    """Return the figure of a drawing that has no problem.

    Its curves are one for each series over all panels, or one for each panel of a heat
    map.
    """
    is_map = found.kind == "heat map"
    return Figure(
        identifier=f"{prefix}-{place}",
        title=found.title,
        summary=_summary(found),
        reading=found.caption,
        table=_NO_TABLE,
        curves=_cells(found) if is_map else _series(found),
        layout={
            "kind": found.kind,
            "panels": [each.title for each in found.panels],
            "ranges": [{"x": each.x_range, "y": each.y_range} for each in found.panels],
            "x_names": found.x_names,
            "y_names": found.y_names,
            "x_edges": found.x_edges,
            "y_edges": found.y_edges,
            "x_label": found.x_label,
            "y_label": found.y_label,
            "z_label": found.z_label,
            "z_range": found.z_range,
            "log_x": found.log_x,
            "log_y": found.log_y,
            "shares_x": found.shares_x,
            "shares_y": found.shares_y,
            "is_turned": found.is_turned,
            "reference": found.reference,
        },
    )


def _series(found: Drawing) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "look": look,
            "parts": [
                _part(place, line)
                for place, panel in enumerate(found.panels)
                for line in panel.lines
                if line.series == index
            ],
        }
        for index, (name, look) in enumerate(
            zip(found.series, found.looks, strict=True)
        )
    ]


def _part(place: int, line: Line) -> dict[str, Any]:
    part: dict[str, Any] = {"panel": place, "x": line.x, "y": line.y}
    for name in ("low", "high", "level"):
        several = getattr(line, name)
        if any(each is not None for each in several):
            part[name] = several
    return part


def _cells(found: Drawing) -> list[dict[str, Any]]:
    return [
        {"panel": place, "z": panel.grid.z, "level": panel.grid.level}
        for place, panel in enumerate(found.panels)
        if panel.grid
    ]


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
