"""What every study has: data, budget, verdicts, an ending."""

from widthwise.diagnosis.study._budget import BLOCK_BYTES, Budget, Cost, rows_within
from widthwise.diagnosis.study._data import as_dataset, data_content, read_data
from widthwise.diagnosis.study._diagnosis import Diagnosis
from widthwise.diagnosis.study._evidence import Evidence
from widthwise.diagnosis.study._interruption import InterruptedDiagnosis, Progress
from widthwise.diagnosis.study._phrases import listing, number, rows_text, steps_text
from widthwise.diagnosis.study._verdict import (
    Verdict,
    can_fit,
    coarse,
    fits_these,
    kappa,
    names,
    of_sample,
    or_infinity,
    relative_bound,
)

__all__ = [
    "BLOCK_BYTES",
    "Budget",
    "Cost",
    "Diagnosis",
    "Evidence",
    "InterruptedDiagnosis",
    "Progress",
    "Verdict",
    "as_dataset",
    "can_fit",
    "coarse",
    "data_content",
    "fits_these",
    "kappa",
    "listing",
    "names",
    "number",
    "of_sample",
    "or_infinity",
    "read_data",
    "relative_bound",
    "rows_text",
    "rows_within",
    "steps_text",
]
