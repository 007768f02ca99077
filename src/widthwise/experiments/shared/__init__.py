"""What every experiment is made of: settings, claims, charts, cells."""

from widthwise.experiments.shared._catalog import experiment_names, experiments_of
from widthwise.experiments.shared._definition import (
    Cell,
    Experiment,
    Measurement,
    Progress,
)
from widthwise.experiments.shared._mean_interval import MeanInterval, mean_interval
from widthwise.experiments.shared._power_law import Exponent, power_law
from widthwise.experiments.shared._record import (
    Answer,
    Chart,
    Claim,
    ExperimentRecord,
    Finding,
    Row,
)
from widthwise.experiments.shared._rows import gathered, grouped, picked
from widthwise.experiments.shared._selection import selection
from widthwise.experiments.shared._setting import Setting
from widthwise.experiments.shared._shown_steps import kept_steps, shown_steps
from widthwise.experiments.shared._success_threshold import (
    Threshold,
    success_threshold,
    wilson_interval,
)
from widthwise.experiments.shared._verdicts import Interval, every, is_below, within

__all__ = [
    "Answer",
    "Cell",
    "Chart",
    "Claim",
    "Experiment",
    "ExperimentRecord",
    "Exponent",
    "Finding",
    "Interval",
    "MeanInterval",
    "Measurement",
    "Progress",
    "Row",
    "Setting",
    "Threshold",
    "every",
    "experiment_names",
    "experiments_of",
    "gathered",
    "grouped",
    "is_below",
    "kept_steps",
    "mean_interval",
    "picked",
    "power_law",
    "selection",
    "shown_steps",
    "success_threshold",
    "wilson_interval",
    "within",
]
