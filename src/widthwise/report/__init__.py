"""Pages and tables: what a record says, for a person.

This room reads records and calls no other room, so a page can be redrawn from a saved
folder by any later version.
"""

from widthwise.report._differences import Difference, Differences, differences
from widthwise.report._differences_terminal import differences_table
from widthwise.report._page import render, write, write_library
from widthwise.report._terminal import table
from widthwise.report.experiments import experiment_page, experiment_tables
from widthwise.report.explore import explore_page
from widthwise.report.papers import experiment_figures, papers_markdown, papers_page

__all__ = [
    "Difference",
    "Differences",
    "differences",
    "differences_table",
    "experiment_figures",
    "experiment_page",
    "experiment_tables",
    "explore_page",
    "papers_markdown",
    "papers_page",
    "render",
    "table",
    "write",
    "write_library",
]
