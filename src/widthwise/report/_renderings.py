"""How each kind of record is drawn; a further study adds its line here."""

from typing import Any

from widthwise.errors import DataError
from widthwise.records import Record
from widthwise.report import activations, experiments, landscape, module
from widthwise.report.parts import Rendering

__all__ = ["RENDERINGS", "rendering_of"]

RENDERINGS: dict[str, Rendering[Any]] = {
    each.RENDERING.kind: each.RENDERING
    for each in (activations, module, landscape, experiments)
}


def rendering_of(record: Record) -> Rendering[Any]:
    """Return how this record is drawn.

    Raises
    ------
    DataError
        If it is of no known kind.
    """
    kind = record.content.get("kind")
    if not isinstance(kind, str) or kind not in RENDERINGS:
        made = ", ".join(f"`{each.made_by}`" for each in RENDERINGS.values())
        raise DataError(
            f"The record is of kind {kind!r}; a report is drawn from one of "
            f"{', '.join(map(repr, RENDERINGS))}. Name a folder that {made} wrote."
        )
    return RENDERINGS[kind]
