"""What the record of an experiment holds, and what older ones may lack."""

from typing import Any

from widthwise.report.parts._promises import (
    COUNT,
    FLAG,
    MAYBE_NUMBER,
    MAYBE_TEXT,
    TEXT,
    MaybeAbsent,
)

__all__ = ["EXPERIMENT_STUDY"]

EXPERIMENT_STUDY: dict[str, Any] = {
    "widthwise": TEXT,
    "created": TEXT,
    "environment": {},
    "name": TEXT,
    "title": TEXT,
    "question": TEXT,
    "source": TEXT,
    "where": TEXT,
    "quick": FLAG,
    "seed": COUNT,
    "settings": {},
    "assumptions": [TEXT],
    "findings": [
        {
            "name": TEXT,
            "statement": TEXT,
            "where": TEXT,
            "measured": TEXT,
            "refuted_by": TEXT,
            "verdict": TEXT,
            "evidence": TEXT,
        }
    ],
    "tables": {},
    # A chart that this version cannot draw is named on the page; it is no damage.
    "charts": MaybeAbsent([{}]),
    "notes": [TEXT],
    "version": MaybeAbsent(COUNT),
    "command": MaybeAbsent(MAYBE_TEXT),
    "seconds": MaybeAbsent(MAYBE_NUMBER),
}
