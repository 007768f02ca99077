"""Trials on this machine, each in a process whose death harms no other."""

import selectors
from collections import Counter
from collections.abc import Mapping, Sequence

from widthwise.errors import WorkersLostError
from widthwise.sweeps.plan import Trial
from widthwise.sweeps.workers._child import Child
from widthwise.sweeps.workers._outcome import Limits, Outcome
from widthwise.sweeps.workers._workers import Workers

__all__ = ["LocalProcesses"]

_ATTEMPTS = 3
_WATCH_MEMORY, _WATCH = 0.05, 0.2


class LocalProcesses(Workers):
    """As many processes as asked for, started when there is something to do.

    A process that is killed from outside is replaced, and its trial tried three times
    in all. A trial that breaks the memory limit in a process with a past is tried once
    in a new one: what earlier trials left behind is not its fault.

    Parameters
    ----------
    workers
        The most trials at one time.
    limits
        What each trial may use.
    idle
        Seconds without a trial after which a process ends by itself; 0 for never.
    environment
        Variables that the processes get on top of this one's.
    paths
        Folders with modules, searched after those of this process.
    """

    def __init__(
        self,
        workers: int,
        limits: Limits,
        *,
        idle: float | int = 0,
        environment: Mapping[str, str] | None = None,
        paths: Sequence[str] = (),
    ) -> None:
        self._most = workers
        self._limits = limits
        self._idle_seconds = idle
        self._environment = dict(environment or {})
        self._paths = tuple(paths)
        self._selector = selectors.DefaultSelector()
        self._idle: list[Child] = []
        self._busy: list[Child] = []
        self._deaths: Counter[str] = Counter()
        self._stillborn = 0

    @property
    def place(self) -> str:
        return "1 process" if self._most == 1 else f"{self._most} processes"

    @property
    def room(self) -> int:
        return self._most - len(self._busy)

    def give(self, trial: Trial) -> None:
        while self._idle:
            child = self._idle.pop()
            if self._is_alive(child):
                self._start(trial, child)
                return
        self._start(trial, self._new())

    def wait(self, seconds: float) -> list[tuple[Trial, Outcome]]:
        watch = _WATCH if self._limits.memory is None else _WATCH_MEMORY
        self._selector.select(min(seconds, watch))
        self._idle = [child for child in self._idle if self._is_alive(child)]
        ended = []
        for child in [*self._busy]:
            trial = child.trial
            assert trial is not None
            outcome = child.look()
            if outcome is None:
                continue
            self._busy.remove(child)
            if self._is_alive(child):
                self._idle.append(child)
            if self._deserves_another(trial, child, outcome):
                self._start(trial, self._new())
            else:
                ended.append((trial, self._with_attempts(trial, outcome)))
        return ended

    def close(self) -> None:
        for child in self._busy:
            child.kill()
        for child in self._idle:
            child.stop()
        self._busy, self._idle = [], []
        self._selector.close()

    def _new(self) -> Child:
        try:
            child = Child(
                self._limits,
                idle=self._idle_seconds,
                environment=self._environment,
                paths=self._paths,
            )
        except OSError as error:
            raise WorkersLostError(
                f"No process for trials can be started: {error.strerror or error}. "
                "What was finished is in the store. Ask for fewer workers, or raise "
                "the system's limits (`ulimit -a`)."
            ) from error
        self._selector.register(child, selectors.EVENT_READ)
        self._selector.register(child.printed, selectors.EVENT_READ)
        return child

    def _is_alive(self, child: Child) -> bool:
        """Return whether the process can go on; if not, nothing is heard of it."""
        child.look()
        if child.is_over:
            self._selector.unregister(child)
            self._selector.unregister(child.printed)
        return not child.is_over

    def _start(self, trial: Trial, child: Child) -> None:
        child.give(trial)
        self._busy.append(child)

    def _deserves_another(self, trial: Trial, child: Child, outcome: Outcome) -> bool:
        if outcome.kind == "memory":
            return child.trials > 1
        if outcome.kind != "killed":
            self._stillborn = 0
            return False
        if not child.is_ready:
            self._require_life(child)
            return True
        self._deaths[trial.key] += 1
        return self._deaths[trial.key] < _ATTEMPTS

    def _require_life(self, child: Child) -> None:
        self._stillborn += 1
        if self._stillborn >= _ATTEMPTS:
            said = child.last_words() or "it printed nothing"
            raise WorkersLostError(
                f"A process that runs trials ended as it started, {_ATTEMPTS} times. "
                f"Its last words: {said}"
            )

    def _with_attempts(self, trial: Trial, outcome: Outcome) -> Outcome:
        deaths = self._deaths.pop(trial.key, 0)
        if outcome.kind != "killed":
            return outcome
        return Outcome(
            "killed",
            message=f"{outcome.message} It was tried {deaths} times. Is memory short, "
            "or does the trial end its own process?",
            traceback=outcome.traceback,
            seconds=outcome.seconds,
        )
