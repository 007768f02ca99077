"""Processes and clusters that carry out trials."""

from widthwise.sweeps.workers._cluster import DaskCluster, require_address
from widthwise.sweeps.workers._outcome import Limits, Outcome
from widthwise.sweeps.workers._processes import LocalProcesses
from widthwise.sweeps.workers._workers import Workers

__all__ = [
    "DaskCluster",
    "Limits",
    "LocalProcesses",
    "Outcome",
    "Workers",
    "require_address",
]
