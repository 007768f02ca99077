"""How the numbers of a table are written: decimal mark, thousands, units, gaps."""

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from widthwise.datasets.points import PreparationStep
from widthwise.datasets.tables._dates import require_order
from widthwise.errors import DataError
from widthwise.wording import counted, listing

if TYPE_CHECKING:
    import polars as pl

__all__ = ["MARK_NAMES", "MINUS", "MISSING", "Notation"]

MISSING = ("", "NA", "N/A", "n/a", "<NA>", "#N/A", "NaN", "nan", "NULL", "null", "?")
"""Words that mean that there is no value (spaces around them do not count)."""

MINUS = "−"
"""The typographic minus, U+2212, which is read as one."""

MARK_NAMES = {
    ",": "comma",
    ".": "dot",
    " ": "space",
    "'": "apostrophe",
    "_": "underscore",
}
"""The separators of thousands, and how a command line calls them."""

_THOUSANDS = {name: mark for mark, name in MARK_NAMES.items()}
_MARKS = {
    ",": ",",
    ".": r"\.",
    " ": r"[\p{Zs}\t]",
    "'": "['’‘ʼ′`´]",
    "_": "_",
}


@dataclass(frozen=True)
class Notation:
    r"""How numbers are written in cells of text.

    Attributes
    ----------
    decimal_comma
        1,5 is one and a half. Else 1.5 is.
    thousands
        What stands between groups of digits: ",", "." (then the decimal mark is a
        comma), " " (a space of any kind), "'" or "_", or their names. Groups have
        three digits, with commas also the Indian 12,34,567. None: no groups.
    units
        Marks beside the numbers, such as "%" or "$", that are left out.
    missing
        Words that mean that there is no value, besides `MISSING`.
    dates
        The order of year, month and day in dates, which become days; None: no dates.
    from_semicolons
        The table is separated by semicolons, as where the comma is the decimal mark.

    Raises
    ------
    DataError
        No such separator of thousands or order of dates, or one mark for two things.
    """

    decimal_comma: bool = False
    thousands: str | None = None
    units: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    dates: str | None = None
    from_semicolons: bool = False

    def __post_init__(self) -> None:
        require_order(self.dates)
        given = self.thousands
        mark = None if given is None else _THOUSANDS.get(given, given)
        if mark is not None and mark.isspace():
            mark = " "
        if mark == "’":
            mark = "'"
        if mark is not None and mark not in _MARKS:
            known = [repr(each) for each in (*_MARKS, *_THOUSANDS)]
            raise DataError(
                f"The separator of thousands is {given!r}; one of "
                f"{listing(known, 'or', most=len(known))} was needed."
            )
        if self.decimal_comma and mark == ",":
            raise DataError(
                "The comma cannot be both the decimal mark and the separator of "
                "thousands; say one of decimal_comma=True (--decimal-comma) and "
                "thousands=',' (--thousands comma)."
            )
        object.__setattr__(self, "thousands", mark)
        object.__setattr__(self, "decimal_comma", self.decimal_comma or mark == ".")

    def is_missing(self, words: "pl.Series") -> "pl.Series":
        """Say which cells have no value."""
        return words.is_null() | words.is_in([*MISSING, *self.missing])

    def numbers(
        self, name: str, words: "pl.Series"
    ) -> tuple["pl.Series", tuple[PreparationStep, ...]]:
        """Return cells as float64, null where not numbers, and what was done.

        Parameters
        ----------
        words
            Cells without spaces around them, null where there is no value.
        """
        import polars as pl

        if not (self.decimal_comma or self.thousands or self.units):
            numbers = words.cast(pl.Float64, strict=False)
            if numbers.null_count() == words.null_count():
                return numbers, ()
        plain, unit = self._without_unit(words)
        steps = [] if unit is None else [_unit_step(name, unit)]
        signed = plain.str.contains(MINUS, literal=True)
        if signed.any():
            plain = plain.str.replace(MINUS, "-", literal=True)
            steps.append(_minus_step(name, int(signed.sum())))
        if self.thousands is not None:
            plain = self._without_groups(plain)
        if self.decimal_comma:
            plain = plain.set(plain.str.contains(".", literal=True), None)
            plain = plain.str.replace(",", ".", literal=True)
        return plain.cast(pl.Float64, strict=False), tuple(steps)

    def doubtful(self, words: "pl.Series") -> str | None:
        """Return a number that groups of thousands could make another one, if all can.

        1.299 is doubtful where neither another number shows what the dot means, nor
        the separator of the table, nor an option; "" where a number shows it.
        """
        if not self.can_doubt:
            return None
        present = words.drop_nulls()
        return self.doubt(present, *self.marked(present))

    @property
    def can_doubt(self) -> bool:
        """Whether a decimal mark may separate thousands."""
        return self.thousands is None and (self.decimal_comma or self.from_semicolons)

    def marked(self, words: "pl.Series") -> tuple[np.ndarray, np.ndarray]:
        """Say which cells have a decimal mark, and which may be grouped by theirs."""
        mark = "," if self.decimal_comma else "."
        grouped = rf"^[+-]?[1-9]\d{{0,2}}{re.escape(mark)}\d{{3}}$"
        found = words.str.contains(mark, literal=True), words.str.contains(grouped)
        some, all_ = (each.fill_null(False).to_numpy() for each in found)
        return some, all_

    @staticmethod
    def doubt(
        words: "pl.Series", marked: np.ndarray, grouped: np.ndarray
    ) -> str | None:
        """Return what `doubtful` does, of cells and what `marked` says of them."""
        if not marked.any():
            return None
        return str(words[int(marked.argmax())]) if (grouped == marked).all() else ""

    def _without_unit(self, words: "pl.Series") -> tuple["pl.Series", str | None]:
        """Take one unit away from a column; a currency's need not be in every cell."""
        for unit in self.units:
            mark = re.escape(unit)
            bare = words.str.replace(rf"^([+{MINUS}-]?)\s*{mark}\s*", "${1}")
            bare = bare.str.replace(rf"\s*{mark}$", "")
            changed = bare != words
            if changed.all() or (changed.any() and _is_currency(unit)):
                return bare, unit
        return words, None

    def _without_groups(self, words: "pl.Series") -> "pl.Series":
        """Join well-formed groups of digits; null where they are not."""
        assert self.thousands is not None
        mark = _MARKS[self.thousands]
        decimal = "," if self.decimal_comma else r"\."
        shapes = [rf"[1-9][0-9]{{0,2}}(?:{mark}[0-9]{{3}})+"]
        if self.thousands == ",":
            shapes.append(rf"[1-9][0-9]?(?:{mark}[0-9]{{2}})+{mark}[0-9]{{3}}")
        exponent = "(?:[eE][+-]?[0-9]+)?"
        whole = rf"^[+-]?(?:{'|'.join(shapes)})(?:{decimal}[0-9]*)?{exponent}$"
        marked = words.str.contains(mark)
        words = words.set(marked & ~words.str.contains(whole), None)
        return words.str.replace_all(mark, "")


def _is_currency(unit: str) -> bool:
    return any(unicodedata.category(sign) == "Sc" for sign in unit)


def _unit_step(name: str, unit: str) -> PreparationStep:
    detail = f"Left out {unit!r} beside the numbers of {name!r}."
    return PreparationStep("leave_out_unit", detail, {"column": name, "unit": unit})


def _minus_step(name: str, count: int) -> PreparationStep:
    cells = counted(count, "cell")
    detail = f"Read the sign U+2212 as a minus in {cells} of {name!r}."
    return PreparationStep("read_minus", detail, {"column": name, "cells": count})
