"""Cells that are numbers to a person and not to a parser: 12%, $10.50, 1 234,5, (7)."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Oddity", "are_dates", "are_times", "oddity"]

_DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?|\d{1,2}[- ][A-Za-z]{3,9}\.?[- ,]+\d{2,4}"
    r"|[A-Za-z]{3,9}\.? \d{1,2},? \d{4}"
)
_TIME = re.compile(r"\d{1,3}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp]\.?[Mm]\.?)?")
_DASHES = dict.fromkeys(map(ord, "−‐‑‒–—﹣－"), "-")
_CODES = "EUR|USD|GBP|CHF|JPY|CNY|INR|CAD|AUD|SEK|NOK|DKK|PLN|BRL|Rs|kr|zł|US|R"
_CURRENCY = re.compile(rf"(?:{_CODES})?\.?[\$€£¥₹₩₽¢₺₫₪₴]|(?:{_CODES})\.?|Kč|Ft|лв")
_CORE = re.compile(
    r"(?P<before>[^\d.,+-]{0,4}?)\s*(?P<sign>[+-]?)\s*(?P<between>[^\d.,+\s-]{0,4}?)\s*"
    r"(?P<digits>\d[\d.,'’‘ʼ′`´_\s]*(?<=[\d.,])|[.,]\d+)"
    r"(?P<power>[eEdD][+-]?\d+|\s?[x×·*]\s?10\^?[-+]?\d+)?"
    r"\s*(?P<after>[%‰°]|[%‰°]?[A-Za-zµμΩ²³€$£¥₹¢/]{0,12})"
)
_ORDINAL = ("st", "nd", "rd", "th")
_OTHER = {
    "a hexadecimal number": re.compile(r"[+-]?0[xX][0-9a-fA-F]+"),
    "a complex number": re.compile(r"[+-]?[\d.]+([eE][+-]?\d+)?[+-][\d.]+\*?[ij]"),
    "a number with its uncertainty": re.compile(
        r"[+-]?[\d.,]+([eE][+-]?\d+)?\s?(±|\+/?-)\s?[\d.,]+([eE][+-]?\d+)?"
    ),
    "a fraction": re.compile(r"[+-]?(\d+ )?\d+[/⁄]\d+"),
}
_DECIMAL = re.compile(r"\d*\.?\d*")


@dataclass(frozen=True)
class Oddity:
    """Why a cell that shows a number is not read as one.

    Attributes
    ----------
    what
        In words, such as "a percent sign".
    unit
        The mark beside the number; "" if none.
    """

    what: str
    unit: str = ""


def oddity(cell: str) -> Oddity | None:
    """Return what keeps a cell that shows a number from being one; None for a word."""
    if not any(map(str.isnumeric, cell)):
        return None
    plain = unicodedata.normalize("NFKC", cell).translate(_DASHES).strip()
    visible = "".join(map(_ascii_digit, plain)).strip()
    for what, pattern in _OTHER.items():
        if pattern.fullmatch(visible):
            return Oddity(what)
    inner, brackets = visible, ""
    if visible.startswith("(") and visible.endswith(")"):
        inner, brackets = visible[1:-1].strip(), "parentheses"
    elif len(visible) > 1 and visible[-1] in "+-":
        inner, brackets = visible[:-1].rstrip(), "its sign at the end"
    found = _CORE.fullmatch(inner)
    if found is None:
        return None
    before = (found["before"] + found["between"]).strip()
    if before and not _CURRENCY.fullmatch(before):
        return None
    after = found["after"]
    if after.lower() in _ORDINAL:
        return None
    unit = before or after
    if unit:
        return Oddity(_named(unit), unit)
    if brackets:
        return Oddity(brackets)
    return Oddity(_digits(found, cell))


def are_dates(cells: Sequence[str]) -> bool:
    """Say whether every cell is a date."""
    return all(_DATE.fullmatch(cell) for cell in cells)


def are_times(cells: Sequence[str]) -> bool:
    """Say whether every cell is a time of day or a duration."""
    return all(_TIME.fullmatch(cell) for cell in cells)


def _ascii_digit(sign: str) -> str:
    """Return a digit of any script as 0 to 9, and nothing for what cannot be seen."""
    if unicodedata.category(sign) == "Cf":
        return ""
    return str(unicodedata.decimal(sign)) if sign.isdecimal() else sign


def _named(unit: str) -> str:
    if unit in "%‰":
        return "a percent sign" if unit == "%" else "a per mille sign"
    if _CURRENCY.fullmatch(unit):
        return f"the currency {unit!r}"
    return f"the unit {unit!r}"


def _digits(found: re.Match[str], cell: str) -> str:
    """Say what is odd about a bare number."""
    digits = found["digits"]
    if found["power"] and found["power"][0] not in "eE":
        return "another way to write a power of ten"
    if not _DECIMAL.fullmatch(digits):
        if re.fullmatch(r"\d*,\d*", digits) and not re.fullmatch(r"\d+,\d{3}", digits):
            return "a decimal comma"
        return "separated digits"
    strange = next((c for c in cell if not c.isascii()), "")
    if strange:
        name = unicodedata.name(strange, "an unnamed character")
        return f"U+{ord(strange):04X}, {name.lower()}"
    return "another way to write a number"
