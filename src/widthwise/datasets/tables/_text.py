"""Delimited text as a table of columns, numbers where they are written as such."""

from dataclasses import replace

from widthwise.datasets.tables._columns import from_strings
from widthwise.datasets.tables._delimited import parse_delimited
from widthwise.datasets.tables._notation import Notation
from widthwise.datasets.tables._table import Table

__all__ = ["from_text"]


def from_text(
    content: bytes,
    name: str,
    where: str,
    origin: str,
    *,
    separator: str | None = None,
    header: bool | None = None,
    encoding: str = "utf-8",
    notation: Notation | None = None,
) -> Table:
    """Make a table of the content of a text file; names and errors as `Table` has them.

    Raises
    ------
    DataError
        As `parse_delimited`.
    """
    text = parse_delimited(content, where, separator, header, encoding)
    semicolons = text.separator == ";"
    written = replace(notation or Notation(), from_semicolons=semicolons)
    series = text.frame.get_columns()
    return Table(
        name=name,
        where=where,
        origin=origin,
        names=text.names,
        column=lambda j, as_words: from_strings(
            text.names[j], series[j], written, as_words
        ),
        rows=text.frame.height,
        lines=text.lines,
        steps=text.steps,
        problems=text.problems,
    )
