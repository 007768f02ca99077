"""`widthwise landscape`: at which widths the Jacobian of random networks is full."""

from typing import Annotated, Any

import typer

from widthwise.cli._carrying_out import carried_out, require_data
from widthwise.cli._claim import Force
from widthwise.cli._knobs import knobs_from, with_knobs
from widthwise.cli._options import (
    Allowance,
    AsJson,
    Data,
    Out,
    Reading,
    budget_from,
    reading_from,
)
from widthwise.cli._usage import folder_from
from widthwise.diagnosis.landscape import LandscapeKnobs

__all__ = ["landscape_command"]


@with_knobs(LandscapeKnobs, Reading, Allowance)
def landscape_command(
    data: Data,
    target: Annotated[
        str | None,
        typer.Option(help="The column to fit; for minima and the slice of the loss."),
    ] = None,
    out: Out = None,
    force: Force = False,
    as_json: AsJson = False,
    **knobs: Any,
) -> None:
    """Tell at which widths the Jacobian has full rank, and which rows prevent it."""
    require_data(data)
    folder = None if out is None else folder_from(out, "--out")
    budget, reading = budget_from(knobs), reading_from(knobs)
    from widthwise.diagnosis import plan_landscape

    asked = knobs_from(LandscapeKnobs, knobs)
    study = plan_landscape(data, target, asked, budget=budget, **reading)
    carried_out(study, folder, as_json, force=force)
