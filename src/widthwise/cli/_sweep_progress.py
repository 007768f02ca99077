"""The progress of a sweep on stderr: live for a person, a line now and then else."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from widthwise.wording import duration, number

if TYPE_CHECKING:
    from widthwise.sweeps import SweepProgress

__all__ = ["conflict_sentence", "sentence", "showing"]

_FIRST, _EVERY = 5.0, 60.0


@contextmanager
def showing(
    label: str = "", *, quiet: bool = False
) -> "Iterator[Callable[[SweepProgress], None] | None]":
    """Yield what `sweeps.run` takes as `progress`; None when nothing is to be shown."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _live(label) as show:
            yield show
    else:
        yield _Lines(label)


def sentence(progress: "SweepProgress") -> str:
    """Return how far a sweep is: counts, failures, rate and the time left."""
    total = f"{progress.total:,}" if progress.total is not None else "?"
    parts = [f"{progress.done:,} of {total} trials"]
    if progress.failed:
        parts.append(f"{progress.failed:,} failed")
    if progress.rate:
        parts.append(f"{number(progress.rate)} a second")
    if progress.seconds_left:
        parts.append(f"{duration(progress.seconds_left)} left")
    return ", ".join(parts)


def conflict_sentence(count: int) -> str:
    """Return what it means that trials gave other numbers than the store has."""
    return (
        f"{count:,} trials gave other numbers than another process had stored, which "
        "stay: what they compute does not follow from their arguments and seed alone."
    )


@contextmanager
def _live(label: str) -> "Iterator[Callable[[SweepProgress], None]]":
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    with Bar(
        TextColumn("{task.fields[label]}", markup=False),
        BarColumn(),
        TextColumn("{task.description}"),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task: Any = bar.add_task("starting", total=None, label=label)
        places: set[str] = set()

        def show(progress: "SweepProgress") -> None:
            if progress.place not in places:
                places.add(progress.place)
                bar.console.print(progress.place, markup=False, highlight=False)
            bar.update(
                task,
                completed=progress.done,
                total=progress.total,
                description=sentence(progress),
            )

        yield show


class _Lines:
    """Progress for logs and pipes: a first line, then more and more seldom."""

    def __init__(self, label: str) -> None:
        self._label = f"{label}: " if label else ""
        self._place = ""
        self._next = _FIRST

    def __call__(self, progress: "SweepProgress") -> None:
        if progress.place != self._place:
            self._place = progress.place
            typer.echo(f"{self._label}{progress.place}", err=True)
        if progress.seconds >= self._next:
            self._next = progress.seconds + min(self._next, _EVERY)
            typer.echo(f"{self._label}{sentence(progress)}", err=True)
