"""The page on a module."""

from widthwise.report.module._comparison import part_comparison
from widthwise.report.module._layers import layer_rows
from widthwise.report.module._page import module_page

__all__ = ["layer_rows", "module_page", "part_comparison"]
