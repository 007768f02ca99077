"""Whether a store is whole: each file read, each hash compared, each value decoded."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from widthwise.errors import DataError
from widthwise.sweeps.plan import Trial
from widthwise.sweeps.store._entry import body_of, trial_text_of
from widthwise.sweeps.store._failure import Failure
from widthwise.sweeps.store._files import Folder

__all__ = ["Damage", "Verification", "intact", "read_result", "verified"]


@dataclass(frozen=True)
class Damage:
    """A file that cannot be used.

    Attributes
    ----------
    path
        Where it is.
    reason
        What is wrong with it.

    Examples
    --------
    >>> import pathlib, widthwise as ww
    >>> ww.sweeps.Damage(pathlib.Path("a.json"), "it is cut off").reason
    'it is cut off'
    """

    path: Path
    reason: str


@dataclass(frozen=True)
class Verification:
    """What reading every file of a store found.

    Attributes
    ----------
    results, failures
        Intact files.
    damaged
        Files of trials that cannot be used; a run does them again.
    strangers
        Folders and files that do not belong into a store.

    Examples
    --------
    >>> import tempfile, widthwise as ww
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = ww.sweeps.Store(folder).verify()
    ...     print(found.results, found.damaged)
    0 ()
    """

    results: int
    failures: int
    damaged: tuple[Damage, ...]
    strangers: tuple[Path, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is damaged and nothing is strange."""
        return not self.damaged and not self.strangers


def verified(
    results: Folder, failures: Folder, *, remove: bool = False
) -> Verification:
    """Read every file; remove damaged ones if asked to."""
    damaged: list[Damage] = []
    counts = []
    for folder in (results, failures):
        intact = 0
        for key in folder.keys():  # noqa: SIM118 - a folder is no dict
            try:
                content = folder.read(key)
                if content is None:
                    continue
                if folder is results:
                    read_result(content, key)
                else:
                    Failure.from_content(content, key)
                intact += 1
            except DataError as error:
                damaged.append(Damage(folder.place(key), str(error)))
                if remove:
                    folder.remove(key)
        counts.append(intact)
    strangers: Iterable[Path] = (*results.strangers(), *failures.strangers())
    return Verification(counts[0], counts[1], tuple(damaged), tuple(strangers))


def intact(
    folder: Folder, key: str, read: Callable[[bytes, str], object] = trial_text_of
) -> bytes | None:
    """Return a trial's file, or None if it is not there or `read` finds it damaged."""
    try:
        content = folder.read(key)
        if content is not None:
            read(content, key)
        return content
    except DataError:
        return None


def read_result(content: bytes, key: str) -> tuple[Trial, Mapping[str, Any]]:
    """Return the trial and the result in a file, both decoded.

    Raises
    ------
    DataError
        If anything about the file is not as `Store.put` writes it.
    """
    trial = Trial.from_text(trial_text_of(content, key))
    result = body_of(content, key)
    if not isinstance(result, dict):
        raise DataError("its result is no table of named values")
    if trial.key != key:
        raise DataError("its trial is not written as widthwise writes it")
    return trial, result
