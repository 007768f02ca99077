"""Delimited text (CSV, TSV, ...) as a table of strings that knows its line numbers."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from widthwise.datasets.points import Step
from widthwise.errors import DataError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Delimited", "parse_delimited"]

_SEPARATORS = (",", ";", "\t", "|")
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space"}
_SAMPLE = 100
_NUMBER = re.compile(
    r"\s*[+-]?(\d+\.?\d*|\.\d+|\d+,\d+)([eE][+-]?\d+)?\s*|[+-]?(nan|inf)\s*",
    re.I | re.ASCII,
)


@dataclass(frozen=True)
class Delimited:
    """A table of strings.

    Attributes
    ----------
    frame
        Columns of strings, null where a field is empty.
    lines
        The line of the file on which each row starts, from 1.
    steps
        What was found out: the separator, a missing header.
    """

    frame: "pl.DataFrame"
    lines: list[int]
    steps: tuple[Step, ...]


def parse_delimited(
    content: bytes,
    where: str,
    separator: str | None,
    header: bool | None,
    encoding: str,
) -> Delimited:
    """Parse delimited text; guess separator and header where they are None.

    Raises
    ------
    DataError
        Not text, wrong encoding, no rows, rows of different lengths, an open quote,
        the same column name twice.
    """
    text = _decode(content, where, encoding)
    steps = []
    if not text.strip():
        raise DataError(
            f"{where} is empty; a table with a row of column names and at least 2 "
            "rows of numbers was needed. Check the path, or write the file again."
        )
    if separator is None:
        separator, text = _find_separator(text)
        if separator != ",":
            steps.append(
                Step(
                    "find_separator",
                    f"Read fields separated by a {_NAMES[separator]}.",
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
    lines, text = _check_records(text, separator, where)
    first = next(csv.reader(io.StringIO(text), delimiter=separator))
    has_header = not _all_numbers(first) if header is None else header
    if header is None and not has_header:
        steps.append(
            Step(
                "no_header",
                f"The first line of the file holds numbers, so its {len(first)} "
                "columns were named x0, x1, ...; say header=True if it holds names.",
                {"columns": len(first)},
            )
        )
    names = _column_names(first, where) if has_header else _numbered(len(first))
    if has_header:
        lines = lines[1:]
    if not lines:
        raise DataError(
            f"{where} has column names and no rows below them; at least 2 rows were "
            "needed. Add the rows, or say header=False if it has no names."
        )
    frame = _to_frame(text, separator, names, has_header, len(lines), where)
    return Delimited(frame, lines, tuple(steps))


def _decode(content: bytes, where: str, encoding: str) -> str:
    """Decode bytes, drop a byte order mark, and make line ends uniform."""
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
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _find_separator(text: str) -> tuple[str, str]:
    """Return the separator with the steadiest field count, and the text to parse.

    Runs of spaces are separators only when nothing else is and every field is a
    number; they become tabs.
    """
    sample = []
    for line in io.StringIO(text):
        if line.strip():
            sample.append(line.rstrip("\n"))
        if len(sample) == _SAMPLE:
            break
    scores = {}
    for separator in _SEPARATORS:
        found = _records("\n".join(sample), separator)
        counts = Counter(count for _, count, _ in found if count)
        fields, lines = counts.most_common(1)[0] if counts else (1, 0)
        if fields > 1:
            scores[separator] = (lines / sum(counts.values()), fields)
    if scores:
        return max(scores, key=lambda s: scores[s]), text
    fields_by_line = [line.split() for line in sample]
    widths = {len(fields) for fields in fields_by_line}
    body = fields_by_line[1:] or fields_by_line
    if len(widths) == 1 and max(widths) > 1 and all(map(_all_numbers, body)):
        return " ", "\n".join("\t".join(line.split()) for line in text.split("\n"))
    return ",", text


def _records(text: str, separator: str) -> Iterator[tuple[int, int, str | None]]:
    """Yield (line number, number of fields, trouble); a blank line has 0 fields."""
    lines = text.split("\n")
    if '"' not in text:
        for number, line in enumerate(lines, start=1):
            blank = _is_blank(line, separator)
            yield number, 0 if blank else line.count(separator) + 1, None
        return
    reader = csv.reader(
        (line + "\n" for line in lines), delimiter=separator, strict=True
    )
    start = 1
    try:
        for record in reader:
            blank = reader.line_num == start and _is_blank(lines[start - 1], separator)
            yield start, 0 if blank else len(record), None
            start = reader.line_num + 1
    except csv.Error as error:
        yield start, 1, str(error)


def _is_blank(line: str, separator: str) -> bool:
    return not line or (line.isspace() and separator not in line)


def _check_records(text: str, separator: str, where: str) -> tuple[list[int], str]:
    """Return the line of each record, and the text without blank lines."""
    starts: list[int] = []
    blank = set()
    expected = 0
    for number, count, trouble in _records(text, separator):
        if trouble is not None:
            raise DataError(
                f"{where} cannot be split into fields from line {number} on "
                f"({trouble}); each quotation mark must have its partner. Mend that "
                "line."
            )
        if count == 0:
            blank.add(number)
            continue
        if not starts:
            expected = count
        elif count != expected:
            raise DataError(
                f"Line {number} of {where} has {count} field{'s' * (count != 1)} and "
                f"line {starts[0]} has {expected}; every line needs the same number "
                f"(separator: {_NAMES.get(separator, repr(separator))}). Mend that "
                "line, or give the separator (--separator)."
            )
        starts.append(number)
    if blank:
        lines = enumerate(text.split("\n"), start=1)
        text = "\n".join(line for number, line in lines if number not in blank)
    return starts, text


def _all_numbers(fields: list[str]) -> bool:
    """Say whether each field is written as a number."""
    return all(_NUMBER.fullmatch(field) for field in fields)


def _numbered(count: int) -> list[str]:
    return [f"x{j}" for j in range(count)]


def _column_names(fields: list[str], where: str) -> list[str]:
    """Return the names of the header, none twice; empty names stay empty."""
    names = [field.strip() for field in fields]
    twice = [name for name, count in Counter(names).items() if count > 1 and name]
    if twice:
        places = ", ".join(str(j) for j, name in enumerate(names) if name == twice[0])
        raise DataError(
            f"{where} has more than one column named {twice[0]!r} (columns {places}, "
            "from 0); each name may occur once. Rename them in the file."
        )
    return names


def _to_frame(
    text: str, separator: str, names: list[str], has_header: bool, rows: int, where: str
) -> "pl.DataFrame":
    """Let polars parse the text, and make sure that it found the same rows."""
    import polars as pl

    try:
        frame = pl.read_csv(
            io.BytesIO(text.encode()),
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
    frame = frame[int(has_header) :]
    if frame.shape != (rows, len(names)):
        raise DataError(
            f"{where} can be read in two ways: {rows} × {len(names)} or "
            f"{frame.height} × {frame.width} fields. Check its quotation marks and "
            "blank lines."
        )
    unique = [name or f"\0{j}" for j, name in enumerate(names)]
    frame.columns = unique
    return frame
