"""Pages and tables: what a record says, for a person.

This room reads records and calls no other room, so a page can be redrawn from a saved
folder by any later version.
"""

from widthwise.report._page import render, write
from widthwise.report._terminal import table

__all__ = ["render", "table", "write"]
