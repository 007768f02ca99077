"""The parts of a diagnosis, checked before anything is drawn from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from widthwise.errors import DataError
from widthwise.records import Record
from widthwise.report.parts._experiment_contents import EXPERIMENT_STUDY
from widthwise.report.parts._landscape_contents import LANDSCAPE_STUDY, require_alike
from widthwise.report.parts._module_contents import MODULE_DIAGNOSIS
from widthwise.report.parts._promises import (
    COUNT,
    FLAG,
    MAYBE_NUMBER,
    MAYBE_TEXT,
    NUMBER,
    OPENING,
    TEXT,
    Maybe,
    MaybeAbsent,
    require_shape,
)

__all__ = ["EXPERIMENT", "LANDSCAPE", "MODULE", "Series", "require_diagnosis", "series"]

MODULE = "module-diagnosis"
"""The kind of a record that speaks of somebody's own module."""

LANDSCAPE = "landscape"
"""The kind of a record of a loss landscape."""

EXPERIMENT = "experiment"
"""The kind of a record of a paper's experiment."""

_PAIR = {"rows": [COUNT], "angle": MAYBE_NUMBER}
_WIDTH = {
    "name": TEXT,
    "value": MAYBE_NUMBER,
    "is_certificate": FLAG,
    "formula": TEXT,
    "source": TEXT,
    "assumptions": [TEXT],
}
_ACTIVATION = {
    "name": TEXT,
    "key": TEXT,
    "formula": TEXT,
    "smoothness": MAYBE_NUMBER,
    "parity": TEXT,
    "kernel": {
        "smallest": MAYBE_NUMBER,
        "largest": MAYBE_NUMBER,
        "mean": MAYBE_NUMBER,
        "condition_number": MAYBE_NUMBER,
        "condition_text": TEXT,
        "condition_interval": Maybe([MAYBE_NUMBER]),
        "error_bound": MAYBE_NUMBER,
        "rank": COUNT,
        "is_singular": FLAG,
    },
    "rank_verdict": {
        "can_fit_any_labels": FLAG,
        "rank": COUNT,
        "nullity": COUNT,
        "rows": [COUNT],
        "groups": [TEXT],
        "residual_bound": MAYBE_NUMBER,
        "relative_residual_bound": MAYBE_NUMBER,
        "near_misses": [_PAIR | {"kind": TEXT}],
        "cure": MAYBE_TEXT,
        "reason": TEXT,
        "is_exact": FLAG,
    },
    "width": {
        "certified": Maybe(_WIDTH),
        "certified_sharp": Maybe(_WIDTH),
        "conditioned": Maybe(_WIDTH),
        "empirical": Maybe(
            {
                "value": MAYBE_NUMBER,
                "low": MAYBE_NUMBER,
                "high": MAYBE_NUMBER,
                "probability": MAYBE_NUMBER,
                "confidence": MAYBE_NUMBER,
                "trials": MAYBE_NUMBER,
                "criterion": TEXT,
            }
        ),
    },
    "bounds": [_WIDTH | {"constant_is_known": FLAG}],
    "conditioning": {
        "widths": [NUMBER],
        "median": [MAYBE_NUMBER],
        "low": [MAYBE_NUMBER],
        "high": [MAYBE_NUMBER],
        "singular_fraction": [NUMBER],
        "trials": NUMBER,
    },
    "landscape": MaybeAbsent(
        {
            "widths": [NUMBER],
            "estimate": [MAYBE_NUMBER],
            "low": [MAYBE_NUMBER],
            "high": [MAYBE_NUMBER],
            "threshold": MAYBE_NUMBER,
        }
    ),
    "training": Maybe(
        {
            "width": NUMBER,
            "step": MAYBE_NUMBER,
            "steps": {},
            "floor": MAYBE_NUMBER,
            "worst_case": FLAG,
        }
    ),
}
_SHAPES = {
    "diagnosis": OPENING | {"activations": [_ACTIVATION]},
    MODULE: MODULE_DIAGNOSIS,
    LANDSCAPE: LANDSCAPE_STUDY,
    EXPERIMENT: EXPERIMENT_STUDY,
}


@dataclass(frozen=True)
class Series:
    """One activation, or one way to train a module: its findings, arrays and place."""

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
    """Return the activations, or a module's parts, in the order of the record."""
    key = "parts" if record.content.get("kind") == MODULE else "activations"
    return tuple(
        Series(index, found, record.arrays)
        for index, found in enumerate(record.content[key])
    )


def require_diagnosis(record: Record) -> None:
    """Check that `record` is of a known kind, with every part that a page needs.

    Raises
    ------
    DataError
        If it is of another kind, or a part is absent or of another type.
    """
    kind = record.content.get("kind")
    shape = _SHAPES.get(kind) if isinstance(kind, str) else None
    if shape is None:
        raise DataError(
            f"The record is of kind {kind!r}; a report is drawn from a 'diagnosis', a "
            f"{MODULE!r}, a {LANDSCAPE!r} or an {EXPERIMENT!r}. Name a folder that "
            "`widthwise diagnose … --out`, `widthwise landscape … --out` or `widthwise "
            "reproduce … --out` wrote."
        )
    require_shape(record.content, shape, "record")
    if kind == LANDSCAPE:
        require_alike(record.content["probability"], "record.probability")
    for place, each in enumerate(record.content.get("activations", ())):
        if each.get("landscape"):
            where = f"record.activations[{place}].landscape"
            require_alike(each["landscape"], where)
