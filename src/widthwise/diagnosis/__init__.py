"""Verdicts on one data set: will it fit, how wide, how fast, which activation."""

from widthwise.diagnosis._budget import Budget, Cost
from widthwise.diagnosis._diagnosis import Diagnosis
from widthwise.diagnosis._run import (
    InterruptedDiagnosis,
    Plan,
    carry_out,
    diagnose,
    plan,
)
from widthwise.diagnosis._settings import DEFAULT_ACTIVATIONS, Settings
from widthwise.diagnosis._verdict import Verdict

__all__ = [
    "DEFAULT_ACTIVATIONS",
    "Budget",
    "Cost",
    "Diagnosis",
    "InterruptedDiagnosis",
    "Plan",
    "Settings",
    "Verdict",
    "carry_out",
    "diagnose",
    "plan",
]
