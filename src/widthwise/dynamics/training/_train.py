"""Train a network for real, and measure what the theory speaks of on the way."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from widthwise.arguments import whole_number
from widthwise.dynamics.tracking import (
    PREDICTED,
    Tracker,
    affordable_interval,
    held_out,
    trainee,
)
from widthwise.dynamics.training._checkpoint import (
    Checkpoint,
    CheckpointFolder,
    identity,
)
from widthwise.dynamics.training._forecast import forecast
from widthwise.dynamics.training._loop import Callback, TrainLoop
from widthwise.dynamics.training._optimizer import resolve_step
from widthwise.dynamics.training._settings import TrainingSettings, training_settings
from widthwise.dynamics.training._trajectory import Trajectory
from widthwise.errors import InvalidArgumentError
from widthwise.features.modules import undisturbed
from widthwise.machine import limited_blas
from widthwise.progress import Progress, silent
from widthwise.prose import say
from widthwise.records import Record, opening, write

__all__ = ["InterruptedTraining", "train"]


class InterruptedTraining(KeyboardInterrupt):
    """Ctrl-C came; `partial` is the trajectory up to the last whole epoch.

    Like every KeyboardInterrupt, it passes through `except Exception`.

    Examples
    --------
    >>> import widthwise as ww
    >>> issubclass(ww.dynamics.InterruptedTraining, KeyboardInterrupt)
    True
    """

    def __init__(self, partial: Trajectory) -> None:
        super().__init__(say("Interrupted: {}.", partial.stopped or ""))
        self.partial = partial


def train(
    network: torch.nn.Module,
    X: Any,
    y: Any,
    *,
    optimizer: str = "gd",
    step: str | float | int = "best",
    epochs: int = 100,
    batch_size: int | None = None,
    momentum: float | int | None = None,
    weight_decay: float | int = 0.0,
    decay: float | int = 1.0,
    tolerance: float | int | None = None,
    track: Sequence[str] | str = ("loss",),
    track_every: int | str = 1,
    seed: int = 0,
    test: Any = None,
    callback: Callback | None = None,
    progress: Progress | None = None,
    checkpoint: str | Path | None = None,
    checkpoint_every: int | None = None,
    in_place: bool = False,
) -> Trajectory:
    r"""Minimise $\tfrac12 \sum_i (f(x_i) - y_i)^2$ over what the network trains.

    A copy is trained; the given module keeps its parameters, buffers, mode and
    gradients, and PyTorch's random state is put back.

    Parameters
    ----------
    network
        One of `widthwise.networks`, or any `torch.nn.Module` with at least one
        parameter that requires gradients. Parameters that do not stay as they are.
    X
        Points, one a row, in the shape that the module takes; brought to its device and
        dtype (integers too, unless it has an embedding).
    y
        Targets, shape (n,), or (n, c) for c outputs.
    optimizer
        "gd", "sgd", "momentum" (heavy ball), "nesterov" or "adam", those of
        `torch.optim`.
    step
        $\eta$: a positive number, or "best", $2/(\lambda_1 + \lambda_n)$, or "stable",
        $1/\lambda_1$, with the largest and the least nonzero eigenvalue of the tangent
        kernel of the trained parameters at initialization; a weight decay is added to
        each eigenvalue. For Nesterov's momentum, which is not stable there, "best" is
        $4/(3 \lambda_1 + \lambda_n)$. Adam needs a number.
    epochs
        Passes over all points, at least 1.
    batch_size
        Points in one step; None for all. Each step follows the gradient of
        $\tfrac12 \sum (f - y)^2$ over its own points, not scaled up, so a step that is
        stable for all points is stable for each batch, and an epoch of small steps
        goes about as far as one step with all points.
    momentum
        $\mu$ in [0, 1); by default 0.9 for "momentum" and "nesterov", 0 for "sgd".
    weight_decay
        w, of the penalty $\tfrac{w}{2} \|\theta\|^2$; not part of the tracked loss.
    decay
        The step is multiplied by it after each epoch; in (0, 1].
    tolerance
        Stop at the first tracked epoch with $\|f - y\| \le$ tolerance $\|y\|$.
    track
        Names of `dynamics.QUANTITIES` and `dynamics.FURTHER_QUANTITIES`, such as
        ("loss", "condition_number").
    track_every
        Measure at every so many epochs, at 0 and at the last. "auto": as often as costs
        about a tenth of the training, by counting operations, so that a run is always
        measured at the same epochs.
    seed
        Of the order of the points in minibatches.
    test
        Points and targets (X, y) that are not trained on. What is asked of them in
        `track` is measured on the way, `test_loss` where nothing is;
        `predicted_test_loss` is that of the network linearized at initialization, in
        closed form, for gradient descent with or without momentum on all points.
    callback
        Called with (epoch, what was measured by name) at each tracked epoch; the run
        ends there if it returns True.
    progress
        Called with (fraction, where the loss is) after each epoch.
    checkpoint
        A folder. The run's state is saved there, and a later call with the same
        network, data and settings goes on from it, with the same bits. More epochs may
        be asked then.
    checkpoint_every
        Epochs between two saves; by default a twentieth of all.
    in_place
        Train the given module itself.

    Returns
    -------
    Trajectory
        With `network` the trained module. A run that diverges ends early, without NaN:
        `diverged` is true, `stopped` says why, and the network is as after the last
        good epoch.

    Raises
    ------
    InvalidArgumentError, UnknownNameError
        If an argument has no meaning, or the module cannot be trained as it is: no
        trained parameters, dropout or batch statistics in training mode, mixed dtypes,
        outputs that mix the points of a batch; or a prediction that has no closed form.
    DataError
        If points or targets do not fit, or a checkpoint is damaged or of another run.
    MemoryBudgetError
        If a kernel that is tracked does not fit in memory.
    InterruptedTraining
        On Ctrl-C, with what was measured; the checkpoint is saved first.

    Source
    ------
    Benson, Damle and Townsend (2020), arXiv:2010.15959, section A.3, for κ along joint
    training; Oymak and Soltanolkotabi (2019), arXiv:1902.04674, for the distance.

    Cost
    ----
    One forward and backward pass a step; a tracked kernel costs n² m operations for
    each layer and (4/3) n³, each time.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> network = ww.networks.TwoLayer(3, 20)
    >>> run = ww.dynamics.train(network, points, points[:, 0], epochs=50)
    >>> bool(run.loss[-1] < run.loss[0])
    True
    """
    if callback is not None and not callable(callback):
        raise InvalidArgumentError(
            f"callback is {callback!r}; a function of an epoch and what was measured "
            "was needed."
        )
    with undisturbed(network):
        trained = trainee(network, X, y, in_place=in_place)
        others = None if test is None else held_out(trained, test)
        asked = training_settings(
            count=len(trained.points),
            has_test=others is not None,
            optimizer=optimizer,
            step=step,
            epochs=epochs,
            batch_size=batch_size,
            momentum=momentum,
            weight_decay=weight_decay,
            decay=decay,
            tolerance=tolerance,
            track=track,
            track_every=track_every,
            seed=seed,
        )
        if asked.track_every is None:
            interval = affordable_interval(
                trained, asked.track, asked.batch_size, others
            )
            asked = replace(asked, track_every=interval)
        every = _every(checkpoint_every, checkpoint, asked.epochs)
        folder, saved = None, None
        if checkpoint is not None:
            folder = CheckpointFolder(
                Path(checkpoint), identity(trained, asked, others)
            )
            saved = folder.load()
        if saved is not None and saved.epoch > asked.epochs:
            raise InvalidArgumentError(
                f"The checkpoint in {checkpoint} is at epoch {saved.epoch} and "
                f"{asked.epochs} were asked. Ask for at least {saved.epoch}."
            )
        # NumPy's and SciPy's BLAS has threads of its own; a caller who limits PyTorch's
        # means all.
        with limited_blas(torch.get_num_threads()):
            kernel = None
            if saved is None:
                resolved, kernel = resolve_step(trained, asked)
            else:
                resolved = saved.step
            predicted = None
            if not set(asked.track).isdisjoint(PREDICTED):
                predicted = forecast(trained, others, asked, resolved)
            loop = TrainLoop(
                trained,
                asked,
                resolved,
                Tracker(trained, asked.track, kernel, others),
                progress or silent,
                folder,
                every,
                callback,
                predicted,
            )
            _run(loop, saved)
    return _trajectory(loop)


def _run(loop: TrainLoop, saved: Checkpoint | None) -> None:
    if saved is not None:
        loop.resume(saved)
    try:
        loop.run()
    except KeyboardInterrupt as interrupt:
        loop.stopped = (
            f"interrupted after {loop.finished_epochs} of {loop.asked.epochs} epochs"
        )
        raise InterruptedTraining(_trajectory(loop)) from interrupt
    finally:
        loop.trained.model.zero_grad(set_to_none=True)


def _every(asked: int | None, checkpoint: str | Path | None, epochs: int) -> int:
    if asked is None:
        return max(1, epochs // 20)
    if checkpoint is None:
        raise InvalidArgumentError(
            f"checkpoint_every is {asked} and no folder was named. Give checkpoint=..."
        )
    return whole_number(asked, "checkpoint_every", least=1)


def _trajectory(loop: TrainLoop) -> Trajectory:
    entries = loop.entries
    measured = {
        name: torch.stack([found[name] for _, found in entries])
        for name in loop.asked.track
        if entries
    }
    epochs = torch.tensor([epoch for epoch, _ in entries], dtype=torch.int64)
    return Trajectory(
        network=loop.trained.model,
        step=loop.step,
        epochs=epochs,
        measured=measured,
        stopped=loop.stopped,
        diverged=loop.diverged,
        record=_record(loop, loop.asked, measured, epochs.numpy()),
    )


def _record(
    loop: TrainLoop,
    asked: TrainingSettings,
    measured: dict[str, torch.Tensor],
    epochs: np.ndarray,
) -> Record:
    points = loop.trained.points
    content: dict[str, Any] = {
        **write(opening("training", asked.seed, None)),
        "complete": loop.stopped is None,
        "stopped": loop.stopped,
        "diverged": loop.diverged,
        "settings": asdict(asked),
        "step": loop.step,
        "network": repr(loop.trained.model),
        "points": list(points.shape),
        "trained_parameters": sum(
            each.numel() for each in loop.trained.parameters.values()
        ),
        "epochs_done": loop.finished_epochs,
    }
    arrays = {name: values.numpy() for name, values in measured.items()}
    return Record(content, {"epochs": epochs, **arrays})
