"""A table on a terminal of any width, in which no word and no number is broken."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich import box as boxes
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

__all__ = ["FittedTable"]

_GAP = 2  # between columns
_INDENT = 2
_PHRASE = 9  # "29 of 40"


@dataclass(frozen=True)
class FittedTable:
    """Columns where their longest words fit side by side, else a block for each row.

    Attributes
    ----------
    headings, rows
        The texts; a line breaks between words only.
    title
        Above it.
    box
        Its rules; None for none.
    heading_style
        Of the headings.
    """

    headings: Sequence[Text]
    rows: Sequence[Sequence[Text]]
    title: str = ""
    box: boxes.Box | None = boxes.SIMPLE_HEAD
    heading_style: str = "bold"

    def fits(self, width: int) -> bool:
        """Whether the longest words fit side by side in so many columns."""
        return sum(self._widths(_longest_word)) + self._gaps <= width

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterator[RenderableType]:
        if self.title:
            yield Text(self.title, style="bold")
        if self.fits(options.max_width):
            yield self._table(options.max_width)
        else:
            yield from self._blocks()

    @property
    def _gaps(self) -> int:
        between = len(self.headings) - 1
        # A box has a rule between columns, and one at each edge.
        return _GAP * between + (0 if self.box is None else between + 2)

    def _widths(self, of: Callable[[Text], int]) -> list[int]:
        columns = zip(self.headings, *self.rows, strict=True)
        return [max(1, *map(of, column)) for column in columns]

    def _table(self, width: int) -> Table:
        least, whole = self._widths(_longest_word), self._widths(_longest_line)
        sheet = Table(
            box=self.box,
            pad_edge=False,
            padding=(0, 1) if self.box else (0, _GAP, 0, 0),
            header_style=self.heading_style,
        )
        for heading, size in zip(
            self.headings, _shared(least, whole, width - self._gaps), strict=True
        ):
            sheet.add_column(heading, width=size)
        for row in self.rows:
            sheet.add_row(*row)
        return sheet

    def _blocks(self) -> Iterator[Text | Padding]:
        for row in self.rows:
            first, *others = row
            yield first
            for heading, cell in zip(self.headings[1:], others, strict=True):
                if cell.plain:
                    mark = Text.assemble(heading, ": " if heading.plain else "", cell)
                    yield Padding(mark, (0, 0, 0, _INDENT), expand=False)


def _longest_word(text: Text) -> int:
    """Return what must stay whole: a word, or all of a short phrase."""
    if cell_len(text.plain) <= _PHRASE:
        return cell_len(text.plain)
    return max(map(cell_len, text.plain.split()), default=0)


def _longest_line(text: Text) -> int:
    return max(map(cell_len, text.plain.splitlines()), default=0)


def _shared(least: list[int], whole: list[int], width: int) -> list[int]:
    """Return widths between the two, the narrow columns whole before the wide ones."""
    left = width - sum(least)
    given = list(least)
    for place in sorted(range(len(least)), key=lambda each: whole[each] - least[each]):
        asked = whole[place] - least[place]
        remaining = sum(1 for each in range(len(least)) if given[each] < whole[each])
        grown = min(asked, left // max(1, remaining))
        given[place] += grown
        left -= grown
    return given
