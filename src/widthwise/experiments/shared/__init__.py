"""What every experiment is made of: settings, claims, charts, cells."""

from widthwise.experiments.shared._chart import Chart
from widthwise.experiments.shared._claim import Claim, Finding
from widthwise.experiments.shared._definition import (
    Cell,
    Experiment,
    Measurement,
    Progress,
)
from widthwise.experiments.shared._mean_interval import MeanInterval, mean_interval
from widthwise.experiments.shared._power_law import Exponent, power_law, within
from widthwise.experiments.shared._selection import selection
from widthwise.experiments.shared._setting import Setting
from widthwise.experiments.shared._shown_steps import kept_steps, shown_steps
from widthwise.experiments.shared._success_threshold import (
    Threshold,
    success_threshold,
    wilson_interval,
)

__all__ = [
    "Cell",
    "Chart",
    "Claim",
    "Experiment",
    "Exponent",
    "Finding",
    "MeanInterval",
    "Measurement",
    "Progress",
    "Setting",
    "Threshold",
    "kept_steps",
    "mean_interval",
    "power_law",
    "selection",
    "shown_steps",
    "success_threshold",
    "wilson_interval",
    "within",
]
