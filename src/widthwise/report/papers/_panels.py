"""A chart drawn by matplotlib: panels, shared legend, one scale where it fits."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from widthwise.report.experiments import Drawing, Panel
from widthwise.report.papers._marks import draw_cells, draw_line, legend_marks
from widthwise.report.papers._words import shown
from widthwise.report.parts import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["drawn_panels"]

_COLUMN, _PAGE = 3.4, 6.8
"""Inches of one column of a paper, and of two."""

_LEGEND_MOST = 16
_SHORT = 1.6
"""Decades up to which a logarithmic axis names more than powers of ten."""

_TICKS_MOST = 12


def drawn_panels(found: Drawing) -> "Figure":
    """Return the figure of a drawing that has no problem."""
    from matplotlib.figure import Figure

    columns, rows = _shape(len(found.panels))
    width = _COLUMN if columns == 1 else _PAGE
    high = _height(found, columns)
    figure = Figure(figsize=(width, high * rows + 0.35), layout="constrained")
    axes = figure.subplots(
        rows, columns, sharex=found.shares_x, sharey=found.shares_y, squeeze=False
    )
    places = [each for row in axes for each in row]
    for spare in places[len(found.panels) :]:
        spare.set_visible(False)
    used = places[: len(found.panels)]
    for panel, place in zip(found.panels, used, strict=True):
        _panel(found, panel, place)
    _labels(found, used, columns)
    if found.kind == "heat map":
        bar = figure.colorbar(used[0].collections[0], ax=used, pad=0.02)
        bar.set_label(shown(found.z_label))
        bar.outline.set_linewidth(0.6)
    _legend(found, figure)
    return figure


def _shape(panels: int) -> tuple[int, int]:
    """Return how many columns and rows the panels take."""
    columns = 1 if panels == 1 else 2 if panels in (2, 4) else 3
    return columns, math.ceil(panels / columns)


def _height(found: Drawing, columns: int) -> float:
    """Return the inches of one panel: more where names stand beside it."""
    usual = {1: 2.3, 2: 2.2, 3: 1.75}[columns]
    if found.is_turned:
        return min(7.0, max(usual, 0.17 * len(found.x_names) + 0.4))
    return min(2.9, max(usual, 0.13 * len(found.y_names) + 0.4))


def _panel(found: Drawing, panel: Panel, place: "Axes") -> None:
    place.set_title(shown(panel.title, 40))
    across, up = ("y", "x") if found.is_turned else ("x", "y")
    if panel.grid:
        draw_cells(found, panel.grid, place)
    else:
        # Before the lines: what scales by itself overflows at the ends of float64.
        _scale(found, panel, "x", place, across)
        _scale(found, panel, "y", place, up)
        for line in panel.lines:
            draw_line(found, line, place)
    named = ((across, found.x_names, found.x_edges), (up, found.y_names, found.y_edges))
    for key, names, edges in named:
        if edges:
            getattr(place, f"set_{key}scale")("log")
            getattr(place, f"set_{key}lim")(edges[0], edges[-1])
        elif names:
            _name(place, key, names, is_map=panel.grid is not None)


def _scale(
    found: Drawing, panel: Panel, key: Literal["x", "y"], place: "Axes", axis: str
) -> None:
    """Set the scale of the drawing's x or y, which may stand on the other axis."""
    is_log = found.log_x if key == "x" else found.log_y
    shared = found.shares_x if key == "x" else found.shares_y
    panels = found.panels if shared else (panel,)
    ranges = [each.x_range if key == "x" else each.y_range for each in panels]
    known = [end for each in ranges if each is not None for end in each]
    if is_log:
        getattr(place, f"set_{axis}scale")("log", nonpositive="clip")
    if known:
        ends = _padded(min(known), max(known), is_log)
        getattr(place, f"set_{axis}lim")(*ends)
        if is_log:
            _count(getattr(place, f"{axis}axis"), *ends)


def _padded(low: float, high: float, is_log: bool) -> tuple[float, float]:
    """Return the ends of an axis: a little room beyond what it shows."""
    if not is_log:
        pad = 0.05 * (high - low) or abs(low) / 10 or 1.0
        return low - pad, high + pad
    first, last = math.log10(low), math.log10(high)
    pad = 0.05 * (last - first) or 0.3
    return 10.0 ** (first - pad), 10.0 ** (last + pad)


def _count(axis: Any, low: float, high: float) -> None:
    """Name whole numbers, 100, 200, 500, on a logarithmic axis of few decades."""
    from matplotlib.ticker import NullFormatter

    span = math.log10(high / low)
    if span > _SHORT:
        return
    leads = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0) if span <= 0.7 else (1.0, 2.0, 5.0)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    values = [lead * 10.0**power for power in powers for lead in leads]
    kept = [each for each in values if low <= each <= high]
    axis.set_ticks(kept, [number(each) for each in kept])
    axis.set_minor_formatter(NullFormatter())


def _name(place: "Axes", key: str, names: Sequence[str], *, is_map: bool) -> None:
    stride = math.ceil(len(names) / (_TICKS_MOST if is_map or key == "x" else 40))
    kept = range(0, len(names), stride)
    axis = getattr(place, f"{key}axis")
    axis.set_ticks(list(kept), [shown(names[each], 34) for each in kept])
    axis.set_tick_params(which="both", length=0)
    edge = 0.5 if is_map else 0.6
    getattr(place, f"set_{key}lim")(-edge, len(names) - 1 + edge)
    if key == "x" and max(len(each) for each in names) * len(kept) > 42:
        place.tick_params(axis="x", labelrotation=40)
        for label in place.get_xticklabels():
            label.set(ha="right", rotation_mode="anchor")


def _labels(found: Drawing, used: Sequence["Axes"], columns: int) -> None:
    across, up = shown(found.x_label), shown(found.y_label)
    if found.is_turned:
        across, up = up, across
    for index, place in enumerate(used):
        if index % columns == 0:
            place.set_ylabel(up)
        if index + columns >= len(used):
            place.set_xlabel(across)
            place.tick_params(labelbottom=True)


def _legend(found: Drawing, figure: "Figure") -> None:
    """Put one legend under all panels; too many names are counted instead."""
    if len(found.series) > _LEGEND_MOST:
        figure.supxlabel(
            shown(f"{len(found.series)} lines, one for each {found.by}"), size=7.5
        )
        return
    marks: list[Any] = legend_marks(found)
    if marks:
        widest = max(len(each.get_label()) for each in marks)
        room = 46 if figure.get_figwidth() < _PAGE else 100
        figure.legend(
            handles=marks,
            loc="outside lower center",
            ncols=max(1, min(len(marks), room // (widest + 5))),
            title=shown(found.by) if found.by else None,
            title_fontsize=7.5,
            handlelength=2.6,
        )
