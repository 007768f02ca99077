"""The options that every diagnosing command has, each declared once."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from widthwise.cli._knobs import knobs_from
from widthwise.cli._names import data_names
from widthwise.cli._usage import folder_from
from widthwise.diagnosis.study import knob
from widthwise.errors import InvalidArgumentError

if TYPE_CHECKING:
    from widthwise.diagnosis import Budget

__all__ = [
    "Allowance",
    "AsJson",
    "Data",
    "Json",
    "Out",
    "Reading",
    "Seed",
    "budget_from",
    "bytes_from",
    "reading_from",
]

Data = Annotated[
    str,
    typer.Argument(
        help="A CSV, TSV, Parquet, NPY or NPZ file (text also packed), - for standard "
        "input, or the name of a data set (see `widthwise datasets`).",
        autocompletion=data_names,
    ),
]
Seed = Annotated[int, typer.Option(help="Every random number follows from it.")]
Out = Annotated[
    str | None,
    typer.Option(help="A folder for the HTML report and the record."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print the record as JSON, nothing else.")
]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How a file is read."""

    drop: list[str] | None = knob(
        None, "A column to leave out; repeat for several, or write a,b.", list[str]
    )
    words: list[str] | None = knob(
        None,
        "A column of words, also where they look like numbers or gaps (classes; zip "
        "codes); repeat for several, or write a,b.",
        list[str],
    )
    one_hot: bool = knob(False, "Encode text columns as indicators.")
    drop_missing: bool = knob(False, "Leave out rows with missing values.")
    impute: str | None = knob(
        None, "What missing numbers become: median or mean of their column.", str
    )
    dates: str | None = knob(
        None, "The order of dates, which become days: ymd, dmy or mdy.", str
    )
    merge_duplicates: bool = knob(
        False,
        "Make one row of rows that are the same point; targets that differ are "
        "averaged.",
    )
    encoding: str | None = knob(None, "Of a text file, such as latin-1.", str)
    separator: str | None = knob(None, "Of a text file. By default it is found.", str)
    header: bool | None = knob(
        None, "The first line of a text file holds names. By default it is found.", bool
    )
    decimal_comma: bool = knob(False, "Numbers are written 1,5.")
    thousands: str | None = knob(
        None,
        "Between groups of digits: comma, dot (the decimal mark is then a comma), "
        "space, apostrophe or underscore.",
        str,
    )
    units: list[str] | None = knob(
        None,
        "A mark beside the numbers of a column, to leave out, such as % or $; repeat "
        "for several.",
        list[str],
        flag="unit",
    )
    missing: list[str] | None = knob(
        None,
        "A word for a missing value, besides NA, null, ? and the like; repeat for "
        "several.",
        list[str],
    )
    data_dir: str | None = knob(
        None, "Where data sets that are not bundled lie as files.", str
    )


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What a study may use."""

    rows: int | None = knob(
        None, "The most rows to compute with; more are sampled.", int
    )
    memory: float | None = knob(
        None, "Memory budget in GiB. By default half of what is free.", float
    )
    seconds: float = knob(120.0, "Nominal time budget; a larger table is sampled.")


def reading_from(knobs: dict[str, Any]) -> dict[str, Any]:
    """Return the options of reading that were set."""
    asked = dict(vars(knobs_from(Reading, knobs)))
    unset = vars(Reading())
    if asked["data_dir"] is not None:
        asked["data_dir"] = folder_from(asked["data_dir"], "--data-dir")
    return {key: each for key, each in asked.items() if each != unset[key]}


def budget_from(knobs: dict[str, Any]) -> "Budget":
    """Return the budget that was asked for."""
    from widthwise.diagnosis import Budget

    asked = knobs_from(Allowance, knobs)
    return Budget(
        seconds=asked.seconds, bytes=bytes_from(asked.memory), rows=asked.rows
    )


def bytes_from(memory: float | None) -> int | None:
    """Return GiB as bytes."""
    if memory is None:
        return None
    if not 0 < memory < 2**30:
        raise InvalidArgumentError(
            f"The memory budget is {memory:g} GiB; it must be a positive number of GiB."
        )
    return int(memory * 2**30)
