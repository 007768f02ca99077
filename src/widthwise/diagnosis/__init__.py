"""Verdicts on one data set: will it fit, how wide, how fast, which activation."""

from typing import TYPE_CHECKING

from widthwise.doors import opened_by

if TYPE_CHECKING:
    from widthwise.diagnosis._carry_out import carry_out
    from widthwise.diagnosis._diagnose import diagnose, plan, plan_module
    from widthwise.diagnosis._diagnose_landscape import (
        diagnose_landscape,
        plan_landscape,
    )
    from widthwise.diagnosis._diagnosis import Diagnosis, InterruptedDiagnosis
    from widthwise.diagnosis._kinds import KINDS, evidence_of
    from widthwise.diagnosis.activations import DEFAULT_ACTIVATIONS, ActivationKnobs
    from widthwise.diagnosis.landscape import LandscapeKnobs
    from widthwise.diagnosis.module import ModuleKnobs
    from widthwise.diagnosis.study import Budget, Cost, Study, Verdict

__all__ = [
    "DEFAULT_ACTIVATIONS",
    "KINDS",
    "ActivationKnobs",
    "Budget",
    "Cost",
    "Diagnosis",
    "InterruptedDiagnosis",
    "LandscapeKnobs",
    "ModuleKnobs",
    "Study",
    "Verdict",
    "carry_out",
    "diagnose",
    "diagnose_landscape",
    "evidence_of",
    "plan",
    "plan_landscape",
    "plan_module",
]

# A page is drawn from a record without what computes one; so each is loaded when asked.
_HERE = "widthwise.diagnosis"
if not TYPE_CHECKING:  # which would then find every name
    __getattr__ = opened_by(
        _HERE,
        {
            "carry_out": f"{_HERE}._carry_out",
            **dict.fromkeys(("diagnose", "plan", "plan_module"), f"{_HERE}._diagnose"),
            **dict.fromkeys(
                ("diagnose_landscape", "plan_landscape"), f"{_HERE}._diagnose_landscape"
            ),
            **dict.fromkeys(
                ("Diagnosis", "InterruptedDiagnosis"), f"{_HERE}._diagnosis"
            ),
            **dict.fromkeys(("KINDS", "evidence_of"), f"{_HERE}._kinds"),
            **dict.fromkeys(
                ("DEFAULT_ACTIVATIONS", "ActivationKnobs"), f"{_HERE}.activations"
            ),
            "LandscapeKnobs": f"{_HERE}.landscape",
            "ModuleKnobs": f"{_HERE}.module",
            **dict.fromkeys(("Budget", "Cost", "Study", "Verdict"), f"{_HERE}.study"),
        },
    )
