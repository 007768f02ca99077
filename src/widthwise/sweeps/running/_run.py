"""Running a sweep: every trial once, every result kept, whatever dies meanwhile."""

import math
import os
import time
from collections.abc import Callable, Iterable, Sized
from contextlib import closing
from pathlib import Path
from typing import Any

from widthwise.arguments import whole_number
from widthwise.errors import DataError, InvalidArgumentError, WorkersLostError
from widthwise.interruption import Interruption
from widthwise.machine import usable_cores
from widthwise.sweeps.plan import Plan, Trial, bytes_of, seconds_of
from widthwise.sweeps.running._feed import Feed
from widthwise.sweeps.running._tally import SweepProgress, Tally
from widthwise.sweeps.store import Store, TrialClaim
from widthwise.sweeps.workers import (
    DaskCluster,
    Limits,
    LocalProcesses,
    Outcome,
    Workers,
    require_address,
)

__all__ = ["run"]

_TICK = 0.2
_SHOWN_EVERY = 0.1


def run(
    plan: Plan | Iterable[Trial],
    store: Store | str | os.PathLike[str],
    *,
    cluster: str | None = None,
    workers: int | None = None,
    timeout: float | int | None = None,
    memory: int | None = None,
    threads: int | None = None,
    progress: Callable[[SweepProgress], None] | None = None,
    retry_failures: bool = False,
) -> Tally:
    """Run the trials that the store has no result of, and keep each as it finishes.

    A result is on disk the moment its trial is counted as finished. Whatever ends this
    process, the same call goes on where it stopped, and the results are the same bits
    as those of a run that nothing disturbed. Several processes may run the same plan
    into one store: they share the work, and each ends when all of it is there.

    Parameters
    ----------
    plan
        A plan, or trials; an iterator is read as far as needed, so that memory does
        not grow with the number of trials.
    store
        The store, or its folder.
    cluster
        None for processes of this machine; "tcp://host:port" for the Dask scheduler
        at that address; "local:N" for a Dask cluster of N workers on this machine.
    workers
        Processes at one time. By default the cores that this process may use, divided
        by `threads`.
    timeout
        Seconds that one trial may take; the plan's own by default.
    memory
        Bytes of resident memory that one trial's process may hold; the plan's own by
        default.
    threads
        Threads of BLAS, OpenMP and torch in each trial; the plan's own by default.
    progress
        Called with the state of the sweep, at most ten times a second.
    retry_failures
        Whether trials that failed before are tried again.

    Returns
    -------
    What was done. Trials that raise, take too long, take too much memory or are killed
    again and again are recorded in the store, and the others go on.

    Raises
    ------
    InvalidArgumentError
        If an argument is out of range, or no cluster answers at the address.
    OutputError
        If the store cannot be written: the disk is full, say.
    WorkersLostError
        If the cluster's scheduler is gone, or no process can be started. What was
        finished is in the store.

    Cost
    ----
    One to three milliseconds of processor time a trial, beside the trial itself.

    Examples
    --------
    >>> import tempfile, widthwise as ww
    >>> plan = ww.sweeps.Plan(
    ...     function="calendar:isleap", grid={"year": [1900, 2000]}
    ... )
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = ww.sweeps.Store(folder)
    ...     tally = ww.sweeps.run(plan, store, workers=1)
    ...     found = [store.get(each.key)["value"] for each in plan.trials()]
    >>> tally.finished, found
    (2, [False, True])
    """
    ready = plan if isinstance(plan, Plan) else None
    limits = _limits(
        timeout if timeout is not None or ready is None else ready.timeout,
        memory if memory is not None or ready is None else ready.memory,
        threads if threads is not None else 1 if ready is None else ready.threads,
    )
    start = _starter(cluster, workers, limits)
    kept = store if isinstance(store, Store) else Store(store)
    kept.make()
    kept.sweep()
    trials, total = _trials(plan)
    feed = Feed(trials, kept, retry_failures=retry_failures)
    with Interruption() as interruption, closing(start()) as hands:
        sweep = _Sweep(feed, kept, hands, total, progress)
        sweep.carry_out(interruption)
    kept.sweep()
    return sweep.tally(interruption.signal)


class _Sweep:
    """One run: what is under way, and what has been counted."""

    def __init__(
        self,
        feed: Feed,
        store: Store,
        workers: Workers,
        total: int | None,
        progress: Callable[[SweepProgress], None] | None,
    ) -> None:
        self._feed = feed
        self._store = store
        self._workers = workers
        self._total = total
        self._progress = progress
        self._claims: dict[str, TrialClaim] = {}
        self._finished = 0
        self._failed = 0
        self._conflicts = 0
        self._began = time.monotonic()
        self._shown = -math.inf

    def carry_out(self, interruption: Interruption) -> None:
        """Run until all is done, or somebody wants to stop."""
        ended: list[tuple[Trial, Outcome]] = []
        try:
            while True:
                # A process gets its next trial first; then the last result is written.
                has_room = not interruption.happened and self._fill()
                for trial, outcome in ended:
                    self._keep(trial, outcome)
                if interruption.happened or not (
                    self._claims or not self._feed.is_empty
                ):
                    break
                self._show()
                is_looking = has_room and self._feed.has_more
                ended = self._workers.wait(0.0 if is_looking else _TICK)
        except WorkersLostError:
            if not interruption.happened:  # Else the same wish has reached them.
                raise
        finally:
            for claim in self._claims.values():
                claim.release()
            self._show(always=True)

    def tally(self, signal: int | None) -> Tally:
        """Return what was done, and which signal ended it."""
        return Tally(
            total=self._feed.seen if self._total is None else self._total,
            finished=self._finished,
            there=self._feed.there,
            failed=self._failed + self._feed.failed,
            interrupted=signal is not None,
            signal=signal,
            seconds=time.monotonic() - self._began,
            conflicts=self._conflicts,
        )

    def _fill(self) -> bool:
        """Give out trials; return whether there is room for more."""
        while self._workers.room > 0:
            found = self._feed.next()
            if found is None:
                return True
            trial, claim = found
            self._claims[trial.key] = claim
            self._workers.give(trial)
        return False

    def _keep(self, trial: Trial, outcome: Outcome) -> None:
        if outcome.kind == "finished":
            assert outcome.result is not None
            outcome = self._stored(trial, outcome)
        if outcome.kind != "finished":
            self._store.put_failure(
                trial, outcome.kind, outcome.message, outcome.traceback
            )
        self._finished += outcome.kind == "finished"
        self._failed += outcome.kind != "finished"
        self._claims.pop(trial.key).release()

    def _stored(self, trial: Trial, outcome: Outcome) -> Outcome:
        """Write a result; one that cannot be stored is the trial's failure."""
        try:
            self._store.put(trial, outcome.result or {})
        except InvalidArgumentError as error:
            return Outcome("raised", message=str(error), seconds=outcome.seconds)
        except DataError:
            if not self._store.has(trial.key):
                raise
            self._conflicts += 1  # Another process was first, with other numbers.
        return outcome

    def _show(self, *, always: bool = False) -> None:
        now = time.monotonic()
        if self._progress is None or not (always or now - self._shown > _SHOWN_EVERY):
            return
        self._shown = now
        self._progress(
            SweepProgress(
                total=self._total,
                there=self._feed.there,
                finished=self._finished,
                failed=self._failed + self._feed.failed,
                failed_now=self._failed,
                running=len(self._claims),
                seconds=now - self._began,
                place=self._workers.place,
            )
        )


def _limits(timeout: Any, memory: Any, threads: Any) -> Limits:
    if memory is not None and not Path("/proc/self/statm").exists():
        raise InvalidArgumentError(
            "A memory limit was given, and this system does not tell how much memory a "
            "process holds (/proc is missing). Run without one, or on Linux."
        )
    return Limits(
        timeout=seconds_of(timeout),
        memory=bytes_of(memory),
        threads=whole_number(threads, "The number of threads", least=1, most=4096),
    )


def _starter(
    cluster: str | None, workers: int | None, limits: Limits
) -> Callable[[], Workers]:
    """Return what starts the workers; what can be refused is refused here."""
    if os.name != "posix":
        raise InvalidArgumentError(
            f"This system is {os.name!r}; trials run in processes of a POSIX system. "
            "Use Linux or macOS, or Windows' subsystem for Linux."
        )
    if cluster is None:
        count = (
            max(1, usable_cores() // limits.threads)
            if workers is None
            else whole_number(workers, "The number of workers", least=1, most=4096)
        )
        return lambda: LocalProcesses(count, limits)
    if workers is not None:
        raise InvalidArgumentError(
            f"Both cluster={cluster!r} and workers={workers} were given; a cluster has "
            'its own workers. Leave one out, or write cluster="local:N".'
        )
    address = require_address(cluster)
    return lambda: DaskCluster(address, limits)


def _trials(plan: Plan | Iterable[Trial]) -> tuple[Iterable[Trial], int | None]:
    """Return the trials, and how many they are if that is known."""
    if isinstance(plan, Plan):
        return plan.trials(), plan.count
    return plan, len(plan) if isinstance(plan, Sized) else None
