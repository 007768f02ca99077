"""Columns of text where numbers were needed, and what looks like classes and is not."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from widthwise.datasets.points import listed
from widthwise.datasets.tables._columns import Column
from widthwise.datasets.tables._dates import ORDERS, days
from widthwise.datasets.tables._oddities import are_dates, are_times, oddity
from widthwise.datasets.tables._readings import Remedy, remedy
from widthwise.wording import listing, shortened

__all__ = ["text_problems"]

_SHOWN = 3
_MOST_COLUMNS = 5
_MOST_WORDS = 3


def text_problems(
    where: str,
    features: list[Column],
    target: Column | None,
    lines: Sequence[int] | None,
    one_hot: bool,
) -> list[str]:
    """Say which columns of text cannot be used, and what would read them.

    Numbers beside words, numbers that are not written plainly, dates and times are
    neither features nor classes. Words are classes, and features when encoded.
    """
    plain: list[Column] = []
    groups: dict[object, list[_Text]] = {}
    columns = [(column, False) for column in features]
    columns += [] if target is None else [(target, True)]
    for column, is_target in columns:
        if column.words is None:
            continue
        text = _Text(column, is_target, lines)
        if not text.is_words:
            # Columns that the same options read share a sentence.
            key = text.reading.options if text.reading else column.name
            groups.setdefault(key, []).append(text)
        elif not is_target and not one_hot:
            plain.append(column)
    problems = [_words(where, plain)] if plain else []
    problems += [_odd(where, group) for group in groups.values()]
    if len(problems) > _MOST_COLUMNS:
        left = len(problems) - _MOST_COLUMNS
        problems = [*problems[:_MOST_COLUMNS], f"{left} more columns are not numbers."]
    return problems


@dataclass(frozen=True)
class _Text:
    """One column of text."""

    column: Column
    is_target: bool
    lines: Sequence[int] | None

    @cached_property
    def cells(self) -> dict[str, list[int]]:
        """The rows of each different cell."""
        found: dict[str, list[int]] = {}
        assert self.column.words is not None
        for row, word in enumerate(self.column.words):
            if word is not None:
                found.setdefault(word, []).append(row)
        return found

    @cached_property
    def strange(self) -> dict[str, list[int]]:
        """The cells that are not finite numbers."""
        import polars as pl

        numbers, _ = self.column.notation.numbers("", pl.Series(list(self.cells)))
        is_odd = (numbers.is_null() | ~numbers.is_finite()).to_list()
        pairs = zip(self.cells.items(), is_odd, strict=True)
        return {word: rows for (word, rows), odd in pairs if odd}

    @property
    def is_words(self) -> bool:
        """Whether nothing in it looks like a number, a date or a time."""
        if self.column.are_words_asked_for:
            return True
        if len(self.strange) < len(self.cells):
            return False
        if self._mostly(lambda word: are_dates([word]) or are_times([word])):
            return False
        return not self._mostly(lambda word: oddity(word) is not None)

    @cached_property
    def reading(self) -> Remedy | None:
        """The options that would read it."""
        odd = list(self.strange)
        oddities = [found for word in odd if (found := oddity(word))]
        units = sorted({each.unit for each in oddities if each.unit})
        return remedy(list(self.cells), odd[0], units, self.column.notation)

    @property
    def held(self) -> str:
        """What it holds instead of numbers, and where."""
        present = sum(map(len, self.cells.values()))
        count = sum(map(len, self.strange.values()))
        unit = "row" if self.lines is None else "line"
        seen = self.no_dates or list(self.strange)
        shown = "; ".join(
            f"{unit} {self._line(self.strange[word][0])}: "
            f"{shortened(word)!r}{_why(word)}"
            for word in seen[:_SHOWN]
        )
        more = "; ..." if len(seen) > _SHOWN else ""
        what = "dates" if are_dates(list(self.strange)) else "text"
        what = "times" if are_times(list(self.strange)) else what
        none = ""
        if self.no_dates:
            off = sum(len(self.strange[word]) for word in self.no_dates)
            none = f", {off} of them none in the order {self.column.notation.dates!r}"
        return f"{what} in {count} of {present} {unit}s{none} ({shown}{more})"

    @cached_property
    def no_dates(self) -> list[str]:
        """Of cells that look like dates, those that are none in the order asked for."""
        order = self.column.notation.dates
        if order is None or not are_dates(list(self.strange)):
            return []
        return [word for word in self.strange if days([word], order) is None]

    @property
    def advice(self) -> str:
        """What to do."""
        odd = list(self.strange)
        if self.reading is not None:
            return self.reading.sentence
        if are_dates(odd):
            whole = odd if len(odd) == len(self.cells) else []
            return _dates(whole, are_some_wrong=bool(self.no_dates))
        if are_times(odd):
            return "Turn the times into numbers, such as seconds"
        if len(odd) <= _MOST_WORDS and not any(map(_has_digit, odd)):
            said = listing([f"--missing {_argument(word)}" for word in odd])
            value = repr(odd[0] if len(odd) == 1 else odd)
            return (
                f"Mend these values, or say missing={value} ({said}) if it means that "
                "there is no value"
            )
        return "Mend these values, or write NA where there is none"

    def _mostly(self, claim: Callable[[str], bool]) -> bool:
        said = sum(len(rows) for word, rows in self.cells.items() if claim(word))
        return 2 * said >= sum(map(len, self.cells.values()))

    def _line(self, row: int) -> int:
        return row if self.lines is None else self.lines[row]


def _odd(where: str, group: list[_Text]) -> str:
    """Say what columns hold that the same options read."""
    first = group[0]
    name = first.column.name
    named = shlex.quote(name)
    kind = "Target" if first.is_target else "Column"
    others = listed([text.column.name for text in group[1:]])
    alike = f" The same holds of {others}." if others else ""
    left = (
        "" if first.is_target else f", or drop={name!r} (--drop {named}) leaves it out"
    )
    return (
        f"{kind} {name!r} of {where} holds {first.held}; numbers were needed.{alike} "
        f"{first.advice}. If these are names, not numbers, words={name!r} (--words "
        f"{named}) says so{left}."
    )


def _words(where: str, columns: list[Column]) -> str:
    """Say which columns of words need to be encoded."""
    if len(columns) == 1:
        name = columns[0].name
        return (
            f"Column {name!r} of {where} holds text ({_some(columns[0])}); numbers "
            "were needed. Encode it with one_hot=True (--one-hot), or leave the "
            f"column out: drop={name!r} (--drop {shlex.quote(name)})."
        )
    described = "; ".join(
        f"{column.name!r} text ({_some(column)})" for column in columns[:_MOST_COLUMNS]
    )
    more = "; ..." if len(columns) > _MOST_COLUMNS else ""
    return (
        f"{len(columns)} columns of {where} are not numbers: {described}{more}. Encode "
        "words with one_hot=True (--one-hot), or leave the columns out with drop=... "
        "(--drop NAME)."
    )


def _some(column: Column) -> str:
    assert column.words is not None
    words = dict.fromkeys(word for word in column.words if word is not None)
    return listed(list(words), _SHOWN)


def _dates(cells: list[str], *, are_some_wrong: bool) -> str:
    """Say in which orders all cells are dates."""
    ways = [
        f"dates={order!r} (--dates {order})"
        for order in ORDERS
        if cells and days(cells, order) is not None
    ]
    if not ways and are_some_wrong:
        return "Mend these dates, or write NA where there is none"
    if not ways:
        return "Turn the dates into numbers, such as days since the first"
    return f"Say {listing(ways, 'or')} to read them as days"


def _has_digit(word: str) -> bool:
    return any(sign.isdigit() for sign in word)


def _argument(word: str) -> str:
    """Return a word as a shell takes it after an option."""
    return shlex.quote(word) if not word.startswith("-") else f"'{word}'"


def _why(word: str) -> str:
    found = oddity(word)
    return "" if found is None else f", {found.what}"
