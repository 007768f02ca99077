"""What a training run is asked to do, checked before anything moves."""

import math
import operator
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from widthwise.dynamics.tracking import QUANTITIES
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
    """Check what was asked, for that many points.

    Raises
    ------
    UnknownNameError
        If there is no such optimizer, step or tracked quantity.
    InvalidArgumentError
        If a number is outside the range that has a meaning.
    """
    if optimizer not in OPTIMIZERS:
        raise unknown_name("optimizer", str(optimizer), OPTIMIZERS)
    return TrainingSettings(
        optimizer=optimizer,
        step=_step(step, optimizer),
        epochs=_whole(epochs, "epochs", 1),
        batch_size=_batch_size(batch_size, optimizer, count),
        momentum=_momentum(momentum, optimizer),
        weight_decay=_number(weight_decay, "weight_decay", low=0.0),
        decay=_decay(decay),
        tolerance=(
            None
            if tolerance is None
            else _number(tolerance, "tolerance", low=0.0, low_fits=False)
        ),
        track=_track(track),
        track_every=_interval(track_every),
        seed=_seed(seed),
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
    return _number(step, "step", low=0.0, low_fits=False)


def _batch_size(batch_size: Any, optimizer: str, count: int) -> int | None:
    if batch_size is None:
        if optimizer == "sgd":
            raise InvalidArgumentError(
                "Stochastic gradient descent needs batch_size, such as 10. With all "
                "points in each step it is optimizer='gd'."
            )
        return None
    size = _whole(batch_size, "batch_size", 1)
    if size > count:
        raise InvalidArgumentError(
            f"batch_size is {size} and there are {count} points. Take at most {count}."
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
    found = _number(momentum, "momentum", low=0.0)
    if found >= 1.0:
        raise InvalidArgumentError(
            f"momentum is {found:g}; it must be below 1, such as 0.9."
        )
    if optimizer == "nesterov" and found == 0.0:
        raise InvalidArgumentError(
            "Nesterov's momentum of 0 is gradient descent. Use optimizer='gd'."
        )
    return found


def _decay(decay: Any) -> float:
    found = _number(decay, "decay", low=0.0, low_fits=False)
    if found > 1.0:
        raise InvalidArgumentError(
            f"decay is {found:g}; the step is multiplied by it after each epoch, so it "
            "must be at most 1, such as 0.99."
        )
    return found


def _track(track: Any) -> tuple[str, ...]:
    names = (track,) if isinstance(track, str) else track
    if not isinstance(names, Iterable):
        raise InvalidArgumentError(
            f"track is {track!r}; it must be names such as ('loss', 'distance')."
        )
    found = list(dict.fromkeys(names))
    for each in found:
        if each not in QUANTITIES:
            raise unknown_name("tracked quantity", str(each), QUANTITIES)
    return tuple(found)


def _interval(track_every: Any) -> int | None:
    if isinstance(track_every, str):
        if track_every != "auto":
            raise unknown_name("interval of tracking", track_every, ("auto",))
        return None
    return _whole(track_every, "track_every", 1)


def _whole(value: Any, name: str, least: int) -> int:
    try:
        found = least - 1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        found = least - 1
    if found < least:
        raise InvalidArgumentError(
            f"{name} is {value!r}; it must be a whole number of at least {least}."
        )
    return found


def _seed(seed: Any) -> int:
    found = _whole(seed, "seed", 0)
    if found >= 2**64:
        raise InvalidArgumentError(
            f"The seed is {found}; it must be an integer from 0 to 2**64 - 1."
        )
    return found


def _number(value: Any, name: str, *, low: float, low_fits: bool = True) -> float:
    try:
        found = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        found = math.nan
    fits = found >= low if low_fits else found > low
    if not (fits and math.isfinite(found)):
        needed = "at least" if low_fits else "above"
        raise InvalidArgumentError(
            f"{name} is {value!r}; it must be a finite number {needed} {low:g}."
        )
    return found
