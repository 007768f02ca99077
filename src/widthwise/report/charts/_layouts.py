"""The axes of one panel as Plotly draws them, for each room that a page may have."""

import math
import textwrap
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from widthwise.report.charts._drawing import Drawing, Panel
from widthwise.report.charts._marks import cell_texts, plain
from widthwise.report.charts._scales import (
    Key,
    ends,
    is_logarithmic,
    log_ticks,
    names_of,
)

__all__ = ["layouts"]

_NARROW, _WIDE = 0, 800
_ROOMS = (_NARROW, 420, _WIDE)
"""Widths in pixels from which on there is a layout of its own."""

_LEAST = 290
"""The least width in pixels that a panel has."""

_LETTERS = 20, 44
"""Letters of a name beside an axis, in little room and in much."""

_UNDER_TEXT, _ALONE = 0.5, 0.95
"""How far the scale of a heat map goes towards the colour of the first series."""

_BESIDE = 90
"""Pixels that an axis and its title take up beside a panel."""


def layouts(
    found: Drawing, panel: Panel, *, is_small: bool = False
) -> list[dict[str, Any]]:
    """Return what is drawn around a panel from each width in pixels on.

    Each is the least `width`, the `layout`, and what it changes in every `trace`.
    """
    return [
        {"width": each, **_for_room(found, panel, max(each, _LEAST), is_small)}
        for each in _ROOMS
    ]


def _for_room(
    found: Drawing, panel: Panel, width: int, is_small: bool
) -> dict[str, Any]:
    high = _height(found, width, is_small)
    across: Key = "y" if found.is_turned else "x"
    up: Key = "x" if found.is_turned else "y"
    layout = {
        "xaxis": _axis(found, panel, across, width, high, is_upright=False),
        "yaxis": _axis(found, panel, up, width, high, is_upright=True),
        "height": high + 70,
        "margin": {"l": 50, "r": 14, "t": 8 if panel.title else 14, "b": 46},
    }
    if panel.grid is None:
        return {"layout": layout}
    layout["plot_bgcolor"] = "line"  # where nothing was measured
    texts = [each for row in cell_texts(found, panel.grid) for each in row]
    cell = (_narrowest(found, "x", width - _BESIDE), _narrowest(found, "y", high))
    fits = cell[0] > 7.5 * max(map(len, texts)) + 6 and cell[1] > 17 and not is_small
    gaps = {
        key: int(each > 6) for key, each in zip(("xgap", "ygap"), cell, strict=True)
    }
    # Text stands on the cells' colours, so with it they go less far.
    scale = {"colorscale": f"heat {_UNDER_TEXT if fits else _ALONE}"}
    text = {"texttemplate": "%{text}" if fits else ""}
    return {"layout": layout, "trace": text | scale | gaps}


def _height(found: Drawing, width: int, is_small: bool) -> int:
    """Return the pixels of a panel: more where names stand beside it."""
    if is_small:
        return 150
    if len(found.panels) == 1:
        usual = 240 if width < _ROOMS[1] else 350
    else:
        usual = 190 if width < _ROOMS[1] else 220
    if found.is_turned:
        is_long = width < _ROOMS[1] and any(len(each) > 20 for each in found.x_names)
        return max(usual, len(found.x_names) * (38 if is_long else 26))
    return max(usual, min(22 * len(found.y_names), 420))


def _axis(
    found: Drawing, panel: Panel, key: Key, width: int, high: int, *, is_upright: bool
) -> dict[str, Any]:
    room = high if is_upright else width - _BESIDE
    title = found.x_label if key == "x" else found.y_label
    names, (first, last) = names_of(found, key), ends(found, panel, key)
    axis: dict[str, Any] = {"title": {"text": _wrapped(title, room // 7, 3)}}
    if panel.grid:
        axis["showgrid"] = False
    if names:
        most = _LETTERS[width >= _WIDE]
        return _names(names, (first, last), room, most, is_upright=is_upright) | axis
    if not is_logarithmic(found, key):
        nticks = max(3, room // (45 if is_upright else 75))
        return axis | {"range": [first, last], "nticks": nticks}
    ticks = log_ticks(first, last, max(2, room // (34 if is_upright else 58)))
    return axis | {
        "type": "log",
        "range": [math.log10(first), math.log10(last)],
        "tickvals": [value for value, _ in ticks],
        "ticktext": [text for _, text in ticks],
    }


def _names(
    names: Sequence[str],
    between: tuple[float, float],
    room: int,
    most: int,
    *,
    is_upright: bool,
) -> dict[str, Any]:
    stride = math.ceil(len(names) * (18 if is_upright else 34) / max(room, 1))
    kept = range(0, len(names), max(stride, 1))
    if is_upright:
        rows = 2 if room >= 34 * len(kept) else 1
        texts = [_wrapped(names[each], most, rows) for each in kept]
    else:
        texts = [plain(names[each], 18) for each in kept]
    return {
        "range": between,
        "tickvals": list(kept),
        "ticktext": texts,
        "showgrid": is_upright,
        "ticks": "",
    }


def _wrapped(text: str, most: int, rows: int) -> str:
    """Return text that may be longer than its axis in at most so many rows."""
    width = max(12, most)
    lines = textwrap.wrap(text, width, max_lines=rows, placeholder="…")
    return "<br>".join(plain(each, width) for each in lines)


def _narrowest(found: Drawing, key: Key, room: int) -> float:
    """Return the size of the smallest cell along one axis, in pixels."""
    edges, names = (
        (found.x_edges, found.x_names) if key == "x" else (found.y_edges, found.y_names)
    )
    if not edges:
        return room / len(names)
    logs = [math.log10(each) for each in edges]
    narrowest = min(b - a for a, b in pairwise(logs))
    return room * narrowest / (logs[-1] - logs[0])
