"""What a training run is asked to do, checked before anything moves."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from widthwise import arguments
from widthwise.arguments import real_number, whole_number
from widthwise.dynamics.tracking import (
    FURTHER_QUANTITIES,
    OF_TEST_POINTS,
    PREDICTED,
    QUANTITIES,
)
from widthwise.errors import InvalidArgumentError, unknown_name

__all__ = ["OPTIMIZERS", "TrainingSettings", "training_settings"]

OPTIMIZERS = ("gd", "sgd", "momentum", "nesterov", "adam")
"""The names that `train` takes."""

STEPS = ("best", "stable")


@dataclass(frozen=True)
class TrainingSettings:
    """A checked request; `step` is a name or a number, `batch_size` None for all.

    `track_every` is None until "auto" is resolved.
    """

    optimizer: str
    step: str | float
    epochs: int
    batch_size: int | None
    momentum: float
    weight_decay: float
    decay: float
    tolerance: float | None
    track: tuple[str, ...]
    track_every: int | None
    seed: int


def training_settings(
    *,
    count: int,
    has_test: bool,
    optimizer: Any,
    step: Any,
    epochs: Any,
    batch_size: Any,
    momentum: Any,
    weight_decay: Any,
    decay: Any,
    tolerance: Any,
    track: Any,
    track_every: Any,
    seed: Any,
) -> TrainingSettings:
    """Check what was asked, for that many points."""
    if optimizer not in OPTIMIZERS:
        raise unknown_name("optimizer", str(optimizer), OPTIMIZERS)
    found = TrainingSettings(
        optimizer=optimizer,
        step=_step(step, optimizer),
        epochs=whole_number(epochs, "epochs", least=1),
        batch_size=_batch_size(batch_size, optimizer, count),
        momentum=_momentum(momentum, optimizer),
        weight_decay=real_number(weight_decay, "weight_decay", least=0),
        decay=_decay(decay),
        tolerance=(
            None if tolerance is None else real_number(tolerance, "tolerance", above=0)
        ),
        track=_track(track, has_test),
        track_every=_interval(track_every),
        seed=arguments.seed(seed),
    )
    _require_closed_form(found)
    return found


def _require_closed_form(asked: TrainingSettings) -> None:
    """Refuse a prediction of what has none."""
    predicted = [name for name in asked.track if name in PREDICTED]
    if not predicted:
        return
    for is_so, what in (
        (asked.optimizer == "adam", "Adam's steps"),
        (asked.batch_size is not None, f"batches of {asked.batch_size} points"),
        (asked.weight_decay > 0.0, f"weight_decay={asked.weight_decay:g}"),
        (asked.decay < 1.0, f"decay={asked.decay:g}"),
    ):
        if is_so:
            raise InvalidArgumentError(
                f"{predicted[0]!r} is tracked, and training with {what} has no closed "
                "form. Use 'gd', 'momentum' or 'nesterov' at a constant step with all "
                "points, or leave the prediction out."
            )


def _step(step: Any, optimizer: str) -> str | float:
    if isinstance(step, str):
        if step not in STEPS:
            raise unknown_name("step", step, STEPS)
        if optimizer == "adam":
            raise InvalidArgumentError(
                f"The step {step!r} is that of gradient descent, from the eigenvalues "
                "of the tangent kernel; Adam has none. Give a number, such as 1e-3."
            )
        return step
    return real_number(step, "step", above=0)


def _batch_size(batch_size: Any, optimizer: str, count: int) -> int | None:
    if batch_size is None:
        if optimizer == "sgd":
            raise InvalidArgumentError(
                "Stochastic gradient descent needs batch_size, such as 10. With all "
                "points in each step it is optimizer='gd'."
            )
        return None
    size = whole_number(
        batch_size,
        "batch_size",
        least=1,
        most=count,
        meaning=f"since there are {count} points",
    )
    if optimizer == "gd" and size < count:
        raise InvalidArgumentError(
            f"optimizer='gd' takes all {count} points in each step, not {size}. Use "
            "'sgd'."
        )
    return None if size == count else size


def _momentum(momentum: Any, optimizer: str) -> float:
    if momentum is None:
        return 0.9 if optimizer in ("momentum", "nesterov") else 0.0
    if optimizer in ("gd", "adam"):
        raise InvalidArgumentError(
            f"optimizer={optimizer!r} takes no momentum. Use 'momentum', 'nesterov' or "
            "'sgd'."
        )
    found = real_number(
        momentum, "momentum", least=0, below=1, advice="A usual one is 0.9."
    )
    if optimizer == "nesterov" and found == 0.0:
        raise InvalidArgumentError(
            "Nesterov's momentum of 0 is gradient descent. Use optimizer='gd'."
        )
    return found


def _decay(decay: Any) -> float:
    return real_number(
        decay,
        "decay",
        above=0,
        most=1,
        meaning="by which the step is multiplied after each epoch",
        advice="A usual one is 0.99.",
    )


def _track(track: Any, has_test: bool) -> tuple[str, ...]:
    names = (track,) if isinstance(track, str) else track
    if not isinstance(names, Iterable):
        raise InvalidArgumentError(
            f"track is {track!r}; it must be names such as ('loss', 'distance')."
        )
    found = list(dict.fromkeys(names))
    for each in found:
        known = {**QUANTITIES, **FURTHER_QUANTITIES}
        if each not in known:
            raise unknown_name("tracked quantity", str(each), known)
    of_test = [name for name in found if name in OF_TEST_POINTS]
    if of_test and not has_test:
        raise InvalidArgumentError(
            f"{of_test[0]!r} is tracked and there are no test points. Give "
            "test=(X_test, y_test)."
        )
    return tuple(found if of_test or not has_test else [*found, "test_loss"])


def _interval(track_every: Any) -> int | None:
    if isinstance(track_every, str):
        if track_every != "auto":
            raise unknown_name("interval of tracking", track_every, ("auto",))
        return None
    return whole_number(track_every, "track_every", least=1)
