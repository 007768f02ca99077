"""Measuring in a second thread, while the training goes on."""

import copy
import math
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache

import torch
from threadpoolctl import ThreadpoolController

from widthwise.arrays import Array
from widthwise.dynamics.tracking import COSTLY, Tracker, Trainee
from widthwise.dynamics.training._settings import TrainingSettings
from widthwise.networks import FullyConnected, TwoLayer

__all__ = ["Measurements", "blas_limited", "measuring_threads"]

_WAITING = 2
"""Snapshots that wait, beside the one that is measured."""

_Later = Future[dict[str, Array] | None]
"""Quantities by name; None for a state that is not to be measured."""


def measuring_threads(trained: Trainee, asked: TrainingSettings) -> tuple[int, bool]:
    """Return how many threads measure, and whether beside the training.

    A step on a batch keeps one core busy, a step on all points those of PyTorch; what
    is left can measure. Where a second thread may measure, the count is that even if it
    was not asked to, so that the numbers are the same. A caller's module or activation
    stays in its own thread: its code may keep memory between calls, and the random
    states that are put back around it belong to the process.
    """
    most = torch.get_num_threads()
    spare = _cores() - (most if asked.batch_size is None else 1)
    model = trained.model
    is_ours = isinstance(model, TwoLayer | FullyConnected) and _is_ours(model)
    is_costly = bool(set(asked.track) & COSTLY)
    if spare >= 1 and is_ours and is_costly:
        return min(most, spare), True
    return most, False


@contextmanager
def blas_limited(threads: int) -> Iterator[None]:
    """Let NumPy's BLAS use at most so many threads; never more than before.

    Its limit is the process's, not a thread's, so it is set once around a whole run.
    """
    libraries = _blas()
    present = [each.num_threads for each in libraries.lib_controllers]
    if all(each <= threads for each in present):
        yield
        return
    with libraries.limit(limits=threads):
        yield


@dataclass(frozen=True)
class _Snapshot:
    """All that a measurement needs of a state; no outputs where they are to be made."""

    parameters: list[Array]
    outputs: Array | None


class Measurements:
    """What was measured so far, in the order of the epochs.

    Beside the training, each measurement gets a copy of the parameters and works on a
    copy of the network. At most `_WAITING` copies wait; where there is no place for
    another, the training's own thread measures, so that both cores stay busy.

    Attributes
    ----------
    entries
        Pairs of an epoch and its quantities. Complete after `finish`.
    """

    def __init__(
        self,
        trained: Trainee,
        names: tuple[str, ...],
        kernel_at_start: Array | None,
        threads: int,
        is_beside: bool,
    ) -> None:
        self.entries: list[tuple[int, dict[str, Array]]] = []
        self._trained = trained
        self._threads = threads
        with _torch_threads(threads):
            self._tracker = Tracker(trained, names, kernel_at_start)
        self._pending: deque[tuple[int, _Later]] = deque()
        self._loss: Future[float] = Future()
        self._pool: ThreadPoolExecutor | None = None
        self._spare: deque[list[Array]] = deque()
        if is_beside:
            self._twin = _twin(trained)
            self._tracker_of_twin = self._tracker.of(self._twin)
            self._pool = ThreadPoolExecutor(1, "widthwise-tracker")

    def is_idle(self) -> bool:
        """Whether there is a second thread, with nothing to do."""
        return self._pool is not None and self._copies() == 0

    def add(self, epoch: int, outputs: Array) -> None:
        """Measure the present state, now or soon, from its outputs.

        Raises
        ------
        Whatever an earlier measurement raised; none after it is kept.
        """
        self._collect_done()
        if self._pool is None or self._copies() > _WAITING:
            with torch.no_grad(), _torch_threads(self._threads):
                found = self._tracker.measure(outputs)
            now: _Later = Future()
            now.set_result(found)
            self._pending.append((epoch, now))
        else:
            snapshot = self._snapshot(outputs.detach().clone())
            later = self._pool.submit(self._measure, snapshot, None, math.inf)
            self._pending.append((epoch, later))
        if self._pending[0][1].done():
            self._collect()

    def add_unseen(self, epoch: int, limit: float) -> None:
        """Have an idle second thread measure the present state, outputs included.

        A state with a loss above the limit is not measured. Raises as `add` does.
        """
        assert self._pool is not None  # it is idle
        self._collect_done()
        self._loss = Future()
        snapshot = self._snapshot(None)
        later = self._pool.submit(self._measure, snapshot, self._loss, limit)
        self._pending.append((epoch, later))

    def loss(self) -> float:
        """Return the loss of the state that was last added unseen; waits for it.

        Raises
        ------
        What the forward pass raised.
        """
        return self._loss.result()

    def finish(self) -> None:
        """Wait for what is being measured; raises what it raised."""
        while self._pending:
            self._collect()

    def close(self) -> None:
        """Drop what is waiting, and end the thread."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _copies(self) -> int:
        return sum(not each.done() for _, each in self._pending)

    def _collect_done(self) -> None:
        while self._pending and self._pending[0][1].done():
            self._collect()

    def _collect(self) -> None:
        epoch, future = self._pending[0]
        try:
            found = future.result()
        except Exception:
            for _, each in self._pending:
                if each.cancel():
                    self._loss.cancel()
            self._pending.clear()
            raise
        # An interrupt may come between the two lines; then the next call sees both.
        if found is not None and (not self.entries or self.entries[-1][0] < epoch):
            self.entries.append((epoch, found))
        self._pending.popleft()

    def _snapshot(self, outputs: Array | None) -> _Snapshot:
        present = [each.detach() for each in self._trained.parameters.values()]
        try:
            copies = self._spare.popleft()
        except IndexError:
            copies = [torch.empty_like(each) for each in present]
        for into, each in zip(copies, present, strict=True):
            into.copy_(each)
        return _Snapshot(copies, outputs)

    def _measure(
        self, snapshot: _Snapshot, loss: "Future[float] | None", limit: float
    ) -> dict[str, Array] | None:
        with torch.no_grad(), _torch_threads(self._threads):
            pairs = zip(
                self._twin.parameters.values(), snapshot.parameters, strict=True
            )
            for parameter, values in pairs:
                parameter.data = values
            try:
                outputs = snapshot.outputs
                if outputs is None:
                    outputs = self._seen(loss, limit)
                if outputs is None:
                    return None
                return self._tracker_of_twin.measure(outputs)
            finally:
                self._spare.append(snapshot.parameters)

    def _seen(self, loss: "Future[float] | None", limit: float) -> Array | None:
        """Return the outputs and tell the loss; None if that is not to be measured."""
        assert loss is not None  # outputs are only left out where the loss is awaited
        try:
            outputs = self._tracker_of_twin.outputs()
            found = float(self._twin.loss(outputs))
        except BaseException as error:  # for the training's thread, which waits
            loss.set_exception(error)
            return None
        loss.set_result(found)
        return outputs if found <= limit else None


def _twin(trained: Trainee) -> Trainee:
    model = copy.deepcopy(trained.model)
    parameters = {k: v for k, v in model.named_parameters() if v.requires_grad}
    return replace(trained, model=model, parameters=parameters)


@contextmanager
def _torch_threads(count: int) -> Iterator[None]:
    """Set PyTorch's number of threads for what this thread calls."""
    before = torch.get_num_threads()
    if before == count:
        yield
        return
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _is_ours(model: TwoLayer | FullyConnected) -> bool:
    """Whether measuring the network runs no code but that of this library."""
    written_here = all(
        type(each).__module__.partition(".")[0] == "widthwise"
        for each in (model, model.act)
    )
    is_custom = model.act.constants_are_sampled  # holds a caller's function
    on_cpu = all(each.device.type == "cpu" for each in model.parameters())
    return written_here and not is_custom and on_cpu


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@cache
def _blas() -> ThreadpoolController:
    # Finding the loaded libraries takes 6 ms, so it is done once.
    return ThreadpoolController().select(user_api="blas")
