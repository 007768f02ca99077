"""`widthwise diagnose`: the four verdicts on one table."""

from typing import Annotated, Any

import typer

from widthwise.cli._carrying_out import (
    bytes_from,
    carried_out,
    given,
    require_data,
)
from widthwise.cli._module_option import module_plan
from widthwise.cli._names import activation_names
from widthwise.cli._options import (
    AsJson,
    Data,
    DataDir,
    DecimalComma,
    Drop,
    DropMissing,
    Encoding,
    Memory,
    OneHot,
    Out,
    Rows,
    Seconds,
    Seed,
    Separator,
    Standardize,
)
from widthwise.cli._usage import folder_from

__all__ = ["diagnose_command"]


def diagnose_command(
    data: Data,
    target: Annotated[
        str | None,
        typer.Option(help="The column to fit. Without it: ANY labels."),
    ] = None,
    activation: Annotated[
        list[str] | None,
        typer.Option(
            help="An activation to examine; repeat for several.",
            autocompletion=activation_names,
        ),
    ] = None,
    width: Annotated[
        list[int] | None,
        typer.Option(
            help="A number of hidden units to try; repeat for several. Training is "
            "predicted at the widest."
        ),
    ] = None,
    trials: Annotated[int, typer.Option(help="Random networks per width.")] = 10,
    law: Annotated[
        str, typer.Option(help="Law of the hidden weights: sphere or gaussian.")
    ] = "sphere",
    probability: Annotated[
        float, typer.Option(help="With which the widths are to be enough.")
    ] = 0.99,
    seed: Seed = 0,
    bias: Annotated[
        bool,
        typer.Option("--bias", help="Append a constant coordinate before projecting."),
    ] = False,
    standardize: Standardize = None,
    module: Annotated[
        str | None,
        typer.Option(
            help="Diagnose a torch module instead: package.module:factory, a function "
            "without arguments that makes it, or the module."
        ),
    ] = None,
    layer: Annotated[
        str | None,
        typer.Option(
            help="The layer whose output are the features. By default it is found."
        ),
    ] = None,
    input_shape: Annotated[
        str | None,
        typer.Option(help="How the module takes one row, such as 1x28x28."),
    ] = None,
    epochs: Annotated[
        int, typer.Option(help="Steps of the module's real run; 0 for none.")
    ] = 200,
    drop: Drop = None,
    one_hot: OneHot = False,
    drop_missing: DropMissing = False,
    encoding: Encoding = None,
    separator: Separator = None,
    decimal_comma: DecimalComma = False,
    data_dir: DataDir = None,
    rows: Rows = None,
    memory: Memory = None,
    seconds: Seconds = 120.0,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Tell whether a network fits, how wide, how fast, and with which activation."""
    require_data(data)
    folder, data_folder = (
        folder_from(out, "--out"),
        folder_from(data_dir, "--data-dir"),
    )
    from widthwise.diagnosis import Budget

    shared: dict[str, Any] = {
        "seed": seed,
        "standardize": standardize,
        "budget": Budget(seconds=seconds, bytes=bytes_from(memory), rows=rows),
        **given(
            drop=drop,
            one_hot=one_hot,
            drop_missing=drop_missing,
            encoding=encoding,
            separator=separator,
            decimal_comma=decimal_comma,
            data_dir=data_folder,
        ),
    }
    of_activations = {"activation": activation, "width": width, "bias": bias}
    ready, compute = (
        _of_activations(data, target, law, trials, probability, of_activations, shared)
        if module is None
        else module_plan(
            module, data, target, layer, input_shape, epochs, of_activations, shared
        )
    )
    carried_out(ready, compute, folder, as_json)


def _of_activations(
    data: str,
    target: str | None,
    law: str,
    trials: int,
    probability: float,
    asked: dict[str, Any],
    shared: dict[str, Any],
) -> tuple[Any, Any]:
    """Return the plan of a diagnosis of activations, and what carries it out."""
    from widthwise.diagnosis import carry_out, plan

    ready = plan(
        data,
        target,
        activations=asked["activation"] or None,
        law=law,
        widths=asked["width"] or None,
        trials=trials,
        probability=probability,
        bias=asked["bias"],
        **shared,
    )
    return ready, carry_out
