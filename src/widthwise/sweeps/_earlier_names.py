"""Names that stood on the door while others had the same; they stay."""

from widthwise.sweeps.running import SweepProgress
from widthwise.sweeps.store import TrialClaim

__all__ = ["Claim", "Progress"]

Claim, Progress = TrialClaim, SweepProgress
