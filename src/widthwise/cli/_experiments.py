"""`widthwise experiments`: which studies there are, and what each can be told."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from widthwise.cli._names import experiment_names
from widthwise.cli._options import Json
from widthwise.cli._tables import plain_table

if TYPE_CHECKING:
    from widthwise.experiments import Experiment, Setting

__all__ = ["experiments_command"]

_ORIGINS = {"paper": "Claims of the paper", "ours": "Beyond the paper: claims of ours"}


def experiments_command(
    name: Annotated[
        str | None,
        typer.Argument(
            help="One of them, for its settings, claims and assumptions.",
            autocompletion=experiment_names,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """List the papers' experiments, or the settings and claims of one."""
    from widthwise.errors import unknown_name
    from widthwise.experiments import CATALOG

    if name is not None and name not in CATALOG:
        raise unknown_name("experiment", name, CATALOG)
    chosen = list(CATALOG.values()) if name is None else [CATALOG[name]]
    if as_json:
        rows = [_facts(each) for each in chosen]
        typer.echo(json.dumps(rows if name is None else rows[0], indent=2))
    elif name is None:
        _list(chosen)
    else:
        _tell(chosen[0])


def _facts(each: "Experiment") -> dict[str, Any]:
    return {
        "name": each.name,
        "title": each.title,
        "question": each.question,
        "source": str(each.source),
        "where": each.where,
        "settings": {
            name: {
                "what": setting.what,
                "default": setting.default,
                "quick": setting.quick,
                "allowed": setting.allowed,
                "is_list": setting.is_list,
            }
            for name, setting in each.settings.items()
        },
        "claims": [vars(claim) for claim in each.claims],
        "assumptions": list(each.assumptions),
    }


def _list(chosen: "list[Experiment]") -> None:
    from rich.console import Console

    rows = [(each.name, each.question, each.where, each.source) for each in chosen]
    console = Console()
    console.print(plain_table(("name", "question", "where", "source"), rows))
    console.print(
        "\n`widthwise experiments NAME` has the settings and claims of one, "
        "`widthwise reproduce NAME` runs it.",
        markup=False,
        highlight=False,
    )


def _tell(each: "Experiment") -> None:
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False)
    console.print(f"[bold]{escape(each.title)}[/bold]")
    console.print(escape(f"{each.question} {each.source}, {each.where}.\n"))
    rows = [
        (name, it.what, _value(it.default), _value(it.quick), _allowed(it))
        for name, it in each.settings.items()
    ]
    columns = ("setting", "what it is", "full", "--quick", "allowed")
    console.print(plain_table(columns, rows))
    for origin, heading in _ORIGINS.items():
        some = [claim for claim in each.claims if claim.origin == origin]
        if some:
            console.print(f"\n[bold]{heading}[/bold]")
        for claim in some:
            console.print(escape(f"- {claim.statement} ({claim.where})"))
            details = f"measured: {claim.measured}; refuted by: {claim.refuted_by}"
            if claim.cut_off:
                details += f"; a number of ours: {claim.cut_off}"
            console.print(escape(f"  {details}"), style="dim")
    console.print("\n[bold]How the text is read[/bold]")
    for assumption in each.assumptions:
        console.print(escape(f"- {assumption}"))


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_value, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _allowed(setting: "Setting") -> str:
    return f"{setting.allowed}, one or more" if setting.is_list else setting.allowed
