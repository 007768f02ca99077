"""The commands, and how each of them is refused, fails or is stopped."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from widthwise import __version__
from widthwise.cli._catalogs import (
    activations_command,
    bounds_command,
    datasets_command,
)
from widthwise.cli._compare import compare_command
from widthwise.cli._diagnose import diagnose_command
from widthwise.cli._ending import stop
from widthwise.cli._experiments import experiments_command
from widthwise.cli._explore import explore_command
from widthwise.cli._fit import fit_command
from widthwise.cli._landscape import landscape_command
from widthwise.cli._predict import predict_command, score_command
from widthwise.cli._report import report_command
from widthwise.cli._reproduce import reproduce_command
from widthwise.cli._store import add_store_commands
from widthwise.cli._sweep import sweep_command
from widthwise.cli._usage import UsageError, usage_sentence
from widthwise.errors import WidthwiseError
from widthwise.prose import message, shown
from widthwise.wording import harmless

__all__ = ["app"]


class _Group(TyperGroup):
    """Commands whose deliberate errors end in one line and status 2.

    Ctrl-C ends them in one line and status 130, SIGTERM in 143.
    """

    def make_context(
        self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        if parent is None:
            stop.begin()
        for each in args:
            if not _is_utf8(each):
                typer.echo(
                    f"widthwise: {each!a} on the command line is not UTF-8. "
                    "Rename the file or folder, or name another.",
                    err=True,
                )
                raise typer.Exit(2)
        try:
            return super().make_context(info_name, args, parent, **extra)
        except UsageError as error:
            raise _refused(error) from error
        except KeyboardInterrupt as interrupt:
            raise stop.exit() from interrupt

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args and not ctx.resilient_parsing:
            typer.echo(ctx.get_help())
            raise typer.Exit
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except WidthwiseError as error:
            typer.echo(f"widthwise: {harmless(shown(message(error)))}", err=True)
            raise typer.Exit(2) from error
        except UsageError as error:
            raise _refused(error) from error
        except KeyboardInterrupt as interrupt:
            raise stop.exit() from interrupt


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refused(error: Any) -> typer.Exit:
    """Say what is wrong with the command line."""
    typer.echo(f"widthwise: {usage_sentence(error)}", err=True)
    return typer.Exit(2)


app = typer.Typer(
    cls=_Group,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("diagnose")(diagnose_command)
app.command("fit")(fit_command)
app.command("predict")(predict_command)
app.command("score")(score_command)
app.command("landscape")(landscape_command)
app.command("reproduce")(reproduce_command)
app.command("report")(report_command)
app.command("explore")(explore_command)
app.command("sweep")(sweep_command)
add_store_commands(app, _Group)
app.command("compare")(compare_command)
app.command("activations")(activations_command)
app.command("datasets")(datasets_command)
app.command("bounds")(bounds_command)
app.command("experiments")(experiments_command)


def _print_version(asked: bool) -> bool:
    if asked:
        typer.echo(f"widthwise {__version__}")
        raise typer.Exit
    return asked


@app.callback()
def widthwise(
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Print the version and leave.",
        ),
    ] = False,
) -> None:
    """Tell whether a network will fit, how wide it must be, how fast it trains."""
