"""What lies in a store's folders."""

import os
from pathlib import Path

from widthwise.errors import DataError

__all__ = ["entries"]


def entries(folder: Path) -> list[tuple[str, bool]]:
    """Return the names in a folder, sorted, and whether each is a folder itself.

    Raises
    ------
    DataError
        If the folder cannot be listed. One that is not there is empty.
    """
    try:
        with os.scandir(folder) as found:
            return sorted((each.name, each.is_dir()) for each in found)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise DataError(
            f"{folder} cannot be listed: {error.strerror or error}. Mend its "
            "permissions."
        ) from error
