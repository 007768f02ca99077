"""Numbers as people read them, in each place where they read them."""

import math
import sys

from widthwise.wording._written import raised, written

__all__ = [
    "count",
    "number",
    "plain_number",
    "power_of_ten",
    "sentence_number",
]

_EXACT_COUNT = 1e7
_EXACT_IN_A_SENTENCE = 100_000


def number(value: int | float | None, *, digits: int = 3, missing: str = "–") -> str:
    """Return `value` with `digits` significant digits: 0.0123, 47.5, 3.76×10⁵.

    Infinity is ∞, and what is no number is `missing`.
    """
    value = _within_floats(value)
    if value is None or math.isnan(value):
        return missing
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return written(value, digits=digits).unicode


def count(value: int | float | None, *, missing: str = "–") -> str:
    """Return a whole number: exact with separators below ten million, else rounded."""
    value = _within_floats(value)
    if value is None or not math.isfinite(value) or abs(value) >= _EXACT_COUNT:
        return number(value, missing=missing)
    return written(round(value), whole_below=_EXACT_COUNT + 1).unicode


def plain_number(
    value: int | float | None, *, digits: int = 3, missing: str = "no finite number"
) -> str:
    """Return a number for a sentence that is stored: 1,234, 0.05, 3.76e5.

    Whole numbers below 100,000 are exact, since a width or a row must not be rounded.
    """
    value = _within_floats(value)
    if value is None or not math.isfinite(value):
        return missing
    return written(value, digits=digits, whole_below=_EXACT_IN_A_SENTENCE).plain


def sentence_number(
    value: int | float | None, *, digits: int = 3, missing: str = "no finite number"
) -> str:
    """Return what `plain_number` does, as a page or a terminal shows it: 3.76×10⁵."""
    value = _within_floats(value)
    if value is None or not math.isfinite(value):
        return missing
    return written(value, digits=digits, whole_below=_EXACT_IN_A_SENTENCE).unicode


def power_of_ten(value: int | float) -> str:
    """Return 10⁻⁶ for 1e-6, and any other number as `number` does."""
    if 0 < value < math.inf:
        exponent = round(math.log10(value))
        if exponent < -2 and math.isclose(value, 10.0**exponent, rel_tol=1e-9):
            return f"10{raised(exponent)}"
    return number(value)


def _within_floats(value: int | float | None) -> int | float | None:
    """Return infinity for an integer beyond all floats."""
    if isinstance(value, int) and value.bit_length() >= sys.float_info.max_exp:
        return math.inf if value > 0 else -math.inf
    return value
