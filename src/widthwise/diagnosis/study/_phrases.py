"""How a verdict says a number: short, and no digits that were not earned."""

import math
from collections.abc import Sequence

__all__ = ["listing", "number", "rows_text", "steps_text"]


def number(value: float | int | None, digits: int = 3) -> str:
    """Return a number for a sentence: 1234, 0.05, 3.76e5, or "no finite number"."""
    if value is None or math.isnan(value) or math.isinf(value):
        return "no finite number"
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    if -3 <= exponent < 5:
        if float(value).is_integer():
            return f"{int(value):,}"
        text = f"{value:,.{max(0, digits - 1 - exponent)}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa, power = f"{value:.{digits - 1}e}".split("e")
    return f"{float(mantissa):g}e{int(power)}"


def steps_text(value: float | int | None) -> str:
    """Return a step count for a sentence."""
    if value is None or math.isinf(value):
        return "never"
    return f"{number(value)} step{'' if value == 1 else 's'}"


def listing(names: Sequence[str], word: str = "and") -> str:
    """Return "a", "a and b" or "a, b and c"."""
    if len(names) <= 1:
        return "".join(names)
    return f"{', '.join(names[:-1])} {word} {names[-1]}"


def rows_text(rows: Sequence[int], limit: int = 10) -> str:
    """Return "rows 3, 17 and 40", cut after `limit` rows with the count."""
    if len(rows) == 1:
        return f"row {rows[0]}"
    if len(rows) <= limit:
        return f"rows {listing([str(row) for row in rows])}"
    shown = ", ".join(str(row) for row in rows[:limit])
    return f"rows {shown} and {len(rows) - limit} more"
