"""Whether an output folder may be written: nobody else's file is replaced unasked."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from widthwise.errors import OutputError
from widthwise.wording import listing

__all__ = ["Force", "claim"]

Force = Annotated[
    bool, typer.Option("--force", help="Replace whatever files are in --out.")
]

_RECORD = "record.json"
_FILES = (_RECORD, "arrays.npz", "report.html")


def claim(
    folder: Path,
    kind: str,
    *,
    force: bool,
    files: Sequence[str] = _FILES,
    mark: str = _RECORD,
) -> None:
    """Check that `folder` can be written and holds nothing that is not of this kind.

    Parameters
    ----------
    kind
        What the record that will be written there calls itself.
    files, mark
        What will be written, and which file or folder shows whose they are.

    Raises
    ------
    OutputError
        It cannot be written, or a file in it is of another kind of run, or of none.
    """
    from widthwise.records import require_writable

    require_writable(folder)
    there = [name for name in files if (folder / name).exists()]
    if force or not there:
        return
    found = _kind_of(folder / mark)
    if found == kind:
        return
    whose = "that no run wrote" if found is None else f"of an earlier run ({found})"
    raise OutputError(
        f"{folder} holds {listing(there)} {whose}, which this {kind} would replace. "
        "Name another folder, or say --force."
    )


def _kind_of(mark: Path) -> str | None:
    """Return the kind of the record that lies there; a folder's kind is its name."""
    if mark.is_dir():
        return mark.name
    try:
        content = json.loads(mark.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    kind = content.get("kind") if isinstance(content, dict) else None
    return kind if isinstance(kind, str) else None
