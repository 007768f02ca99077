"""One experiment through the engine: its cells as trials, then its record."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from widthwise.experiments import Experiment
from widthwise.records import Record
from widthwise.sweeps.plan import Trial
from widthwise.sweeps.running._run import run
from widthwise.sweeps.running._tally import SweepProgress, Tally
from widthwise.sweeps.store import Store

__all__ = ["Reproduction", "reproduce"]


@dataclass(frozen=True)
class Reproduction:
    """What became of one experiment.

    Attributes
    ----------
    experiment
        What was run.
    tally
        How many of its cells there are, were there before, and failed.
    record
        Its record; None unless every cell has its result.

    Examples
    --------
    >>> import tempfile, widthwise as ww
    >>> study = ww.experiments.CATALOG["panigrahi_dimension"]
    >>> small = {"count": 6, "dimensions": (3, 5), "activations": ("relu",)}
    >>> plan = ww.sweeps.Plan(experiment=study.name, fixed=small, quick=True)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = ww.sweeps.Store(folder)
    ...     kept = [store.put(each, each.run()) for each in plan.trials()]
    ...     found = ww.sweeps.reproduce(study, small, store=store, quick=True)
    >>> found.tally.total, found.tally.there, found.record.content["name"]
    (2, 2, 'panigrahi_dimension')
    """

    experiment: Experiment
    tally: Tally
    record: Record | None


def reproduce(
    experiment: Experiment,
    settings: Mapping[str, Any] | None = None,
    seed: int = 0,
    *,
    store: Store | str | os.PathLike[str],
    quick: bool = False,
    cluster: str | None = None,
    workers: int | None = None,
    timeout: float | int | None = None,
    memory: int | None = None,
    retry_failures: bool = False,
    progress: Callable[[SweepProgress], None] | None = None,
) -> Reproduction:
    """Measure an experiment's cells in processes or on a cluster, and conclude.

    Cells that the store has are not measured again, so that an interrupted run goes
    on, and one with more trials adds to a smaller one. Each cell runs on one thread;
    the numbers are those of `experiment.run(settings, seed)` on one thread, whatever
    the number of workers.

    Parameters
    ----------
    experiment
        An entry of `widthwise.experiments.CATALOG`.
    settings, seed, quick
        As for `Experiment.run`.
    store, cluster, workers, timeout, memory, retry_failures, progress
        As for `run`, which carries the cells out; its errors are raised here, too.

    Returns
    -------
    The record and the tally. The record holds the seconds that the run took, or None if
    the store had some of the cells. It is None itself if a cell failed, or if the run
    was interrupted; the same call goes on.

    Raises
    ------
    UnknownNameError, InvalidArgumentError
        If a setting is unknown or outside its range, before anything runs.

    Examples
    --------
    >>> import tempfile, widthwise as ww
    >>> study = ww.experiments.CATALOG["panigrahi_dimension"]
    >>> small = {"count": 6, "dimensions": (3, 5), "activations": ("relu",)}
    >>> plan = ww.sweeps.Plan(experiment=study.name, fixed=small, quick=True)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = ww.sweeps.Store(folder)  # What an earlier run left: both cells.
    ...     kept = [store.put(each, each.run()) for each in plan.trials()]
    ...     found = ww.sweeps.reproduce(study, small, store=store, quick=True)
    >>> found.tally.there, found.record.content["findings"][0]["verdict"]
    (2, 'not decided')
    """
    chosen = experiment.resolved(settings, seed, quick=quick)
    cells = experiment.cells(chosen)
    target = f"experiment:{experiment.name}@{experiment.version}"
    trials = [Trial(target, cell, seed) for cell in cells]
    kept = store if isinstance(store, Store) else Store(store)
    tally = run(
        trials,
        kept,
        cluster=cluster,
        workers=workers,
        timeout=timeout,
        memory=memory,
        threads=1,
        progress=progress,
        retry_failures=retry_failures,
    )
    if not tally.is_complete:
        return Reproduction(experiment, tally, None)
    measured = [kept.get(each.key) for each in trials]
    record = experiment.record(chosen, seed, cells, measured, quick=quick)
    seconds = None if tally.there else tally.seconds  # Else the time of a part only.
    whole = Record({**record.content, "seconds": seconds}, record.arrays)
    return Reproduction(experiment, tally, whole)
