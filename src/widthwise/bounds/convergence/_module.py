"""What is known of gradient descent on any module, its curvature estimated."""

import copy
import math

import torch
from torch import nn

from widthwise.arguments import whole_number
from widthwise.arrays import Array, PointsLike, real_tensor
from widthwise.bounds.convergence._descent import Descent, descent_certificate
from widthwise.errors import DataError
from widthwise.features import module_jacobian
from widthwise.seeds import stream

__all__ = ["module_descent"]


def module_descent(
    model: nn.Module,
    points: PointsLike,
    targets: PointsLike,
    *,
    samples: int = 8,
    seed: int = 0,
    step: float | int | None = None,
) -> Descent:
    r"""Say how near any module is to the theorem of `descent_certificate`.

    $s = \sigma_{\min}(J)$, $\|J\|$ and $\|r_0\|$ are those of its own Jacobian with
    respect to every trainable parameter. The Lipschitz constant is the largest of
    $\|J(\theta) - J(\theta_0)\| / \|\theta - \theta_0\|$ at a few θ of the ball of
    radius $8\|r_0\|/s$: an estimate from below, so the answer is never a certificate.
    `two_layer_certificate` has the bound, for the inner layer of a network.

    Parameters
    ----------
    model
        In evaluation mode, outputs of shape (n,) or (n, c). It is left as it is.
    points, targets
        Shapes (n, ...) and (n,) or (n, c).
    samples
        Random directions, beside that of steepest descent.
    seed
        Of the directions.
    step
        η; by default the largest that the theorem covers.

    Raises
    ------
    InvalidArgumentError
        If the module has no such Jacobian (`features.module_jacobian`).
    DataError
        If the targets do not fit the outputs.

    Source
    ------
    Oymak and Soltanolkotabi (2018), arXiv:1812.10004, Corollary 2.2. Cost: 2(samples
    + 1) Jacobians of n c rows and their norms.
    """
    samples = whole_number(samples, "samples", least=0)
    inputs = real_tensor(points, "The points").to(torch.float64)
    moved = copy.deepcopy(model).double().cpu()
    start = _jacobian(moved, inputs)
    with torch.no_grad():
        outputs = moved(inputs)
    wanted = real_tensor(targets, "The targets").to(torch.float64)
    if wanted.numel() != outputs.numel():
        raise DataError(
            f"The targets have {wanted.numel()} numbers and the outputs "
            f"{outputs.numel()}. Pass one target for each output."
        )
    misfit = (outputs.flatten() - wanted.flatten()).to(torch.float64)
    values = torch.linalg.svdvals(start)
    s = float(values[-1]) if start.shape[0] <= start.shape[1] else 0.0
    size = float(misfit.norm())
    radius = 8 * size / s if s > 0 else 1.0
    generator = stream(seed, "bounds/module-descent")
    directions = [start.T @ misfit]
    directions += [
        torch.from_numpy(generator.standard_normal(start.shape[1]))
        for _ in range(samples)
    ]
    changes = [
        _change(moved, inputs, start, each / each.norm() * reach) / reach
        for each in directions
        if float(each.norm()) > 0
        for reach in (radius, 1e-3 * radius)
    ]
    return descent_certificate(
        s,
        float(values[0]) + s / 2,
        max([0.0, *filter(math.isfinite, changes)]),
        size,
        step=step,
    )


def _jacobian(model: nn.Module, inputs: Array) -> Array:
    found = module_jacobian(model, inputs)
    return found.reshape(-1, found.shape[-1])


def _change(model: nn.Module, inputs: Array, start: Array, move: Array) -> float:
    """Return ‖J(θ₀ + move) - J(θ₀)‖ and put the parameters back."""
    trained = [each for each in model.parameters() if each.requires_grad]
    kept = nn.utils.parameters_to_vector(trained).detach().clone()
    nn.utils.vector_to_parameters(kept + move, trained)
    try:
        change = _jacobian(model, inputs) - start
    finally:
        nn.utils.vector_to_parameters(kept, trained)
    return float(torch.linalg.matrix_norm(change, 2))
