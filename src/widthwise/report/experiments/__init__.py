"""The page on an experiment."""

from widthwise.report.experiments._chart import drawings
from widthwise.report.experiments._claims import claim_rows, claim_status, tallies, told
from widthwise.report.experiments._columns import file_names
from widthwise.report.experiments._drawing import Drawing, Grid, Line, Panel
from widthwise.report.experiments._figure import chart_figure
from widthwise.report.experiments._files import experiment_tables
from widthwise.report.experiments._looks import Look, Looks
from widthwise.report.experiments._page import (
    CHART_SCRIPTS,
    experiment_page,
    require_experiment,
    study_page,
)
from widthwise.report.experiments._rendering import RENDERING
from widthwise.report.experiments._scales import (
    Key,
    ends,
    is_logarithmic,
    log_ticks,
    names_of,
)
from widthwise.report.experiments._telling import CLAIMS
from widthwise.report.experiments._terminal import claims_panel

__all__ = [
    "CHART_SCRIPTS",
    "CLAIMS",
    "RENDERING",
    "Drawing",
    "Grid",
    "Key",
    "Line",
    "Look",
    "Looks",
    "Panel",
    "chart_figure",
    "claim_rows",
    "claim_status",
    "claims_panel",
    "drawings",
    "ends",
    "experiment_page",
    "experiment_tables",
    "file_names",
    "is_logarithmic",
    "log_ticks",
    "names_of",
    "require_experiment",
    "study_page",
    "tallies",
    "told",
]
