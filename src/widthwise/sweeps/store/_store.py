"""The store of a sweep: every finished trial is one file, named by what it computed."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from widthwise.errors import DataError, MissingDataError
from widthwise.sweeps.plan import Plan, Trial, require_key
from widthwise.sweeps.store._claims import TrialClaim
from widthwise.sweeps.store._claims import claim as claimed
from widthwise.sweeps.store._claims import sweep as sweep_claims
from widthwise.sweeps.store._dataset import dataset_of, require_xarray
from widthwise.sweeps.store._entry import packed_result
from widthwise.sweeps.store._export import exported, format_of
from widthwise.sweeps.store._failure import Failure
from widthwise.sweeps.store._files import Folder
from widthwise.sweeps.store._format import Mark
from widthwise.sweeps.store._frame import frame_of
from widthwise.sweeps.store._merge import Merged, merged
from widthwise.sweeps.store._placement import placed_by_arguments, placed_by_plan
from widthwise.sweeps.store._verification import (
    Verification,
    intact,
    read_result,
    verified,
)

if TYPE_CHECKING:
    import polars
    import xarray

__all__ = ["Store"]


class Store:
    """A folder with the results of trials, each found by its key.

    Opening reads one small file. A result is there whole or not at all, and one that
    was damaged later counts as absent. Reading executes nothing that it reads.

    Parameters
    ----------
    path
        The folder. If it does not exist, it is made when something is written; until
        then the store is empty.
    create
        Whether it may be made; otherwise it must be there.

    Raises
    ------
    MissingDataError
        If it does not exist and `create` is false.
    DataError
        If it is something else than a store, or a store of a newer format.
    OutputError
        If it does not exist and cannot be made.

    Examples
    --------
    >>> import tempfile, widthwise as ww
    >>> trial = ww.sweeps.Trial("function:calendar:isleap@1", {"year": 2000})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = ww.sweeps.Store(folder)
    ...     print(store.has(trial.key), store.put(trial, trial.run()))
    ...     print(store.get(trial.key), store.frame().shape)
    False True
    {'value': True} (1, 5)
    """

    def __init__(self, path: str | os.PathLike[str], *, create: bool = True) -> None:
        self.path = Path(path).expanduser()
        self._mark = Mark(self.path, create)
        scratch = self.path / "scratch"
        self._results = Folder(self.path / "results", scratch)
        self._failures = Folder(self.path / "failures", scratch)

    def __repr__(self) -> str:
        return f"Store({str(self.path)!r})"

    def make(self) -> None:
        """Make the folder now, if it does not exist; else the first result makes it."""
        self._mark.put()

    def has(self, key: str) -> bool:
        """Return whether an intact result is there: read, and its checksum compared."""
        return self._intact(require_key(key)) is not None

    def get(self, key: str) -> Mapping[str, Any]:
        """Return the result of a trial.

        Raises
        ------
        MissingDataError
            If there is none.
        DataError
            If its file is damaged.
        """
        return self._item(key)[1]

    def put(self, trial: Trial, result: Mapping[str, Any]) -> bool:
        """Write a result, whole or not at all; a failure of the trial is forgotten.

        Parameters
        ----------
        trial
            What was computed.
        result
            By name: numbers, text, None, arrays of real numbers, and lists and dicts
            of them. Numbers come back to the bit, infinities and NaN too.

        Returns
        -------
        Whether it was written: False if the same result was there.

        Raises
        ------
        InvalidArgumentError
            If the result holds what cannot be stored, or is longer than 256 MiB.
        DataError
            If another intact result is there. The first one stays.
        OutputError
            If the disk is full or cannot be written. What is there stays whole.
        """
        content = packed_result(trial.text, result)
        self.make()
        present = self._intact(trial.key)
        if present is None:
            self._results.write(trial.key, content)
        elif present != content:
            raise DataError(
                f"The store {self.path} holds another result of trial "
                f"{trial.key[:12]}…, which stays: what the trial computes does not "
                "follow from its arguments and seed alone. Make it so, or change its "
                "version."
            )
        self._failures.remove(trial.key)
        return present is None

    def put_failure(
        self, trial: Trial, kind: str, message: str, traceback: str = ""
    ) -> None:
        """Write that a trial failed, unless its result is there.

        Parameters
        ----------
        trial
            What was tried.
        kind
            "raised", "timeout", "memory" or "killed".
        message
            What happened, in one line.
        traceback
            Where it happened; the last 65,536 characters are kept.

        Raises
        ------
        InvalidArgumentError
            If the kind is another one.
        OutputError
            If it cannot be written.
        """
        failure = Failure(trial, kind, message, traceback)
        self.make()
        if not self.has(trial.key):
            self._failures.write(trial.key, failure.content)

    def failure(self, key: str) -> Failure | None:
        """Return how a trial failed, or None if it did not or its record is damaged."""
        try:
            content = self._failures.read(require_key(key))
            return None if content is None else Failure.from_content(content, key)
        except DataError:
            return None

    def failures(self) -> Iterator[Failure]:
        """Yield the failures, by ascending key."""
        yield from filter(None, map(self.failure, self._failures.keys()))

    def keys(self) -> Iterator[str]:
        """Yield the keys of the results, ascending; their checksums are not read."""
        return self._results.keys()

    def items(self) -> Iterator[tuple[Trial, Mapping[str, Any]]]:
        """Yield trials with their results, by ascending key, damaged ones left out."""
        for key in self.keys():
            with suppress(DataError, MissingDataError):
                yield self._item(key)

    def trials(self) -> Iterator[Trial]:
        """Yield the trials that have results, as `items` does, and decode no result."""
        for content in filter(None, map(self._intact, self.keys())):
            with suppress(DataError):
                yield Trial.from_text(content.partition(b"\n")[0])

    def claim(self, key: str) -> TrialClaim | None:
        """Return a claim on a trial, or None while a living process works on it.

        The claim ends with `release()`, with its `with` block, or with the process.
        Ask `has` again once it is held: another process may have finished meanwhile.

        Raises
        ------
        OutputError
            If the claim cannot be written.
        """
        self.make()
        return claimed(self.path / "claims", require_key(key))

    def sweep(self) -> None:
        """Remove what killed processes left: unfinished files and stale claims.

        Those of living processes stay. A run calls this at its start and its end.
        """
        sweep_claims(self.path / "claims")
        self._results.sweep()

    def verify(self, *, remove: bool = False) -> Verification:
        """Read every file and compare every hash.

        Parameters
        ----------
        remove
            Whether damaged files are removed. A run redoes them in either case.

        Cost: one read of the whole store; a file is in memory at a time.
        """
        return verified(self._results, self._failures, remove=remove)

    def merge(self, other: "Store | str | os.PathLike[str]") -> Merged:
        """Add the results and failures of another store; nothing is overwritten.

        Raises
        ------
        MissingDataError, DataError
            If the other is no store of a format that this version reads.
        OutputError
            If this one cannot be written; what came in before stays.
        """
        source = other if isinstance(other, Store) else Store(other, create=False)
        self.make()
        return merged(self._results, self._failures, source._results, source._failures)

    def frame(self, table: str | None = None) -> "polars.DataFrame":
        """Return the results as a polars frame, by target, arguments and seed.

        Its columns are `key`, `target`, `seed`, the arguments, and the results. Nested
        names are joined by dots; lists and arrays of numbers or words become lists;
        what has no common type becomes JSON text. A name that two columns would have
        gets `argument.` or `result.` before it.

        Parameters
        ----------
        table
            The name of a result that is a list of dicts: the frame then has one row
            for each of those instead of each trial, and a column `row`.

        Raises
        ------
        UnknownNameError
            If no result has such a table.
        """
        return frame_of(self.items(), table)

    def dataset(
        self, plan: Plan | None = None, *, target: str | None = None
    ) -> "xarray.Dataset":
        """Return the results as an xarray dataset over the grid and the trials.

        With a function's plan, the dimensions are its grid's names, in its order, and
        `trial`. Otherwise they are the arguments that vary among the results, values
        ascending, and `trial` counts results of the same arguments by ascending seed
        (`repetition`, if an argument is named trial). Arrays bring dimensions of their
        own, filled up to the largest with NaN. Where a result is missing there is
        NaN, an empty text, and the seed 0.

        Parameters
        ----------
        plan
            Only results of this plan are taken.
        target
            Only results of this target are taken, such as "function:study:fit@1".

        Raises
        ------
        MissingDataError
            If xarray is not installed, with the command that installs it.
        InvalidArgumentError
            If there are no results, or those of several targets.
        MemoryBudgetError
            If the grid does not fit into memory.
        """
        require_xarray()
        if plan is not None:
            return dataset_of(placed_by_plan(plan, self._found))
        return dataset_of(
            placed_by_arguments(
                item for item in self.items() if target in (None, item[0].target)
            )
        )

    def export(self, path: str | os.PathLike[str], format: str | None = None) -> Path:
        """Write all results into one file (zarr: one folder) and return its path.

        Parameters
        ----------
        path
            Where to; a file that is there is replaced.
        format
            "parquet" or "csv" (the frame; lists are JSON text in CSV), "jsonl" (one
            line a trial, nothing lost) or "zarr" (the dataset). By default what the
            path ends in.

        Raises
        ------
        UnknownNameError
            If the format is another one.
        OutputError
            If it cannot be written.
        """
        place = Path(path).expanduser()
        exported(place, format_of(place, format), self.items, self.dataset)
        return place

    def _found(self, key: str) -> Mapping[str, Any] | None:
        content = self._intact(key)
        return None if content is None else read_result(content, key)[1]

    def _intact(self, key: str) -> bytes | None:
        return intact(self._results, key)

    def _item(self, key: str) -> tuple[Trial, Mapping[str, Any]]:
        try:
            content = self._results.read(require_key(key))
            if content is not None:
                return read_result(content, key)
        except DataError as error:
            raise DataError(
                f"The result of trial {key[:12]}… in {self.path} is damaged: "
                f"{str(error).rstrip('.')}. Run the sweep again; it will be redone."
            ) from error
        raise MissingDataError(
            f"The store {self.path} holds no result of trial {key[:12]}…. Run the "
            "sweep, or look into `failures()`."
        )
