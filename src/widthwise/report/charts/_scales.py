"""The ends of a chart's axes and their ticks, whatever draws it."""

import math
from typing import Literal

from widthwise.report.charts._drawing import Drawing, Panel
from widthwise.wording import count, number, raised

__all__ = ["Key", "ends", "is_logarithmic", "log_ticks", "names_of"]

Key = Literal["x", "y"]
"""An axis of the drawing; in one that is turned, x stands upright."""

_CLOSE = 0.7
"""Decades up to which a logarithmic axis names 150 and 700 as well."""

_NEAR = 0.35
"""Decades up to which no two of 100, 150, 200, ... may lie on a logarithmic axis."""

_LEADS = ((1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0), (1.0, 2.0, 5.0), (1.0, 3.0), (1.0,))
_WORDS = 1e-3, 1e6
"""Between them ticks are written out, 20,000; an axis beyond has powers alone."""


def names_of(found: Drawing, key: Key) -> tuple[str, ...]:
    """Return the names on an axis that has words instead of numbers."""
    edges, names = (
        (found.x_edges, found.x_names) if key == "x" else (found.y_edges, found.y_names)
    )
    return () if edges else names


def is_logarithmic(found: Drawing, key: Key) -> bool:
    """Say whether equal steps on the axis are equal factors."""
    return (found.log_x if key == "x" else found.log_y) and not names_of(found, key)


def ends(found: Drawing, panel: Panel, key: Key) -> tuple[float, float]:
    """Return where the axis of a panel begins and ends, a little beyond its numbers."""
    edges = found.x_edges if key == "x" else found.y_edges
    if edges:
        return edges[0], edges[-1]
    names = names_of(found, key)
    if names:
        room = 0.5 if panel.grid else 0.6
        return -room, len(names) - 1 + room
    panels = (
        found.panels if (found.shares_x if key == "x" else found.shares_y) else (panel,)
    )
    ranges = [each.x_range if key == "x" else each.y_range for each in panels]
    known = [end for each in ranges if each is not None for end in each]
    if not known:
        return (1.0, 10.0) if is_logarithmic(found, key) else (0.0, 1.0)
    return _padded(min(known), max(known), is_logarithmic(found, key))


def log_ticks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    """Return at most `most` ticks of a logarithmic axis and their texts.

    They are 100, 200, 500, … where those are few enough, and else powers of ten; where
    an axis is so short that it holds one of these at most, 0.8, 0.85, 0.9, ….
    """
    is_written = _WORDS[0] <= low and high <= _WORDS[1]
    first, last = math.log10(low), math.log10(high)
    powers = range(math.floor(first), math.ceil(last) + 1)
    patterns = _LEADS if last - first <= _CLOSE else _LEADS[1:]
    for leads in patterns if is_written else ():
        values = [lead * 10.0**power for power in powers for lead in leads]
        kept = [each for each in values if low <= each <= high]
        if 1 < len(kept) <= most:
            return [(each, _written(each)) for each in kept]
    if is_written and last - first <= _NEAR:
        return _even_ticks(low, high)
    stride = max(1, math.ceil((last - first) / most))
    whole = [each for each in powers if first <= each <= last and not each % stride]
    if not whole:
        middle = math.sqrt(low) * math.sqrt(high)
        return [(middle, number(middle))]
    return [
        (10.0**each, number(10**each) if each in (0, 1) else f"10{raised(each)}")
        for each in whole
    ]


def _even_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Return two to six ticks at even distances, 1, 2 or 5 times a power of ten."""
    rough = (high - low) / 5
    unit = 10.0 ** math.floor(math.log10(rough))
    step = unit * next(each for each in (1, 2, 5, 10) if each * unit >= rough)
    whole = range(math.ceil(low / step), math.floor(high / step) + 1)
    digits = max(3, math.floor(math.log10(high)) - math.floor(math.log10(step)) + 1)
    return [(each * step, number(each * step, digits=digits)) for each in whole]


def _written(value: float) -> str:
    return number(value) if value < 10 else count(value)


def _padded(low: float, high: float, is_log: bool) -> tuple[float, float]:
    if not is_log:
        pad = 0.05 * (high - low) or abs(low) / 10 or 1.0
        return low - pad, high + pad
    first, last = math.log10(low), math.log10(high)
    pad = 0.05 * (last - first) or 0.3
    return 10.0 ** (first - pad), 10.0 ** (last + pad)
