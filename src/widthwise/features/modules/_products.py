"""Products of a module's Jacobian with directions of its parameters."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.overrides import TorchFunctionMode

from widthwise.arrays import Array
from widthwise.features.modules._gradients import quiet

__all__ = ["forward_differentiable", "product_by_two_backward_passes"]


@contextmanager
def forward_differentiable() -> Iterator[None]:
    """Take the paths of PyTorch that have forward derivatives, the same values.

    Fused attention has none. The row of an embedding's padding index is a constant, as
    it is for autograd.
    """
    fast_path = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with quiet(), sdpa_kernel(SDPBackend.MATH), _ConstantPadding():
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast_path)


def product_by_two_backward_passes(
    outputs: Callable[[Mapping[str, Array]], Array],
    values: Mapping[str, Array],
    tangents: Mapping[str, Array],
) -> Array:
    r"""Return J u for any map that can be differentiated twice backwards.

    $J^\top w$ is linear in w, and the transposed derivative of that map is J. The
    result is differentiable in u.
    """
    moved = {name: each.detach().requires_grad_() for name, each in values.items()}
    with torch.enable_grad():
        found = outputs(moved)
        weights = torch.zeros_like(found, requires_grad=True)
        slopes = torch.autograd.grad(
            found, list(moved.values()), weights, create_graph=True, allow_unused=True
        )
        pairs = [
            (slope, tangents[name])
            for name, slope in zip(moved, slopes, strict=True)
            if slope is not None and slope.requires_grad
        ]
        if not pairs:
            return torch.zeros_like(found).detach()
        (product,) = torch.autograd.grad(
            [slope for slope, _ in pairs],
            weights,
            [each for _, each in pairs],
            create_graph=any(each.requires_grad for _, each in pairs),
        )
    return product


class _ConstantPadding(TorchFunctionMode):
    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        if func is functional.embedding:
            return _embedding(*args, **(kwargs or {}))
        return func(*args, **(kwargs or {}))


def _embedding(
    input: Array,
    weight: Array,
    padding_idx: int | None = None,
    *rest: Any,
    **named: Any,
) -> Array:
    found: Array = functional.embedding(input, weight, padding_idx, *rest, **named)
    if padding_idx is None:
        return found
    constant: Array = functional.embedding(
        input, weight.detach(), padding_idx, *rest, **named
    )
    is_padding = input == padding_idx % weight.shape[0]
    return torch.where(is_padding[..., None], constant, found)
