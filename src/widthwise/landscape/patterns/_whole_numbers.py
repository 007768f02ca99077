"""Whole numbers, checked."""

import operator

from widthwise.errors import InvalidArgumentError

__all__ = ["natural_number", "positive_integer"]


def positive_integer(value: object, what: str) -> int:
    """Return a whole number of at least 1, refusing booleans and floats."""
    return _whole(value, what, 1)


def natural_number(value: object, what: str) -> int:
    """Return a whole number of at least 0, refusing booleans and floats."""
    return _whole(value, what, 0)


def _whole(value: object, what: str, least: int) -> int:
    try:
        whole = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        whole = least - 1
    if whole < least or isinstance(value, bool):
        raise InvalidArgumentError(
            f"{what} is {value!r}; it must be a whole number of at least {least}."
        )
    return whole
