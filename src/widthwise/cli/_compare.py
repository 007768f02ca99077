"""`widthwise compare`: what changed between two runs."""

import json
from typing import Annotated, Any

import typer

from widthwise.cli._usage import folder_from

__all__ = ["compare_command"]

_DIFFERENT = 1


def compare_command(
    first: Annotated[str, typer.Argument(help="A folder with a saved run.")],
    second: Annotated[str, typer.Argument(help="Another one.")],
    tolerance: Annotated[
        float,
        typer.Option(help="Relative difference up to which two numbers are the same."),
    ] = 1e-9,
    show: Annotated[
        int, typer.Option(help="How many differences of each kind to print.")
    ] = 10,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print all differences as JSON.")
    ] = False,
) -> None:
    """Show what changed between two runs: data, seed, settings, versions, numbers.

    The status is 0 if the results agree, whatever the versions, and 1 if they differ.
    """
    from widthwise.errors import InvalidArgumentError
    from widthwise.records import Record
    from widthwise.report import differences

    if show < 0:
        raise InvalidArgumentError(f"--show is {show}; it must be 0 or more.")
    folders = folder_from(first, "FIRST"), folder_from(second, "SECOND")
    records = [Record.load(folder) for folder in folders if folder is not None]
    found = differences(*records, tolerance=tolerance)
    if as_json:
        typer.echo(json.dumps(found.as_content(), indent=2))
    else:
        _print(found, show)
    if not found.results_agree:
        raise typer.Exit(_DIFFERENT)


def _print(found: Any, show: int) -> None:
    from rich.console import Console

    from widthwise.report import differences_table

    console = Console()
    for part in differences_table(found, show):
        console.print(part)
