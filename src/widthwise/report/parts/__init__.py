"""What every page and the terminal are made of."""

from widthwise.report.parts._comparison import (
    NEGLIGIBLE,
    Cell,
    Column,
    at_least,
    column,
    steps_columns,
)
from widthwise.report.parts._drawn import Compared, Drawn, Series, choice, series, told
from widthwise.report.parts._eigenvalues import eigenvalue_figure
from widthwise.report.parts._figure import DataTable, Figure, listed, thinned
from widthwise.report.parts._fitted_table import FittedTable
from widthwise.report.parts._html import LIBRARY, context_of, html, plotting_library
from widthwise.report.parts._numbers import (
    angle,
    count,
    duration,
    number,
    percent,
    values,
)
from widthwise.report.parts._page_parts import TRAINING_SCRIPTS, Page
from widthwise.report.parts._palette import series_colours
from widthwise.report.parts._rendering import Rendering
from widthwise.report.parts._status import Status, status_of
from widthwise.report.parts._telling import Telling
from widthwise.report.parts._terminal_tables import cut, evidence_table, verdict_panel
from widthwise.report.parts._terminal_words import STYLES, Words
from widthwise.report.parts._terms import FILTERS, KAPPA, MARKERS, PLATEAU, RANK, STEP
from widthwise.report.parts._training import (
    filter_figure,
    residual_figure,
    slider_start,
)

__all__ = [
    "FILTERS",
    "KAPPA",
    "LIBRARY",
    "MARKERS",
    "NEGLIGIBLE",
    "PLATEAU",
    "RANK",
    "STEP",
    "STYLES",
    "TRAINING_SCRIPTS",
    "Cell",
    "Column",
    "Compared",
    "DataTable",
    "Drawn",
    "Figure",
    "FittedTable",
    "Page",
    "Rendering",
    "Series",
    "Status",
    "Telling",
    "Words",
    "angle",
    "at_least",
    "choice",
    "column",
    "context_of",
    "count",
    "cut",
    "duration",
    "eigenvalue_figure",
    "evidence_table",
    "filter_figure",
    "html",
    "listed",
    "number",
    "percent",
    "plotting_library",
    "residual_figure",
    "series",
    "series_colours",
    "slider_start",
    "status_of",
    "steps_columns",
    "thinned",
    "told",
    "values",
    "verdict_panel",
]
