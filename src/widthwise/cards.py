"""Cards: what a notebook shows of a result, a heading above a small table."""

import html
from collections.abc import Iterable

from widthwise.wording import harmless, number

__all__ = ["card"]

_TABLE = "border-collapse: collapse; margin: 0.2em 0;"
_VALUE = "text-align: left; padding: 0.1em 0;"
_NAME = f"{_VALUE} font-weight: normal; opacity: 0.7; padding-right: 1em;"


def card(title: str, rows: Iterable[tuple[str, object]], note: str = "") -> str:
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
        f'<table style="{_TABLE}"><tbody>{lines}</tbody></table>{below}</div>'
    )


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
