"""Which trial is next: not in the store, and nobody else's."""

import time
from collections.abc import Iterable

from widthwise.sweeps.plan import Trial
from widthwise.sweeps.store import Store, TrialClaim

__all__ = ["Feed"]

_SLICE = 0.05
_PATIENCE = 0.2
_MOST_LEFT = 1024


class Feed:
    """Trials one after another, each with a claim; those that are there passed by.

    Memory is bounded whatever the number of trials: only those that other processes
    work on are remembered, and asked after again.

    Parameters
    ----------
    trials
        Read once, as far as needed.
    store
        Where results and claims are.
    retry_failures
        Whether trials that failed before are tried again.

    Attributes
    ----------
    seen
        Trials read so far.
    there, failed
        Trials passed by, since their result or failure is in the store.
    is_read
        Whether all were read; some may still be with other processes.
    """

    def __init__(
        self, trials: Iterable[Trial], store: Store, *, retry_failures: bool = False
    ) -> None:
        self._source = iter(trials)
        self._store = store
        self._retry = retry_failures
        self._elsewhere: dict[str, Trial] = {}
        self._asked = 0.0
        self.is_read = False
        self.seen = 0
        self.there = 0
        self.failed = 0

    @property
    def has_more(self) -> bool:
        """Whether `next` would read on, rather than wait for other processes."""
        return not self.is_read and len(self._elsewhere) < _MOST_LEFT

    @property
    def is_empty(self) -> bool:
        """Whether every trial was handed out or passed by."""
        return self.is_read and not self._elsewhere

    def next(self) -> tuple[Trial, TrialClaim] | None:
        """Return a trial to run, or None: there is none now, or looking took long."""
        until = time.monotonic() + _SLICE
        while time.monotonic() < until and len(self._elsewhere) < _MOST_LEFT:
            trial = next(self._source, None)
            if trial is None:
                self.is_read = True
                break
            self.seen += 1
            claim = self._claim_on(trial)
            if claim is not None:
                return trial, claim
        return self._left_by_others()

    def _left_by_others(self) -> tuple[Trial, TrialClaim] | None:
        """Ask after the trials of other processes, now and then."""
        is_time = time.monotonic() - self._asked > _PATIENCE
        if not is_time or not (self.is_read or len(self._elsewhere) >= _MOST_LEFT):
            return None
        for trial in [*self._elsewhere.values()]:
            claim = self._claim_on(trial)
            if claim is not None:
                return trial, claim
        self._asked = time.monotonic()
        return None

    def _claim_on(self, trial: Trial) -> TrialClaim | None:
        """Return a claim if the trial is to be run; else count it or remember it."""
        if self._is_settled(trial):
            return None
        claim = self._store.claim(trial.key)
        if claim is None:
            self._elsewhere[trial.key] = trial
            return None
        # Its holder may have finished between our look and our claim.
        if self._is_settled(trial):
            claim.release()
            return None
        self._elsewhere.pop(trial.key, None)
        return claim

    def _is_settled(self, trial: Trial) -> bool:
        is_there = self._store.has(trial.key)
        has_failed = (
            not is_there
            and not self._retry
            and self._store.failure(trial.key) is not None
        )
        self.there += is_there
        self.failed += has_failed
        if is_there or has_failed:
            self._elsewhere.pop(trial.key, None)
        return is_there or has_failed
