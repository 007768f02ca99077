"""The colours of series, as the pages' style sheet has them on white."""

import re
from functools import cache

from widthwise.report.parts._html import asset

__all__ = ["series_colours"]

_NAMED = re.compile(r"--series-(\d+): (#[0-9a-f]{6})")


@cache
def series_colours() -> tuple[str, ...]:
    """Return the colours by number; they are told apart without red-green vision."""
    light, _, _ = asset("style.css").partition("@media")
    found = {int(number): colour for number, colour in _NAMED.findall(light)}
    return tuple(found[number] for number in sorted(found))
