"""How often tracking is affordable, by counting operations."""

import math

from widthwise.dynamics.tracking._tracker import OF_TEST_POINTS, OF_THE_KERNEL
from widthwise.dynamics.tracking._trained import Trainee
from widthwise.networks import FullyConnected, TwoLayer

__all__ = ["affordable_interval"]

_SHARE = 0.1
"""Of the training time, what tracking may take."""

# Seconds, measured on one core with AVX2 kernels, so that counts of different things
# can be added: a step of PyTorch's loop, a floating-point operation of a matrix
# product, an entry written.
_STEP, _OPERATION, _ENTRY = 1.5e-4, 2.1e-11, 5e-10

_PRODUCTS = 30
"""With the Hessian, until the largest eigenvalue stands."""


def affordable_interval(
    trained: Trainee,
    names: tuple[str, ...],
    batch_size: int | None,
    test: Trainee | None = None,
) -> int:
    """Return the least number of epochs between measurements that costs a tenth.

    It depends on shapes and names alone, so a run always gets the same answer.
    """
    n = len(trained.points)
    steps = 1 if batch_size is None else -(-n // batch_size)
    size = sum(each.numel() for each in trained.model.parameters())
    moved = sum(each.numel() for each in trained.parameters.values())
    epoch = (
        steps * (_STEP + 5 * moved * _ENTRY)
        + 6.0 * n * size * _OPERATION
        + 5.0 * n * _width(trained) * _ENTRY
    )
    cost = _cost(trained, set(names), n, size)
    if test is not None and not set(names).isdisjoint(OF_TEST_POINTS):
        cost += _forward(trained, len(test.points), size)
    return max(1, math.ceil(cost / (_SHARE * epoch)))


def _forward(trained: Trainee, n: int, size: int) -> float:
    return 2.0 * n * size * _OPERATION + n * _width(trained) * _ENTRY


def _cost(trained: Trainee, names: set[str], n: int, size: int) -> float:
    width = _width(trained)
    forward = _forward(trained, n, size)
    eigenvalues = 2.0 * n**3 * _OPERATION
    last = width / _depth(trained)
    gram = float(n) ** 2 * last * _OPERATION + n * last * _ENTRY
    total = forward
    has_gram = False
    if names & OF_THE_KERNEL:
        kernel, has_gram = _kernel(trained, gram, size)
        total += kernel
        if names & {"tangent_smallest", "tangent_largest"}:
            total += eigenvalues
    if "condition_number" in names:
        total += eigenvalues + (0.0 if has_gram else gram)
    if "sharpness" in names:
        total += _PRODUCTS * 12.0 * n * size * _OPERATION
    if "pattern_changes" in names:
        total += n * width * _ENTRY
    return total


def _kernel(trained: Trainee, gram: float, size: int) -> tuple[float, bool]:
    """Return the tangent kernel's cost, and whether it holds the features' Gram."""
    model = trained.model
    if isinstance(model, TwoLayer):
        has_gram = model.trained != "inner"
        return gram * ((model.trained != "outer") + has_gram), has_gram
    if isinstance(model, FullyConnected):
        return 2.0 * _depth(trained) * gram, False
    outputs = trained.targets.numel()
    return (2.0 * outputs**2 + 6.0 * outputs) * size * _OPERATION, False


def _depth(trained: Trainee) -> int:
    model = trained.model
    if isinstance(model, TwoLayer | FullyConnected):
        return len(model.hidden_layers)
    return 1


def _width(trained: Trainee) -> int:
    """Return the units that a point passes; of a module, the outputs of its layers."""
    model = trained.model
    if isinstance(model, TwoLayer | FullyConnected):
        return model.width * len(model.hidden_layers)
    return sum(each.shape[0] for each in model.parameters() if each.ndim > 1)
