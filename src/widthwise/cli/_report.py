"""`widthwise report`: draw the page again from a saved record."""

from typing import Annotated

import typer

from widthwise.cli._usage import folder_from

__all__ = ["report_command"]


def report_command(
    folder: Annotated[
        str,
        typer.Argument(
            help="A folder that `widthwise diagnose`, `landscape` or `reproduce` wrote "
            "with --out."
        ),
    ],
) -> None:
    """Redraw report.html from the record in a folder, and print the verdicts."""
    from rich.console import Console

    from widthwise.records import Record
    from widthwise.report import table, write

    place = folder_from(folder, "FOLDER")
    record = Record.load(place)
    page = place / "report.html"
    write(record, page)
    Console().print(table(record))
    typer.echo(f"Report: {page}")
