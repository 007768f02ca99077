"""The records of delimited text: where each begins, and how many fields it has."""

import csv
from array import array
from collections.abc import Iterator
from contextlib import contextmanager

from widthwise.errors import DataError
from widthwise.wording import counted, listing, shortened

__all__ = ["SEPARATOR_NAMES", "checked_records", "lines_of", "long_fields", "records"]

SEPARATOR_NAMES = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "bar",
    " ": "space",
}
_SHOWN = 3


def records(text: str, separator: str) -> Iterator[tuple[int, int, str | None]]:
    """Yield (line number, number of fields, trouble); a blank line has 0 fields."""
    if '"' not in text:
        for number, line in enumerate(lines_of(text), start=1):
            blank = _is_blank(line.rstrip("\n"), separator)
            yield number, 0 if blank else line.count(separator) + 1, None
        return
    last = ""

    def lines() -> Iterator[str]:
        nonlocal last
        for last in lines_of(text):
            yield last if last.endswith("\n") else last + "\n"

    reader = csv.reader(lines(), delimiter=separator, strict=True)
    start = 1
    try:
        for record in reader:
            is_line = reader.line_num == start
            blank = is_line and _is_blank(last.rstrip("\n"), separator)
            yield start, 0 if blank else len(record), None
            start = reader.line_num + 1
    except csv.Error as error:
        yield start, 1, str(error)


def lines_of(text: str) -> Iterator[str]:
    """Yield lines with their ends; io.StringIO would hold four bytes a character."""
    start = 0
    while start <= len(text):
        end = text.find("\n", start) + 1 or len(text) + 1
        yield text[start:end]
        start = end


def _is_blank(line: str, separator: str) -> bool:
    return not line or (line.isspace() and separator not in line)


@contextmanager
def long_fields() -> Iterator[None]:
    """Let the csv module take fields of more than 131,072 characters."""
    before = csv.field_size_limit(2**31 - 1)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def checked_records(
    text: str, separator: str, where: str, offset: int
) -> tuple["array[int]", str, list[str]]:
    """Return the line of each record, the text of those that fit, and problems."""
    numbers, counts = array("q"), array("q")
    for number, count, trouble in records(text, separator):
        if trouble is not None:
            raise DataError(
                f"{where} cannot be split into fields from line {number + offset} on "
                f"({trouble}); each quotation mark must have its partner. Mend that "
                "line."
            )
        numbers.append(number)
        counts.append(count)
    found = list(zip(numbers, counts, strict=True)) if len(set(counts)) > 1 else []
    expected, at = next((c, n) for n, c in zip(numbers, counts, strict=True) if c)
    titles = _titles(found)
    if titles:
        expected, at = next((c, n) for n, c in found if c and n > titles[-1][0])
    odd = [(number, count) for number, count in found if count not in (0, expected)]
    if found:
        numbers = array("q", (n for n, count in found if count == expected))
        lines = text.split("\n")
        ends = [*(number for number, _ in found[1:]), len(lines) + 1]
        first = lines[titles[0][0] - 1].strip() if titles else ""
        text = "\n".join(
            "\n".join(lines[number - 1 : end - 1])
            for (number, count), end in zip(found, ends, strict=True)
            if count == expected
        )
    problems = []
    if titles:
        problems.append(_title_problem(where, titles, first, expected, offset))
    elif odd:
        number, count = odd[0]
        others = [str(each + offset) for each, _ in odd[1:]]
        more = ""
        if others:
            differ = "Line {} differs" if len(others) == 1 else "Lines {} differ"
            more = f" {differ.format(listing(others, most=_SHOWN))}, too."
        mark = SEPARATOR_NAMES.get(separator, repr(separator))
        problems.append(
            f"Line {number + offset} of {where} has {counted(count, 'field')} and line "
            f"{at + offset} has {expected}; every line needs the same number "
            f"(separator: {mark}).{more} Mend {'it' if len(odd) == 1 else 'them'}, or "
            "give the separator (--separator)."
        )
    return array("q", (number + offset for number in numbers)), text, problems


def _titles(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the first lines, where all lines below have another number of fields."""
    filled = [each for each in found if each[1]]
    if not filled or filled[-1][1] < 2:
        return []
    last = filled[-1][1]
    above = [each for each in filled if each[1] != last]
    is_title = above == filled[: len(above)] and len(above) <= _SHOWN
    return above if is_title and len(filled) - len(above) > 2 else []


def _title_problem(
    where: str, titles: list[tuple[int, int]], first: str, expected: int, offset: int
) -> str:
    """Say that a title stands above the table, or that the header lacks names."""
    text = shortened(first)
    if len(titles) > 1:
        numbers = listing([str(number + offset) for number, _ in titles])
        return (
            f"Lines {numbers} of {where} (the first {text!r}) have other numbers of "
            f"fields than the {expected} of every line below: a title or a remark is "
            "no row of the table. Take them out of the file."
        )
    number, count = titles[0]
    names = ""
    if count > 1:
        names = f"; if it holds the names, give one to each of the {expected} columns"
    return (
        f"Line {number + offset} of {where} ({text!r}) has {counted(count, 'field')} "
        f"and every line below has {expected}: a title or a remark is no row of the "
        f"table. Take it out of the file{names}."
    )
