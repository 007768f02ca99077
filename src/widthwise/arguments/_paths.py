"""Paths of files and folders."""

import os
from pathlib import Path

from widthwise.arguments._refusal import refusal

__all__ = ["path"]


def path(value: object, what: str) -> Path:
    """Return a path, of text or of what has one.

    Raises
    ------
    InvalidArgumentError
        If it is something else.
    """
    found = value.__fspath__() if isinstance(value, os.PathLike) else value
    if isinstance(found, str) and found and "\0" not in found:
        return Path(found)
    raise refusal(value, what, 'be a path, such as "kept"')
