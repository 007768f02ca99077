"""Sizes of memory and lengths of time, as a plan writes them."""

import math
import re
from typing import Any

from widthwise.arguments import positive
from widthwise.errors import InvalidArgumentError

__all__ = ["bytes_of", "seconds_of"]

_UNITS = {
    **{"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12},
    **{"kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40},
}
_SIZE = re.compile(r"\s*([0-9]{1,15}(?:\.[0-9]{1,15})?)\s*([A-Za-z]{1,3})\s*")


def bytes_of(value: Any) -> int | None:
    """Return the bytes of 2000000000, "2 GB" or "1.5 GiB"; None stays None.

    Raises
    ------
    InvalidArgumentError
        If it is no size, or not from 1 MB to 1000 TB.
    """
    if value is None:
        return None
    count: float | int = math.nan
    if isinstance(value, str) and (match := _SIZE.fullmatch(value)):
        count = float(match[1]) * _UNITS.get(match[2].lower(), math.nan)
    elif isinstance(value, int) and not isinstance(value, bool):
        count = value
    if not 10**6 <= count <= 10**15:
        raise InvalidArgumentError(
            f"The memory of a trial is {value!r}; it must be a size from 1 MB to 1000 "
            'TB, such as "2 GB", "512 MiB" or a whole number of bytes.'
        )
    return int(count)


def seconds_of(value: Any) -> float | None:
    """Return a time limit in seconds; None stays None.

    Raises
    ------
    InvalidArgumentError
        If it is no finite number above 0.
    """
    if value is None:
        return None
    return positive(
        value,
        "The timeout of a trial",
        meaning="a number of seconds",
        advice="Leave it out for no limit.",
    )
