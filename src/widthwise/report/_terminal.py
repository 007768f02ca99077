"""The verdicts and the evidence as a terminal shows them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from widthwise.records import Record, plain
from widthwise.report.experiments import claims_panel
from widthwise.report.landscape import WIDTHS, landscape_tables
from widthwise.report.module import layer_rows, part_comparison
from widthwise.report.parts import (
    ACTIVATIONS,
    EXPERIMENT,
    LANDSCAPE,
    LAYERS,
    MODULE,
    STYLES,
    Cell,
    Column,
    Series,
    Telling,
    Words,
    comparison,
    count,
    require_diagnosis,
    series,
    status_of,
)

__all__ = ["table"]

_ROW_PER_ACTIVATION = 110
"""Columns from which the evidence fits with one line of headings and no broken word."""

_LABELS, _COLUMN = 21, 11
"""Columns that the names of the quantities take, and one activation's numbers."""

_NAME_SHOWN = 24
_LAYERS_SHOWN, _BAR = 8, 20


def table(record: Record, width: int | None = None) -> RenderableType:
    """Return the verdicts and a compact evidence table, for `rich` to print.

    Parameters
    ----------
    record
        A diagnosis of activations or of a module, a landscape, or an experiment, as the
        page "The record" documents it.
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
        words = Words(is_ascii=options.ascii_only)
        whole = Group(*self._parts(words, width))
        with_box = options.update(width=width)
        yield from console.render(whole, with_box)  # type: ignore[misc]

    def _parts(self, words: Words, width: int) -> Iterator[RenderableType]:
        if self.record.content["kind"] == EXPERIMENT:
            yield claims_panel(self.record.content, words)
            return
        if self.record.content["kind"] == LANDSCAPE:
            yield _verdicts(self.record, WIDTHS, words)
            yield from landscape_tables(self.record.content, words)
            return
        found = series(self.record)
        is_module = self.record.content["kind"] == MODULE
        telling = LAYERS if is_module else ACTIVATIONS
        yield _verdicts(self.record, telling, words)
        if found:
            columns = part_comparison(found) if is_module else comparison(found)
            yield _evidence(found, columns, telling, words, width)
        if is_module:
            yield _module(self.record, words)


def _verdicts(record: Record, telling: Telling, words: Words) -> Panel:
    content = record.content
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(ratio=1)
    for index, verdict in enumerate(content["verdicts"]):
        status = status_of(verdict, telling)
        style = STYLES[status.level]
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
        grid.add_row("", words(telling.unanswered))
    for note in _warnings(record, telling):
        grid.add_row()
        grid.add_row(Text("!", style="bold yellow"), words(note, "yellow"))
    data = content["data"]
    labels = "any labels" if data["target"] is None else f"labels {data['target']}"
    name = f"{data['name']}: {data['rows']:,} rows, {labels}"
    if "module" in content:
        name = f"{_cut(content['module']['name'])} on {name}"
    heading = words(name, "bold")
    heading.truncate(48, overflow="ellipsis" if not words.is_ascii else "crop")
    return Panel(grid, title=heading, title_align="left", box=box.ROUNDED)


def _warnings(record: Record, telling: Telling) -> Iterator[str]:
    if not record.content["complete"]:
        yield f"Interrupted: {telling.interrupted}."
    if record.content["data"]["sample_note"]:
        yield record.content["data"]["sample_note"]


def _evidence(
    found: Sequence[Series],
    columns: Sequence[Column],
    telling: Telling,
    words: Words,
    width: int,
) -> RenderableType:
    if width >= _ROW_PER_ACTIVATION:
        return _row_per_activation(found, columns, telling, words)
    together = max(1, (width - _LABELS) // _COLUMN)
    return Group(
        *(
            _column_per_activation(found[start : start + together], columns, words)
            for start in range(0, len(found), together)
        )
    )


def _row_per_activation(
    found: Sequence[Series],
    columns: Sequence[Column],
    telling: Telling,
    words: Words,
) -> Table:
    sheet = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    sheet.add_column(words(telling.subject.lower()), overflow="fold")
    for column in columns:
        sheet.add_column(words(column.title), overflow="fold")
    for each in found:
        cells = (_cell(column.cells[each.index], words) for column in columns)
        sheet.add_row(_name(each, words), *cells)
    return sheet


def _column_per_activation(
    found: Sequence[Series], columns: Sequence[Column], words: Words
) -> Table:
    sheet = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    sheet.add_column("", no_wrap=True)
    for each in found:
        sheet.add_column(_name(each, words), overflow="fold")
    for column in columns:
        cells = (_cell(column.cells[each.index], words) for each in found)
        sheet.add_row(words(column.title), *cells)
    return sheet


def _module(record: Record, words: Words) -> Table:
    """Return each layer's share of the tangent kernel's trace, with a bar."""
    module = record.content["module"]
    sheet = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    sheet.add_column(words("layer"), overflow="fold")
    sheet.add_column(words("parameters"), justify="right", overflow="fold")
    sheet.add_column(words("share of the tangent kernel"), overflow="fold")
    for row in layer_rows(module["layers"], most=_LAYERS_SHOWN):
        bar = words("█" * round(_BAR * row.length), "cyan")
        share = words(f"{row.share}  ").append_text(bar)
        sheet.add_row(words(_cut(row.name)), words(row.parameters), share)
    sheet.add_row(words("all", "bold"), words(count(module["parameters"])), "")
    return sheet


def _name(each: Series, words: Words) -> Text:
    return words(_cut(each.name), "bold")


def _cut(name: str) -> str:
    return name if len(name) <= _NAME_SHOWN else f"{name[: _NAME_SHOWN - 1]}…"


def _cell(cell: Cell, words: Words) -> Text:
    short = cell.main.removeprefix("numerically ")
    return words(short, STYLES.get(cell.status or "", ""))
