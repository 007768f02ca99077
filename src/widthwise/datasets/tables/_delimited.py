"""Delimited text (CSV, TSV, ...) as a table of strings that knows its line numbers."""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from widthwise.datasets.points import PreparationStep, listed
from widthwise.datasets.tables._header import (
    is_header,
    is_padded_title,
    written_as_number,
)
from widthwise.datasets.tables._problems import refuse
from widthwise.datasets.tables._records import (
    SEPARATOR_NAMES,
    checked_records,
    lines_of,
    long_fields,
    records,
)
from widthwise.datasets.tables._room import TextSize
from widthwise.errors import DataError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Delimited", "parse_delimited"]

_SEPARATORS = (",", ";", "\t", "|")
_SAMPLE = 100
_SHOWN = 3
_DIRECTIVE = re.compile(r'\A"?sep=(.)"?\n', re.IGNORECASE)


@dataclass(frozen=True)
class Delimited:
    """A table of strings.

    Attributes
    ----------
    names
        Of its columns; "" for one without a name.
    frame
        Columns of strings, null where a field is empty.
    lines
        The line of the file on which each row starts, from 1.
    steps
        What was found out: the separator, a missing header.
    separator
        What stands between fields.
    problems
        Why it cannot be used, beside which the other rows can be looked at.
    needed
        Peak memory of reading it.
    """

    names: list[str]
    frame: "pl.DataFrame"
    lines: Sequence[int]
    steps: tuple[PreparationStep, ...]
    separator: str
    problems: tuple[str, ...]
    needed: int


def parse_delimited(
    read: Callable[[], bytes],
    where: str,
    separator: str | None,
    header: bool | None,
    encoding: str,
) -> Delimited:
    """Parse delimited text; guess separator and header where they are None.

    The bytes are asked for here, so that nobody holds them while they are parsed.

    Raises
    ------
    DataError
        Not text, wrong encoding, no rows, an open quote, a first line that may be
        names or data. Lines of other lengths and names that stand twice are among
        the table's problems.
    """
    text, needed = _decode(read(), where, encoding)
    steps: list[PreparationStep] = []
    offset = 0
    if directive := _DIRECTIVE.match(text):
        separator = separator or directive[1]
        text, offset = text[directive.end() :], 1
    text = text.rstrip("\n")
    if not text.strip():
        raise DataError(
            f"{where} is empty; a table with a row of column names and at least 2 "
            "rows of numbers was needed. Check the path, or write the file again."
        )
    if separator is None:
        with long_fields():
            separator, text = _find_separator(text)
        if separator != ",":
            steps.append(
                PreparationStep(
                    "find_separator",
                    f"Read fields separated by a {SEPARATOR_NAMES[separator]}.",
                    {"separator": separator},
                )
            )
        if separator == " ":
            separator = "\t"
    elif len(separator) != 1 or separator in '"\r\n' or not separator.isascii():
        raise DataError(
            f"The separator {separator!r} was given; one ASCII character other "
            "than a quotation mark or a line break was needed."
        )
    with long_fields():
        lines, text, problems = checked_records(text, separator, where, offset)
        first = next(csv.reader(lines_of(text), delimiter=separator))
    content = text.encode()
    del text  # Polars needs room.
    frame = _to_frame(content, separator, (len(lines), len(first)), where)
    del content
    if header is not False and is_padded_title(first, frame):
        second = listed([cell or "" for cell in frame.row(1)], _SHOWN)
        problem = (
            f"Line {lines[0]} of {where} names one column of {len(first)} "
            f"({listed([cell for cell in first if cell])}), and line {lines[1]} "
            f"({second}) looks like the names. Take line {lines[0]} out of the file."
        )
        raise refuse(where, [*problems, problem])
    has_header = is_header(first, frame) if header is None else header
    if has_header is None:
        found = listed(first, _SHOWN)
        problem = (
            f"The first line of {where} ({found}) may be names or data; say "
            "header=True (--header) or header=False (--no-header)."
        )
        raise refuse(where, [*problems, problem])
    if header is None and not has_header:
        steps.append(
            PreparationStep(
                "no_header",
                f"The first line of the file holds numbers, so its {len(first)} "
                "columns were named x0, x1, ...; say header=True (--header) if it "
                "holds names.",
                {"columns": len(first)},
            )
        )
    names = _numbered(len(first))
    if has_header:
        names, twice = _column_names(first, where)
        problems += twice
        lines, frame = lines[1:], frame[1:]
    if not lines:
        problem = (
            f"{where} has column names and no rows below them; at least 2 rows were "
            "needed. Add the rows, or say header=False (--no-header) if it has no "
            "names."
        )
        raise refuse(where, problems or [problem])
    frame.columns = _numbered(len(names))
    done, wrong = tuple(steps), tuple(problems)
    return Delimited(names, frame, lines, done, separator, wrong, needed)


def _decode(content: bytes, where: str, encoding: str) -> tuple[str, int]:
    """Decode bytes that there is room for, without a mark, with uniform line ends."""
    from widthwise.numerics import require  # loads SciPy

    needed = (TextSize() + content).needed
    require(needed - len(content), f"The table in {where}", "Take fewer rows.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) and encoding == "utf-8":
        encoding = "utf-16"
    try:
        text = content.decode(encoding)
    except UnicodeError as error:
        offset = getattr(error, "start", 0)
        line = content.count(b"\n", 0, offset) + 1
        raise DataError(
            f"{where} is not {encoding} text: byte {offset} (line {line}) is "
            f"0x{content[offset : offset + 1].hex() or '?'}. Save it as UTF-8, or say "
            "its encoding, for example encoding='latin-1' (--encoding latin-1)."
        ) from None
    except LookupError:
        raise DataError(
            f"There is no encoding named {encoding!r}; a name such as 'utf-8', "
            "'latin-1' or 'utf-16' was needed."
        ) from None
    if "\0" in text:
        raise DataError(
            f"{where} holds zero bytes, so it is not text; a CSV, TSV, Parquet, NPY "
            "or NPZ file was needed. Check the path and the file's ending."
        )
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return text, needed


def _find_separator(text: str) -> tuple[str, str]:
    """Return the separator with the steadiest field count, and the text to parse.

    Runs of spaces are separators only when nothing else is and every field is a
    number; they become tabs.
    """
    filled = (line.rstrip("\n") for line in lines_of(text) if line.strip())
    sample = list(islice(filled, _SAMPLE))
    scores = {}
    for separator in _SEPARATORS:
        found = records("\n".join(sample), separator)
        counts = Counter(count for _, count, _ in found if count)
        fields, lines = counts.most_common(1)[0] if counts else (1, 0)
        if fields > 1:
            scores[separator] = (lines / sum(counts.values()), fields)
    if scores:
        # Commas last among equals: they may be part of numbers, where others are not.
        share = max(each for each, _ in scores.values())
        best = {s: fields for s, (each, fields) in scores.items() if each == share}
        others = {s: fields for s, fields in best.items() if s != ","} or best
        return max(others, key=lambda s: others[s]), text
    fields_by_line = [line.split() for line in sample]
    widths = {len(fields) for fields in fields_by_line}
    body = fields_by_line[1:] or fields_by_line
    if len(widths) == 1 and max(widths) > 1 and all(map(_all_numbers, body)):
        return " ", "\n".join("\t".join(line.split()) for line in text.split("\n"))
    return ",", text


def _all_numbers(fields: list[str]) -> bool:
    """Say whether each field is written as a number."""
    return all(map(written_as_number, fields))


def _numbered(count: int) -> list[str]:
    return [f"x{j}" for j in range(count)]


def _column_names(fields: list[str], where: str) -> tuple[list[str], list[str]]:
    """Return the names of the header, and what is said of those that stand twice."""
    names = [unicodedata.normalize("NFC", field.strip()) for field in fields]
    twice = [name for name, count in Counter(names).items() if count > 1 and name]
    if not twice:
        return names, []
    places = [str(j) for j, name in enumerate(names) if name == twice[0]]
    others = f" Other such names: {listed(twice[1:])}." if twice[1:] else ""
    return names, [
        f"{where} has more than one column named {twice[0]!r} (columns "
        f"{', '.join(places)}, from 0); each name may occur once.{others} Rename them "
        "in the file."
    ]


def _to_frame(
    text: bytes, separator: str, shape: tuple[int, int], where: str
) -> "pl.DataFrame":
    """Let polars parse the text, and make sure that it found the same rows."""
    import polars as pl

    try:
        frame = pl.read_csv(
            io.BytesIO(text),
            separator=separator,
            has_header=False,
            skip_rows=0,
            infer_schema=False,
            raise_if_empty=False,
        )
    except pl.exceptions.PolarsError as error:
        raise DataError(
            f"{where} cannot be parsed: {str(error).splitlines()[0]} Check its "
            "quotation marks and separator."
        ) from None
    if frame.shape != shape:
        raise DataError(
            f"{where} can be read in two ways: {shape[0]} × {shape[1]} or "
            f"{frame.height} × {frame.width} fields. Check its quotation marks and "
            "blank lines."
        )
    return frame
