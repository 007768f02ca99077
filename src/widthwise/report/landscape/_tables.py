"""The rows that hold the rank back, and the theorems, in words and numbers."""

from dataclasses import dataclass

from widthwise.diagnosis.landscape import LandscapeRecord, TheoremFound
from widthwise.report.parts import count, number, percent

__all__ = ["RowBar", "TheoremRow", "row_bars", "theorem_rows"]

_TRUST = {
    "derived": "proved anew here",
    "recalled": "from memory of the paper",
}


@dataclass(frozen=True)
class RowBar:
    """One row of the data; `length` in [0, 1] is that of its bar."""

    row: str
    share: str
    length: float


@dataclass(frozen=True)
class TheoremRow:
    """What a theorem asks for, and what was measured."""

    title: str
    statement: str
    width: str
    measured: str
    times: str
    level: str
    word: str
    trust: str
    formula: str
    source: str
    note: str
    assumptions: tuple[str, ...]


def row_bars(content: LandscapeRecord) -> list[RowBar]:
    """Return the rows in dependencies, in the order of the record, the worst first."""
    return [
        RowBar(
            count(each.row),
            percent(each.share),
            min(1.0, max(0.0, float(each.share or 0.0))),
        )
        for each in content.rows
    ]


def theorem_rows(content: LandscapeRecord) -> list[TheoremRow]:
    """Return the theorems, certificates first."""
    order = sorted(content.theorems, key=lambda each: not each.is_certificate)
    return [_theorem(each) for each in order]


def _theorem(found: TheoremFound) -> TheoremRow:
    width, measured = found.width, found.measured
    times = f"{number(width / measured)} × that" if width and measured else ""
    is_proved = found.is_certificate
    return TheoremRow(
        title=found.title,
        statement=found.statement,
        width=count(width, missing="none"),
        measured=count(measured),
        times=times,
        level="yes" if is_proved else "caution",
        word="certificate" if is_proved else "order of magnitude",
        trust=_TRUST.get(found.trust, found.trust),
        formula=found.formula,
        source=found.source,
        note=found.note or "",
        assumptions=tuple(found.assumptions),
    )
