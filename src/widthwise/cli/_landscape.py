"""`widthwise landscape`: at which widths the Jacobian of random networks is full."""

from typing import Annotated

import typer

from widthwise.cli._carrying_out import (
    bytes_from,
    carried_out,
    given,
    require_data,
)
from widthwise.cli._names import (
    initialization_names,
    two_slope_activation_names,
)
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

__all__ = ["landscape_command"]


def landscape_command(
    data: Data,
    target: Annotated[
        str | None,
        typer.Option(help="The column to fit; for minima and the slice of the loss."),
    ] = None,
    width: Annotated[
        list[int] | None,
        typer.Option(
            help="A number of hidden units to try; repeat for several. By default "
            "they are found around the threshold."
        ),
    ] = None,
    trials: Annotated[int, typer.Option(help="Random networks per width.")] = 100,
    initialization: Annotated[
        str,
        typer.Option(
            help="Of the hidden weights: pytorch, he_uniform, he_normal, gaussian or "
            "sphere.",
            autocompletion=initialization_names,
        ),
    ] = "pytorch",
    no_biases: Annotated[
        bool, typer.Option("--no-biases", help="Hidden units without biases.")
    ] = False,
    activation: Annotated[
        str,
        typer.Option(
            help="Piecewise linear with two slopes.",
            autocompletion=two_slope_activation_names,
        ),
    ] = "relu",
    probability: Annotated[
        float, typer.Option(help="Of full rank that counts as enough.")
    ] = 0.95,
    seed: Seed = 0,
    standardize: Standardize = None,
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
    """Tell at which widths the Jacobian has full rank, and which rows prevent it."""
    require_data(data)
    folder, data_folder = (
        folder_from(out, "--out"),
        folder_from(data_dir, "--data-dir"),
    )
    from widthwise.diagnosis import Budget, carry_out_landscape, plan_landscape

    ready = plan_landscape(
        data,
        target,
        widths=width or None,
        trials=trials,
        initialization=initialization,
        biases=not no_biases,
        activation=activation,
        probability=probability,
        seed=seed,
        standardize=standardize,
        budget=Budget(seconds=seconds, bytes=bytes_from(memory), rows=rows),
        **given(
            drop=drop,
            one_hot=one_hot,
            drop_missing=drop_missing,
            encoding=encoding,
            separator=separator,
            decimal_comma=decimal_comma,
            data_dir=data_folder,
        ),
    )
    carried_out(ready, carry_out_landscape, folder, as_json)
