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
    data_names,
    initialization_names,
    two_slope_activation_names,
)
from widthwise.cli._usage import folder_from

__all__ = ["landscape_command"]


def landscape_command(
    data: Annotated[
        str,
        typer.Argument(
            help="A CSV, TSV, Parquet, NPY or NPZ file, or the name of a data set "
            "(see `widthwise datasets`).",
            autocompletion=data_names,
        ),
    ],
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
    seed: Annotated[int, typer.Option(help="Every random number follows from it.")] = 0,
    standardize: Annotated[
        bool | None,
        typer.Option(
            help="Bring each column to mean 0 and deviation 1 first. By default, "
            "unless every row has norm 1."
        ),
    ] = None,
    drop: Annotated[
        list[str] | None,
        typer.Option(help="A column to leave out; repeat for several."),
    ] = None,
    one_hot: Annotated[
        bool, typer.Option("--one-hot", help="Encode text columns as indicators.")
    ] = False,
    drop_missing: Annotated[
        bool, typer.Option("--drop-missing", help="Leave out rows with missing values.")
    ] = False,
    encoding: Annotated[
        str | None, typer.Option(help="Of a text file, such as latin-1.")
    ] = None,
    separator: Annotated[
        str | None, typer.Option(help="Of a text file. By default it is found.")
    ] = None,
    decimal_comma: Annotated[
        bool, typer.Option("--decimal-comma", help="Numbers are written 1,5.")
    ] = False,
    data_dir: Annotated[
        str | None,
        typer.Option(help="Where data sets that are not bundled lie as files."),
    ] = None,
    rows: Annotated[
        int | None,
        typer.Option(help="The most rows to compute with; more are sampled."),
    ] = None,
    memory: Annotated[
        float | None,
        typer.Option(help="Memory budget in GiB. By default half of what is free."),
    ] = None,
    seconds: Annotated[
        float, typer.Option(help="Nominal time budget; a larger table is sampled.")
    ] = 120.0,
    out: Annotated[
        str | None,
        typer.Option(help="A folder for the HTML report and the record."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the record as JSON, nothing else.")
    ] = False,
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
