"""The verdicts and the evidence as a terminal shows them."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from widthwise.diagnosis.study import StudyRecord
from widthwise.prose import say
from widthwise.report.parts._comparison import Cell, Column
from widthwise.report.parts._drawn import E_co, Series
from widthwise.report.parts._fitted_table import FittedTable
from widthwise.report.parts._status import status_of
from widthwise.report.parts._telling import Telling
from widthwise.report.parts._terminal_words import STYLES, Words

__all__ = ["cut", "evidence_table", "verdict_panel"]

_ROW_PER_ACTIVATION = 110
"""Columns from which the evidence fits with one line of headings and no broken word."""

_NAME_SHOWN = 24


def verdict_panel(
    record: StudyRecord, telling: Telling, words: Words, of: str = ""
) -> Panel:
    """Return the verdicts, and warnings that belong to them; `of` whose they are."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(ratio=1)
    for index, verdict in enumerate(record.verdicts):
        status = status_of(verdict.status, verdict.status_word)
        style = STYLES[status.level]
        if index:
            grid.add_row()
        title = words(f"{verdict.title} ", "bold")
        title.append_text(words(status.word, f"bold {style}"))
        if verdict.words.number:
            title.append_text(words(say("  {}", verdict.words.number)))
        grid.add_row(Text(words.symbol(status), style=f"bold {style}"), title)
        grid.add_row("", words(verdict.words.answer))
        grid.add_row("", words(verdict.words.reason, "dim"))
    if not record.verdicts:
        grid.add_row("", words(telling.unanswered))
    for note in _warnings(record, telling):
        grid.add_row()
        grid.add_row(Text("!", style="bold yellow"), words(note, "yellow"))
    data = record.data
    labels = "any labels" if data.target is None else f"labels {data.target}"
    name = f"{data.name}: {data.rows:,} rows, {labels}"
    heading = words(f"{cut(of)} on {name}" if of else name, "bold")
    heading.truncate(48, overflow="ellipsis" if not words.is_ascii else "crop")
    return Panel(grid, title=heading, title_align="left", box=box.ROUNDED)


def _warnings(record: StudyRecord, telling: Telling) -> Iterator[str]:
    if not record.complete:
        yield f"Interrupted: {telling.interrupted}."
    yield from record.cautions


def evidence_table(
    found: Sequence[Series[E_co]],
    columns: Sequence[Column],
    telling: Telling,
    words: Words,
    width: int,
) -> RenderableType:
    """Return what is compared, side by side or one under the other as they fit."""
    by_row = _row_per_activation(found, columns, telling, words)
    if width >= _ROW_PER_ACTIVATION and by_row.fits(width):
        return by_row
    sheets: list[FittedTable] = []
    start = 0
    for end in range(1, len(found) + 1):
        sheet = _column_per_activation(found[start:end], columns, words)
        if end > start + 1 and not sheet.fits(width):
            start = end - 1
            sheet = _column_per_activation(found[start:end], columns, words)
            sheets.append(sheet)
        else:
            sheets[-1:] = [sheet]
    return Group(*sheets)


def _row_per_activation(
    found: Sequence[Series[E_co]],
    columns: Sequence[Column],
    telling: Telling,
    words: Words,
) -> FittedTable:
    return FittedTable(
        [words(telling.subject.lower()), *(words(each.title) for each in columns)],
        [
            [
                _name(each, words),
                *(_cell(of.cells[each.index], words) for of in columns),
            ]
            for each in found
        ],
    )


def _column_per_activation(
    found: Sequence[Series[E_co]], columns: Sequence[Column], words: Words
) -> FittedTable:
    return FittedTable(
        [Text(""), *(_name(each, words) for each in found)],
        [
            [words(of.title), *(_cell(of.cells[each.index], words) for each in found)]
            for of in columns
        ],
    )


def _name(each: Series[E_co], words: Words) -> Text:
    return words(cut(each.name), "bold")


def cut(name: str) -> str:
    """Return a name short enough for a table."""
    return name if len(name) <= _NAME_SHOWN else f"{name[: _NAME_SHOWN - 1]}…"


def _cell(cell: Cell, words: Words) -> Text:
    short = cell.main.removeprefix("numerically ")
    return words(short, STYLES.get(cell.status or "", ""))
