"""The marks of a chart as Plotly draws them: lines, dots, bands, levels and cells.

Colours are named as the pages' style sheet names them, `series-0` or `ink`, with an
opacity where they have one; the page's script puts in those of its theme.
"""

import math
from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby, pairwise
from typing import Any

from widthwise.report.charts._drawing import Drawing, Grid, Line, Panel
from widthwise.report.charts._looks import Look
from widthwise.report.charts._scales import ends
from widthwise.wording import harmless, number, shortened

__all__ = ["cell_marks", "cell_texts", "level_marks", "line_marks", "plain"]

_SYMBOLS = (
    "circle", "square", "diamond", "triangle-up", "triangle-down", "pentagon", "star",
)  # fmt: skip
_DASHES = ("solid", "9px,4px", "2px,3px", "12px,4px,2px,4px", "6px,3px")
_LEVEL = {"width": 1.4, "dash": "6px,4px"}
_BAND, _REFERENCE, _SERIES = 0, 1, 2
"""What lies over what."""

_MANY, _FEW, _MARKED = 12, 3, 400

Mark = Mapping[str, Any]


def plain(text: str, most: int) -> str:
    """Return text that Plotly, which reads a few tags, takes for text; cut if long."""
    return escape(harmless(shortened(text, most), keep=""), quote=False)


def line_marks(found: Drawing, panel: Panel, line: Line) -> list[Mark]:
    """Return one series: its interval, its dashed level, and itself."""
    marks = [*(_bands(found, panel, line) if found.kind == "lines" else ())]
    if not _agree(panel):
        colour = "soft" if len(found.series) == 1 else _colour(found, line)
        marks += _level(found, panel, line, colour)
    return [*marks, _series(found, panel, line)]


def level_marks(found: Drawing, panel: Panel) -> list[Mark]:
    """Return the dashed level that all series of a panel have, drawn but once."""
    return _level(found, panel, panel.lines[0], "soft") if _agree(panel) else []


def cell_marks(found: Drawing, panel: Panel, grid: Grid) -> list[Mark]:
    """Return the cells of a heat map, and its dashed reference."""
    assert found.z_range is not None
    low, high = found.z_range
    hints = [
        [_cell_hint(found, panel, x, y, value) for x, value in enumerate(row)]
        for y, row in enumerate(grid.z)
    ]
    cells = {
        "type": "heatmap",
        "x": found.x_edges or list(range(len(found.x_names))),
        "y": found.y_edges or list(range(len(found.y_names))),
        "z": grid.z,
        "zmin": low,
        "zmax": high if high > low else low + 1,
        "showscale": False,
        "hoverongaps": False,
        "text": cell_texts(found, grid),
        "textfont": {"size": 12, "color": "ink"},
        "customdata": hints,
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    return [cells, *_steps(found, grid)]


def cell_texts(found: Drawing, grid: Grid) -> list[list[str]]:
    """Return what stands in each cell: a hundredth of the scale is enough there."""
    assert found.z_range is not None
    low, high = found.z_range
    fine = 10.0 ** math.floor(math.log10((high - low or abs(low) or 1) / 100) + 1e-9)
    return [
        ["" if each is None else number(round(each / fine) * fine) for each in row]
        for row in grid.z
    ]


def _agree(panel: Panel) -> bool:
    levels = {each.constant_level() for each in panel.lines}
    return len(panel.lines) > 1 and len(levels) == 1 and None not in levels


def _colour(found: Drawing, line: Line) -> str:
    return f"series-{Look(found.looks[line.series]).colour}"


def _bands(found: Drawing, panel: Panel, line: Line) -> list[Mark]:
    """Return the interval around a line; where one of its ends is unknown it stops."""
    floor = ends(found, panel, "y")[0] if found.log_y else -math.inf
    opacity = 0.16 if len(found.series) <= _FEW else 0.09
    runs = groupby(enumerate(line.known()), key=lambda each: each[1])
    places = [[index for index, _ in run] for is_known, run in runs if is_known]
    return [
        {
            "x": [line.x[each] for each in (*run, *reversed(run))],
            "y": [
                max(several[each] or 0.0, floor)
                for several, way in ((line.high, run), (line.low, run[::-1]))
                for each in way
            ],
            "mode": "lines",
            "fill": "toself",
            "fillcolor": f"{_colour(found, line)} {opacity}",
            "line": {"width": 0},
            "hoverinfo": "skip",
            "zorder": _BAND,
        }
        for run in places
        if len(run) > 1
    ]


def _level(found: Drawing, panel: Panel, line: Line, colour: str) -> list[Mark]:
    if all(each is None for each in line.level):
        return []
    constant = line.constant_level()
    x, y = (
        (line.x, line.level)
        if constant is None
        else (ends(found, panel, "x"), (constant, constant))
    )
    return [
        {
            **_turned(found, x, y),
            "mode": "lines",
            "line": {**_LEVEL, "color": colour},
            "hoverinfo": "skip",
            "zorder": _REFERENCE,
        }
    ]


def _series(found: Drawing, panel: Panel, line: Line) -> Mark:
    look = Look(found.looks[line.series])
    is_lines, size = found.kind == "lines", len(line.x)
    thin = len(found.series) > _MANY
    has_markers = not is_lines or size == 1 or (not thin and size <= _MARKED)
    barred = line.lonely() if is_lines else line.known()
    bars = {"error_x" if found.is_turned else "error_y": _bars(found, line, barred)}
    return {
        **_turned(found, line.x, line.y),
        "mode": "markers"
        if not is_lines
        else "lines+markers"
        if has_markers
        else "lines",
        "line": {
            "color": _colour(found, line),
            "width": 1.2 if thin else 2.2,
            "dash": _DASHES[look.dash],
        },
        "marker": {
            "symbol": _SYMBOLS[look.marker],
            "size": 6 if thin else 7.5,
            "color": _colour(found, line),
            "line": {"width": 1, "color": "surface"},
            "maxdisplayed": 14 if size > 24 and is_lines else 0,
        },
        **(bars if any(barred) else {}),
        "hint": _hint(found, panel, line),
        "zorder": _SERIES,
    }


def _turned(found: Drawing, x: Sequence[Any], y: Sequence[Any]) -> Mark:
    return {"x": y, "y": x} if found.is_turned else {"x": x, "y": y}


def _bars(found: Drawing, line: Line, barred: Sequence[bool]) -> Mark:
    def reach(several: Sequence[float | None], sign: int) -> list[float]:
        rows = zip(several, line.y, barred, strict=True)
        return [
            0.0 if end is None or y is None or not has else max(0.0, sign * (end - y))
            for end, y, has in rows
        ]

    return {
        "type": "data",
        "symmetric": False,
        "array": reach(line.high, 1),
        "arrayminus": reach(line.low, -1),
        "color": f"{_colour(found, line)} 0.75",
        "thickness": 1.6,
        "width": 4,
    }


def _hint(found: Drawing, panel: Panel, line: Line) -> Mark:
    """Return the lines of a hint, words and names of numbers in turn, and the numbers.

    The script writes them; a line of which a number is unknown is left out.
    """
    names = [each for each in (found.series[line.series], panel.title) if each]
    heading = ", ".join(plain(each, 40) for each in names)
    x: Sequence[Any] = line.x
    if found.x_names:
        x = [plain(found.x_names[round(each)], 44) for each in line.x]
    lines = [[f"<b>{heading}</b>"]] if heading else []
    lines += [[f"{plain(found.x_label, 40)}: ", "x"]]
    lines += [[f"{plain(found.y_label, 40)}: ", "y"]]
    hint = {"lines": lines, "x": x, "y": line.y}
    if any(line.known()):
        hint |= {"low": line.low, "high": line.high}
        lines.append(["", "low", " to ", "high"])
    if any(each is not None for each in line.level):
        hint["level"] = line.level
        lines.append([f"{plain(found.reference, 40)}: ", "level"])
    return hint


def _cell_hint(
    found: Drawing, panel: Panel, x: int, y: int, value: float | None
) -> str:
    if value is None:
        return ""
    said = (
        (found.x_label, found.x_names[x]),
        (found.y_label, found.y_names[y]),
        (found.z_label, number(value)),
    )
    lines = [f"{plain(label, 40)}: {plain(text, 40)}" for label, text in said]
    return "<br>".join([f"<b>{plain(panel.title, 40)}</b>"] * bool(panel.title) + lines)


def _steps(found: Drawing, grid: Grid) -> list[Mark]:
    """Return the dashed reference: in each row of cells, upright where it falls."""
    if all(each is None for each in grid.level):
        return []
    edges = found.y_edges or [each - 0.5 for each in range(len(found.y_names) + 1)]
    return [
        {
            "x": [each for each in grid.level for _ in range(2)],
            "y": [each for pair in pairwise(edges) for each in pair],
            "mode": "lines",
            "connectgaps": False,
            "line": {"width": 1.8, "dash": "6px,4px", "color": "ink"},
            "hoverinfo": "skip",
        }
    ]
