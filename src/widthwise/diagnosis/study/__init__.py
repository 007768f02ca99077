"""What every study has: data, budget, record, verdicts, and how it is carried out."""

from typing import TYPE_CHECKING

from widthwise.diagnosis.study._knobs import Knob, knob, knobs_among
from widthwise.doors import opened_by

if TYPE_CHECKING:
    from widthwise.diagnosis.study._budget import (
        LIBRARY_BYTES,
        Budget,
        Cost,
        Limits,
    )
    from widthwise.diagnosis.study._data import as_dataset, read_data, summary_of
    from widthwise.diagnosis.study._finding import (
        array_of,
        other_paces,
        spectrum_found,
        training_found,
    )
    from widthwise.diagnosis.study._found import (
        Numbers,
        Pace,
        Plateau,
        SpectrumFound,
        Training,
        or_infinity,
        require_one_length,
    )
    from widthwise.diagnosis.study._questions import FITS, SPEED, speed_status
    from widthwise.diagnosis.study._record import (
        DataSummary,
        Pair,
        Preparation,
        StudyRecord,
        TargetsSummary,
    )
    from widthwise.diagnosis.study._study import Findings, Study
    from widthwise.diagnosis.study._verdict import (
        NumberIs,
        Question,
        Status,
        Verdict,
        Words,
    )

__all__ = [
    "FITS",
    "LIBRARY_BYTES",
    "SPEED",
    "Budget",
    "Cost",
    "DataSummary",
    "Findings",
    "Knob",
    "Limits",
    "NumberIs",
    "Numbers",
    "Pace",
    "Pair",
    "Plateau",
    "Preparation",
    "Question",
    "SpectrumFound",
    "Status",
    "Study",
    "StudyRecord",
    "TargetsSummary",
    "Training",
    "Verdict",
    "Words",
    "array_of",
    "as_dataset",
    "knob",
    "knobs_among",
    "or_infinity",
    "other_paces",
    "read_data",
    "require_one_length",
    "spectrum_found",
    "speed_status",
    "summary_of",
    "training_found",
]

# A page is drawn from a record without what computes one.
if not TYPE_CHECKING:  # which would then find every name
    __getattr__ = opened_by(
        __name__,
        {
            "_budget": ("LIBRARY_BYTES", "Budget", "Cost", "Limits"),
            "_data": ("as_dataset", "read_data", "summary_of"),
            "_finding": (
                "array_of",
                "other_paces",
                "spectrum_found",
                "training_found",
            ),
            "_found": (
                "Numbers",
                "Pace",
                "Plateau",
                "SpectrumFound",
                "Training",
                "or_infinity",
                "require_one_length",
            ),
            "_questions": ("FITS", "SPEED", "speed_status"),
            "_record": (
                "DataSummary",
                "Pair",
                "Preparation",
                "StudyRecord",
                "TargetsSummary",
            ),
            "_study": ("Findings", "Study"),
            "_verdict": ("NumberIs", "Question", "Status", "Verdict", "Words"),
        },
    )
