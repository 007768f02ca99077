"""What is wrong with the columns of a table, with its places, in one message.

A place in a text file is its line, counted from 1 with the header, as editors do;
everywhere else it is a row, counted from 0.
"""

import shlex
from collections.abc import Sequence

import numpy as np

from widthwise.datasets.points import listed
from widthwise.datasets.tables._columns import Column
from widthwise.errors import DataError

__all__ = [
    "doubtful_problems",
    "infinite_problems",
    "missing_problems",
    "refuse",
    "unusable_problems",
    "vanishing_problems",
]

_SHOWN = 3


def refuse(where: str, problems: Sequence[str]) -> DataError:
    """Return the error that says all of them, each a sentence or more."""
    if len(problems) == 1:
        return DataError(problems[0])
    numbered = " ".join(f"({n}) {each}" for n, each in enumerate(problems, start=1))
    return DataError(f"{where} has {len(problems)} problems. {numbered}")


def unusable_problems(where: str, columns: list[Column]) -> list[str]:
    """Say which columns hold neither numbers nor words."""
    return [
        f"Column {column.name!r} of {where} holds {column.kind}; numbers were "
        f"needed. Convert it to numbers{_as_days(column)}, or leave it out: "
        f"drop={column.name!r} (--drop {shlex.quote(column.name)})."
        for column in columns
        if column.numbers is None and column.words is None
    ]


def doubtful_problems(
    where: str, columns: list[Column], lines: Sequence[int] | None
) -> list[str]:
    """Say that decimal marks may separate thousands, where no number shows it."""
    doubtful = [column for column in columns if column.doubtful]
    if not doubtful or any(column.doubtful == "" for column in columns):
        return []
    column = doubtful[0]
    word = column.doubtful or ""
    mark = "," if "," in word else "."
    fraction, whole = word.replace(",", "."), word.replace(mark, "")
    row = _row_of(column, fraction)
    place = f"row {row}" if lines is None else f"line {lines[row]}"
    ways = (
        ("thousands='.' (--thousands dot)", "thousands=',' (--thousands comma)")
        if mark == ","
        else ("thousands=',' (--thousands comma)", "thousands='.' (--thousands dot)")
    )
    instead = " instead of decimal_comma=True" if mark == "," else ""
    return [
        f"Column {column.name!r} of {where} can be read in two ways: {word!r} in "
        f"{place} is {fraction} or {whole}, and no number of the table shows "
        f"which. Say {ways[0]} if it is {fraction}, or {ways[1]}{instead} if it is "
        f"{whole}."
    ]


def _row_of(column: Column, number: str) -> int:
    assert column.numbers is not None
    return int(np.flatnonzero(column.numbers == float(number))[0])


def missing_problems(
    where: str,
    columns: list[Column],
    lines: Sequence[int] | None,
    drop_missing: bool,
    can_impute: bool,
) -> list[str]:
    """Say where values are missing, unless at least two rows stay after dropping."""
    if not any(column.missing.any() for column in columns):
        return []
    count = len(columns[0].missing)
    empty = [column.name for column in columns if column.missing.all()]
    if empty:
        return [
            f"Column {listed(empty)} of {where} has no value in any row; numbers were "
            f"needed. Leave it out: drop={empty[0]!r} (--drop {shlex.quote(empty[0])})."
        ]
    gaps = np.logical_or.reduce([column.missing for column in columns])
    left = count - int(gaps.sum())
    if drop_missing:
        if left >= 2:
            return []
        return [
            f"Only {left} of {count} rows of {where} have every value; at least 2 were "
            "needed. Leave out the columns that miss most: "
            f"{listed(_by_gaps(columns), 3)}."
        ]
    unit = "row" if lines is None else "line"
    described = "; ".join(
        f"{column.name!r}{_written(column)} in "
        f"{_places(np.flatnonzero(column.missing), lines)}"
        for column in columns
        if column.missing.any()
    )
    made_up = ", or replace numbers by their column's median with impute='median' "
    made_up = f"{made_up}(--impute median)" if can_impute else ""
    words = [column for column in columns if column.gaps and column.words is not None]
    are_words = ""
    if words:
        name = words[0].name
        are_words = (
            f" If {listed(words[0].gaps, _SHOWN)} is a word of {name!r}, say "
            f"words={name!r} (--words {shlex.quote(name)})."
        )
    return [
        f"{where} has missing values (empty or NaN): {_cut(described)}. Every row "
        f"needs every value. Mend them, or leave out the {count - left} {unit}"
        f"{'s' * (count - left != 1)} with drop_missing=True (--drop-missing){made_up}."
        f"{are_words}"
    ]


def infinite_problems(
    where: str, columns: list[Column], lines: Sequence[int] | None
) -> list[str]:
    """Say where numbers are infinite."""
    problems = []
    for column in columns:
        if column.numbers is None:
            continue
        rows = np.flatnonzero(np.isinf(column.numbers))
        if rows.size:
            problems.append(
                f"Column {column.name!r} of {where} is infinite, or too large for "
                f"float64, in {_places(rows, lines)}; finite numbers were needed. Mend "
                "these values, or leave the column out (--drop "
                f"{shlex.quote(column.name)})."
            )
    return problems


def vanishing_problems(
    where: str, columns: list[Column], lines: Sequence[int] | None
) -> list[str]:
    """Say where numbers other than 0 would be read as 0."""
    return [
        f"Column {column.name!r} of {where} is too small for float64 in "
        f"{_places(np.flatnonzero(column.vanished), lines)}: what lies below 4.9e-324 "
        "would be read as 0. Write 0 if that is meant, give the column in a larger "
        f"unit, or leave it out (--drop {shlex.quote(column.name)})."
        for column in columns
        if column.vanished is not None and column.vanished.any()
    ]


def _as_days(column: Column) -> str:
    is_date = column.kind in ("Date", "Datetime")
    return " (dates='ymd', --dates ymd, makes days)" if is_date else ""


def _written(column: Column) -> str:
    return f" ({listed(column.gaps, _SHOWN)})" if column.gaps else ""


def _by_gaps(columns: list[Column]) -> list[str]:
    """Return names, the column with the most missing values first."""
    with_gaps = [column for column in columns if column.missing.any()]
    with_gaps.sort(key=lambda column: -int(column.missing.sum()))
    return [column.name for column in with_gaps]


def _places(rows: np.ndarray, lines: Sequence[int] | None) -> str:
    """Name rows by their lines in the file, or by number from 0."""
    word = "row" if lines is None else "line"
    numbers = [int(row) if lines is None else lines[row] for row in rows[:_SHOWN]]
    start = ", ".join(map(str, numbers))
    if len(rows) > _SHOWN:
        return f"{len(rows)} {word}s ({start}, ...)"
    return f"{word}{'s' * (len(rows) > 1)} {start}"


def _cut(text: str, length: int = 300) -> str:
    """Cut a long list at its end."""
    return text if len(text) <= length else text[:length].rsplit(";", 1)[0] + "; ..."
