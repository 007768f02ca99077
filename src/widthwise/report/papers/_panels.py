"""A chart drawn by matplotlib: panels, shared legend, one scale where it fits."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from widthwise.report.charts import (
    Drawing,
    Key,
    Panel,
    ends,
    is_logarithmic,
    log_ticks,
    names_of,
)
from widthwise.report.papers._marks import draw_cells, draw_line, legend_marks
from widthwise.report.papers._words import shown

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
    keys: tuple[Key, Key] = ("y", "x") if found.is_turned else ("x", "y")
    # Before the marks: what scales by itself overflows at the ends of float64.
    for axis, key in zip("xy", keys, strict=True):
        _scale(found, panel, key, place, axis)
    if panel.grid:
        draw_cells(found, panel.grid, place)
    for line in panel.lines:
        draw_line(found, line, place)
    for axis, key in zip("xy", keys, strict=True):
        names = names_of(found, key)
        if names:
            _name(place, axis, names, is_map=panel.grid is not None)
        getattr(place, f"set_{axis}lim")(*ends(found, panel, key))


def _scale(found: Drawing, panel: Panel, key: Key, place: "Axes", axis: str) -> None:
    """Set the scale of the drawing's x or y, which may stand on the other axis."""
    from matplotlib.ticker import NullFormatter

    low, high = ends(found, panel, key)
    if is_logarithmic(found, key):
        getattr(place, f"set_{axis}scale")("log", nonpositive="clip")
        if math.log10(high / low) <= _SHORT:
            values, texts = zip(*log_ticks(low, high, _TICKS_MOST), strict=True)
            ruled = getattr(place, f"{axis}axis")
            ruled.set_ticks(values, texts)
            ruled.set_minor_formatter(NullFormatter())
    getattr(place, f"set_{axis}lim")(low, high)


def _name(place: "Axes", key: str, names: Sequence[str], *, is_map: bool) -> None:
    stride = math.ceil(len(names) / (_TICKS_MOST if is_map or key == "x" else 40))
    kept = range(0, len(names), stride)
    axis = getattr(place, f"{key}axis")
    axis.set_ticks(list(kept), [shown(names[each], 34) for each in kept])
    axis.set_tick_params(which="both", length=0)
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
