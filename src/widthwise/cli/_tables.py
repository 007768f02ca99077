"""Tables of plain words on a terminal."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from widthwise.report.parts import FittedTable

__all__ = ["plain_table"]


def plain_table(columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> "FittedTable":
    """Return a table of words, none of which is broken."""
    from rich.text import Text

    from widthwise.report.parts import FittedTable

    cells = [[Text(str(each)) for each in row] for row in rows]
    return FittedTable([Text(each) for each in columns], cells, box=None)
