"""Charts drawn once, for a page and for paper."""

from widthwise.report.charts._drawing import (
    KINDS,
    Drawing,
    Grid,
    Line,
    Panel,
    unable,
)
from widthwise.report.charts._figure import CHART_SCRIPTS, chart_figure
from widthwise.report.charts._looks import Look, Looks
from widthwise.report.charts._scales import (
    Key,
    ends,
    is_logarithmic,
    log_ticks,
    names_of,
)

__all__ = [
    "CHART_SCRIPTS",
    "KINDS",
    "Drawing",
    "Grid",
    "Key",
    "Line",
    "Look",
    "Looks",
    "Panel",
    "chart_figure",
    "ends",
    "is_logarithmic",
    "log_ticks",
    "names_of",
    "unable",
]
