"""Tables of plain words on a terminal."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["plain_table"]


def plain_table(columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> "Table":
    """Return a table whose first column keeps its words whole, as far as it fits."""
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for place, column in enumerate(columns):
        table.add_column(column, overflow="fold", no_wrap=place == 0)
    for row in rows:
        table.add_row(*(escape(str(each)) for each in row))
    return table
