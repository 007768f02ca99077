"""`widthwise diagnose`: the five verdicts on one table."""

from typing import Annotated, Any

import typer

from widthwise.cli._carrying_out import carried_out, require_data
from widthwise.cli._claim import Force
from widthwise.cli._knobs import knobs_from, turned, with_knobs
from widthwise.cli._module_option import input_shape_from, module_from
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
from widthwise.diagnosis.activations import ActivationKnobs
from widthwise.diagnosis.module import ModuleKnobs
from widthwise.errors import InvalidArgumentError

__all__ = ["diagnose_command"]

_SHARED = ("--seed", "--standardize")


@with_knobs(ActivationKnobs, ModuleKnobs, Reading, Allowance)
def diagnose_command(
    data: Data,
    target: Annotated[
        str | None,
        typer.Option(help="The column to fit. Without it: ANY labels."),
    ] = None,
    module: Annotated[
        str | None,
        typer.Option(
            help="Diagnose a torch module instead: package.module:factory, a function "
            "without arguments that makes it, or the module."
        ),
    ] = None,
    out: Out = None,
    force: Force = False,
    as_json: AsJson = False,
    **knobs: Any,
) -> None:
    """Tell whether a network fits, how wide, how fast, and with which activation."""
    require_data(data)
    folder = None if out is None else folder_from(out, "--out")
    budget, reading = budget_from(knobs), reading_from(knobs)
    _refuse_other_knobs(module, knobs)
    from widthwise.diagnosis import Study, plan, plan_module

    if module is None:
        asked = knobs_from(ActivationKnobs, knobs)
        study: Study[Any] = plan(data, target, asked, budget=budget, **reading)
    else:
        shape = input_shape_from(knobs["input_shape"])
        study = plan_module(
            module_from(module),
            data,
            target,
            knobs_from(ModuleKnobs, {**knobs, "input_shape": shape}),
            name=module,
            budget=budget,
            **reading,
        )
    carried_out(study, folder, as_json, force=force)


def _refuse_other_knobs(module: str | None, knobs: dict[str, Any]) -> None:
    """Refuse options of activations for a module, and those of a module without one."""
    others = ModuleKnobs if module is None else ActivationKnobs
    for option in turned(others, knobs):
        if option in _SHARED:
            continue
        if module is None:
            raise InvalidArgumentError(
                f"{option} was given without --module. Name the module, or leave "
                f"{option} out."
            )
        raise InvalidArgumentError(
            f"{option} was given with --module, which has its own. Leave {option} out, "
            "or leave --module out."
        )
