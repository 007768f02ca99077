"""How a verdict's status is said: a symbol and a word, never a colour alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Status", "status_of"]

_WORDS = {
    "fits": {"yes": "Yes", "caution": "It depends", "no": "No"},
    "width": {"yes": "Found", "caution": "Caution", "no": "No width"},
    "speed": {"yes": "In reach", "caution": "Slow", "no": "Never"},
    "activation": {"yes": "Recommended", "caution": "Caution", "no": "None fits"},
}
_SYMBOLS = {"yes": ("✓", "+"), "caution": ("!", "!"), "no": ("✗", "x")}


@dataclass(frozen=True)
class Status:
    """A verdict's status as a reader meets it."""

    level: str
    word: str
    symbol: str
    ascii_symbol: str


def status_of(verdict: Mapping[str, Any]) -> Status:
    """Return the symbol and the word of a verdict's status."""
    level = verdict["status"] if verdict["status"] in _SYMBOLS else "caution"
    word = _WORDS.get(verdict["question"], {}).get(level, verdict["status"])
    return Status(level, word, *_SYMBOLS[level])
