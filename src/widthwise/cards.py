"""Cards: what a notebook shows of a result, a heading above a small table."""

import html
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from widthwise.wording import harmless, number

__all__ = ["Curve", "card", "chart"]

_TABLE = "border-collapse: collapse; margin: 0.2em 0;"
_VALUE = "text-align: left; padding: 0.1em 0;"
_NAME = f"{_VALUE} font-weight: normal; opacity: 0.7; padding-right: 1em;"
_COLOURS = ("#2a78c8", "#d9730d")  # Seen on white and on black, and told apart.
_WIDTH, _HEIGHT, _LEFT, _BELOW = 460, 180, 70, 20
_KEPT = 400  # Points of a curve.


@dataclass(frozen=True)
class Curve:
    """Numbers to draw over others; `colour` is 0 or 1.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.cards.Curve("loss", [0, 1, 2], [1.0, 0.1, 0.01]).name
    'loss'
    """

    name: str
    x: Sequence[float | int]
    y: Sequence[float | int]
    colour: int = 0
    is_dashed: bool = False


def card(
    title: str,
    rows: Iterable[tuple[str, object]],
    note: str = "",
    figure: str = "",
) -> str:
    """Return a card as HTML that stands in any page; nothing in it is executed.

    Parameters
    ----------
    title
        The heading.
    rows
        Names with values: a number is written with three digits, true and false as yes
        and no, None is left out, anything else by its `str`.
    note
        A sentence below.
    figure
        What `chart` returned, to stand between the table and the sentence.

    Examples
    --------
    >>> import widthwise as ww
    >>> page = ww.cards.card("A spectrum", [("rank", 3)])
    >>> "A spectrum" in page, "<script" in page
    (True, False)
    """
    lines = "".join(
        f'<tr><th style="{_NAME}">{_safe(name)}</th>'
        f'<td style="{_VALUE}">{_value(value)}</td></tr>'
        for name, value in rows
        if value is not None
    )
    below = f'<div style="max-width: 60em;">{_safe(note)}</div>' if note else ""
    return (
        f'<div class="widthwise-card"><strong>{_safe(title)}</strong>'
        f'<table style="{_TABLE}"><tbody>{lines}</tbody></table>{figure}{below}</div>'
    )


def chart(curves: Sequence[Curve], x_name: str) -> str:
    """Return curves as an SVG drawing with a legend, the ordinate logarithmic.

    Values that are not finite and positive are left out, and a curve is thinned to 400
    points. Nothing is drawn where nothing is left: the text is empty then.

    Examples
    --------
    >>> import widthwise as ww
    >>> drawing = ww.cards.chart([ww.cards.Curve("loss", [0, 1], [1.0, 0.1])], "steps")
    >>> drawing.startswith("<svg")
    True
    """
    kept = [(each, _thinned(each)) for each in curves]
    points = [point for _, some in kept for point in some]
    if not points:
        return ""
    left, right = (end(x for x, _ in points) for end in (min, max))
    low, high = (end(y for _, y in points) for end in (min, max))
    across, up = (right - left) or 1.0, math.log(high / low) or 1.0
    lines, legend = [], []
    for curve, some in kept:
        dashes = ' stroke-dasharray="6 4"' if curve.is_dashed else ""
        stroke = f'stroke="{_COLOURS[curve.colour]}" fill="none" stroke-width="1.6"'
        path = " ".join(
            f"{_LEFT + (_WIDTH - _LEFT - 5) * (x - left) / across:.1f},"
            f"{_HEIGHT - _BELOW - (_HEIGHT - _BELOW - 10) * math.log(y / low) / up:.1f}"
            for x, y in some
        )
        lines.append(f'<polyline points="{path}" {stroke}{dashes}/>')
        sample = (
            f'<svg width="26" height="8"><path d="M0 4H26" {stroke}{dashes}/></svg>'
        )
        legend.append(
            f'<span style="margin-right: 1em">{sample} {_safe(curve.name)}</span>'
        )
    bottom = _HEIGHT - _BELOW
    labels = "".join(
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="currentColor" '
        f'font-size="11">{_safe(text)}</text>'
        for x, y, anchor, text in (
            (_LEFT - 5, 14, "end", number(high)),
            (_LEFT - 5, bottom, "end", number(low)),
            (_LEFT, _HEIGHT - 5, "start", f"{x_name} {number(left)}"),
            (_WIDTH - 5, _HEIGHT - 5, "end", number(right)),
        )
    )
    axes = f'<path d="M{_LEFT} 5V{bottom}H{_WIDTH}" stroke="currentColor" fill="none"/>'
    names = _safe(", ".join(each.name for each in curves))
    return (
        f'<svg role="img" aria-label="{names} by {_safe(x_name)}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}" style="width: 100%; max-width: {_WIDTH}px">'
        f"{axes}{''.join(lines)}{labels}</svg><div>{''.join(legend)}</div>"
    )


def _thinned(curve: Curve) -> list[tuple[float, float]]:
    found = [
        (float(x), float(y))
        for x, y in zip(curve.x, curve.y, strict=True)
        if math.isfinite(y) and y > 0.0
    ]
    stride = -(-len(found) // _KEPT) or 1
    return found[::stride] + (found[-1:] if (len(found) - 1) % stride else [])


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return _safe(number(value))
    return _safe(str(value))


def _safe(text: str) -> str:
    return html.escape(harmless(text))
