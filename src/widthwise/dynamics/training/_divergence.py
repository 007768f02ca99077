"""A run that diverges, recognised as it happens and explained."""

import math

import torch

from widthwise.dynamics.tracking import Trainee, extremes, tangent_matrix
from widthwise.dynamics.training._optimizer import largest_stable_step
from widthwise.dynamics.training._settings import TrainingSettings
from widthwise.errors import MemoryBudgetError, WidthwiseError

__all__ = ["GROWTH", "Divergence", "check", "reason_of"]

GROWTH = 1e6
"""A loss above this many times the larger of ½‖y‖² and the first loss has diverged."""


class Divergence(WidthwiseError):
    """The loss has diverged; raised within a run and caught by it."""

    def __init__(self, loss: float) -> None:
        super().__init__(f"The loss is {loss:.3g}.")
        self.loss = loss


def check(loss: float, limit: float) -> None:
    """Raise if the loss is NaN, infinite or beyond the limit."""
    if not loss <= limit:
        raise Divergence(loss)


def reason_of(
    divergence: Divergence,
    at_start: Trainee,
    asked: TrainingSettings,
    step: float,
    epoch: int,
    first_loss: float,
) -> str:
    """Say why a run diverged, comparing its step with the kernel's limit."""
    size = (
        f"grew to {divergence.loss:.3g}"
        if math.isfinite(divergence.loss)
        else "overflowed"
    )
    said = f"diverged in epoch {epoch}: the loss {size} from {first_loss:.3g}. "
    if asked.optimizer == "adam":
        return said + (
            f"Adam moves each weight by about its step, {step:g}, whatever the "
            "gradient. Take a smaller one."
        )
    try:
        with torch.no_grad():
            _, largest = extremes(tangent_matrix(at_start))
    except MemoryBudgetError:
        return said + f"Take a step smaller than {step:g}."
    limit = largest_stable_step(largest, asked)
    if limit is None or largest <= 0.0:
        return said + f"Take a step smaller than {step:g}."
    name = _limit_name(asked)
    if step > limit:
        return said + (
            f"The step {step:g} is above {name} = {limit:.3g}, where λ_max = "
            f"{largest:.3g} is the largest eigenvalue of the tangent kernel at "
            "initialization. Use step='best' or 'stable', or a smaller number."
        )
    return said + (
        f"The step {step:g} is below {name} = {limit:.3g} of the tangent kernel at "
        "initialization, so the kernel grew on the way. Use a smaller step, and track "
        "'tangent_largest' to see it."
    )


def _limit_name(asked: TrainingSettings) -> str:
    bottom = "λ_max" if asked.weight_decay == 0.0 else "(λ_max + weight decay)"
    if asked.optimizer == "nesterov":
        return f"2(1 + μ)/((1 + 2μ){bottom})"
    return f"2(1 + μ)/{bottom}" if asked.momentum else f"2/{bottom}"
