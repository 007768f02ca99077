"""The page and the terminal's table on activations."""

from collections.abc import Iterator

from rich.console import RenderableType

from widthwise.diagnosis.activations import ActivationsRecord
from widthwise.report.activations._comparison import comparison
from widthwise.report.activations._page import activations_page
from widthwise.report.activations._telling import ACTIVATIONS
from widthwise.report.parts import (
    Drawn,
    Rendering,
    Words,
    evidence_table,
    series,
    verdict_panel,
)

__all__ = ["RENDERING"]


def _terminal(
    record: Drawn[ActivationsRecord], words: Words, width: int
) -> Iterator[RenderableType]:
    yield verdict_panel(record.evidence, ACTIVATIONS, words)
    found = series(record.evidence.activations, record.arrays)
    if found:
        yield evidence_table(
            found, comparison(found, record.evidence.data), ACTIVATIONS, words, width
        )


RENDERING = Rendering(
    kind="diagnosis",
    evidence=ActivationsRecord,
    page=activations_page,
    terminal=_terminal,
    made_by="widthwise diagnose … --out",
)
