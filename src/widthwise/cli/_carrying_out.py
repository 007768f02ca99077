"""What every long command does: budgets, progress, Ctrl-C, and showing the result."""

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from widthwise.cli._claim import claim
from widthwise.cli._ending import stop
from widthwise.errors import InvalidArgumentError
from widthwise.interruption import Interruption
from widthwise.prose import shown
from widthwise.wording import harmless

if TYPE_CHECKING:
    from widthwise.diagnosis import Diagnosis, Study

__all__ = ["carried_out", "command_line", "require_data"]

_USUAL = ("drop_columns", "standardize", "to_sphere", "append_constant")
"""Steps that were asked for, or that every table goes through."""


def carried_out(
    study: "Study[Any]",
    folder: Path | None,
    as_json: bool,
    *,
    force: bool,
) -> None:
    """Carry out a study, with progress on stderr; save and show what is found.

    Ctrl-C saves and shows what was finished, and ends with status 130; SIGTERM, 143.
    """
    from widthwise.diagnosis import InterruptedDiagnosis, carry_out

    if folder is not None:
        claim(folder, study.kind, force=force)
    _announce(study)
    try:
        with _progress() as tell:
            found = carry_out(study, progress=stop.told(tell), command=command_line())
    except InterruptedDiagnosis as interrupt:
        if interrupt.partial is None:
            raise stop.exit() from interrupt
        _show(interrupt.partial, folder, as_json)
        where = "above" if folder is None else f"above and in {folder}"
        raise stop.exit(f"Interrupted; what was finished is {where}.") from interrupt
    _show(found, folder, as_json)


def require_data(data: str) -> None:
    """Refuse an empty DATA."""
    if not data.strip():
        raise InvalidArgumentError(
            f"DATA is {data!r}; the path of a file or the name of a data set was "
            "needed. `widthwise datasets` lists the names."
        )


def _announce(study: "Study[Any]") -> None:
    """Say on stderr what is about to be computed and what it needs."""
    sampled = study.sample is not study.dataset
    of = f", a random sample of {len(study.dataset.points)}," if sampled else ""
    for step in study.dataset.steps:
        if step.name not in _USUAL:
            typer.echo(harmless(shown(step.detail)), err=True)
    name = harmless(study.dataset.name, keep="")
    typer.echo(f"{name}: {study.cost.text(of)}.", err=True)


def _show(found: "Diagnosis", out: Path | None, as_json: bool) -> None:
    # Saved first: a reader of the output that leaves early must not cost the record.
    with Interruption() as wish:  # A wish to stop waits until it is saved whole.
        page = None if out is None else found.save(out)
    if wish.signal is not None:
        stop.signal = wish.signal
        raise KeyboardInterrupt
    if as_json:
        typer.echo(found.to_json(indent=2))
    else:
        from rich.console import Console

        from widthwise.report import table

        Console().print(table(found.record))
    if page is not None:
        typer.echo(f"Report: {page}", err=as_json)


def command_line() -> str | None:
    """Return the command line, when there is one of ours."""
    program = Path(sys.argv[0])
    name = program.parent.name if program.name == "__main__.py" else program.name
    if name != "widthwise":
        return None
    return shlex.join(["widthwise", *sys.argv[1:]])


@contextmanager
def _progress() -> Iterator[Any]:
    """Show a bar on stderr if a person is watching, else a line per part."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task("starting", total=1.0)

        def tell(fraction: float, text: str) -> None:
            bar.update(task, completed=fraction, description=text)

        yield tell


class _Lines:
    """Progress for logs and pipes: one line when a part begins."""

    def __init__(self) -> None:
        self._last = ""

    def __call__(self, fraction: float, text: str) -> None:
        name = text.partition(":")[0]
        if name != self._last:
            typer.echo(f"{name}: {round(100 * fraction)} % done so far", err=True)
            self._last = name
