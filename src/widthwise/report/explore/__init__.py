"""The page on which a reader moves points and sees what a network makes of them."""

from widthwise.report.explore._page import explore_page

__all__ = ["explore_page"]
