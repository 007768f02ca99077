"""`widthwise report`: draw the page again from a saved record."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["report_command"]


def report_command(
    folder: Annotated[
        Path, typer.Argument(help="A folder that `widthwise diagnose … --out` wrote.")
    ],
) -> None:
    """Redraw report.html from the record in a folder, and print the verdicts."""
    from rich.console import Console

    from widthwise.records import Record
    from widthwise.report import table, write

    record = Record.load(folder)
    page = folder / "report.html"
    write(record, page)
    Console().print(table(record))
    typer.echo(f"Report: {page}")
