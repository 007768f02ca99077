"""PyTorch's optimizers for a trainee, and the step that its kernel asks for."""

from typing import Any

import torch

from widthwise.arrays import Array
from widthwise.dynamics.tracking import Trainee, least_nonzero, tangent_matrix
from widthwise.dynamics.training._settings import TrainingSettings
from widthwise.errors import InvalidArgumentError

__all__ = [
    "largest_stable_step",
    "optimizer_for",
    "optimizer_tensors",
    "resolve_step",
    "set_step",
]


def resolve_step(trained: Trainee, asked: TrainingSettings) -> tuple[float, Any]:
    r"""Return the step as a number, and the tangent kernel if it was needed.

    With the eigenvalues of the tangent kernel at initialization ($\lambda_n$ the least
    nonzero one), each plus the weight decay: "best" is $2 / (\lambda_1 + \lambda_n)$,
    with Nesterov's momentum $4 / (3 \lambda_1 + \lambda_n)$ (Lessard, Recht and Packard
    2016, arXiv:1408.3595); "stable" is $1 / \lambda_1$.
    """
    if not isinstance(asked.step, str):
        return asked.step, None
    kernel = tangent_matrix(trained)
    smallest, largest = least_nonzero(kernel)
    if largest <= 0.0:
        raise InvalidArgumentError(
            "The tangent kernel at initialization is zero: no parameter moves an "
            "output. Give the step as a number, or other initial weights."
        )
    largest += asked.weight_decay
    smallest += asked.weight_decay
    if asked.step == "stable":
        return 1.0 / largest, kernel
    if asked.optimizer == "nesterov":
        return 4.0 / (3.0 * largest + smallest), kernel
    return 2.0 / (largest + smallest), kernel


def largest_stable_step(largest: float, asked: TrainingSettings) -> float | None:
    r"""Return the supremum of the steps that converge on a quadratic, None for Adam.

    $2/\lambda$ for gradient descent, $2(1 + \mu)/\lambda$ with heavy-ball momentum,
    $2(1 + \mu)/((1 + 2\mu)\lambda)$ with Nesterov's, $\lambda = \lambda_1 + w$: where
    a root of the two-term recurrence passes through -1.
    """
    if asked.optimizer == "adam":
        return None
    limit = 2.0 * (1.0 + asked.momentum)
    if asked.optimizer == "nesterov":
        limit /= 1.0 + 2.0 * asked.momentum
    return limit / (largest + asked.weight_decay)


def optimizer_for(
    trained: Trainee, asked: TrainingSettings, step: float
) -> torch.optim.Optimizer:
    """Return the optimizer, one group for each factor of the step."""
    rates = trained.adam_rates if asked.optimizer == "adam" else trained.rates
    groups: list[dict[str, Any]] = []
    for rate in dict.fromkeys(rates.values()):
        members = [
            each for name, each in trained.parameters.items() if rates[name] == rate
        ]
        groups.append({"params": members, "lr": step * rate, "rate": rate})
    if asked.optimizer == "adam":
        return torch.optim.Adam(groups, lr=step, weight_decay=asked.weight_decay)
    return torch.optim.SGD(
        groups,
        lr=step,
        momentum=asked.momentum,
        weight_decay=asked.weight_decay,
        nesterov=asked.optimizer == "nesterov",
    )


def set_step(optimizer: torch.optim.Optimizer, step: float) -> None:
    """Give every group its share of this step."""
    for group in optimizer.param_groups:
        group["lr"] = step * group["rate"]


def optimizer_tensors(
    optimizer: torch.optim.Optimizer, trained: Trainee
) -> dict[str, Array]:
    """Return the optimizer's memory (momentum, moments, counts) by name."""
    return {
        f"{name}/{key}": value
        for name, parameter in trained.parameters.items()
        for key, value in optimizer.state.get(parameter, {}).items()
        if isinstance(value, torch.Tensor)
    }
