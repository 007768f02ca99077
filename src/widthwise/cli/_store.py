"""`widthwise store`: look into the results of sweeps, and hand them on."""

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from widthwise.cli._ending import stop
from widthwise.cli._options import Json
from widthwise.cli._usage import folder_from
from widthwise.wording import harmless, number

if TYPE_CHECKING:
    from widthwise.sweeps import Failure, Merged, Store, Trial

__all__ = ["add_store_commands"]

_Place = Annotated[
    str, typer.Argument(metavar="STORE", help="A folder that `widthwise sweep` wrote.")
]
_FORMATS = ("parquet", "csv", "jsonl", "zarr")


def add_store_commands(app: typer.Typer, group: Any) -> None:
    """Add `widthwise store …` to the command line."""
    store = typer.Typer(
        cls=group,
        rich_markup_mode=None,
        help="Look into the results of sweeps: list, export, merge, check, failures.",
    )
    store.command("list")(_list)
    store.command("failures")(_failures)
    store.command("export")(_export)
    store.command("merge")(_merge)
    store.command("check")(_check)
    app.add_typer(store, name="store")


def _list(
    store: _Place,
    trials: Annotated[
        bool, typer.Option("--trials", help="One line a trial instead of a summary.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List what a store holds: results and failures of each target."""
    held = _opened(store)
    if trials:
        _print_lines(map(_trial_row, held.trials()), as_json)
        return
    counts: dict[str, list[int]] = {}
    for trial in held.trials():
        counts.setdefault(trial.target, [0, 0])[0] += 1
    for failure in held.failures():
        counts.setdefault(failure.trial.target, [0, 0])[1] += 1
    rows = [
        {"target": target, "results": results, "failures": failures}
        for target, (results, failures) in sorted(counts.items())
    ]
    if as_json or rows:
        _print_lines(rows, as_json)
    else:
        typer.echo("The store is empty.")


def _failures(
    store: _Place,
    traceback: Annotated[
        bool, typer.Option("--traceback", help="Print where each one happened.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List the trials that failed, and why."""
    held = _opened(store)
    if as_json:
        _print_lines(map(_failure_row, held.failures()), as_json)
        return
    count = 0
    for count, each in enumerate(held.failures(), start=1):  # noqa: B007
        typer.echo(
            f"{each.trial.key[:12]}  {each.kind:<8} {_trial_words(each.trial)}: "
            f"{_line(' '.join(each.message.split()))}"
        )
        if traceback and each.traceback:
            for line in each.traceback.splitlines():
                typer.echo(f"    {_line(line)}")
    if count == 0:
        typer.echo("No trial failed.")


def _export(
    store: _Place,
    out: Annotated[
        str, typer.Argument(help="The file to write; for zarr, a new folder.")
    ],
    format: Annotated[
        str | None,
        typer.Option(
            help="parquet, csv, jsonl or zarr. By default what OUT ends in.",
            autocompletion=lambda incomplete: [
                each for each in _FORMATS if each.startswith(incomplete)
            ],
        ),
    ] = None,
) -> None:
    """Write all results into one file that other programs read."""
    held = _opened(store)
    typer.echo(f"Written: {held.export(folder_from(out, 'OUT'), format)}")


def _merge(
    store: _Place,
    others: Annotated[
        list[str], typer.Argument(metavar="OTHER...", help="The stores to add to it.")
    ],
) -> None:
    """Add the results of other stores to STORE, which is made if it is not there.

    Nothing is overwritten. The status is 1 if two stores have different results of
    the same trial, or a file is damaged.
    """
    from widthwise.sweeps import Store

    sources = [_opened(each, "OTHER") for each in others]
    into = Store(folder_from(store, "STORE"))
    is_clean = True
    for source in sources:
        try:
            done = into.merge(source)
        except KeyboardInterrupt as interrupt:
            said = "Interrupted; what came in stays. Merge again."
            raise stop.exit(said) from interrupt
        typer.echo(
            f"{source.path}: {done.added} results added, {done.same} were there, "
            f"{done.failures_added} failures added."
        )
        is_clean = _say_troubles(done) and is_clean
    if not is_clean:
        raise typer.Exit(1)


def _check(
    store: _Place,
    remove: Annotated[
        bool, typer.Option("--remove", help="Remove what is damaged.")
    ] = False,
) -> None:
    """Read every file of a store and compare every checksum.

    The status is 1 if a file is damaged or does not belong there. A sweep redoes
    damaged trials, removed or not.
    """
    found = _opened(store).verify(remove=remove)
    typer.echo(f"{found.results} results and {found.failures} failures are intact.")
    for each in found.damaged:
        ending = " Removed." if remove else ""
        typer.echo(
            f"Damaged: {each.path}: {each.reason.rstrip('.')}.{ending}", err=True
        )
    for path in found.strangers:
        typer.echo(f"Not of the store: {_line(str(path))}", err=True)
    if not found.is_whole:
        raise typer.Exit(1)


def _opened(text: str, argument: str = "STORE") -> "Store":
    from widthwise.sweeps import Store

    return Store(folder_from(text, argument), create=False)


def _say_troubles(done: "Merged") -> bool:
    """Say on stderr what could not be merged; return whether there was nothing."""
    for each in done.conflicts:
        typer.echo(
            f"Conflict: {each.trial.key[:12]}  {_trial_words(each.trial)}: the results "
            f"differ by {number(each.difference)} (relative); that of STORE stays.",
            err=True,
        )
    for damage in done.damaged:
        typer.echo(
            f"Damaged and left out: {damage.path}: {damage.reason.rstrip('.')}.",
            err=True,
        )
    return not done.conflicts and not done.damaged


def _trial_row(trial: "Trial") -> dict[str, Any]:
    return {
        "key": trial.key,
        "target": trial.target,
        "seed": trial.seed,
        "arguments": json.loads(trial.text)["arguments"],
    }


def _failure_row(each: "Failure") -> dict[str, Any]:
    return {
        **_trial_row(each.trial),
        "kind": each.kind,
        "message": each.message,
        "traceback": each.traceback,
    }


def _trial_words(trial: "Trial") -> str:
    """Return a trial in one line of ASCII, whoever wrote it."""
    arguments = json.loads(trial.text)["arguments"]
    words = ", ".join(
        f"{_line(name)}={json.dumps(value)}" for name, value in arguments.items()
    )
    return f"{_line(trial.target)}({words}) seed {trial.seed}"


def _print_lines(rows: Iterable[dict[str, Any]], as_json: bool) -> None:
    """Print rows one by one, whatever their number; JSON as one array."""
    if not as_json:
        for row in rows:
            typer.echo("  ".join(_words(row)))
        return
    typer.echo("[", nl=False)
    for place, row in enumerate(rows):
        typer.echo(",\n " if place else "\n ", nl=False)
        typer.echo(json.dumps(row), nl=False)
    typer.echo("\n]")


def _words(row: dict[str, Any]) -> Iterator[str]:
    if "results" in row:
        yield _line(row["target"])
        yield f"{row['results']} results, {row['failures']} failures"
        return
    yield row["key"][:12]
    yield _line(row["target"])
    yield f"seed {row['seed']}"
    yield json.dumps(row["arguments"])


def _line(text: str) -> str:
    """Return the text as one line that steers no terminal."""
    return harmless(text, keep="")
