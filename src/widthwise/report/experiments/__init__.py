"""The page on an experiment."""

from widthwise.report.experiments._chart import drawings
from widthwise.report.experiments._claims import claim_status, groups, told
from widthwise.report.experiments._columns import file_names
from widthwise.report.experiments._files import experiment_tables
from widthwise.report.experiments._page import (
    experiment_page,
    require_experiment,
    study_page,
)
from widthwise.report.experiments._rendering import RENDERING
from widthwise.report.experiments._telling import CLAIMS
from widthwise.report.experiments._terminal import claims_panel

__all__ = [
    "CLAIMS",
    "RENDERING",
    "claim_status",
    "claims_panel",
    "drawings",
    "experiment_page",
    "experiment_tables",
    "file_names",
    "groups",
    "require_experiment",
    "study_page",
    "told",
]
