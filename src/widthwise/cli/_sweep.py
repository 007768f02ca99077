"""`widthwise sweep`: run the trials of a plan, and keep every result."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from widthwise.cli._ending import stop
from widthwise.cli._options import bytes_from
from widthwise.cli._sweep_options import (
    Cluster,
    Memory,
    Quiet,
    RetryFailures,
    Threads,
    Timeout,
    Workers,
)
from widthwise.cli._sweep_progress import conflict_sentence, showing
from widthwise.cli._usage import folder_from
from widthwise.errors import InvalidArgumentError, OutputError, WorkersLostError

if TYPE_CHECKING:
    from widthwise.sweeps import Plan, Store, Tally

__all__ = ["sweep_command"]

_UNFINISHED = 1
_LONGEST = 120


def sweep_command(
    plan: Annotated[str, typer.Argument(help="A plan, as a TOML file.")],
    store: Annotated[
        str | None,
        typer.Option(
            help="The folder of results. By default beside the plan: PLAN.store."
        ),
    ] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    timeout: Timeout = None,
    memory: Memory = None,
    threads: Threads = None,
    retry_failures: RetryFailures = False,
    out: Annotated[
        str | None,
        typer.Option(
            help="For an experiment: a folder for its records, one for each point of "
            "the grid."
        ),
    ] = None,
    quiet: Quiet = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be run, and run nothing.")
    ] = False,
) -> None:
    """Run the trials of a plan that its store does not hold yet.

    A plan is a TOML file with function = "study.py:fit" or experiment =
    "oymak_rate", a table [grid] such as width = [64, 256], and, as wanted, trials,
    seed, timeout, memory, threads, version and a table [fixed].

    The same command goes on where it was stopped, by whatever. The status is 0 when
    every trial has its result, 1 when some have none, 2 for wrong input, 130 after
    Ctrl-C, 143 after SIGTERM.
    """
    if not plan.strip():
        raise InvalidArgumentError(
            f"PLAN is {plan!r}; the path of a TOML file was needed."
        )
    beside = Path(plan).with_suffix(".store")
    place = stop.may_write(beside) if store is None else folder_from(store, "--store")
    folder = None if out is None else folder_from(out, "--out")
    from widthwise.records import require_writable
    from widthwise.sweeps import Plan, Store, require_experiment, run

    ready = Plan.from_toml(plan, is_looked_at=dry_run)
    if folder is not None:
        require_experiment(ready)
    if dry_run:
        _describe(ready, place)
        return
    if folder is not None:
        require_writable(folder)
    try:
        with showing(Path(plan).name, quiet=quiet) as show:
            tally = run(
                ready,
                place,
                cluster=cluster,
                workers=workers,
                timeout=timeout,
                memory=bytes_from(memory),
                threads=threads,
                progress=show,
                retry_failures=retry_failures,
            )
    except (OutputError, WorkersLostError) as error:
        typer.echo(f"widthwise: {error}", err=True)
        raise typer.Exit(_UNFINISHED) from error
    if folder is not None:
        _conclude(ready, Store(place), folder)
    _finish(tally, place)


def _finish(tally: "Tally", place: Path) -> None:
    """Say how it ended; the exit status says it, too."""
    typer.echo(
        f"{tally.total:,} trials: {tally.finished:,} finished now, {tally.there:,} "
        f"were there, {tally.failed:,} failed. Store: {place}"
    )
    if tally.interrupted:
        stop.signal = tally.signal
        raise stop.exit(
            "Interrupted. What was finished is kept; run the same command to go on."
        )
    if tally.conflicts:
        typer.echo(f"widthwise: {conflict_sentence(tally.conflicts)}", err=True)
    if tally.failed:
        typer.echo(
            f"{tally.failed:,} trials have no result. `widthwise store failures "
            f"{place}` says why; `--retry-failures` tries them again.",
            err=True,
        )
    if tally.failed or tally.conflicts:
        raise typer.Exit(_UNFINISHED)


def _describe(plan: "Plan", place: Path) -> None:
    """Say what would be run; the plan's own code is read, and not run."""
    from widthwise.sweeps import Store

    if not plan.is_known:
        typer.echo(
            f"{plan.count:,} trials of {plan.target}. How many are in {place} is known "
            "when its module is imported, which a dry run does not do."
        )
        return
    held = Store(place, create=False) if place.exists() else None
    count = there = 0
    first: Any = None
    for trial in plan.trials():
        count += 1
        first = first or trial
        there += held is not None and held.has(trial.key)
    typer.echo(f"{count:,} trials of {plan.target}; {there:,} are in {place}.")
    if first is not None:
        typer.echo(f"The first: {first.text}")


def _conclude(plan: "Plan", store: "Store", folder: Path) -> None:
    """Save the records of the grid points whose cells are all there."""
    from widthwise.sweeps import conclusions

    for index, (values, record) in enumerate(conclusions(plan, store)):
        name = _name_of(values, index)
        if record is None:
            typer.echo(f"{name}: some of its cells have no result yet.", err=True)
            continue
        record.save(folder / name)
        typer.echo(f"Record: {folder / name}")


def _name_of(values: dict[str, Any], index: int) -> str:
    """Return a folder's name that tells the grid point, safe on any file system."""
    said = ",".join(f"{name}={value}" for name, value in values.items())
    safe = re.sub(r"[^A-Za-z0-9_.,=+-]+", "_", said)[:_LONGEST]
    return f"{index:04d}-{safe}" if safe else f"{index:04d}"
