"""Names that stood on the door while each study had a plan of its own; they stay."""

from widthwise.diagnosis._carry_out import carry_out
from widthwise.diagnosis.activations import ActivationsStudy
from widthwise.diagnosis.landscape import LandscapeStudy
from widthwise.diagnosis.module import ModuleStudy

__all__ = [
    "LandscapePlan",
    "ModulePlan",
    "Plan",
    "carry_out_landscape",
    "carry_out_module",
]

Plan, ModulePlan, LandscapePlan = ActivationsStudy, ModuleStudy, LandscapeStudy
carry_out_module = carry_out_landscape = carry_out
