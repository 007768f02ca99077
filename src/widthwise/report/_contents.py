"""The record's promises, checked before anything is drawn from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from widthwise.errors import DataError
from widthwise.records import Record

__all__ = ["Series", "require_diagnosis", "series"]

_TEXT, _COUNT, _NUMBER, _FLAG = (str,), (int,), (int, float), (bool,)
_MAYBE_TEXT, _MAYBE_NUMBER = (str, type(None)), (int, float, type(None))


@dataclass(frozen=True)
class _Maybe:
    """A part that is null where it has no meaning for the data."""

    shape: Any


_PAIR = {"rows": [_COUNT], "angle": _MAYBE_NUMBER}
_WIDTH = {
    "name": _TEXT,
    "value": _MAYBE_NUMBER,
    "is_certificate": _FLAG,
    "formula": _TEXT,
    "source": _TEXT,
    "assumptions": [_TEXT],
}
_ACTIVATION = {
    "name": _TEXT,
    "key": _TEXT,
    "formula": _TEXT,
    "smoothness": _MAYBE_NUMBER,
    "parity": _TEXT,
    "kernel": {
        "smallest": _MAYBE_NUMBER,
        "largest": _MAYBE_NUMBER,
        "mean": _MAYBE_NUMBER,
        "condition_number": _MAYBE_NUMBER,
        "condition_text": _TEXT,
        "condition_interval": _Maybe([_MAYBE_NUMBER]),
        "error_bound": _MAYBE_NUMBER,
        "rank": _COUNT,
        "is_singular": _FLAG,
    },
    "rank_verdict": {
        "can_fit_any_labels": _FLAG,
        "rank": _COUNT,
        "nullity": _COUNT,
        "rows": [_COUNT],
        "groups": [_TEXT],
        "residual_bound": _MAYBE_NUMBER,
        "relative_residual_bound": _MAYBE_NUMBER,
        "near_misses": [_PAIR | {"kind": _TEXT}],
        "cure": _MAYBE_TEXT,
        "reason": _TEXT,
        "is_exact": _FLAG,
    },
    "width": {
        "certified": _Maybe(_WIDTH),
        "certified_sharp": _Maybe(_WIDTH),
        "conditioned": _Maybe(_WIDTH),
        "empirical": _Maybe(
            {
                "value": _MAYBE_NUMBER,
                "low": _MAYBE_NUMBER,
                "high": _MAYBE_NUMBER,
                "probability": _MAYBE_NUMBER,
                "confidence": _MAYBE_NUMBER,
                "trials": _MAYBE_NUMBER,
                "criterion": _TEXT,
            }
        ),
    },
    "bounds": [_WIDTH | {"constant_is_known": _FLAG}],
    "conditioning": {
        "widths": [_NUMBER],
        "median": [_MAYBE_NUMBER],
        "low": [_MAYBE_NUMBER],
        "high": [_MAYBE_NUMBER],
        "singular_fraction": [_NUMBER],
        "trials": _NUMBER,
    },
    "training": _Maybe(
        {
            "width": _NUMBER,
            "step": _MAYBE_NUMBER,
            "steps": {},
            "floor": _MAYBE_NUMBER,
            "worst_case": _FLAG,
        }
    ),
}
_DIAGNOSIS: dict[str, Any] = {
    "seed": _COUNT,
    "widthwise": _TEXT,
    "created": _TEXT,
    "environment": {},
    "command": _MAYBE_TEXT,
    "data": {
        "name": _TEXT,
        "origin": _TEXT,
        "rows": _COUNT,
        "rows_total": _COUNT,
        "dimension": _COUNT,
        "inputs": _COUNT,
        "feature_names": [_TEXT],
        "target": _MAYBE_TEXT,
        "steps": [{"name": _TEXT, "detail": _TEXT, "numbers": {}}],
        "sample_note": _MAYBE_TEXT,
    },
    "settings": {},
    "verdicts": [
        {
            "question": _TEXT,
            "title": _TEXT,
            "status": _TEXT,
            "answer": _TEXT,
            "reason": _TEXT,
            "number_text": _MAYBE_TEXT,
            "activation": _MAYBE_TEXT,
        }
    ],
    "activations": [_ACTIVATION],
    "complete": _FLAG,
    "notes": [_TEXT],
}


@dataclass(frozen=True)
class Series:
    """One activation of a record: what was found, its arrays, its place."""

    index: int
    found: Mapping[str, Any]
    arrays: Mapping[str, np.ndarray]

    @property
    def name(self) -> str:
        return str(self.found["name"])

    def array(self, *names: str) -> tuple[np.ndarray, ...] | None:
        """Return the named arrays, or None unless all are there and of one length."""
        keys = [f"{self.found['key']}/{name}" for name in names]
        if not all(key in self.arrays for key in keys):
            return None
        found = tuple(np.asarray(self.arrays[key], dtype=np.float64) for key in keys)
        lengths = {each.shape for each in found}
        return found if len(lengths) == 1 and found[0].size else None


def series(record: Record) -> tuple[Series, ...]:
    """Return the activations of a record in the order they were asked for."""
    return tuple(
        Series(index, found, record.arrays)
        for index, found in enumerate(record.content["activations"])
    )


def require_diagnosis(record: Record) -> None:
    """Check that `record` is a diagnosis with every part that a page needs.

    Raises
    ------
    DataError
        If it is of another kind, or a part is absent or of another type.
    """
    kind = record.content.get("kind")
    if kind != "diagnosis":
        raise DataError(
            f"The record is of kind {kind!r}; a report is drawn from a 'diagnosis'. "
            "Name a folder that `widthwise diagnose … --out` wrote."
        )
    _require(record.content, _DIAGNOSIS, "record")


def _require(value: Any, shape: Any, where: str) -> None:
    if isinstance(shape, _Maybe):
        if value is not None:
            _require(value, shape.shape, where)
    elif isinstance(shape, dict):
        if not isinstance(value, Mapping):
            raise _damaged(where, value, "an object")
        for key, inner in shape.items():
            if key not in value:
                raise _damaged(f"{where}.{key}", "nothing", "a value")
            _require(value[key], inner, f"{where}.{key}")
    elif isinstance(shape, list):
        if not isinstance(value, list | tuple):
            raise _damaged(where, value, "a list")
        for index, each in enumerate(value):
            _require(each, shape[0], f"{where}[{index}]")
    elif not isinstance(value, shape) or (isinstance(value, bool) and shape != _FLAG):
        raise _damaged(where, value, " or ".join(each.__name__ for each in shape))


def _damaged(where: str, found: Any, needed: str) -> DataError:
    shown = found if isinstance(found, str) else type(found).__name__
    return DataError(
        f"The record is damaged: {where} holds {shown[:60]!r} where {needed} is "
        "needed. Run the diagnosis again."
    )
