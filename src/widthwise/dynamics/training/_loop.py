"""The loop over epochs: measure, step, keep the state, stop when it diverges."""

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import torch

from widthwise.arrays import Array
from widthwise.dynamics.tracking import (
    Tracker,
    Trainee,
    Units,
    outputs_now,
    units_of,
)
from widthwise.dynamics.training._checkpoint import Checkpoint, CheckpointFolder
from widthwise.dynamics.training._divergence import GROWTH, Divergence, check, reason_of
from widthwise.dynamics.training._forecast import Forecast
from widthwise.dynamics.training._optimizer import optimizer_for, set_step
from widthwise.dynamics.training._settings import TrainingSettings
from widthwise.dynamics.training._state import TrainState
from widthwise.errors import (
    InvalidArgumentError,
    OutsideDomainError,
    WidthwiseError,
)
from widthwise.progress import Progress
from widthwise.prose import message, say
from widthwise.seeds import stream

__all__ = ["Callback", "TrainLoop"]

Callback = Callable[[int, Mapping[str, float | Array]], object]
"""Told an epoch and what was measured; True ends the run."""


class _Reached(Exception):
    """The run has come far enough; the message says in what way."""


@dataclass
class TrainLoop:
    """One run: what it trains, how, and what it has measured so far.

    `entries` are pairs of an epoch and its quantities, in the order of the epochs.
    """

    trained: Trainee
    asked: TrainingSettings
    step: float
    tracker: Tracker
    progress: Progress
    folder: CheckpointFolder | None
    every: int
    callback: Callback | None = None
    forecast: Forecast | None = None
    entries: list[tuple[int, dict[str, Array]]] = field(default_factory=list)
    stopped: str | None = None
    diverged: bool = False

    def __post_init__(self) -> None:
        self._optimizer = optimizer_for(self.trained, self.asked, self.step)
        self._state = TrainState(self.trained, self._optimizer)
        self._at_start = {k: each.clone() for k, each in self._state.tensors.items()}
        self._measured = (0, self._at_start)
        self._first_loss = _finite(self._loss_now())
        targets = self.trained.targets.to(torch.float64)
        self._targets_norm = float(torch.linalg.vector_norm(targets))
        size = max(self._first_loss, self._targets_norm**2 / 2)
        self._limit = GROWTH * (size if size > 0.0 else 1.0)
        self._last_loss = self._first_loss

    @property
    def finished_epochs(self) -> int:
        """How many whole epochs the network has been trained for."""
        return self._state.epoch

    def resume(self, found: Checkpoint) -> None:
        """Go on from a checkpoint."""
        self.entries.extend(zip(found.epochs, found.history, strict=True))
        self._state.load(found.epoch, found.tensors)

    def run(self) -> None:
        """Run to the last epoch, the tolerance, or divergence.

        On KeyboardInterrupt the model is left as after the last whole epoch, and that
        state is saved.
        """
        start, epoch = self._state.epoch, self._state.epoch
        try:
            for epoch in range(start, self.asked.epochs):
                self._epoch(epoch)
                done = epoch + 1
                self.progress(
                    done / self.asked.epochs,
                    say(
                        "epoch {:,} of {:,}, loss {:4}",
                        done,
                        self.asked.epochs,
                        self._last_loss,
                    ),
                )
            epoch = self.asked.epochs
            self._look(epoch)
            self._keep(epoch)
        except Divergence as divergence:
            self._state.restore()
            self._explain(divergence)
        except OutsideDomainError as error:
            self._state.restore()
            self.stopped = say(
                "in epoch {:,}, an argument left σ's domain. {}", epoch, message(error)
            )
        except _Reached as reached:
            self._keep(epoch)
            self.stopped = say("{} after {:,} epochs", message(reached), epoch)
        except KeyboardInterrupt:
            self._state.restore()
            self._save()
            raise
        self._save()

    def _epoch(self, epoch: int) -> None:
        trained, asked = self.trained, self.asked
        set_step(self._optimizer, self.step * asked.decay**epoch)
        is_tracked = epoch % (asked.track_every or 1) == 0
        if asked.batch_size is None:
            outputs = trained.outputs(trained.points)
            self._judge(epoch, outputs, is_tracked)
            self._keep(epoch)
            self._descend(outputs, trained.targets)
            return
        if is_tracked:
            self._look(epoch)
        else:
            for each in trained.parameters.values():
                check(abs(float(each.detach().sum())), float("inf"))
        self._keep(epoch)
        if is_tracked and asked.track_every != 1:
            kept = {k: each.clone() for k, each in self._state.tensors.items()}
            self._measured = (epoch, kept)
        self._batches(epoch, asked.batch_size)

    def _batches(self, epoch: int, size: int) -> None:
        trained = self.trained
        generator = stream(self.asked.seed, "training/order", epoch)
        order = torch.from_numpy(generator.permutation(len(trained.points)))
        for rows in torch.split(order.to(trained.points.device), size):
            outputs = trained.outputs(trained.points[rows])
            self._descend(outputs, trained.targets[rows])

    def _descend(self, outputs: Array, targets: Array) -> None:
        loss = (outputs - targets).square().sum() / 2
        check(float(loss.detach()), self._limit)
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()

    def _look(self, epoch: int) -> None:
        """Judge and measure the present state, in one forward pass where that fits."""
        units = units_of(self.trained)
        self._judge(epoch, outputs_now(self.trained, units), True, units)

    def _judge(
        self,
        epoch: int,
        outputs: Array,
        is_tracked: bool,
        units: Units | None = None,
    ) -> None:
        loss = float(self.trained.loss(outputs))
        check(loss, self._limit)
        self._last_loss = loss
        if not is_tracked:
            return
        found = self._measured_now(epoch, outputs, units)
        self.entries.append((epoch, found))
        if self._is_reached(loss):
            raise _Reached(f"the relative residual is at most {self.asked.tolerance:g}")
        if self.callback is None:
            return
        told = {k: each if each.ndim else float(each) for k, each in found.items()}
        answer = self.callback(epoch, told)
        if isinstance(answer, bool) and answer:
            raise _Reached("the callback ended the run")

    def _measured_now(
        self, epoch: int, outputs: Array, units: Units | None = None
    ) -> dict[str, Array]:
        found = self.tracker.measure(outputs, units)
        return found if self.forecast is None else found | self.forecast.after(epoch)

    def _is_reached(self, loss: float) -> bool:
        tolerance = self.asked.tolerance
        if tolerance is None:
            return False
        return bool((2 * loss) ** 0.5 <= tolerance * self._targets_norm)

    def _keep(self, epoch: int) -> None:
        self._state.capture(epoch)
        if epoch % self.every == 0 and epoch > 0:
            self._save()

    def _save(self) -> None:
        if self.folder is None:
            return
        # What is measured at the state's own epoch is measured again on resuming.
        kept = [each for each in self.entries if each[0] < self._state.epoch]
        self.folder.save(
            Checkpoint(
                self._state.epoch,
                self.step,
                self._state.tensors,
                [epoch for epoch, _ in kept],
                [found for _, found in kept],
            )
        )

    def _explain(self, divergence: Divergence) -> None:
        # Between measurements only single batches were looked at, so the state that was
        # kept last may overflow on the others; then the one before it counts, or the
        # one measured last, which is known to be finite.
        if not self._is_finite():
            self._state.step_back()
        if not self._is_finite():
            self._state.load(*self._measured)
        kept = {name: each.clone() for name, each in self._state.tensors.items()}
        finished = self._state.epoch
        self._state.load(0, self._at_start)
        self.stopped = reason_of(
            divergence,
            self.trained,
            self.asked,
            self.step,
            finished + 1,
            self._first_loss,
        )
        self._state.load(finished, kept)
        self.diverged = True
        # A run resumed from a state that overflows has measured none since its start.
        self.entries = [each for each in self.entries if each[0] <= finished]
        # The network that is returned is measured, too.
        if self.entries[-1][0] < finished:
            with suppress(WidthwiseError):  # a kernel of it may overflow
                found = self._measured_now(finished, outputs_now(self.trained))
                self.entries.append((finished, found))

    def _is_finite(self) -> bool:
        return math.isfinite(self._loss_now())

    def _loss_now(self) -> float:
        return float(self.trained.loss(outputs_now(self.trained)))


def _finite(loss: float) -> float:
    if not math.isfinite(loss):
        raise InvalidArgumentError(
            f"The loss at initialization is {loss}: the sum of squares of f - y "
            "overflows float64. Scale the targets, the points or the initial weights "
            "down."
        )
    return loss
