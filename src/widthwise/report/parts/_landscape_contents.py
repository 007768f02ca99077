"""What the record of a landscape holds beside what every record has."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from widthwise.records import Record
from widthwise.report.parts._promises import (
    COUNT,
    FLAG,
    MAYBE_NUMBER,
    MAYBE_TEXT,
    NUMBER,
    OPENING,
    TEXT,
    Maybe,
    require_length,
)

__all__ = ["LANDSCAPE_STUDY", "numbers_of", "require_alike", "told"]

_MAYBE_COUNT = (int, type(None))
LANDSCAPE_STUDY: dict[str, Any] = OPENING | {
    "probability": {
        "widths": [NUMBER],
        "successes": [COUNT],
        "trials": [COUNT],
        "estimate": [MAYBE_NUMBER],
        "low": [MAYBE_NUMBER],
        "high": [MAYBE_NUMBER],
        "method": TEXT,
        "error_probability": MAYBE_NUMBER,
        "threshold": Maybe({"width": MAYBE_NUMBER, "standard_error": MAYBE_NUMBER}),
    },
    "rows": [{"row": COUNT, "share": MAYBE_NUMBER}],
    "rows_width": _MAYBE_COUNT,
    "necessary_width": COUNT,
    "theorems": [
        {
            "name": TEXT,
            "title": TEXT,
            "statement": TEXT,
            "formula": TEXT,
            "assumptions": [TEXT],
            "width": MAYBE_NUMBER,
            "is_certificate": FLAG,
            "trust": TEXT,
            "source": TEXT,
            "measured": MAYBE_NUMBER,
            "note": MAYBE_TEXT,
        }
    ],
    "minima": Maybe(
        {
            "width": NUMBER,
            "regions": COUNT,
            "with_minimum": COUNT,
            "estimate": MAYBE_NUMBER,
            "low": MAYBE_NUMBER,
            "high": MAYBE_NUMBER,
            "undecided": COUNT,
        }
    ),
    "obstacles": [{"kind": TEXT, "rows": [COUNT], "text": TEXT}],
    "network_1d": Maybe({"width": COUNT, "text": TEXT}),
    "regions_2d": Maybe({"width": COUNT, "text": TEXT}),
    "slice": Maybe({"width": COUNT, "text": TEXT}),
}


def require_alike(found: Mapping[str, Any], where: str) -> None:
    """Check that what was measured has one entry for each width.

    Raises
    ------
    DataError
        If a list is longer or shorter.
    """
    for name in ("successes", "trials", "estimate", "low", "high"):
        if isinstance(found.get(name), list | tuple):
            require_length(found[name], len(found["widths"]), f"{where}.{name}")


def numbers_of(record: Record, *names: str) -> tuple[np.ndarray, ...] | None:
    """Return the named arrays, or None unless all are there and hold finite numbers."""
    found = [np.asarray(record.arrays[each]) for each in names if each in record.arrays]
    if len(found) < len(names):
        return None
    usable = all(each.size and each.dtype.kind in "biuf" for each in found)
    if not usable or not all(np.isfinite(each).all() for each in found):
        return None
    return tuple(each.astype(np.float64) for each in found)


def told(record: Record, name: str) -> str:
    """Return what the record says of a picture, to stand before a sentence."""
    summary = record.content[name]
    return f"{summary['text']} " if summary else ""
