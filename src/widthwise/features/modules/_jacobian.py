"""The Jacobian of any module in its trainable parameters."""

import torch
from torch import nn

from widthwise.arrays import Array, Float
from widthwise.features.modules._gradients import Route
from widthwise.features.modules._prepared import prepared, undisturbed
from widthwise.features.two_layer import PointsLike
from widthwise.numerics import require

__all__ = ["module_jacobian"]

_CHUNK = 2**26
"""Bytes of Jacobian rows made at a time (64 MiB)."""


def module_jacobian(model: nn.Module, X: PointsLike) -> Float[Array, "n c p"]:
    r"""Return the derivative of every output in every trainable parameter.

    .. math:: J_{i,k,\theta} = \frac{\partial f_k(x_i)}{\partial \theta} .

    Parameters
    ----------
    model, X
        As for `module_tangent_kernel`.

    Returns
    -------
    Shape (n, c, p), float64; c is 1 for a model that returns shape (n,). The columns
    go parameter by parameter in the order of `model.named_parameters()`, each in the
    order of `flatten()`; a shared parameter has one set of columns.

    Raises
    ------
    InvalidArgumentError, DataError
        As `module_tangent_kernel`.
    MemoryBudgetError
        If the n c p numbers do not fit in memory.

    Cost
    ----
    One pass for each output; 8 n c p bytes, written once.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> model = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Linear(4, 1))
    >>> X = torch.eye(2)
    >>> ww.features.module_jacobian(model, X).shape
    torch.Size([2, 1, 17])
    """
    with undisturbed(model):
        checked, (inputs,) = prepared(model, X, every_point=False)
        sizes = {name: each.numel() for name, each in checked.parameters.items()}
        n, c, p = len(inputs), checked.outputs_count, sum(sizes.values())
        require(
            8 * n * c * p,
            f"The Jacobian of {n} points, {c} outputs and {p} parameters",
            "Use module_tangent_kernel, which needs only n x n, or "
            "module_tangent_operator, which needs neither.",
        )
        found = torch.zeros((n, c, p), dtype=torch.float64, device=inputs.device)
        directions = torch.eye(c, dtype=torch.float64, device=inputs.device)
        route = Route(checked)
        size = max(_CHUNK // (8 * c * p), 1)
        for top in range(0, n, size):
            some = inputs[top : top + size]
            with checked.naming_points(inputs):
                gradients = route.checked_gradients(some, directions, sizes)
            start = 0
            for name, entries in sizes.items():
                part = found[top : top + size, :, start : start + entries]
                shape = checked.parameters[name].shape
                for use in gradients.get(name, ()):
                    part += use.gradients(0, shape[0] if shape else 1).flatten(2)
                start += entries
        return found
