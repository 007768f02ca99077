"""What the record of a module's diagnosis holds beside what every record has."""

from typing import Any

from widthwise.report.parts._promises import (
    COUNT,
    FLAG,
    MAYBE_NUMBER,
    MAYBE_TEXT,
    OPENING,
    TEXT,
    Maybe,
)

__all__ = ["MODULE_DIAGNOSIS"]

_PART = {
    "key": TEXT,
    "name": TEXT,
    "words": TEXT,
    "spectrum": {
        "size": COUNT,
        "largest": MAYBE_NUMBER,
        "smallest": MAYBE_NUMBER,
        "condition_number": MAYBE_NUMBER,
        "condition_interval": Maybe([MAYBE_NUMBER]),
        "rank": COUNT,
        "is_singular": FLAG,
    },
    "training": Maybe(
        {
            "step": MAYBE_NUMBER,
            "largest_stable_step": MAYBE_NUMBER,
            "steps": {},
            "floor": MAYBE_NUMBER,
            "worst_case": FLAG,
            "condition_number": MAYBE_NUMBER,
            "rank": COUNT,
        }
    ),
}
MODULE_DIAGNOSIS: dict[str, Any] = OPENING | {
    "module": {
        "name": TEXT,
        "kind": TEXT,
        "parameters": COUNT,
        "trainable": COUNT,
        "outputs": COUNT,
        "dtype": TEXT,
        "layer": TEXT,
        "feature_width": COUNT,
        "has_bias": FLAG,
        "layers": [{"name": TEXT, "parameters": COUNT, "share": MAYBE_NUMBER}],
    },
    "parts": [_PART],
    "curve": Maybe(
        {
            "epochs": COUNT,
            "step": MAYBE_NUMBER,
            "largest_stable_step": MAYBE_NUMBER,
            "stopped": MAYBE_TEXT,
            "final_real": MAYBE_NUMBER,
            "final_predicted": MAYBE_NUMBER,
        }
    ),
}
