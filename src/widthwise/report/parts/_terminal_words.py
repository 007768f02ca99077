"""Text of a record as a terminal can show it."""

import re
from dataclasses import dataclass

from rich.text import Text

from widthwise.prose import shown
from widthwise.report.parts._status import Status
from widthwise.wording import harmless

__all__ = ["STYLES", "Words"]

STYLES = {"yes": "green", "caution": "yellow", "no": "red"}
_ASCII = str.maketrans(
    {
        "κ": "kappa", "λ": "lambda", "σ": "sigma", "η": "eta", "Φ": "Phi", "δ": "delta",
        "×": "x", "−": "-", "–": "-", "∞": "inf", "‖": "|", "½": "1/2", "≤": "<=",
        "≥": ">=", "²": "^2", "√": "sqrt ", "…": "...", "’": "'", "█": "#",
    }
)  # fmt: skip
_RAISED = re.compile("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_LOWERED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


@dataclass(frozen=True)
class Words:
    """Turns the record's text into text that this terminal can show."""

    is_ascii: bool

    def __call__(self, text: str, style: str = "") -> Text:
        text = harmless(shown(text))
        if self.is_ascii:
            text = _RAISED.sub(lambda each: "^" + each[0].translate(_LOWERED), text)
            text = text.translate(_ASCII).encode("ascii", "replace").decode()
        return Text(text, style=style)

    def symbol(self, status: Status) -> str:
        return status.ascii_symbol if self.is_ascii else status.symbol
