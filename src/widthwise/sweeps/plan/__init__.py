"""What is asked of a sweep: trials, grids, targets."""

from widthwise.sweeps.plan._codec import MOST_BYTES, canonical, decode, encode, loads
from widthwise.sweeps.plan._plan import Plan
from widthwise.sweeps.plan._quantities import bytes_of, seconds_of
from widthwise.sweeps.plan._target import Target, experiment_named, function_named
from widthwise.sweeps.plan._trial import Trial, require_key

__all__ = [
    "MOST_BYTES",
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
]
