"""The study of activations on one data set."""

from widthwise.diagnosis.activations._run import Plan, carry_out, plan
from widthwise.diagnosis.activations._settings import DEFAULT_ACTIVATIONS, Settings

__all__ = ["DEFAULT_ACTIVATIONS", "Plan", "Settings", "carry_out", "plan"]
