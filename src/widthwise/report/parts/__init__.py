"""What every page and the terminal are made of."""

from widthwise.report.parts._comparison import (
    NEGLIGIBLE,
    Cell,
    Column,
    column,
    comparison,
    steps_columns,
)
from widthwise.report.parts._contents import (
    EXPERIMENT,
    LANDSCAPE,
    MODULE,
    Series,
    require_diagnosis,
    series,
)
from widthwise.report.parts._eigenvalues import eigenvalue_figure
from widthwise.report.parts._figure import DataTable, Figure, listed, thinned
from widthwise.report.parts._html import html
from widthwise.report.parts._landscape_contents import numbers_of, told
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
from widthwise.report.parts._status import Status, status_of
from widthwise.report.parts._telling import ACTIVATIONS, LAYERS, Telling
from widthwise.report.parts._terminal_words import STYLES, Words
from widthwise.report.parts._training import (
    filter_figure,
    residual_figure,
    slider_start,
)

__all__ = [
    "ACTIVATIONS",
    "EXPERIMENT",
    "LANDSCAPE",
    "LAYERS",
    "MODULE",
    "NEGLIGIBLE",
    "STYLES",
    "TRAINING_SCRIPTS",
    "Cell",
    "Column",
    "DataTable",
    "Figure",
    "Page",
    "Series",
    "Status",
    "Telling",
    "Words",
    "angle",
    "column",
    "comparison",
    "count",
    "duration",
    "eigenvalue_figure",
    "filter_figure",
    "html",
    "listed",
    "number",
    "numbers_of",
    "percent",
    "require_diagnosis",
    "residual_figure",
    "series",
    "series_colours",
    "slider_start",
    "status_of",
    "steps_columns",
    "thinned",
    "told",
    "values",
]
