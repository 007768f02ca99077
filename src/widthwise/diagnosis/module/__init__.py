"""The study of somebody's own module on one data set."""

from widthwise.diagnosis.module._run import ModulePlan, carry_out_module, plan_module

__all__ = ["ModulePlan", "carry_out_module", "plan_module"]
