"""Real numbers: probabilities, tolerances, deviations."""

import math
from typing import Any

from widthwise.arguments._refusal import refusal

__all__ = ["non_negative", "positive", "probability", "real_number"]


def real_number(
    value: object,
    what: str,
    *,
    least: float | int | None = None,
    above: float | int | None = None,
    most: float | int | None = None,
    below: float | int | None = None,
    meaning: str = "",
    advice: str = "",
) -> float:
    """Return a finite number inside its range.

    Parameters
    ----------
    value
        What the caller gave. Booleans and text are refused, "0.5" too.
    what
        The subject of the refusal, such as "The momentum".
    least, most
        Ends of the range that belong to it.
    above, below
        Ends that do not.
    meaning
        What the number stands for.
    advice
        A sentence on what to do next.

    Raises
    ------
    InvalidArgumentError
        If it is something else.
    """
    found = _as_float(value)
    ends = (
        ("of at least", least, least is None or found >= least),
        ("above", above, above is None or found > above),
        ("of at most", most, most is None or found <= most),
        ("below", below, below is None or found < below),
    )
    if math.isfinite(found) and all(fits for _, _, fits in ends):
        return found
    span = " and ".join(f"{word} {end:g}" for word, end, _ in ends if end is not None)
    needed = f"be a finite number {span}".rstrip()
    raise refusal(value, what, needed, meaning, advice)


def positive(
    value: object,
    what: str,
    *,
    may_be_infinite: bool = False,
    meaning: str = "",
    advice: str = "",
) -> float:
    """Return a number above 0.

    Raises
    ------
    InvalidArgumentError
        If it is not, or infinite where that may not be.
    """
    found = _as_float(value)
    if found > 0 and (may_be_infinite or math.isfinite(found)):
        return found
    needed = "be positive" if may_be_infinite else "be positive and finite"
    raise refusal(value, what, needed, meaning, advice)


def non_negative(
    value: object,
    what: str,
    *,
    may_be_infinite: bool = False,
    meaning: str = "",
    advice: str = "",
) -> float:
    """Return a number of at least 0.

    Raises
    ------
    InvalidArgumentError
        If it is not, or infinite where that may not be.
    """
    found = _as_float(value)
    if found >= 0 and (may_be_infinite or math.isfinite(found)):
        return found
    finite = "a number" if may_be_infinite else "a finite number"
    raise refusal(value, what, f"be {finite}, zero or positive", meaning, advice)


def probability(
    value: object, what: str, *, meaning: str = "", advice: str = ""
) -> float:
    """Return a number strictly between 0 and 1: a probability, a confidence, a share.

    Raises
    ------
    InvalidArgumentError
        If it is not.
    """
    found = _as_float(value)
    if 0.0 < found < 1.0:
        return found
    raise refusal(value, what, "lie strictly between 0 and 1", meaning, advice)


def _as_float(value: Any) -> float:
    """Return the number, or NaN, which lies in no range."""
    if isinstance(value, bool | str | bytes):
        return math.nan
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan
