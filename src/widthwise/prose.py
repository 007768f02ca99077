"""Sentences whose numbers are still numbers."""

import math
import string
from collections.abc import Callable, Iterator, Sequence

from widthwise.wording import percent, plain_number, plain_percent, sentence_number

__all__ = [
    "Prose",
    "as_prose",
    "joined",
    "listed",
    "message",
    "say",
    "shown",
    "steps",
]

Writer = Callable[[float | None, str], str]
"""Writes a number as its reader meets it; told what kind of number it is."""

_KINDS = frozenset({"", "%", ",", *"123456789"})


class Prose(str):
    """A text with a place for each of its numbers; as a string, with them written.

    A terminal, a page and a log write the same number differently; so a sentence keeps
    its numbers apart until it is drawn. What cuts or joins strings gives a string back,
    which has lost them; `say`, `joined`, `listed` and + keep them.

    Attributes
    ----------
    text
        The words, with "{}" where a number of three digits goes, "{:2}" for one of two
        (likewise to nine), "{:%}" for a share as a percentage and "{:,}" for a count to
        its last digit. A brace of the text itself is doubled.
    numbers
        The numbers, in order; null for one that is not finite.
    """

    text: str
    numbers: tuple[float | None, ...]

    def __new__(cls, text: str, numbers: tuple[float | None, ...] = ()) -> "Prose":
        """Refuse a text whose places are not as many as the numbers."""
        kinds = [kind for _, kind in _pieces(text) if kind is not None]
        if len(kinds) != len(numbers) or not _KINDS.issuperset(kinds):
            raise ValueError(
                f"{text!r} has {len(kinds)} places for {len(numbers)} numbers"
            )
        found = super().__new__(cls, _drawn(text, numbers, plain))
        found.text, found.numbers = text, numbers
        return found

    def __getnewargs__(self) -> tuple[str, tuple[float | None, ...]]:  # type: ignore[override]
        return self.text, self.numbers

    def __add__(self, other: str) -> "Prose":
        other = as_prose(other)
        return Prose(self.text + other.text, self.numbers + other.numbers)

    def __radd__(self, other: str) -> "Prose":
        return as_prose(other) + self

    def written(self, write: Writer) -> str:
        """Return the text with its numbers written by `write`."""
        return _drawn(self.text, self.numbers, write)

    def capitalised(self) -> "Prose":
        """Return the same text, beginning with a capital."""
        return Prose(self.text[:1].upper() + self.text[1:], self.numbers)

    def unended(self) -> "Prose":
        """Return the same text without a full stop at its end."""
        return Prose(self.text.removesuffix("."), self.numbers)

    def lowered(self) -> "Prose":
        """Return the same text, beginning with a small letter."""
        return Prose(self.text[:1].lower() + self.text[1:], self.numbers)


def say(template: str, *values: str | float | int | None) -> Prose:
    """Return the text with values put in the places of `template`.

    Parameters
    ----------
    template
        As the text of a `Prose`.
    values
        For each place: a number, which stays one; or words, with or without numbers.
    """
    parts, given = Prose(""), iter(values)
    for words, kind in _pieces(template):
        parts = parts + words
        if kind is None:
            continue
        value = next(given)
        if isinstance(value, str):
            parts = parts + value
        else:
            parts = parts + Prose(f"{{:{kind}}}" if kind else "{}", (_finite(value),))
    return parts


def as_prose(text: str) -> Prose:
    """Return plain words as prose without numbers."""
    if isinstance(text, Prose):
        return text
    return Prose(text.replace("{", "{{").replace("}", "}}"))


def joined(parts: Sequence[str], between: str = " ") -> Prose:
    """Return the parts one after the other; empty ones are left out."""
    whole = Prose("")
    for part in parts:
        if part:
            whole = whole + (between if whole else "") + part
    return whole


def listed(items: Sequence[str], word: str = "and") -> Prose:
    """Return "a", "a and b" or "a, b and c"."""
    if len(items) < 2:
        return joined(items)
    return joined(items[:-1], ", ") + f" {word} " + items[-1]


def steps(count: float | int | None) -> Prose:
    """Return a number of steps; "never" for an infinite one."""
    if count is None or count == float("inf"):
        return Prose("never")
    return say("{} step" if count == 1 else "{} steps", count)


def plain(value: float | None, kind: str = "") -> str:
    """Return a number as a log or a message shows it: 1,234, 0.05, 3.76e5, 12 %."""
    return _in_a_sentence(value, kind, plain_number, plain_percent)


def typeset(value: float | None, kind: str = "") -> str:
    """Return a number as a page or a terminal shows it: 3.76×10⁵."""
    return _in_a_sentence(value, kind, sentence_number, percent)


def shown(text: str) -> str:
    """Return a text as a page or a terminal shows it, prose with its numbers."""
    return text.written(typeset) if isinstance(text, Prose) else text


def message(error: BaseException) -> Prose:
    """Return what an error says; one that was raised with prose keeps its numbers."""
    said = error.args[0] if len(error.args) == 1 else None
    return as_prose(said if isinstance(said, Prose) else str(error))


def _drawn(text: str, numbers: Sequence[float | None], write: Writer) -> str:
    left = iter(numbers)
    return "".join(
        words + ("" if kind is None else write(next(left), kind))
        for words, kind in _pieces(text)
    )


def _in_a_sentence(
    value: float | None,
    kind: str,
    number: Callable[..., str],
    share: Callable[[float | None], str],
) -> str:
    if kind == "%":
        return share(value)
    if kind == "," and value is not None:
        return f"{round(value):,}"
    return number(value, digits=int(kind) if kind.isdigit() else 3)


def _finite(value: float | int | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _pieces(text: str) -> Iterator[tuple[str, str | None]]:
    """Return the words before each place with its kind, then the words after."""
    for words, name, kind, _ in string.Formatter().parse(text):
        yield words, None if name is None else kind or ""
