"""Numbers as people read them."""

import math
import re

__all__ = [
    "angle",
    "count",
    "duration",
    "number",
    "percent",
    "power_of_ten",
    "values",
    "with_powers",
]

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_LISTED = 12
_PROGRAMMED = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)e([+-]?)0*(\d+)(?![\w.]*\w)")


def number(value: int | float | None, *, digits: int = 3, missing: str = "–") -> str:
    """Return `value` with `digits` significant digits: 0.0123, 47.5, 3.76×10⁵."""
    if value is None or math.isnan(value):
        return missing
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    mantissa, exponent = f"{abs(value):.{digits - 1}e}".split("e")
    power = int(exponent)
    sign = "−" if value < 0 else ""
    if -5 < power < digits + 2:
        return sign + _plain(float(f"{mantissa}e{exponent}"), digits, power)
    return sign + _scientific(mantissa, str(power))


def count(value: int | float | None, *, missing: str = "–") -> str:
    """Return a whole number: exact with separators below ten million, else rounded."""
    if value is None or not math.isfinite(value) or abs(value) >= 1e7:
        return number(value, missing=missing)
    return f"{round(value):,}".replace("-", "−")


def percent(fraction: int | float | None) -> str:
    """Return a fraction as a percentage that never rounds to a false 100 %.

    A fraction too small to be pictured as a percentage stays a number.
    """
    if fraction is None:
        return "–"
    if 0 < fraction < 1e-5:
        return number(fraction)
    shown = f"{100 * fraction:.3g}"
    if shown == "100" and fraction < 1:
        return "over 99.9 %"
    return f"{number(float(shown))} %"


def angle(radians: int | float | None) -> str:
    """Return an angle in radians, with degrees where they are easier to picture."""
    if radians is None:
        return "–"
    if radians == 0:
        return "0"
    return f"{number(radians)} rad ({number(math.degrees(radians), digits=2)}°)"


def duration(seconds: int | float | None) -> str:
    """Return a time in the units people use: 8.1 s, 24 min 30 s, 2 h 5 min."""
    if seconds is None or not math.isfinite(seconds):
        return "–"
    if seconds < 59.5:
        return f"{number(seconds, digits=2)} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{count(hours)} h {minutes} min" if minutes else f"{count(hours)} h"


def power_of_ten(value: int | float) -> str:
    """Return 10⁻⁶ for 1e-6, and any other number as `number` does."""
    if 0 < value < math.inf:
        exponent = round(math.log10(value))
        if exponent < -2 and math.isclose(value, 10.0**exponent, rel_tol=1e-9):
            return f"10{str(exponent).translate(_SUPERSCRIPTS)}"
    return number(value)


def values(found: object) -> str:
    """Return a setting or a measured value, or a short list of them, in words."""
    if found is None:
        return "–"
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, int):
        return count(found)
    if isinstance(found, float):
        return power_of_ten(found)
    if isinstance(found, list | tuple):
        shown = ", ".join(values(each) for each in found[:_LISTED])
        more = len(found) - _LISTED
        return f"{shown} and {more} more" if more > 0 else shown
    return str(found)


def with_powers(text: str) -> str:
    """Return `text` with every number like 3.76e5 written as 3.76×10⁵."""

    def written(match: re.Match[str]) -> str:
        mantissa, sign, power = match.groups()
        exponent = ("-" if sign == "-" else "") + power
        return _scientific(mantissa, exponent)

    return _PROGRAMMED.sub(written, text)


def _scientific(mantissa: str, power: str) -> str:
    """Return 3.76×10⁵; a mantissa of one is left out."""
    digits = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    lead = "" if digits == "1" else f"{digits}×"
    return f"{lead}10{power.translate(_SUPERSCRIPTS)}"


def _plain(value: float, digits: int, power: int) -> str:
    """Return a positive number without exponent, trailing zeros dropped."""
    text = f"{value:,.{max(digits - 1 - power, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
