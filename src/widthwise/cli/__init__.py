"""The `widthwise` command: parse, call one function, print.

No formula lives here. Any error that the library raises on purpose, and any command
line that cannot be read, becomes one line on stderr and exit status 2. Rooms load
inside the commands, so that `--help` and shell completion answer at once.
"""

import sys
from typing import TYPE_CHECKING

import typer

from widthwise.cli._ending import stop
from widthwise.doors import opened_by

if TYPE_CHECKING:
    from widthwise.cli._app import app

__all__ = ["app", "run"]

if not TYPE_CHECKING:  # The commands load once signals are heard.
    __getattr__ = opened_by(__name__, {"_app": ("app",)})


def run() -> None:
    """Run the command line; the entry point named in pyproject.toml."""
    stop.listen()
    try:
        from widthwise.cli._app import app

        app()
    except SystemExit as ended:
        if stop.signal is not None and not ended.code:
            sys.exit(stop.exit("Interrupted when all was done.").exit_code)
        raise
    except KeyboardInterrupt:
        sys.exit(stop.exit().exit_code)
    except BrokenPipeError:
        # The reader of a pipe left early; there is nobody to tell.
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        reason = error.strerror or error
        typer.echo(
            f"widthwise: The output cannot be written: {reason}. Make room, or write "
            "elsewhere.",
            err=True,
        )
        sys.stdout = None  # What it holds fits nowhere.
        sys.exit(1)
    finally:
        stop.end_at_once()
