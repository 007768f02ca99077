"""Dates as days since the first of January 1970, when their order is said."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from widthwise.errors import DataError

__all__ = ["ORDERS", "days", "require_order"]

ORDERS = ("ymd", "dmy", "mdy")
"""Year, month and day in the order in which they are written."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME = (
    r"(?:[T ](?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}(?:\.\d+)?))?"
    r"(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
)
_PARTS = {"y": r"(?P<y>\d{4})", "m": r"(?P<m>\d{1,2})", "d": r"(?P<d>\d{1,2})"}
_PATTERNS = {
    order: re.compile(
        rf"{_PARTS[order[0]]}(?P<mark>[-/.]){_PARTS[order[1]]}(?P=mark)"
        rf"{_PARTS[order[2]]}{_TIME}",
        re.ASCII,
    )
    for order in ORDERS
}


def require_order(order: str | None) -> None:
    """Refuse an unknown order.

    Raises
    ------
    DataError
        It is none of `ORDERS`.
    """
    if order is not None and order not in ORDERS:
        raise DataError(
            f"The order of dates is {order!r}; 'ymd', 'dmy' or 'mdy' was needed."
        )


def days(cells: Sequence[str], order: str) -> list[float] | None:
    """Return days since 1970-01-01 (UTC where no zone is said); None if one is no date.

    Years have four digits: 01/02/03 is nobody's date for sure.
    """
    found = []
    for cell in cells:
        day = _day(cell, order)
        if day is None:
            return None
        found.append(day)
    return found


def _day(cell: str, order: str) -> float | None:
    match = _PATTERNS[order].fullmatch(cell)
    if match is None:
        return None
    part = match.groupdict()
    try:
        date = datetime(int(part["y"]), int(part["m"]), int(part["d"]), tzinfo=UTC)
    except ValueError:
        return None
    hour, minute = int(part["hour"] or 0), int(part["minute"] or 0)
    second = float(part["second"] or 0)
    if hour > 23 or minute > 59 or second >= 60:
        return None
    at = date + timedelta(hours=hour, minutes=minute) - _offset(part["zone"])
    return (at - _EPOCH).total_seconds() / 86400 + second / 86400


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone == "Z":
        return timedelta(0)
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    offset = timedelta(hours=hours, minutes=minutes)
    return -offset if zone[0] == "-" else offset
