"""`widthwise reproduce`: a paper's experiments re-run, and its claims decided."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from widthwise.cli._carrying_out import command_line
from widthwise.cli._claim import Force, claim
from widthwise.cli._ending import stop
from widthwise.cli._names import paper_names
from widthwise.cli._options import Seed, bytes_from
from widthwise.cli._sweep_options import (
    Cluster,
    Memory,
    Quiet,
    RetryFailures,
    Timeout,
    Workers,
)
from widthwise.cli._sweep_progress import conflict_sentence, showing
from widthwise.cli._usage import folder_from
from widthwise.errors import (
    DataError,
    InvalidArgumentError,
    MissingDataError,
    OutputError,
    WorkersLostError,
)

if TYPE_CHECKING:
    from widthwise.experiments import Experiment
    from widthwise.records import Record
    from widthwise.sweeps import Reproduction

__all__ = ["reproduce_command"]

_FAILED = 1


def reproduce_command(
    paper: Annotated[
        str,
        typer.Argument(
            help="benson, karhadkar, oymak, panigrahi, generalisation (the lab), one "
            "experiment's name, or all.",
            autocompletion=paper_names,
        ),
    ] = "all",
    figure: Annotated[
        str | None,
        typer.Argument(help="A figure's number in the paper, or an experiment of it."),
    ] = None,
    out: Annotated[
        str, typer.Option(help="A folder for pages, figures, tables and results.")
    ] = "reproduction",
    force: Force = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Small settings: seconds, deciding little.")
    ] = False,
    setting: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="One setting of the experiments, such as trials=20 or "
            "activations=relu,swish; repeat for several.",
        ),
    ] = None,
    seed: Seed = 0,
    workers: Workers = None,
    cluster: Cluster = None,
    timeout: Timeout = None,
    memory: Memory = None,
    retry_failures: RetryFailures = False,
    quiet: Quiet = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the findings as JSON.")
    ] = False,
) -> None:
    """Re-run a paper's experiments, and say claim by claim whether it holds.

    What was measured is kept in OUT/store: the same command goes on where it was
    stopped. The status is 0 if every experiment was concluded, whatever its verdicts,
    and 1 if a part of one failed.
    """
    folder = folder_from(out, "--out")
    from widthwise.experiments import CATALOG, selection
    from widthwise.sweeps import Store, reproduce

    chosen = selection(CATALOG, paper, figure)
    asked = _asked(chosen, setting or [])
    for each in chosen:  # Wrong settings are refused before anything runs.
        each.resolved(asked[each.name], seed, quick=quick)
    pages = ("index.html", "claims.md", "plotly.min.js")
    claim(folder, "store", force=force, files=pages, mark="store")
    for each in chosen:
        claim(folder / each.name, "experiment", force=force)
    store = Store(folder / "store")
    concluded: list[Record] = []
    for each in chosen:
        try:
            with showing(each.name, quiet=quiet) as show:
                found = reproduce(
                    each,
                    asked[each.name],
                    seed,
                    store=store,
                    quick=quick,
                    cluster=cluster,
                    workers=workers,
                    timeout=timeout,
                    memory=bytes_from(memory),
                    retry_failures=retry_failures,
                    progress=show,
                )
        except (OutputError, WorkersLostError) as error:
            typer.echo(f"widthwise: {error}", err=True)
            raise typer.Exit(_FAILED) from error
        if found.tally.conflicts:
            typer.echo(
                f"widthwise: {conflict_sentence(found.tally.conflicts)}", err=True
            )
        if found.tally.interrupted:
            stop.signal = found.tally.signal
            raise stop.exit(
                "Interrupted. What was measured is kept; run the same command to go on."
            )
        if found.record is None:
            typer.echo(_failure(found, store.path), err=True)
        else:
            concluded.append(_saved(found.record, folder / each.name, as_json))
    page = _summarized(folder, list(CATALOG))
    if as_json:
        told = {each.content["name"]: each.content["findings"] for each in concluded}
        typer.echo(json.dumps(told, indent=2))
    if page is not None:
        typer.echo(f"Summary: {page}", err=as_json)
    if len(concluded) < len(chosen):
        raise typer.Exit(_FAILED)


def _asked(
    chosen: "Sequence[Experiment]", texts: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Return the settings of each experiment, from NAME=VALUE.

    A setting goes to every chosen experiment that has one of that name.
    """
    from widthwise.errors import unknown_name

    asked: dict[str, dict[str, Any]] = {each.name: {} for each in chosen}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name and equals and value):
            raise InvalidArgumentError(
                f"--set is {text!r}; NAME=VALUE was needed, such as --set trials=20. "
                "`widthwise experiments NAME` lists the settings."
            )
        having = [each for each in chosen if name in each.settings]
        if not having:
            known = dict.fromkeys(key for each in chosen for key in each.settings)
            raise unknown_name("setting", name, known)
        for each in having:
            asked[each.name][name] = _value(value)
    return asked


def _value(text: str) -> Any:
    """Return a number, a list in TOML, words between commas, or one word."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        if "," in text:
            return [_value(part.strip()) for part in text.split(",") if part.strip()]
        return text


def _saved(record: "Record", folder: Path, as_json: bool) -> "Record":
    """Write record, tables, figures and page; print the verdicts."""
    from rich.console import Console

    from widthwise.records import Record
    from widthwise.report import (
        experiment_figures,
        experiment_tables,
        table,
        write,
        write_library,
    )

    added = {"command": command_line(), "seconds": _seconds(record, folder)}
    whole = Record({**record.content, **added}, record.arrays)
    whole.save(folder)
    experiment_tables(whole, folder / "tables")
    try:
        experiment_figures(whole, folder / "figures")
    except ModuleNotFoundError as error:
        typer.echo(f"widthwise: No figures for paper: {error}", err=True)
    write_library(folder.parent)
    write(whole, folder / "report.html")
    if not as_json:
        Console().print(table(whole))
        typer.echo(f"Page: {folder / 'report.html'}\n")
    return whole


def _seconds(record: "Record", folder: Path) -> float | None:
    """Return how long the run took, or the run before it that found the same."""
    from widthwise.records import Record
    from widthwise.report import differences

    known: float | None = record.content["seconds"]
    if known is None and (folder / "record.json").is_file():
        with suppress(DataError, MissingDataError):
            before = Record.load(folder)
            if differences(before, record, tolerance=0).results_agree:
                return before.content.get("seconds")
    return known


def _summarized(folder: Path, order: Sequence[str]) -> Path | None:
    """Write the summary of every experiment that the folder has a record of."""
    from widthwise.records import Record, write_text
    from widthwise.report import papers_markdown, papers_page, write_library

    records = []
    for name in order:
        if (folder / name / "record.json").is_file():
            try:
                records.append(Record.load(folder / name))
            except (DataError, MissingDataError) as error:
                typer.echo(f"widthwise: Left out of the summary: {error}", err=True)
    if not records:
        return None
    links: Mapping[str, str] = {
        each.content["name"]: f"{each.content['name']}/report.html" for each in records
    }
    page, library = folder / "index.html", write_library(folder)
    write_text(page, papers_page(records, links, library=library.name))
    write_text(folder / "claims.md", papers_markdown(records, links))
    return page


def _failure(found: "Reproduction", store: Path) -> str:
    return (
        f"{found.experiment.name}: {found.tally.failed:,} of {found.tally.total:,} "
        "parts failed, so nothing is concluded. `widthwise store failures "
        f"{store}` says why; --retry-failures tries them again."
    )
