"""How records of one kind are drawn."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from rich.console import RenderableType

from widthwise.records import Record, migrated, plain, read
from widthwise.report.parts._drawn import Drawn
from widthwise.report.parts._page_parts import Page
from widthwise.report.parts._terminal_words import Words

__all__ = ["Rendering"]

R = TypeVar("R")


@dataclass(frozen=True)
class Rendering(Generic[R]):
    """A page, and what a terminal shows, of one kind of record.

    Attributes
    ----------
    kind
        The record's kind.
    evidence
        The class that reads it.
    page
        Draws the page.
    terminal
        Yields what a terminal shows; told how text is shown and how many columns.
    made_by
        The command that writes such a record.
    """

    kind: str
    evidence: type[R]
    page: Callable[[Drawn[R]], Page]
    terminal: Callable[[Drawn[R], Words, int], Iterator[RenderableType]]
    made_by: str

    def drawn(self, record: Record) -> Drawn[R]:
        """Return the record as it is drawn.

        Raises
        ------
        DataError
            If a part is absent or of another type; the message names its place.
        """
        content: dict[str, Any] = migrated(plain(record.content))
        evidence = read(self.evidence, content)
        declared: Mapping[str, str] = getattr(self.evidence, "ARRAYS", {})
        fitting = {
            name: each
            for name, each in record.arrays.items()
            if _fits(np.asarray(each), name, declared)
        }
        return Drawn(evidence, fitting)


def _fits(found: np.ndarray, name: str, declared: Mapping[str, str]) -> bool:
    """Return whether an array has the axes that are declared; others are not drawn."""
    for place, text in declared.items():
        key, _, rest = place.partition("/")
        if name == place or (key == "KEY" and name.endswith(f"/{rest}")):
            inside = text[1 : text.index(")")]
            axes = sum(bool(each.strip()) for each in inside.split(","))
            return found.ndim == axes and found.dtype.kind in "biuf"
    return True
