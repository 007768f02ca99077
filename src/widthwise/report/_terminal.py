"""A record as a terminal shows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.console import Console, ConsoleOptions, Group, RenderableType

from widthwise.records import Record
from widthwise.report._renderings import rendering_of
from widthwise.report.parts import Drawn, Rendering, Words

__all__ = ["table"]


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

    Examples
    --------
    >>> import rich, widthwise as ww
    >>> study = ww.experiments.CATALOG["panigrahi_dimension"]
    >>> small = {"count": 6, "dimensions": (3, 5), "activations": ("relu",)}
    >>> record = study.run(small, quick=True)
    >>> rich.print(ww.report.table(record, width=78))  # doctest: +ELLIPSIS
    ╭─ Dimension and the gap between activations ─...
    """
    rendering = rendering_of(record)
    return _Summary(rendering, rendering.drawn(record), width)


@dataclass(frozen=True)
class _Summary:
    rendering: Rendering[Any]
    drawn: Drawn[Any]
    width: int | None

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterator[RenderableType]:
        width = min(self.width or options.max_width, options.max_width)
        words = Words(is_ascii=options.ascii_only)
        whole = Group(*self.rendering.terminal(self.drawn, words, width))
        with_box = options.update(width=width)
        yield from console.render(whole, with_box)  # type: ignore[misc]
