"""What a Dask worker does with a trial: run it in a process of its own, and answer."""

import atexit
import json
import os
from collections.abc import Mapping
from dataclasses import astuple, replace
from importlib.metadata import version
from typing import Any

from widthwise.errors import WorkersLostError
from widthwise.sweeps.plan import Trial, decode, encode
from widthwise.sweeps.workers._outcome import Limits, Outcome
from widthwise.sweeps.workers._processes import LocalProcesses

__all__ = ["answer_of", "carry_out", "job_of"]

_IDLE = 60.0
_TICK = 0.2
_DATA = "WIDTHWISE_DATA"
_RESTING: dict[Any, list[LocalProcesses]] = {}


def job_of(trial: Trial, limits: Limits, paths: list[str]) -> str:
    """Return what `carry_out` reads, as JSON."""
    return json.dumps(
        {
            "widthwise": version("widthwise"),
            "trial": trial.text,
            "folder": trial.folder,
            "limits": astuple(limits),
            "paths": paths,
            "data": os.environ.get(_DATA),
        }
    )


def answer_of(text: str) -> Outcome:
    """Return how the trial ended, from what `carry_out` returned."""
    found = json.loads(text)
    result = None if found["result"] is None else decode(found["result"])
    return Outcome(**{**found, "result": result})


def carry_out(job: str) -> str:
    """Run a trial on a Dask worker; both sides are JSON.

    The time and memory limits hold here as everywhere. When nobody wants the result
    any more, since the sweep was stopped or has died, so is the trial.
    """
    asked = json.loads(job)
    _require_version(asked["widthwise"])
    limits = Limits(*asked["limits"])
    environment = _environment(asked["data"])
    paths = tuple(asked["paths"])
    resting = _RESTING.setdefault((limits, paths), [])
    try:
        processes = resting.pop()
    except IndexError:
        processes = LocalProcesses(
            1, limits, idle=_IDLE, environment=environment, paths=paths
        )
    trial = replace(Trial.from_text(asked["trial"]), folder=asked["folder"])
    outcome = _outcome(processes, trial)
    if outcome is None:
        processes.close()
        return json.dumps(None)
    resting.append(processes)
    result = None if outcome.result is None else encode(outcome.result)
    return json.dumps({**vars(outcome), "result": result})


def _outcome(processes: LocalProcesses, trial: Trial) -> Outcome | None:
    """Return how the trial ended, or None when it was not wanted any more."""
    wanted = _Wanted()
    processes.give(trial)
    while wanted:
        for _, outcome in processes.wait(_TICK):
            return outcome
    return None


class _Wanted:
    """Whether the task of this thread has not been cancelled."""

    def __init__(self) -> None:
        from distributed import get_worker

        self._worker = get_worker()
        self._key = self._worker.get_current_task()

    def __bool__(self) -> bool:
        task = self._worker.state.tasks.get(self._key)
        return task is not None and task.state != "cancelled"


def _require_version(wanted: str) -> None:
    here = version("widthwise")
    if wanted != here:
        raise WorkersLostError(
            f"the sweep runs widthwise {wanted}, and this worker {here}."
        )


def _environment(data: str | None) -> Mapping[str, str]:
    """Return where the data sets are, unless this machine knows better."""
    return {} if data is None or _DATA in os.environ else {_DATA: data}


@atexit.register
def _close_all() -> None:
    for resting in _RESTING.values():
        for each in resting:
            each.close()
