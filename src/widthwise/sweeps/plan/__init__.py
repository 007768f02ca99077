"""What is asked of a sweep: trials, grids, targets."""

from widthwise.sweeps.plan._codec import canonical, decode, encode, loads
from widthwise.sweeps.plan._plan import Plan
from widthwise.sweeps.plan._quantities import bytes_of, seconds_of, whole
from widthwise.sweeps.plan._target import Target, experiment_named, function_named
from widthwise.sweeps.plan._trial import Trial, require_key

__all__ = [
    "Plan",
    "Target",
    "Trial",
    "bytes_of",
    "canonical",
    "decode",
    "encode",
    "experiment_named",
    "function_named",
    "loads",
    "require_key",
    "seconds_of",
    "whole",
]
