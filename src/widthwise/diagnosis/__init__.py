"""Verdicts on one data set: will it fit, how wide, how fast, which activation."""

from widthwise.diagnosis._budget import Budget, Cost
from widthwise.diagnosis._diagnose import diagnose
from widthwise.diagnosis._diagnosis import Diagnosis
from widthwise.diagnosis._interruption import InterruptedDiagnosis
from widthwise.diagnosis._landscape import diagnose_landscape
from widthwise.diagnosis._landscape_run import (
    LandscapePlan,
    carry_out_landscape,
    plan_landscape,
)
from widthwise.diagnosis._module_run import ModulePlan, carry_out_module, plan_module
from widthwise.diagnosis._run import Plan, carry_out, plan
from widthwise.diagnosis._settings import DEFAULT_ACTIVATIONS, Settings
from widthwise.diagnosis._verdict import Verdict

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
