"""The content-addressed store of results."""

from widthwise.sweeps.store._claims import TrialClaim
from widthwise.sweeps.store._export import FORMATS
from widthwise.sweeps.store._failure import KINDS, Failure
from widthwise.sweeps.store._merge import Conflict, Merged
from widthwise.sweeps.store._store import Store
from widthwise.sweeps.store._verification import Damage, Verification

__all__ = [
    "FORMATS",
    "KINDS",
    "Conflict",
    "Damage",
    "Failure",
    "Merged",
    "Store",
    "TrialClaim",
    "Verification",
]
