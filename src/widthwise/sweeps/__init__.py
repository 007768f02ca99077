"""Many runs of one thing: plans, processes, clusters, a store that loses nothing.

The experiments load when `reproduce` is asked for: every process that runs trials
opens this door, and most functions need none of them.
"""

from typing import TYPE_CHECKING

from widthwise.doors import opened_by
from widthwise.sweeps.plan import Plan, Trial
from widthwise.sweeps.running import (
    SweepProgress,
    Tally,
    conclusions,
    require_experiment,
    run,
)
from widthwise.sweeps.store import (
    FORMATS,
    KINDS,
    Conflict,
    Damage,
    Failure,
    Merged,
    Store,
    TrialClaim,
    Verification,
)

if TYPE_CHECKING:
    from widthwise.sweeps._earlier_names import Claim as Claim
    from widthwise.sweeps._earlier_names import Progress as Progress
    from widthwise.sweeps.running import Reproduction, reproduce

__all__ = [
    "FORMATS",
    "KINDS",
    "Conflict",
    "Damage",
    "Failure",
    "Merged",
    "Plan",
    "Reproduction",
    "Store",
    "SweepProgress",
    "Tally",
    "Trial",
    "TrialClaim",
    "Verification",
    "conclusions",
    "reproduce",
    "require_experiment",
    "run",
]

if not TYPE_CHECKING:  # which would then find every name
    __getattr__ = opened_by(
        __name__,
        {
            "_earlier_names": ("Claim", "Progress"),
            "running._reproduction": ("Reproduction", "reproduce"),
        },
    )
