"""How the record of an experiment is drawn."""

from collections.abc import Iterator

from rich.console import RenderableType

from widthwise.records import Record, write
from widthwise.report.experiments._drawable import DrawableExperiment
from widthwise.report.experiments._page import EXPERIMENT, study_page
from widthwise.report.experiments._terminal import claims_panel
from widthwise.report.parts import Drawn, Page, Rendering, Words

__all__ = ["RENDERING"]


def _page(drawn: Drawn[DrawableExperiment]) -> Page:
    return study_page(Record(write(drawn.evidence), drawn.arrays))


def _terminal(
    drawn: Drawn[DrawableExperiment], words: Words, _width: int
) -> Iterator[RenderableType]:
    yield claims_panel(write(drawn.evidence), words)


RENDERING = Rendering(
    kind=EXPERIMENT,
    evidence=DrawableExperiment,
    page=_page,
    terminal=_terminal,
    made_by="widthwise reproduce … --out",
)
