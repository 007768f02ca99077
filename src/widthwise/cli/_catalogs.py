"""`widthwise activations | datasets | bounds`: what is there."""

import json
from collections.abc import Sequence
from typing import Any

import typer

from widthwise.cli._options import Json
from widthwise.cli._tables import plain_table

__all__ = ["activations_command", "bounds_command", "datasets_command"]


def activations_command(as_json: Json = False) -> None:
    """List the activations, with their parameters and where they come from."""
    from widthwise import activations

    facts = [activations.describe(name) for name in activations.CATALOG]
    _print(
        [
            {
                "name": each.name,
                "parameters": ", ".join(map(_parameter, each.parameters)),
                "smoothness": each.smoothness,
                "source": each.source,
            }
            for each in facts
        ],
        as_json,
    )


def datasets_command(as_json: Json = False) -> None:
    """List the data sets, with how each is obtained."""
    from widthwise import datasets

    _print(
        [
            {
                "name": name,
                "summary": each.summary,
                "obtained": each.obtained,
            }
            for name, each in datasets.CATALOG.items()
        ],
        as_json,
    )


def bounds_command(as_json: Json = False) -> None:
    """List the width bounds, with their formulas and how far each can be trusted."""
    from widthwise import bounds

    theorems: dict[str, Any] = {**bounds.RANK_CATALOG, **bounds.CATALOG}
    _print(
        [
            {
                "name": name,
                "promise": each.promise,
                "needs": getattr(each, "kernel", "rows"),
                "certifies": "yes" if each.constant_is_known else "order only",
                **({"formula": each.formula} if as_json else {"title": each.title}),
                "source": str(each.source),
            }
            for name, each in theorems.items()
        ],
        as_json,
    )


def _parameter(each: Any) -> str:
    default = "required" if each.is_required else each.default
    return f"{each.name} ({each.meaning}; {default})"


def _print(rows: Sequence[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(list(rows), indent=2, default=str))
        return
    from rich.console import Console

    Console().print(plain_table(rows[0], (row.values() for row in rows)))
