"""What every experiment is made of: settings, claims, charts, cells."""

from widthwise.experiments.shared._answers import (
    at_least,
    at_most,
    in_order,
    within,
)
from widthwise.experiments.shared._catalog import experiment_names, experiments_of
from widthwise.experiments.shared._chart import Chart
from widthwise.experiments.shared._definition import (
    Cell,
    Experiment,
    Measurement,
    Progress,
)
from widthwise.experiments.shared._exponents import exponent_estimate, exponent_rows
from widthwise.experiments.shared._grown import grows, hardly_grows
from widthwise.experiments.shared._record import (
    Answer,
    Case,
    Claim,
    ExperimentRecord,
    Finding,
    Origin,
    Row,
)
from widthwise.experiments.shared._rows import gathered, grouped, picked
from widthwise.experiments.shared._said import interval, number, with_interval
from widthwise.experiments.shared._selection import selection
from widthwise.experiments.shared._setting import Setting
from widthwise.experiments.shared._shown_steps import kept_steps, shown_steps

__all__ = [
    "Answer",
    "Case",
    "Cell",
    "Chart",
    "Claim",
    "Experiment",
    "ExperimentRecord",
    "Finding",
    "Measurement",
    "Origin",
    "Progress",
    "Row",
    "Setting",
    "at_least",
    "at_most",
    "experiment_names",
    "experiments_of",
    "exponent_estimate",
    "exponent_rows",
    "gathered",
    "grouped",
    "grows",
    "hardly_grows",
    "in_order",
    "interval",
    "kept_steps",
    "number",
    "picked",
    "selection",
    "shown_steps",
    "with_interval",
    "within",
]
