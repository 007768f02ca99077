"""What a record promises, and the check that it keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from widthwise.errors import DataError

__all__ = [
    "COUNT",
    "FLAG",
    "MAYBE_NUMBER",
    "MAYBE_TEXT",
    "NUMBER",
    "OPENING",
    "TEXT",
    "Maybe",
    "MaybeAbsent",
    "require_length",
    "require_shape",
]

TEXT, COUNT, NUMBER, FLAG = (str,), (int,), (int, float), (bool,)
MAYBE_TEXT, MAYBE_NUMBER = (str, type(None)), (int, float, type(None))


@dataclass(frozen=True)
class Maybe:
    """A part that is null where it has no meaning for the data."""

    shape: Any


@dataclass(frozen=True)
class MaybeAbsent(Maybe):
    """A part that records of earlier versions do not have."""


OPENING: dict[str, Any] = {
    "seed": COUNT,
    "widthwise": TEXT,
    "created": TEXT,
    "environment": {},
    "command": MAYBE_TEXT,
    "data": {
        "name": TEXT,
        "origin": TEXT,
        "rows": COUNT,
        "rows_total": COUNT,
        "dimension": COUNT,
        "inputs": COUNT,
        "feature_names": [TEXT],
        "target": MAYBE_TEXT,
        "steps": [{"name": TEXT, "detail": TEXT, "numbers": {}}],
        "sample_note": MAYBE_TEXT,
    },
    "settings": {},
    "verdicts": [
        {
            "question": TEXT,
            "title": TEXT,
            "status": TEXT,
            "answer": TEXT,
            "reason": TEXT,
            "number_text": MAYBE_TEXT,
            "activation": MAYBE_TEXT,
        }
    ],
    "complete": FLAG,
    "notes": [TEXT],
}
"""What a record of every kind has: where it is from, the data, the verdicts."""


def require_shape(value: Any, shape: Any, where: str) -> None:
    """Check that `value` has every part that `shape` names, each of its type.

    Raises
    ------
    DataError
        If a part is absent or of another type, by its path from `where`.
    """
    if isinstance(shape, Maybe):
        if value is not None:
            require_shape(value, shape.shape, where)
    elif isinstance(shape, dict):
        if not isinstance(value, Mapping):
            raise _damaged(where, value, "an object")
        for key, inner in shape.items():
            if key not in value:
                if isinstance(inner, MaybeAbsent):
                    continue
                raise _damaged(f"{where}.{key}", "nothing", "a value")
            require_shape(value[key], inner, f"{where}.{key}")
    elif isinstance(shape, list):
        if not isinstance(value, list | tuple):
            raise _damaged(where, value, "a list")
        for index, each in enumerate(value):
            require_shape(each, shape[0], f"{where}[{index}]")
    elif not isinstance(value, shape) or (isinstance(value, bool) and shape != FLAG):
        raise _damaged(where, value, " or ".join(each.__name__ for each in shape))


def require_length(value: Sequence[Any], length: int, where: str) -> None:
    """Check that the list has as many entries as its neighbours.

    Raises
    ------
    DataError
        If it has not, by its path.
    """
    if len(value) != length:
        raise _damaged(where, f"{len(value)} values", f"a list of {length}")


def _damaged(where: str, found: Any, needed: str) -> DataError:
    shown = found if isinstance(found, str) else type(found).__name__
    return DataError(
        f"The record is damaged: {where} holds {shown[:60]!r} where {needed} is "
        "needed. Run the diagnosis again."
    )
