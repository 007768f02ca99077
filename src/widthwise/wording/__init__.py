"""Numbers and lists in words, the same in a sentence, a terminal and a page."""

from widthwise.wording._harmless import harmless
from widthwise.wording._lists import capitalised, counted, listing, rows, shortened
from widthwise.wording._numbers import (
    count,
    number,
    plain_number,
    power_of_ten,
    sentence_number,
)
from widthwise.wording._quantities import duration, percent, plain_percent
from widthwise.wording._written import Written, raised, written

__all__ = [
    "Written",
    "capitalised",
    "count",
    "counted",
    "duration",
    "harmless",
    "listing",
    "number",
    "percent",
    "plain_number",
    "plain_percent",
    "power_of_ten",
    "raised",
    "rows",
    "sentence_number",
    "shortened",
    "written",
]
