"""Rows, columns and near names as a sentence names them."""

import difflib
from collections.abc import Sequence

__all__ = ["column_count", "listed", "nearest", "row_list"]


def row_list(rows: Sequence[int], shown: int = 5) -> str:
    """Name rows: "Row 3", "Rows 1, 2", "Rows 1, 2, ... (9 in all)"."""
    word = "Row" if len(rows) == 1 else "Rows"
    numbers = ", ".join(map(str, rows[:shown]))
    more = f", ... ({len(rows)} in all)" if len(rows) > shown else ""
    return f"{word} {numbers}{more}"


def listed(names: Sequence[str], shown: int = 5) -> str:
    """Quote the first few names, and say how many there are."""
    more = f", ... ({len(names)} in all)" if len(names) > shown else ""
    return ", ".join(repr(shortened(name)) for name in names[:shown]) + more


def shortened(text: str, length: int = 40) -> str:
    """Cut a long text."""
    return text if len(text) <= length else text[: length - 1] + "…"


def column_count(count: int) -> str:
    """Return "1 column", "2 columns"."""
    return "1 column" if count == 1 else f"{count} columns"


def nearest(name: str, known: Sequence[str], cutoff: float = 0.6) -> str:
    """Return "Did you mean 'age'? ", or nothing when no name is near."""
    lowered = {candidate.lower(): candidate for candidate in known}
    near = difflib.get_close_matches(name.lower(), list(lowered), 3, cutoff)
    if not near:
        return ""
    return f"Did you mean {' or '.join(repr(lowered[n]) for n in near)}? "
