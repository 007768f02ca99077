"""The page of a loss landscape: from which width it is benign, what holds it back."""

from collections.abc import Mapping
from typing import Any

from widthwise.diagnosis.landscape import LandscapeRecord
from widthwise.report.landscape._drawn_line import line_figure
from widthwise.report.landscape._drawn_plane import plane_figures
from widthwise.report.landscape._full_rank_figure import (
    full_rank_figure,
    interval,
    share,
)
from widthwise.report.landscape._heat_map import heat_figure
from widthwise.report.landscape._loss_slice import slice_figure
from widthwise.report.landscape._tables import row_bars, theorem_rows
from widthwise.report.landscape._telling import WIDTHS
from widthwise.report.landscape._width_marks import width_marks
from widthwise.report.parts import Drawn, Page

__all__ = ["landscape_page"]


def landscape_page(record: Drawn[LandscapeRecord]) -> Page:
    """Return the page of a landscape."""
    content = record.evidence
    marks = width_marks(content)
    pictures = [
        each for each in (line_figure(record), slice_figure(record)) if each is not None
    ]
    planes = plane_figures(record)
    heat = heat_figure(record)
    main = full_rank_figure(content, marks)
    return Page(
        template="landscape-page.html",
        telling=WIDTHS,
        found=(),
        preferred=None,
        figures=[main, *([heat] if heat else []), *planes, *pictures],
        context={
            "marks": marks,
            "planes": planes,
            "pictures": pictures,
            "row_bars": row_bars(content),
            "theorem_rows": theorem_rows(content),
            "minimum": _minimum(content),
        },
        own_scripts=("heat", "landscape", "pictures"),
        own_styles=("bars", "landscape"),
    )


def _minimum(content: LandscapeRecord) -> Mapping[str, Any] | None:
    found = content.minima
    if found is None:
        return None
    return {
        **vars(found),
        "share": share(found.estimate),
        "interval": interval(found.low, found.high),
    }
