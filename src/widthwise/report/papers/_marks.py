"""The marks of a chart drawn by matplotlib: lines, dots, bands, levels and cells."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from widthwise.report.charts import Drawing, Grid, Line, Look
from widthwise.report.papers._words import shown
from widthwise.report.parts import series_colours

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_cells", "draw_line", "legend_marks"]

# The same order as on the pages: circle, square, diamond, triangles, pentagon, star.
_MARKERS = ("o", "s", "D", "^", "v", "p", "*")
_DASHES: tuple[Any, ...] = (
    "-",
    (0, (5, 2)),
    (0, (1, 1.3)),
    (0, (7, 2, 1.2, 2)),
    (0, (3, 1.6)),
)
_LEVEL: Any = (0, (4, 3))
_LEVEL_COLOUR = "0.35"
_MARKS_SHOWN, _MANY, _FEW = 12, 12, 3


def draw_line(found: Drawing, line: Line, place: "Axes") -> None:
    """Draw one series: its interval, its dashed level, and itself."""
    look = _look(found.looks[line.series])
    x, y, low, high = map(_floats, (line.x, line.y, line.low, line.high))
    is_many = len(found.series) > _MANY
    if any(each is not None for each in line.level):
        colour = look["color"] if len(found.series) > 1 else _LEVEL_COLOUR
        _level(found, line, colour, place)
    is_lines = found.kind == "lines"
    barred = np.array(line.lonely() if is_lines else line.known())
    if is_lines:
        alpha = 0.16 if len(found.series) <= _FEW else 0.09
        place.fill_between(x, low, high, color=look["color"], alpha=alpha, linewidth=0)
        if is_many:
            look |= {"marker": "" if x.size > 1 else look["marker"], "linewidth": 0.7}
        every = max(1, -(-x.size // _MARKS_SHOWN))
        place.plot(x, y, markevery=every, **look)
    else:
        across, up = (y, x) if found.is_turned else (x, y)
        place.plot(across, up, **(look | {"linestyle": "none"}))
    if barred.any():
        _bars(found, x, y, np.stack([y - low, high - y]), barred, look["color"], place)


def _bars(
    found: Drawing,
    x: np.ndarray,
    y: np.ndarray,
    reach: np.ndarray,
    known: np.ndarray,
    colour: str,
    place: "Axes",
) -> None:
    x, y, reach = x[known], y[known], np.clip(reach[:, known], 0, None)
    look: dict[str, Any] = {"fmt": "none", "ecolor": colour, "elinewidth": 0.8}
    if found.is_turned:
        place.errorbar(y, x, xerr=reach, capsize=2, **look)
    else:
        place.errorbar(x, y, yerr=reach, capsize=2, **look)


def draw_cells(found: Drawing, grid: Grid, place: "Axes") -> None:
    """Draw a heat map in one hue, so that grey tells the values apart as well."""
    from matplotlib.colors import LinearSegmentedColormap

    cells = np.array([_floats(row) for row in grid.z])
    shades = LinearSegmentedColormap.from_list(
        "widthwise", ["#f5f9fc", series_colours()[0]]
    )
    low, high = found.z_range or (0.0, 1.0)
    place.set_facecolor("0.8")  # where nothing was measured
    place.pcolormesh(
        found.x_edges or np.arange(cells.shape[1] + 1) - 0.5,
        found.y_edges or np.arange(cells.shape[0] + 1) - 0.5,
        np.ma.masked_invalid(cells),
        cmap=shades,
        vmin=low,
        vmax=high if high > low else low + 1,
        linewidth=0,
        rasterized=cells.size > 2000,
    )
    if any(each is not None for each in grid.level):
        ends = found.y_edges or [each - 0.5 for each in range(cells.shape[0] + 1)]
        place.plot(
            np.repeat(_floats(grid.level), 2),
            [each for pair in pairwise(ends) for each in pair],
            color="black",
            linewidth=1.0,
            linestyle=_LEVEL,
        )


def legend_marks(found: Drawing) -> list[Any]:
    """Return a sample of each series, and of the dashed level."""
    from matplotlib.lines import Line2D

    marks = [
        Line2D(
            [],
            [],
            **(_look(look) | ({} if found.kind == "lines" else {"linestyle": "none"})),
            label=shown(name, 34),
        )
        for name, look in zip(found.series, found.looks, strict=True)
        if found.by
    ]
    if found.reference:
        label = shown(found.reference, 34)
        look: dict[str, Any] = {"color": _LEVEL_COLOUR, "linestyle": _LEVEL}
        marks.append(Line2D([], [], linewidth=0.8, label=label, **look))
    return marks


def _level(found: Drawing, line: Line, colour: str, place: "Axes") -> None:
    constant = line.constant_level()
    look: dict[str, Any] = {"color": colour, "linewidth": 0.8, "linestyle": _LEVEL}
    if constant is not None:
        draw = place.axvline if found.is_turned else place.axhline
        draw(constant, zorder=1.5, **look)
        return
    x, level = _floats(line.x), _floats(line.level)
    place.plot(*((level, x) if found.is_turned else (x, level)), zorder=1.5, **look)


def _floats(several: Sequence[float | None]) -> np.ndarray:
    return np.array([np.nan if each is None else each for each in several], dtype=float)


def _look(number: int) -> dict[str, Any]:
    """Return colour, marker and dash of a series, as `widthwise.look` on a page."""
    look = Look(number)
    return {
        "color": series_colours()[look.colour],
        "marker": _MARKERS[look.marker],
        "linestyle": _DASHES[look.dash],
        "markeredgewidth": 0.4,
        "markeredgecolor": "white",
    }
