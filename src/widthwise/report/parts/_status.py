"""How a verdict's status is said: a symbol and a word, never a colour alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from widthwise.report.parts._telling import ACTIVATIONS, Telling

__all__ = ["Status", "status_of"]

_SYMBOLS = {"yes": ("✓", "+"), "caution": ("!", "!"), "no": ("✗", "x")}


@dataclass(frozen=True)
class Status:
    """A verdict's status as a reader meets it."""

    level: str
    word: str
    symbol: str
    ascii_symbol: str


def status_of(verdict: Mapping[str, Any], telling: Telling = ACTIVATIONS) -> Status:
    """Return the symbol and the word of a verdict's status."""
    level = verdict["status"] if verdict["status"] in _SYMBOLS else "caution"
    word = telling.statuses.get(verdict["question"], {}).get(level, verdict["status"])
    return Status(level, word, *_SYMBOLS[level])
