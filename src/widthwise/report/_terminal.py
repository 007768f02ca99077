"""The verdicts and the evidence as a terminal shows them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from widthwise.records import Record, plain
from widthwise.report._comparison import Cell, Column, comparison
from widthwise.report._contents import Series, require_diagnosis, series
from widthwise.report._numbers import with_powers
from widthwise.report._status import Status, status_of

__all__ = ["table"]

_STYLES = {"yes": "green", "caution": "yellow", "no": "red"}
_ROW_PER_ACTIVATION = 110
"""Columns from which the evidence fits with one line of headings and no broken word."""

_LABELS, _COLUMN = 21, 11
"""Columns that the names of the quantities take, and one activation's numbers."""

_NAME_SHOWN = 24
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_ASCII = str.maketrans(
    {
        "κ": "kappa", "λ": "lambda", "σ": "sigma", "η": "eta", "Φ": "Phi", "δ": "delta",
        "×": "x", "−": "-", "–": "-", "∞": "inf", "‖": "|", "½": "1/2", "≤": "<=",
        "≥": ">=", "²": "^2", "√": "sqrt ", "…": "...", "’": "'",
    }
)  # fmt: skip
_RAISED = re.compile("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_LOWERED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def table(record: Record, width: int | None = None) -> RenderableType:
    """Return the verdicts and a compact evidence table, for `rich` to print.

    Parameters
    ----------
    record
        A diagnosis, as the page "The record" documents it.
    width
        Columns to use; by default all that the console has. Below 110 the activations
        stand side by side, or one under the other where they do not fit.

    Returns
    -------
    RenderableType
        Adapts to the console that prints it: its width, colours and encoding.

    Raises
    ------
    DataError
        If the record is of another kind or a part of it is missing.
    """
    record = Record(plain(record.content), record.arrays)
    require_diagnosis(record)
    return _Summary(record, width)


@dataclass(frozen=True)
class _Summary:
    record: Record
    width: int | None

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterator[RenderableType]:
        width = min(self.width or options.max_width, options.max_width)
        words = _Words(is_ascii=options.ascii_only)
        found = series(self.record)
        parts: list[RenderableType] = [_verdicts(self.record, words)]
        if found:
            parts.append(_evidence(found, words, width))
        whole = Group(*parts)
        with_box = options.update(width=width)
        yield from console.render(whole, with_box)  # type: ignore[misc]


@dataclass(frozen=True)
class _Words:
    """Turns the record's text into text that this terminal can show."""

    is_ascii: bool

    def __call__(self, text: str, style: str = "") -> Text:
        text = _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", with_powers(text))
        if self.is_ascii:
            text = _RAISED.sub(lambda each: "^" + each[0].translate(_LOWERED), text)
            text = text.translate(_ASCII).encode("ascii", "replace").decode()
        return Text(text, style=style)

    def symbol(self, status: Status) -> str:
        return status.ascii_symbol if self.is_ascii else status.symbol


def _verdicts(record: Record, words: _Words) -> Panel:
    content = record.content
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(ratio=1)
    for index, verdict in enumerate(content["verdicts"]):
        status = status_of(verdict)
        style = _STYLES[status.level]
        if index:
            grid.add_row()
        title = words(f"{verdict['title']} ", "bold")
        title.append_text(words(status.word, f"bold {style}"))
        if verdict["number_text"]:
            title.append_text(words(f"  {verdict['number_text']}"))
        grid.add_row(Text(words.symbol(status), style=f"bold {style}"), title)
        grid.add_row("", words(verdict["answer"]))
        grid.add_row("", words(verdict["reason"], "dim"))
    if not content["verdicts"]:
        grid.add_row(
            "", words("No activation was finished, so there is no answer yet.")
        )
    for note in _warnings(record):
        grid.add_row()
        grid.add_row(Text("!", style="bold yellow"), words(note, "yellow"))
    data = content["data"]
    labels = "any labels" if data["target"] is None else f"labels {data['target']}"
    heading = words(f"{data['name']}: {data['rows']:,} rows, {labels}", "bold")
    heading.truncate(48, overflow="ellipsis" if not words.is_ascii else "crop")
    return Panel(grid, title=heading, title_align="left", box=box.ROUNDED)


def _warnings(record: Record) -> Iterator[str]:
    if not record.content["complete"]:
        yield "Interrupted: activations that were asked for may be missing."
    if record.content["data"]["sample_note"]:
        yield record.content["data"]["sample_note"]


def _evidence(found: Sequence[Series], words: _Words, width: int) -> RenderableType:
    columns = comparison(found)
    if width >= _ROW_PER_ACTIVATION:
        return _row_per_activation(found, columns, words)
    together = max(1, (width - _LABELS) // _COLUMN)
    return Group(
        *(
            _column_per_activation(found[start : start + together], columns, words)
            for start in range(0, len(found), together)
        )
    )


def _row_per_activation(
    found: Sequence[Series], columns: Sequence[Column], words: _Words
) -> Table:
    sheet = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    sheet.add_column(words("activation"), overflow="fold")
    for column in columns:
        sheet.add_column(words(column.title), overflow="fold")
    for each in found:
        cells = (_cell(column.cells[each.index], words) for column in columns)
        sheet.add_row(_name(each, words), *cells)
    return sheet


def _column_per_activation(
    found: Sequence[Series], columns: Sequence[Column], words: _Words
) -> Table:
    sheet = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    sheet.add_column("", no_wrap=True)
    for each in found:
        sheet.add_column(_name(each, words), overflow="fold")
    for column in columns:
        cells = (_cell(column.cells[each.index], words) for each in found)
        sheet.add_row(words(column.title), *cells)
    return sheet


def _name(each: Series, words: _Words) -> Text:
    name = each.name
    if len(name) > _NAME_SHOWN:
        name = f"{name[: _NAME_SHOWN - 1]}…"
    return words(name, "bold")


def _cell(cell: Cell, words: _Words) -> Text:
    short = cell.main.removeprefix("numerically ")
    return words(short, _STYLES.get(cell.status or "", ""))
