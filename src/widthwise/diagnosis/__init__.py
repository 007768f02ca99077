"""Verdicts on one data set: will it fit, how wide, how fast, which activation."""

from widthwise.diagnosis._diagnose import diagnose
from widthwise.diagnosis._landscape import diagnose_landscape
from widthwise.diagnosis.activations import (
    DEFAULT_ACTIVATIONS,
    Plan,
    Settings,
    carry_out,
    plan,
)
from widthwise.diagnosis.landscape import (
    LandscapePlan,
    carry_out_landscape,
    plan_landscape,
)
from widthwise.diagnosis.module import ModulePlan, carry_out_module, plan_module
from widthwise.diagnosis.study import (
    Budget,
    Cost,
    Diagnosis,
    InterruptedDiagnosis,
    Verdict,
)

__all__ = [
    "DEFAULT_ACTIVATIONS",
    "Budget",
    "Cost",
    "Diagnosis",
    "InterruptedDiagnosis",
    "LandscapePlan",
    "ModulePlan",
    "Plan",
    "Settings",
    "Verdict",
    "carry_out",
    "carry_out_landscape",
    "carry_out_module",
    "diagnose",
    "diagnose_landscape",
    "plan",
    "plan_landscape",
    "plan_module",
]
