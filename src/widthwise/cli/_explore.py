"""`widthwise explore`: one page to play with."""

from pathlib import Path
from typing import Annotated

import typer

from widthwise.cli._ending import stop
from widthwise.cli._options import Seed
from widthwise.errors import InvalidArgumentError, OutputError

__all__ = ["explore_command"]

_OURS = '<meta name="generator" content="widthwise'


def explore_command(
    out: Annotated[
        str, typer.Option(help="The page to write, such as explore.html.")
    ] = "explore.html",
    force: Annotated[
        bool, typer.Option("--force", help="Replace whatever file is there.")
    ] = False,
    seed: Seed = 0,
) -> None:
    """Write one page on which you move points and see what a network makes of them.

    It works offline, from the file, on a phone and by keyboard: features, the fitted
    function, the kernel, its eigenvalues, and the test error against the width.
    """
    page = _page_from(out, force=force)
    from widthwise.experiments import exploration
    from widthwise.records import write_text
    from widthwise.report import explore_page

    write_text(page, explore_page(exploration(seed)))
    typer.echo(f"Page: {page}")


def _page_from(out: str, *, force: bool) -> Path:
    if not out.strip() or Path(out).is_dir():
        raise InvalidArgumentError(
            f"--out is {out!r}; the name of a file was needed, such as explore.html."
        )
    page = stop.may_write(Path(out).expanduser())
    if page.exists() and not force:
        opening = page.read_bytes()[:2000].decode(errors="replace")
        if _OURS not in opening:
            raise OutputError(
                f"{page} is there already, and widthwise did not write it. Name "
                "another file, or say --force."
            )
    return page
