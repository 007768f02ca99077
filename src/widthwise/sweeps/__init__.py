"""Many runs of one thing: plans, processes, clusters, a store that loses nothing.

The experiments load when `reproduce` is asked for: every process that runs trials
opens this door, and most functions need none of them.
"""

import importlib
from typing import TYPE_CHECKING, Any

from widthwise.sweeps._claims import Claim
from widthwise.sweeps._conclusions import conclusions, require_experiment
from widthwise.sweeps._export import FORMATS
from widthwise.sweeps._failure import KINDS, Failure
from widthwise.sweeps._merge import Conflict, Merged
from widthwise.sweeps._plan import Plan
from widthwise.sweeps._run import run
from widthwise.sweeps._store import Store
from widthwise.sweeps._tally import Progress, Tally
from widthwise.sweeps._trial import Trial
from widthwise.sweeps._verification import Damage, Verification

if TYPE_CHECKING:
    from widthwise.sweeps._reproduction import Reproduction, reproduce

__all__ = [
    "FORMATS",
    "KINDS",
    "Claim",
    "Conflict",
    "Damage",
    "Failure",
    "Merged",
    "Plan",
    "Progress",
    "Reproduction",
    "Store",
    "Tally",
    "Trial",
    "Verification",
    "conclusions",
    "reproduce",
    "require_experiment",
    "run",
]


def __getattr__(name: str) -> Any:
    if name in ("Reproduction", "reproduce"):
        return getattr(importlib.import_module("widthwise.sweeps._reproduction"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
