"""The study of the loss landscape of one data set."""

from widthwise.diagnosis.landscape._run import (
    LandscapePlan,
    carry_out_landscape,
    plan_landscape,
)
from widthwise.diagnosis.landscape._settings import LandscapeSettings, two_slopes
from widthwise.diagnosis.landscape._widths import (
    find_widths,
    necessary_width,
    probability_at,
    probability_content,
)

__all__ = [
    "LandscapePlan",
    "LandscapeSettings",
    "carry_out_landscape",
    "find_widths",
    "necessary_width",
    "plan_landscape",
    "probability_at",
    "probability_content",
    "two_slopes",
]
