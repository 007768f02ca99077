"""How far a sweep is, and how it ended."""

from dataclasses import dataclass

__all__ = ["SweepProgress", "Tally"]


@dataclass(frozen=True)
class SweepProgress:
    """The state of a sweep at one moment.

    Attributes
    ----------
    total
        Trials in all; None while that is unknown.
    there
        Trials whose results were in the store, or came there from another process.
    finished
        Trials that this run finished.
    failed
        Trials without a result, whether they failed in this run or before.
    failed_now
        Those of them that failed in this run.
    running
        Trials under way.
    seconds
        Since the run began.
    place
        Where the trials run; for a Dask cluster with the address of its dashboard.

    Examples
    --------
    >>> import widthwise as ww
    >>> at = ww.sweeps.SweepProgress(
    ...     total=4, there=1, finished=2, failed=0, failed_now=0, running=1,
    ...     seconds=3.0, place="here",
    ... )
    >>> at.total - at.there - at.finished
    1
    """

    total: int | None
    there: int
    finished: int
    failed: int
    failed_now: int
    running: int
    seconds: float
    place: str

    @property
    def done(self) -> int:
        """Trials that need no more work."""
        return self.there + self.finished + self.failed

    @property
    def rate(self) -> float:
        """Trials that this run carried out, per second."""
        carried_out = self.finished + self.failed_now
        return carried_out / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """The time that the rest takes at this rate; None while nothing is known."""
        if self.total is None or not self.rate:
            return None
        return max(self.total - self.done, 0) / self.rate


@dataclass(frozen=True)
class Tally:
    """What a run did.

    Attributes
    ----------
    total
        Trials in all: of the plan, or as many as were seen.
    finished
        Trials that this run finished.
    there
        Trials whose results were there already, or that another process finished.
    failed
        Trials without a result, whether they failed in this run or before;
        `Store.failures` says why.
    interrupted
        Whether a person (Ctrl-C) or the system (SIGTERM) stopped the run.
    seconds
        How long the run took.
    conflicts
        Finished trials of which another process had already stored other numbers;
        those stay.
    signal
        The number of the signal that stopped the run; None unless one did.

    Examples
    --------
    >>> import widthwise as ww
    >>> tally = ww.sweeps.Tally(
    ...     total=4, finished=3, there=1, failed=0, interrupted=False, seconds=2.0
    ... )
    >>> tally.total, tally.failed
    (4, 0)
    """

    total: int
    finished: int
    there: int
    failed: int
    interrupted: bool
    seconds: float
    conflicts: int = 0
    signal: int | None = None

    @property
    def is_complete(self) -> bool:
        """Whether every trial has its result."""
        return not self.interrupted and not self.failed
