"""A sweep carried out, and its tally."""

from widthwise.sweeps.running._conclusions import conclusions, require_experiment
from widthwise.sweeps.running._reproduction import Reproduction, reproduce
from widthwise.sweeps.running._run import run
from widthwise.sweeps.running._tally import SweepProgress, Tally

__all__ = [
    "Reproduction",
    "SweepProgress",
    "Tally",
    "conclusions",
    "reproduce",
    "require_experiment",
    "run",
]
