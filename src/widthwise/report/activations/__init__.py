"""The page on activations."""

from widthwise.report.activations._page import activations_page

__all__ = ["activations_page"]
