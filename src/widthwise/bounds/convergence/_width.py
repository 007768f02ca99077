"""The hidden width at which a module's certificate of convergence would hold."""

import math
from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import nn

from widthwise.arrays import Array, Float
from widthwise.bounds.convergence._descent import WOULD_HOLD
from widthwise.bounds.convergence._fully_connected import Affine
from widthwise.bounds.convergence._layers import LayerNorms, jacobian_lipschitz
from widthwise.networks import FullyConnected, TwoLayer
from widthwise.prose import Prose, say

__all__ = ["width_that_suffices"]

_KINKED = (
    *(nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.PReLU, nn.RReLU, nn.SELU, nn.Threshold),
    *(nn.Hardtanh, nn.Hardsigmoid, nn.Hardswish, nn.Hardshrink, nn.Softshrink),
)
_DOUBLINGS = 400

_KINK = (
    "at no width: the Jacobian of an activation with a kink jumps, so it has no "
    "Lipschitz constant"
)
_UNREAD = (
    "no width is told: the module is not read as a fully connected net, so nothing is "
    "known of its Jacobian at another width"
)
_SCALING = (
    "at no width: with one step for all parameters σ_min(J)²/16L‖r₀‖ does not grow "
    "with the width in the {} parametrization"
)
_ZERO = (
    "no width is told: σ_min(J) is zero here, and what it is at another width is not "
    "known. Leave out equal rows, or draw a net with more hidden units"
)
_KEPT = ", as no theorem with known constants bounds σ_min(J) of a net not yet drawn"


def width_that_suffices(
    model: nn.Module,
    chain: Sequence[Affine] | None,
    norms: Sequence[LayerNorms] | None,
    jacobian: Float[Array, "r p"],
    misfit: float,
) -> tuple[float | None, Prose]:
    r"""Return about the hidden width from which $s^2 \ge 16 L \|r_0\|$, and words.

    A net of the same kind with k times the hidden units is taken to have the norms of
    this one at its start: those of layers, hidden values and slopes, each of a unit
    $k^{-1/2}$ times as large, and of the Jacobian, whose columns of a layer after the
    first are $k^{1/2}$ times as large in the standard parametrization.
    """
    if chain is None or norms is None:
        return None, Prose(_KINK if _has_kinks(model) else _UNREAD)
    is_standard = True
    if isinstance(model, TwoLayer | FullyConnected):
        if model.parametrization not in ("standard", "ntk"):
            return None, say(_SCALING, model.parametrization.replace("_", " "))
        is_standard = model.parametrization == "standard"
    elif any(each.scale != 1 for each in chain):
        return None, Prose(_UNREAD)
    growing = {each.weight.data_ptr() for each in chain[1:]} if is_standard else set()
    first, later = _triangles(model, jacobian, growing)

    def is_enough(k: float) -> bool:
        both = torch.cat([first, math.sqrt(k) * later])
        rank_is_full = len(both) >= both.shape[1]
        s = float(torch.linalg.svdvals(both)[-1]) if rank_is_full else 0.0
        if not s > 1e-12 * float(torch.linalg.matrix_norm(both)):
            return False
        wide = _widened(norms, k, 0.0 if is_standard else 0.5)
        return s**2 >= 16 * misfit * jacobian_lipschitz(wide, 8 * misfit / s)

    low, high = 0.0, 1.0  # of log2 k
    while high < _DOUBLINGS and not is_enough(2.0**high):
        low, high = high, 2 * high
    if high >= _DOUBLINGS:
        return None, Prose(_ZERO)
    while high - low > 0.05:
        middle = (low + high) / 2
        low, high = (low, middle) if is_enough(2.0**middle) else (middle, high)
    needed = math.ceil(max(len(each.weight) for each in chain[:-1]) * 2.0**high)
    return float(needed), say(WOULD_HOLD, needed) + _KEPT


def _triangles(
    model: nn.Module, jacobian: Float[Array, "r p"], growing: set[int]
) -> tuple[Array, Array]:
    """Return R of the Jacobian's columns that do not grow with the width, and do."""
    chosen = [
        torch.full((each.numel(),), each.data_ptr() in growing)
        for each in model.parameters()
        if each.requires_grad
    ]
    grows = torch.cat(chosen)
    parts = (jacobian[:, ~grows], jacobian[:, grows])
    first, later = (torch.linalg.qr(each.T, mode="r").R for each in parts)
    return first, later


def _widened(
    norms: Sequence[LayerNorms], k: float, power: float
) -> tuple[LayerNorms, ...]:
    """Return the norms at k times the hidden units, where a falls like this power."""
    found = [norms[0]]
    for place, each in enumerate(norms[1:], start=1):
        is_last = place == len(norms) - 1
        found.append(
            replace(
                each,
                column=each.column / (math.sqrt(k) if is_last else 1.0),
                inputs=each.inputs * k ** (0.5 - power),
                longest=each.longest * k ** (0.5 - power),
                peak=each.peak / math.sqrt(k),
                moves=each.moves * k**-power,
            )
        )
    return tuple(found)


def _has_kinks(model: nn.Module) -> bool:
    return any(
        isinstance(each, _KINKED)
        or getattr(getattr(each, "act", None), "smoothness", 2) < 2
        for each in model.modules()
    )
