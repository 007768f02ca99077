"""Columns that cannot be used, with their places: words, gaps and infinities.

A place in a text file is its line, counted from 1 with the header, as editors do;
everywhere else it is a row, counted from 0.
"""

import re
from collections.abc import Sequence

import numpy as np

from widthwise.datasets.points import listed
from widthwise.datasets.tables._columns import Column
from widthwise.errors import DataError

__all__ = ["refuse_infinite", "refuse_missing", "refuse_not_numeric"]

_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?|[+-]?\d+", re.ASCII)
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?")
_SHOWN = 3


def refuse_not_numeric(
    where: str,
    features: list[Column],
    target: Column | None,
    lines: Sequence[int] | None,
    one_hot: bool,
) -> None:
    """Raise when a column holds what is not a number (words are fine if encoded)."""
    used = features if target is None else [*features, target]
    for column in used:
        if column.numbers is None and column.words is None:
            raise DataError(
                f"Column {column.name!r} of {where} holds {column.kind}; numbers were "
                "needed. Convert it to numbers, or leave it out: "
                f"drop={column.name!r} (--drop {column.name})."
            )
    text = [column for column in features if column.words is not None]
    for column in [*text, *([target] if target and target.words is not None else [])]:
        assert column.words is not None
        words = [word for word in column.words if word is not None]
        with_comma = next((word for word in words if "," in word), None)
        if with_comma and all(_DECIMAL_COMMA.fullmatch(word) for word in words):
            raise DataError(
                f"Column {column.name!r} of {where} has numbers with a decimal comma, "
                f"such as {with_comma!r}; decimal points were needed. Say so with "
                "decimal_comma=True (--decimal-comma)."
            )
    if not text or one_hot:
        return
    if len(text) == 1:
        only = text[0]
        raise DataError(
            f"Column {only.name!r} of {where} holds {_example(only, lines)}; numbers "
            f"were needed. {_remedy(only)}, or leave the column out: "
            f"drop={only.name!r} (--drop {only.name})."
        )
    described = "; ".join(f"{c.name!r} {_example(c, lines)}" for c in text[:5])
    more = "; ..." if len(text) > 5 else ""
    raise DataError(
        f"{len(text)} columns of {where} are not numbers: {described}{more}. Encode "
        "words with one_hot=True (--one-hot), or leave the columns out with drop=... "
        "(--drop NAME)."
    )


def refuse_missing(
    where: str,
    columns: list[Column],
    lines: Sequence[int] | None,
    drop_missing: bool,
) -> None:
    """Raise when values are missing, unless at least two rows stay after dropping."""
    count = len(columns[0].missing)
    empty = [column.name for column in columns if column.missing.all()]
    if empty:
        raise DataError(
            f"Column {listed(empty)} of {where} has no value in any row; numbers were "
            f"needed. Leave it out: drop={empty[0]!r} (--drop {empty[0]})."
        )
    gaps = np.logical_or.reduce([column.missing for column in columns])
    left = count - int(gaps.sum())
    if drop_missing:
        if left >= 2:
            return
        raise DataError(
            f"Only {left} of {count} rows of {where} have every value; at least 2 were "
            "needed. Leave out the columns that miss most: "
            f"{listed(_by_gaps(columns), 3)}."
        )
    unit = "row" if lines is None else "line"
    described = "; ".join(
        f"{column.name!r} in {_places(np.flatnonzero(column.missing), lines)}"
        for column in columns
        if column.missing.any()
    )
    raise DataError(
        f"{where} has missing values (empty or NaN): {_cut(described)}. Every row "
        f"needs every value. Mend them, or leave out the {count - left} {unit}"
        f"{'s' * (count - left != 1)} with drop_missing=True (--drop-missing)."
    )


def refuse_infinite(
    where: str,
    columns: list[Column],
    lines: Sequence[int] | None,
    kept: np.ndarray,
) -> None:
    """Raise when a number is infinite."""
    for column in columns:
        if column.numbers is None:
            continue
        rows = kept[np.flatnonzero(np.isinf(column.numbers))]
        if rows.size:
            raise DataError(
                f"Column {column.name!r} of {where} is infinite, or too large for "
                f"float64, in {_places(rows, lines)}; finite numbers were needed. Mend "
                f"these values, or leave the column out (--drop {column.name})."
            )


def _example(column: Column, lines: Sequence[int] | None) -> str:
    """Say what a column holds instead of numbers, with some of it."""
    strange = _strange(column)
    present = int((~column.missing).sum())
    if 2 * len(strange) < present:
        row, word = strange[0]
        unit, at = ("row", row) if lines is None else ("line", lines[row])
        return (
            f"text in {len(strange)} of {present} {unit}s ({unit} {at}: "
            f"{listed([word])})"
        )
    words = list(dict.fromkeys(word for _, word in strange))
    return f"{'dates' if _are_dates(strange) else 'text'} ({listed(words, _SHOWN)})"


def _remedy(column: Column) -> str:
    """Say what to do with a column of text."""
    strange = _strange(column)
    if 2 * len(strange) < int((~column.missing).sum()):
        return "Mend these values, or write NA where there is none"
    if _are_dates(strange):
        return "Turn the dates into numbers, such as days since the first"
    return "Encode it with one_hot=True (--one-hot)"


def _strange(column: Column) -> list[tuple[int, str]]:
    """Return the rows and words that are not numbers; never none of them."""
    assert column.words is not None
    pairs = [(r, word) for r, word in enumerate(column.words) if word is not None]
    return [pair for pair in pairs if not _is_number(pair[1])] or pairs


def _are_dates(strange: list[tuple[int, str]]) -> bool:
    return all(_DATE.fullmatch(word) for _, word in strange)


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return word.isascii() and "_" not in word


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
