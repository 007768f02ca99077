"""What was measured of a landscape, as a terminal shows it."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from widthwise.diagnosis.landscape import FullRank, LandscapeRecord
from widthwise.report.landscape._full_rank_figure import interval, share
from widthwise.report.landscape._tables import row_bars, theorem_rows
from widthwise.report.landscape._telling import WIDTHS
from widthwise.report.parts import (
    STYLES,
    Drawn,
    FittedTable,
    Words,
    count,
    verdict_panel,
)

__all__ = ["landscape_tables"]

_ROWS_SHOWN, _BAR = 5, 20


def landscape_tables(
    record: Drawn[LandscapeRecord], words: Words, _width: int
) -> Iterator[RenderableType]:
    """Yield the verdicts, and what was measured where there is something."""
    content = record.evidence
    yield verdict_panel(content, WIDTHS, words)
    if content.probability.widths:
        yield _widths(content.probability, words)
    if content.rows:
        yield _rows(content, words)
    if content.theorems:
        yield _theorems(content, words)


def _widths(found: FullRank, words: Words) -> FittedTable:
    rows = []
    for place, width in enumerate(found.widths):
        estimate = found.estimate[place]
        drawn = f"{count(found.successes[place])} of {count(found.trials[place])}"
        low, high = found.low[place], found.high[place]
        bar = "█" * round(_BAR * min(1.0, max(0.0, estimate or 0.0)))
        told = (count(width), drawn, share(estimate), interval(low, high))
        rows.append([*map(words, told), words(bar, "cyan")])
    return _sheet(words, rows, "width", "full rank", "share", "interval", "")


def _rows(content: LandscapeRecord, words: Words) -> FittedTable:
    found = row_bars(content)
    rows = [
        [
            words(each.row),
            words(each.share),
            words("█" * round(_BAR * each.length), "cyan"),
        ]
        for each in found[:_ROWS_SHOWN]
    ]
    if len(found) > _ROWS_SHOWN:
        rows.append([words("…"), words(f"{len(found) - _ROWS_SHOWN} more"), words("")])
    return _sheet(words, rows, "row", "in deficient networks", "")


def _theorems(content: LandscapeRecord, words: Words) -> FittedTable:
    rows = [
        [
            words(each.title),
            words(each.width),
            words(each.measured),
            words(each.word, STYLES[each.level]),
        ]
        for each in theorem_rows(content)
    ]
    return _sheet(words, rows, "theorem", "asks for", "enough", "trust")


def _sheet(words: Words, rows: list[list[Text]], *headings: str) -> FittedTable:
    return FittedTable([words(each) for each in headings], rows)
