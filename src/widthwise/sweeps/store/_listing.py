"""What lies in a store's folders, with no link followed."""

import os
import stat
from pathlib import Path

from widthwise.errors import DataError

__all__ = ["entries", "is_a_link", "require_no_link"]


def entries(folder: Path) -> list[tuple[str, bool]]:
    """Return the names in a folder, sorted, and whether each is a folder itself.

    Raises
    ------
    DataError
        If the folder is a link, or cannot be listed. One that is not there is empty.
    """
    require_no_link(folder)
    try:
        with os.scandir(folder) as found:
            return sorted(
                (each.name, each.is_dir(follow_symlinks=False)) for each in found
            )
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise DataError(
            f"{folder} cannot be listed: {error.strerror or error}. Mend its "
            "permissions."
        ) from error


def require_no_link(*folders: Path) -> None:
    """Refuse a link where a store has a folder of its own.

    Raises
    ------
    DataError
        If one of them is a symbolic link: it might lead anywhere.
    """
    for folder in folders:
        try:
            is_link = stat.S_ISLNK(os.lstat(folder).st_mode)
        except OSError:  # Not there: whoever opens it will say so.
            return
        if is_link:
            raise DataError(is_a_link(folder))


def is_a_link(path: Path) -> str:
    """Return why a link is refused."""
    return (
        f"{path} is a symbolic link, and a store holds none: it might lead anywhere. "
        "Remove it."
    )
