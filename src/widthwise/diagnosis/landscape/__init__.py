"""The study of the loss landscape of one data set."""

from widthwise.diagnosis.landscape._run import (
    LandscapePlan,
    carry_out_landscape,
    plan_landscape,
)

__all__ = ["LandscapePlan", "carry_out_landscape", "plan_landscape"]
