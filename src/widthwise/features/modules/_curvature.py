"""The largest eigenvalues of a loss's Hessian and of its Gauss-Newton matrix."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.func import functional_call

from widthwise.arguments import choice, positive, require_finite, whole_number
from widthwise.arrays import Array, Float, real_tensor
from widthwise.equality import equal_by_value
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.features.modules._prepared import PreparedModule, prepared, undisturbed
from widthwise.features.modules._products import (
    forward_differentiable,
    product_by_two_backward_passes,
)
from widthwise.features.two_layer import PointsLike
from widthwise.numerics.lanczos import largest_eigenvalues

__all__ = ["Curvature", "hessian_products", "module_curvature"]

Loss = Callable[[Array, Array], Array]
Products = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Curvature:
    """The largest eigenvalues of a matrix of second derivatives in the parameters.

    Attributes
    ----------
    eigenvalues
        Shape (k,), descending; the first one is the sharpness.
    error_bounds
        Shape (k,): an eigenvalue of the matrix is at least that near.
    products
        How many products with a vector it took.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> X = torch.tensor([[1.0], [-1.0]])
    >>> found = ww.features.module_curvature(torch.nn.Linear(1, 1), X, X[:, 0], count=1)
    >>> found.eigenvalues.shape, bool((found.error_bounds < 1e-3).all())
    (torch.Size([1]), True)
    """

    __eq__ = equal_by_value

    eigenvalues: Float[Array, " k"]
    error_bounds: Float[Array, " k"]
    products: int


def module_curvature(
    model: nn.Module,
    X: PointsLike,
    y: PointsLike,
    *,
    matrix: str = "hessian",
    count: int = 1,
    loss: Loss | None = None,
    tolerance: float | int = 1e-6,
    seed: int = 0,
) -> Curvature:
    r"""Compute the largest eigenvalues of the loss's curvature in the parameters.

    $$H = J^\top L'' J + \sum_i L'_i\, \nabla^2 f_i, \qquad G = J^\top L'' J,$$

    with the loss L of all outputs. Gradient descent with the step η is stable about a
    minimum where the largest eigenvalue of H is below 2/η; trained with a fixed step,
    networks end near it (the edge of stability). For the default loss $L'' = 1$, and G
    has the nonzero eigenvalues of the tangent kernel.

    Parameters
    ----------
    model
        Any module whose trained parameters require gradients; a float64 copy is used.
    X, y
        Points in the shape that the module takes; targets, shape (n,) or (n, c), or
        what the loss takes.
    matrix
        "hessian" for H, "gauss_newton" for G.
    count
        How many eigenvalues.
    loss
        L(outputs, targets), a scalar of the outputs, shape (n, c), and the targets as
        they are given; by default $\frac12 \sum (f - y)^2$.
    tolerance
        Of an eigenvalue, relative to the largest.
    seed
        Of the start of Lanczos's iteration.

    Raises
    ------
    InvalidArgumentError
        If the module cannot be differentiated as it is, the matrix has another name, or
        there are fewer parameters than eigenvalues asked for.
    DataError
        If points or targets do not fit.

    Source
    ------
    Pearlmutter (1994), Neural Computation 6, 147, for the products; Cohen, Kaur, Li,
    Kolter and Talwalkar (2021), arXiv:2103.00065, for the edge of stability.

    Cost
    ----
    Some 30 products, each about four passes over all points, with the graph of one pass
    in memory.

    Examples
    --------
    The loss $\frac12 \sum (w x_i + b - y_i)^2$ has the Hessian
    [[Σx², Σx], [Σx, n]]:

    >>> import torch, widthwise as ww
    >>> X = torch.tensor([[1.0], [-1.0], [2.0], [-2.0]])
    >>> found = ww.features.module_curvature(torch.nn.Linear(1, 1), X, X[:, 0], count=2)
    >>> found.eigenvalues.tolist()
    [10.0, 4.0]
    """
    choice(matrix, "matrix", ("hessian", "gauss_newton"))
    wanted = whole_number(count, "count", least=1, meaning="the eigenvalues wanted")
    relative = positive(tolerance, "tolerance")
    with undisturbed(model):
        checked, (inputs,) = prepared(model, X)
        parameters = list(checked.parameters.values())
        size = sum(each.numel() for each in parameters)
        if wanted > size:
            raise InvalidArgumentError(
                f"count is {wanted} and the module has {size} trained parameters; ask "
                "for no more eigenvalues than that."
            )
        target = _targets(y, checked, inputs, loss)
        measured = loss or _half_squares
        with forward_differentiable():
            if matrix == "hessian":
                value = _value(measured(checked.outputs(inputs), target))
                products = hessian_products(value, parameters)
            else:
                products = _gauss_newton(checked, inputs, target, measured)
            values, errors, taken = largest_eigenvalues(
                products, size, wanted, tolerance=relative, seed=seed
            )
    return Curvature(torch.from_numpy(values), torch.from_numpy(errors), taken)


def hessian_products(
    value: Array, parameters: Sequence[Array], scales: Sequence[float] | None = None
) -> Products:
    r"""Return $v \mapsto D^{1/2} H D^{1/2} v$ by two backward passes.

    H holds the second derivatives of a value that has a graph, D the `scales`, one for
    each parameter, by default 1.
    """
    roots = [float(each) ** 0.5 for each in scales or [1.0] * len(parameters)]
    slopes = torch.autograd.grad(
        value, list(parameters), create_graph=True, allow_unused=True
    )
    curved = [
        (slope, root, place)
        for place, (slope, root) in enumerate(zip(slopes, roots, strict=True))
        if slope is not None and slope.requires_grad
    ]

    def product(vector: np.ndarray) -> np.ndarray:
        parts = _split(vector, parameters)
        found: Sequence[Array | None] = [None] * len(parameters)
        if curved:
            found = torch.autograd.grad(
                [slope for slope, _, _ in curved],
                list(parameters),
                [parts[place] * root for _, root, place in curved],
                retain_graph=True,
                allow_unused=True,
            )
        return _joined(found, parameters, roots)

    return product


def _gauss_newton(
    model: PreparedModule, inputs: Array, target: Array, loss: Loss
) -> Products:
    r"""Return $v \mapsto J^\top L'' J v$."""
    values = {name: each.detach() for name, each in model.parameters.items()}
    parameters = list(model.parameters.values())
    outputs = model.outputs(inputs)
    free = outputs.detach().requires_grad_()
    (slope,) = torch.autograd.grad(_value(loss(free, target)), free, create_graph=True)

    def moved_outputs(moved: Mapping[str, Array]) -> Array:
        answer: Array = functional_call(model.model, dict(moved), (inputs,))
        return answer.reshape(len(inputs), -1)

    def product(vector: np.ndarray) -> np.ndarray:
        tangents = dict(zip(values, _split(vector, parameters), strict=True))
        moved = product_by_two_backward_passes(moved_outputs, values, tangents)
        weighted = torch.zeros_like(free)
        if slope.requires_grad:
            (weighted,) = torch.autograd.grad(
                slope, free, moved.detach(), retain_graph=True
            )
        found = torch.autograd.grad(
            outputs, parameters, weighted, retain_graph=True, allow_unused=True
        )
        return _joined(found, parameters, [1.0] * len(parameters))

    return product


def _split(vector: np.ndarray, parameters: Sequence[Array]) -> list[Array]:
    given = torch.from_numpy(vector).to(parameters[0])
    parts = torch.split(given, [each.numel() for each in parameters])
    return [part.view_as(each) for part, each in zip(parts, parameters, strict=True)]


def _joined(
    found: Sequence[Array | None], parameters: Sequence[Array], roots: Sequence[float]
) -> np.ndarray:
    parts = [
        torch.zeros_like(each) if part is None else part * root
        for part, each, root in zip(found, parameters, roots, strict=True)
    ]
    whole = torch.cat([each.detach().reshape(-1) for each in parts])
    return whole.to(torch.float64).cpu().numpy()


def _targets(
    y: PointsLike, model: PreparedModule, inputs: Array, loss: object
) -> Array:
    found = real_tensor(y, "The targets").to(inputs.device)
    require_finite(found, "the targets")
    if loss is not None:
        return found
    size = len(inputs) * model.outputs_count
    if found.ndim not in (1, 2) or len(found) != len(inputs) or found.numel() != size:
        raise DataError(
            f"The targets have shape {tuple(found.shape)} and there are {len(inputs)} "
            f"points with {model.outputs_count} outputs each. Give one target for each "
            "output."
        )
    return found.to(torch.float64).reshape(len(inputs), -1)


def _half_squares(outputs: Array, targets: Array) -> Array:
    return (outputs - targets).square().sum() / 2


def _value(found: Array) -> Array:
    if found.numel() != 1 or not bool(torch.isfinite(found.detach()).all()):
        raise InvalidArgumentError(
            f"The loss has shape {tuple(found.shape)} and must be one finite number: "
            "the sum or mean over points."
        )
    return found.reshape(())
