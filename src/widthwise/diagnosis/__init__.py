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
    from widthwise.diagnosis._earlier_names import (
        LandscapePlan,
        ModulePlan,
        Plan,
        carry_out_landscape,
        carry_out_module,
    )
    from widthwise.diagnosis._kinds import KINDS, evidence_of
    from widthwise.diagnosis.activations import (
        DEFAULT_ACTIVATIONS,
        ActivationKnobs,
        Settings,
    )
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
    "LandscapePlan",
    "ModuleKnobs",
    "ModulePlan",
    "Plan",
    "Settings",
    "Study",
    "Verdict",
    "carry_out",
    "carry_out_landscape",
    "carry_out_module",
    "diagnose",
    "diagnose_landscape",
    "evidence_of",
    "plan",
    "plan_landscape",
    "plan_module",
]

# A page is drawn from a record without what computes one.
if not TYPE_CHECKING:  # which would then find every name
    __getattr__ = opened_by(
        __name__,
        {
            "_carry_out": ("carry_out",),
            "_diagnose": ("diagnose", "plan", "plan_module"),
            "_diagnose_landscape": ("diagnose_landscape", "plan_landscape"),
            "_diagnosis": ("Diagnosis", "InterruptedDiagnosis"),
            "_earlier_names": (
                "LandscapePlan",
                "ModulePlan",
                "Plan",
                "carry_out_landscape",
                "carry_out_module",
            ),
            "_kinds": ("KINDS", "evidence_of"),
            "activations": ("DEFAULT_ACTIVATIONS", "ActivationKnobs", "Settings"),
            "landscape": ("LandscapeKnobs",),
            "module": ("ModuleKnobs",),
            "study": ("Budget", "Cost", "Study", "Verdict"),
        },
    )
