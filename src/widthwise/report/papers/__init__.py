"""A paper's figures, and the page on all of its experiments."""

from widthwise.report.papers._figures import experiment_figures
from widthwise.report.papers._markdown import papers_markdown
from widthwise.report.papers._page import papers_page

__all__ = ["experiment_figures", "papers_markdown", "papers_page"]
