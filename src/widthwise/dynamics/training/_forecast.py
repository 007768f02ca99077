"""The run that the tangent kernel at initialization predicts, in closed form."""

import copy
from dataclasses import dataclass, replace

import torch

from widthwise.arrays import Array, Float
from widthwise.dynamics.linear import (
    Prediction,
    gradient_descent,
    heavy_ball,
    linear_model_from_kernel,
    nesterov,
)
from widthwise.dynamics.tracking import Trainee, outputs_now, tangent_matrix
from widthwise.dynamics.training._settings import TrainingSettings

__all__ = ["Forecast", "forecast"]


@dataclass(frozen=True, eq=False)
class Forecast:
    """A predicted run, asked for the losses that are tracked.

    Attributes
    ----------
    prediction
        One output for each pair of a point and an output of the network.
    elsewhere
        The targets of the test points in that order, or None.
    """

    prediction: Prediction
    elsewhere: Float[Array, " t"] | None

    def after(self, epoch: int) -> dict[str, Array]:
        """Return the predicted losses after so many epochs, by name."""
        found = {"predicted_loss": float(self.prediction.loss(epoch))}
        if self.elsewhere is not None:
            gap = self.prediction.test(epoch) - self.elsewhere
            found["predicted_test_loss"] = float(gap.square().sum()) / 2
        return {k: torch.tensor(v, dtype=torch.float64) for k, v in found.items()}


def forecast(
    trained: Trainee, test: Trainee | None, asked: TrainingSettings, step: float
) -> Forecast:
    r"""Predict training of the network linearized at its parameters of now.

    .. math:: f_k = f_0 + (I - p_k(\Theta))(y - f_0), \qquad
        f'_k = f'_0 + \Theta' \Theta^+ (I - p_k(\Theta))(y - f_0)

    with the tangent kernel Θ between the points, Θ' between test points and them, and
    the residual polynomial $p_k$ of the optimizer.

    Raises
    ------
    InvalidArgumentError
        If the step is too large for the linearized network.
    MemoryBudgetError
        If the kernel between all points does not fit in memory.

    Source
    ------
    Lee, Xiao et al. (2019), arXiv:1902.06720, eq. 8-11.

    Cost
    ----
    The tangent kernel of all points, with the test points, and 9 n³ operations.
    """
    exact = _in_double(trained)
    if test is not None:
        others = replace(exact, points=test.points.to(exact.points.dtype))
        others = replace(others, targets=test.targets.to(exact.targets.dtype))
        whole = replace(
            exact,
            points=torch.cat([exact.points, others.points]),
            targets=torch.cat([exact.targets, others.targets]),
        )
        elsewhere = outputs_now(others).cpu()
    else:
        whole, elsewhere = exact, None
    kernel = tangent_matrix(whole).cpu()
    start, targets = outputs_now(exact).cpu(), exact.targets.cpu()
    size = targets.numel()
    model = linear_model_from_kernel(
        kernel[:size, :size].contiguous(),
        targets.reshape(-1),
        test_kernel=None if elsewhere is None else kernel[size:, :size],
        initial=start.reshape(-1),
        test_initial=None if elsewhere is None else elsewhere.reshape(-1),
    )
    if asked.optimizer == "nesterov":
        found = nesterov(model, step, asked.momentum, looks_ahead=True)
    elif asked.momentum:
        found = heavy_ball(model, step, asked.momentum)
    else:
        found = gradient_descent(model, step)
    rest = whole.targets[len(targets) :].reshape(-1).cpu()
    return Forecast(found, rest if len(rest) else None)


def _in_double(trained: Trainee) -> Trainee:
    """Return a copy in float64, so that the kernel is one but for its rounding."""
    points = trained.points
    return replace(
        trained,
        model=copy.deepcopy(trained.model).double(),
        points=points.double() if points.is_floating_point() else points,
        targets=trained.targets.double(),
    )
