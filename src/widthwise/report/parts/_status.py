"""How a verdict's status is said: a symbol and a word, never a colour alone."""

from dataclasses import dataclass

__all__ = ["Status", "status_of"]

_SYMBOLS = {"yes": ("✓", "+"), "caution": ("!", "!"), "no": ("✗", "x")}


@dataclass(frozen=True)
class Status:
    """A verdict's status as a reader meets it."""

    level: str
    word: str
    symbol: str
    ascii_symbol: str


def status_of(level: str, word: str) -> Status:
    """Return the symbol of a verdict's status beside its word."""
    level = level if level in _SYMBOLS else "caution"
    return Status(level, word, *_SYMBOLS[level])
