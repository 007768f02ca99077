"""The page of a diagnosis: which activation, how wide, how fast."""

from collections.abc import Mapping, Sequence
from typing import Any

from widthwise.records import Record
from widthwise.report.activations._bounds_table import bound_rows
from widthwise.report.activations._conditioning import conditioning_figure
from widthwise.report.activations._obstacles import collisions, near_misses
from widthwise.report.activations._shapes import dual_figure, shape_figure
from widthwise.report.parts import (
    ACTIVATIONS,
    TRAINING_SCRIPTS,
    Page,
    comparison,
    eigenvalue_figure,
    filter_figure,
    residual_figure,
    series,
    slider_start,
)

__all__ = ["activations_page"]


def activations_page(record: Record) -> Page:
    """Return the page of a diagnosis of one or more activations."""
    found = series(record)
    preferred, it_fits = _preferred(record.content["verdicts"])
    start = slider_start(found, preferred)
    certificates, estimates = bound_rows(found)
    return Page(
        template="page.html",
        telling=ACTIVATIONS,
        found=found,
        preferred=preferred,
        figures=[
            conditioning_figure(found),
            eigenvalue_figure(found),
            filter_figure(found, start),
            residual_figure(found, start),
            shape_figure(found),
            dual_figure(found),
        ],
        context={
            "recommended": preferred if it_fits else None,
            "columns": comparison(found),
            "collisions": collisions(found),
            "near_misses": near_misses(found),
            "certificates": certificates,
            "estimates": estimates,
            "slider_start": start,
        },
        own_scripts=TRAINING_SCRIPTS,
    )


def _preferred(verdicts: Sequence[Mapping[str, Any]]) -> tuple[str | None, bool]:
    """Return the activation that came out best, and whether it fits the labels."""
    for verdict in verdicts:
        if verdict["question"] == "activation":
            return verdict["activation"], verdict["status"] == "yes"
    return None, False
