"""The matrices of a two-layer network in one pass over its units."""

from collections.abc import Iterator

import torch

from widthwise.arrays import Array
from widthwise.dynamics._tracker_algebra import add_upper_gram, gram, multiply
from widthwise.dynamics._tracker_matrices import Matrices, Signs, Wanted, signs_of
from widthwise.networks import TwoLayer
from widthwise.numerics import require
from widthwise.numerics.linear_algebra import complete_symmetric

__all__ = ["blocks_of_arguments", "two_layer_matrices"]

# Units in a block, 4 MB at 500 points. Few blocks, and one call for all of a block, so
# that a measurement in a second thread seldom asks for the interpreter's lock.
_COLUMNS = 1024


def two_layer_matrices(model: TwoLayer, points: Array, wanted: Wanted) -> Matrices:
    r"""Return what is wanted, from one pass over blocks of units.

    With $Z = a_1 X W^\top + b$ and $S = \sigma'(Z)\, \mathrm{diag}(a_2 v)$, the
    features' Gram matrix $\Phi \Phi^\top = a_2^2 \sigma(Z) \sigma(Z)^\top$ is also the
    outer layer's part of the tangent kernel; the inner layer's is
    $a_1^2 S S^\top \circ (X X^\top + 1_b)$. Each times its factor of the step.
    """
    points = points.to(torch.float64)
    count, inner, outer = len(points), model.inner, model.outer
    has_inner = wanted.kernel and inner.weight.requires_grad
    has_outer = wanted.kernel and outer.weight.requires_grad
    columns = min(_COLUMNS, model.width)
    require(
        8 * count * (5 * count + 4 * columns),
        f"The tangent kernel of {count} points",
        "Take a sample of the rows, or track quantities without a kernel.",
    )

    of_slopes, of_values = (
        torch.zeros((count, count), dtype=torch.float64, device=points.device)
        if is_needed
        else None
        for is_needed in (has_inner, wanted.gram or has_outer)
    )
    memory = torch.empty(count * columns, dtype=torch.float64, device=points.device)
    readout = outer.weight.detach().to(torch.float64) * outer.multiplier
    signs: list[Signs] = []
    start = 0
    for z in blocks_of_arguments(model, points):
        stop = start + z.shape[1]
        if wanted.signs:
            signs.append(signs_of(z))
        if of_slopes is not None:
            slopes = memory[: z.numel()].view_as(z)
            torch.mul(model.act.derivative(z), readout[start:stop], out=slopes)
            add_upper_gram(of_slopes, slopes)
        if of_values is not None:
            add_upper_gram(of_values, model.act(z).contiguous())
        start = stop
    for each in (of_slopes, of_values):
        if each is not None:
            complete_symmetric(each)
    if of_values is not None:
        of_values *= outer.multiplier**2
    kernel = _kernel(model, points, of_slopes, of_values) if wanted.kernel else None
    return Matrices(of_values if wanted.gram else None, kernel, signs)


def blocks_of_arguments(model: TwoLayer, points: Array) -> Iterator[Array]:
    """Yield the pre-activations by blocks of units, in memory that is used again.

    In float64, whatever the network's precision.
    """
    count, layer = len(points), model.inner
    points = points.to(torch.float64)
    memory = torch.empty(
        count * min(_COLUMNS, model.width), dtype=torch.float64, device=points.device
    )
    for start in range(0, model.width, _COLUMNS):
        weights = layer.weight.detach()[start : start + _COLUMNS].to(torch.float64)
        z = memory[: count * len(weights)].view(count, len(weights))
        multiply(points, weights, out=z)
        if layer.multiplier != 1.0:
            z *= layer.multiplier
        if layer.bias is not None:
            shifts = layer.bias.detach()[start : start + _COLUMNS]
            z += shifts * layer.bias_multiplier
        yield z


def _kernel(
    model: TwoLayer, points: Array, of_slopes: Array | None, of_values: Array | None
) -> Array:
    total = torch.zeros(
        (len(points), len(points)), dtype=torch.float64, device=points.device
    )
    if of_slopes is not None:
        inputs = gram(points)
        if model.inner.bias is not None:
            inputs += 1.0
        factor = model.inner.rate * model.inner.multiplier**2
        total.add_(of_slopes.mul_(inputs), alpha=factor)
    if of_values is not None and model.outer.weight.requires_grad:
        total.add_(of_values, alpha=model.outer.rate)
    return total
