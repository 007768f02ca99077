"""The columns of an experiment's tables, and the names of their files."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["columns_of", "file_names", "flat"]

_UNFIT = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST = 60


def columns_of(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return every column that a row has, in the order they first appear."""
    return list(dict.fromkeys(column for row in rows for column in row))


def file_names(names: Iterable[str]) -> list[str]:
    """Return for each name one that is fit for a file, no two of them equal."""
    found: list[str] = []
    taken: set[str] = set()
    for name in names:
        plain = _UNFIT.sub("_", name).strip("_")[:_LONGEST] or "unnamed"
        number, free = 2, plain
        while free.lower() in taken:
            free, number = f"{plain}_{number}", number + 1
        taken.add(free.lower())
        found.append(free)
    return found


def flat(values: Sequence[Any]) -> list[Any]:
    """Return a column as one type: all flags, whole numbers, numbers or text.

    Text is what a column of mixed types becomes; a list or an object in it is JSON.
    """
    known = [each for each in values if each is not None]
    if all(isinstance(each, bool) for each in known):
        return list(values)
    if all(_is_number(each) for each in known):
        if all(isinstance(each, int) for each in known):
            return list(values)
        return [None if each is None else float(each) for each in values]
    return [each if each is None else _text(each) for each in values]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
