"""What was measured of a landscape, as a terminal shows it."""

from collections.abc import Iterator

from rich import box
from rich.console import RenderableType
from rich.table import Table

from widthwise.diagnosis.landscape import FullRank, LandscapeRecord
from widthwise.report.landscape._full_rank_figure import interval, share
from widthwise.report.landscape._tables import row_bars, theorem_rows
from widthwise.report.landscape._telling import WIDTHS
from widthwise.report.parts import STYLES, Drawn, Words, count, verdict_panel

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


def _widths(found: FullRank, words: Words) -> Table:
    sheet = _sheet(words, "width", "full rank", "share", "interval", "")
    for place, width in enumerate(found.widths):
        estimate = found.estimate[place]
        drawn = f"{count(found.successes[place])} of {count(found.trials[place])}"
        low, high = found.low[place], found.high[place]
        sheet.add_row(
            words(count(width)),
            words(drawn),
            words(share(estimate)),
            words(interval(low, high)),
            words("█" * round(_BAR * min(1.0, max(0.0, estimate or 0.0))), "cyan"),
        )
    return sheet


def _rows(content: LandscapeRecord, words: Words) -> Table:
    sheet = _sheet(words, "row", "in deficient networks", "")
    found = row_bars(content)
    for each in found[:_ROWS_SHOWN]:
        bar = words("█" * round(_BAR * each.length), "cyan")
        sheet.add_row(words(each.row), words(each.share), bar)
    if len(found) > _ROWS_SHOWN:
        sheet.add_row(words("…"), words(f"{len(found) - _ROWS_SHOWN} more"), "")
    return sheet


def _theorems(content: LandscapeRecord, words: Words) -> Table:
    sheet = _sheet(words, "theorem", "asks for", "enough", "trust")
    for each in theorem_rows(content):
        trust = words(each.word, STYLES[each.level])
        sheet.add_row(words(each.title), words(each.width), words(each.measured), trust)
    return sheet


def _sheet(words: Words, *headers: str) -> Table:
    sheet = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    for header in headers:
        sheet.add_column(words(header), overflow="fold")
    return sheet
