"""What the catalog holds for each data set."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from widthwise.datasets.points import Dataset, nearest
from widthwise.errors import InvalidArgumentError

__all__ = ["Entry"]


@dataclass(frozen=True)
class Entry:
    """A data set that is loaded by name.

    Attributes
    ----------
    name, summary
        Its name, and what it is in one line.
    points_count, dimension
        n and d with the default settings.
    obtained
        How the library gets it.
    source, licence
        Who made it, and under which terms it may be used.
    loader
        Makes the data set; its keywords are the settings.

    Examples
    --------
    >>> import widthwise as ww
    >>> entry = ww.datasets.CATALOG["diabetes"]
    >>> entry.points_count, entry.dimension
    (442, 10)
    """

    name: str
    summary: str
    points_count: int
    dimension: int
    obtained: str
    source: str
    licence: str
    loader: Callable[..., Dataset]

    @property
    def settings(self) -> dict[str, Any]:
        """Return the settings that `load` takes, with their defaults."""
        parameters = inspect.signature(self.loader).parameters
        return {
            name: parameter.default
            for name, parameter in parameters.items()
            if name != "data_dir"
        }

    def load(self, data_dir: str | Path | None, settings: dict[str, Any]) -> Dataset:
        """Load the data set with these settings.

        Raises
        ------
        InvalidArgumentError
            A setting that this data set does not have.
        MissingDataError
            Its file is nowhere and cannot be downloaded.
        """
        known = self.settings
        for name in settings:
            if name not in known:
                has = ", ".join(f"{key}={value!r}" for key, value in known.items())
                raise InvalidArgumentError(
                    f"The data set {self.name!r} has no setting {name!r}. "
                    f"{nearest(name, list(known))}It has: {has or 'none'}."
                )
        if "data_dir" in inspect.signature(self.loader).parameters:
            folder = None if data_dir is None else Path(data_dir).expanduser()
            return self.loader(data_dir=folder, **settings)
        return self.loader(**settings)
