"""`widthwise diagnose`: the four verdicts on one table."""

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from widthwise.cli._names import activation_names, data_names
from widthwise.errors import InvalidArgumentError

if TYPE_CHECKING:
    from widthwise.diagnosis import Diagnosis, Plan

__all__ = ["diagnose_command"]

_INTERRUPTED = 130


def diagnose_command(
    data: Annotated[
        str,
        typer.Argument(
            help="A CSV, TSV, Parquet, NPY or NPZ file, or the name of a data set "
            "(see `widthwise datasets`).",
            autocompletion=data_names,
        ),
    ],
    target: Annotated[
        str | None,
        typer.Option(help="The column to fit. Without it: ANY labels."),
    ] = None,
    activation: Annotated[
        list[str] | None,
        typer.Option(
            help="An activation to examine; repeat for several.",
            autocompletion=activation_names,
        ),
    ] = None,
    width: Annotated[
        list[int] | None,
        typer.Option(
            help="A number of hidden units to try; repeat for several. Training is "
            "predicted at the widest."
        ),
    ] = None,
    trials: Annotated[int, typer.Option(help="Random networks per width.")] = 10,
    law: Annotated[
        str, typer.Option(help="Law of the hidden weights: sphere or gaussian.")
    ] = "sphere",
    probability: Annotated[
        float, typer.Option(help="With which the widths are to be enough.")
    ] = 0.99,
    seed: Annotated[int, typer.Option(help="Every random number follows from it.")] = 0,
    bias: Annotated[
        bool,
        typer.Option("--bias", help="Append a constant coordinate before projecting."),
    ] = False,
    standardize: Annotated[
        bool | None,
        typer.Option(
            help="Bring each column to mean 0 and deviation 1 first. By default, "
            "unless every row has norm 1."
        ),
    ] = None,
    drop: Annotated[
        list[str] | None,
        typer.Option(help="A column to leave out; repeat for several."),
    ] = None,
    one_hot: Annotated[
        bool, typer.Option("--one-hot", help="Encode text columns as indicators.")
    ] = False,
    drop_missing: Annotated[
        bool, typer.Option("--drop-missing", help="Leave out rows with missing values.")
    ] = False,
    encoding: Annotated[
        str | None, typer.Option(help="Of a text file, such as latin-1.")
    ] = None,
    separator: Annotated[
        str | None, typer.Option(help="Of a text file. By default it is found.")
    ] = None,
    decimal_comma: Annotated[
        bool, typer.Option("--decimal-comma", help="Numbers are written 1,5.")
    ] = False,
    data_dir: Annotated[
        Path | None,
        typer.Option(help="Where data sets that are not bundled lie as files."),
    ] = None,
    rows: Annotated[
        int | None,
        typer.Option(help="The most rows to compute with; more are sampled."),
    ] = None,
    memory: Annotated[
        float | None,
        typer.Option(help="Memory budget in GiB. By default half of what is free."),
    ] = None,
    seconds: Annotated[
        float, typer.Option(help="Nominal time budget; a larger table is sampled.")
    ] = 120.0,
    out: Annotated[
        Path | None,
        typer.Option(help="A folder for the HTML report and the record."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the record as JSON, nothing else.")
    ] = False,
) -> None:
    """Tell whether a network fits, how wide, how fast, and with which activation."""
    from widthwise.diagnosis import Budget, InterruptedDiagnosis, carry_out, plan
    from widthwise.records import require_writable

    ready = plan(
        data,
        target,
        activations=activation or None,
        law=law,
        widths=width or None,
        trials=trials,
        seed=seed,
        probability=probability,
        bias=bias,
        standardize=standardize,
        budget=Budget(
            seconds=seconds,
            bytes=_bytes(memory),
            rows=rows,
        ),
        **_given(
            drop=drop,
            one_hot=one_hot,
            drop_missing=drop_missing,
            encoding=encoding,
            separator=separator,
            decimal_comma=decimal_comma,
            data_dir=data_dir,
        ),
    )
    if out is not None:
        require_writable(out)
    _announce(ready)
    try:
        with _progress() as tell:
            found = carry_out(ready, progress=tell, command=_command())
    except InterruptedDiagnosis as interrupt:
        if interrupt.partial is None:
            typer.echo("Interrupted; nothing was finished to save.", err=True)
        else:
            _show(interrupt.partial, out, as_json)
            typer.echo("Interrupted; what was finished is above.", err=True)
        raise typer.Exit(_INTERRUPTED) from interrupt
    _show(found, out, as_json)


def _given(**options: Any) -> dict[str, Any]:
    """Return the options that were set."""
    return {name: value for name, value in options.items() if value}


def _bytes(memory: float | None) -> int | None:
    """Return GiB as bytes."""
    if memory is None:
        return None
    if not 0 < memory < 2**30:
        raise InvalidArgumentError(
            f"The memory budget is {memory:g} GiB; it must be a positive number of GiB."
        )
    return int(memory * 2**30)


def _announce(ready: "Plan") -> None:
    """Say on stderr what is about to be computed and what it needs."""
    sampled = ready.sample is not ready.dataset
    of = f", a random sample of {len(ready.dataset.points)}," if sampled else ""
    typer.echo(f"{ready.dataset.name}: {ready.cost.text(of)}.", err=True)


def _show(found: "Diagnosis", out: Path | None, as_json: bool) -> None:
    if as_json:
        typer.echo(found.to_json(indent=2))
    else:
        from rich.console import Console

        from widthwise.report import table

        Console().print(table(found.record))
    if out is not None:
        page = found.save(out)
        typer.echo(f"Report: {page}", err=as_json)


def _command() -> str | None:
    """Return the command line, when there is one of ours."""
    if Path(sys.argv[0]).name != "widthwise":
        return None
    return shlex.join(["widthwise", *sys.argv[1:]])


@contextmanager
def _progress() -> Iterator[Any]:
    """Show a bar on stderr if a person is watching, else a line per activation."""
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
    """Progress for logs and pipes: one line when an activation begins."""

    def __init__(self) -> None:
        self._last = ""

    def __call__(self, fraction: float, text: str) -> None:
        name = text.partition(":")[0]
        if name != self._last:
            typer.echo(f"{name}: {round(100 * fraction)} % done so far", err=True)
            self._last = name
