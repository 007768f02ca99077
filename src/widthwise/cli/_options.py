"""The options that every diagnosing command has, each declared once."""

from typing import Annotated

import typer

from widthwise.cli._names import data_names

__all__ = [
    "AsJson",
    "Data",
    "DataDir",
    "DecimalComma",
    "Drop",
    "DropMissing",
    "Encoding",
    "Memory",
    "OneHot",
    "Out",
    "Rows",
    "Seconds",
    "Seed",
    "Separator",
    "Standardize",
]

Data = Annotated[
    str,
    typer.Argument(
        help="A CSV, TSV, Parquet, NPY or NPZ file, or the name of a data set "
        "(see `widthwise datasets`).",
        autocompletion=data_names,
    ),
]
Seed = Annotated[int, typer.Option(help="Every random number follows from it.")]
Standardize = Annotated[
    bool | None,
    typer.Option(
        help="Bring each column to mean 0 and deviation 1 first. By default, "
        "unless every row has norm 1."
    ),
]
Drop = Annotated[
    list[str] | None,
    typer.Option(help="A column to leave out; repeat for several."),
]
OneHot = Annotated[
    bool, typer.Option("--one-hot", help="Encode text columns as indicators.")
]
DropMissing = Annotated[
    bool, typer.Option("--drop-missing", help="Leave out rows with missing values.")
]
Encoding = Annotated[str | None, typer.Option(help="Of a text file, such as latin-1.")]
Separator = Annotated[
    str | None, typer.Option(help="Of a text file. By default it is found.")
]
DecimalComma = Annotated[
    bool, typer.Option("--decimal-comma", help="Numbers are written 1,5.")
]
DataDir = Annotated[
    str | None,
    typer.Option(help="Where data sets that are not bundled lie as files."),
]
Rows = Annotated[
    int | None,
    typer.Option(help="The most rows to compute with; more are sampled."),
]
Memory = Annotated[
    float | None,
    typer.Option(help="Memory budget in GiB. By default half of what is free."),
]
Seconds = Annotated[
    float, typer.Option(help="Nominal time budget; a larger table is sampled.")
]
Out = Annotated[
    str | None,
    typer.Option(help="A folder for the HTML report and the record."),
]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print the record as JSON, nothing else.")
]
