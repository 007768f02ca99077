"""The page on a landscape."""

from widthwise.report.landscape._page import landscape_page
from widthwise.report.landscape._telling import WIDTHS
from widthwise.report.landscape._terminal import landscape_tables

__all__ = ["WIDTHS", "landscape_page", "landscape_tables"]
