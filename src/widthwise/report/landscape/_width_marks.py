"""The widths that stand beside the measured ones: necessary, half-way, and proved."""

from dataclasses import asdict, dataclass
from typing import Any

from widthwise.diagnosis.landscape import LandscapeRecord
from widthwise.report.parts import count, number

__all__ = ["Mark", "width_marks"]

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Mark:
    """A width that the figure marks; the key under its heading explains the letter."""

    letter: str
    width: float
    name: str
    value: str
    kind: str

    def drawn(self) -> dict[str, Any]:
        """Return what the browser draws."""
        return asdict(self)


def width_marks(content: LandscapeRecord) -> list[Mark]:
    """Return the necessary width, the fitted half-way point and every theorem's width.

    They are in the order of their widths, and so are their letters.
    """
    least = content.necessary_width
    found = [(float(least), "necessary for full rank", count(least), "necessary")]
    half = content.probability.threshold
    if half is not None and half.width is not None and half.width > 0:
        error = half.standard_error
        shown = number(half.width) + (f" ± {number(error)}" if error else "")
        found.append((float(half.width), "half have full rank, fitted", shown, "half"))
    for theorem in content.theorems:
        if theorem.width is not None and theorem.width > 0:
            kind = "certificate" if theorem.is_certificate else "estimate"
            width = float(theorem.width)
            found.append((width, theorem.title, count(width), kind))
    found = sorted((each for each in found if each[0] > 0), key=lambda each: each[0])
    return [
        Mark(letter, width, name, value, kind)
        for letter, (width, name, value, kind) in zip(_LETTERS, found, strict=False)
    ]
