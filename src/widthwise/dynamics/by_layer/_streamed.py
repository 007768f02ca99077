"""Gradient descent on a hidden layer so wide that its features are never formed."""

import math

import torch

from widthwise.activations import Activation
from widthwise.arrays import Array, Float
from widthwise.laws import Gaussian
from widthwise.progress import Progress, silent

__all__ = ["streamed_residuals"]

_BLOCK = 4096
"""Units at once: with ten points their features stay in the cache."""


@torch.no_grad()
def streamed_residuals(
    act: Activation,
    points: Float[Array, "n d"],
    targets: Float[Array, " n"],
    width: int,
    seed: int,
    *,
    scale: float | int,
    step: float | int,
    steps: int,
    progress: Progress | None = None,
) -> Float[Array, "t n"]:
    r"""Return $y - f(X)$ of $f(x) = \frac{s}{\sqrt m} \sum_r \pm \phi(w_r \cdot x)$.

    .. math:: w_r \leftarrow w_r + \eta \sum_i (y_i - f(x_i)) \nabla_{w_r} f(x_i)

    The weights begin standard normal, and as in `networks.TwoLayer` with outer signs. A
    pass over blocks of units moves each and sums the next outputs, so memory does not
    grow with n m. Arguments and slopes are float32; weights are kept as their start and
    their way from it, since steps of a wide network are below float32's at the weight
    itself. Sums over blocks are float64: outputs are right to about 1e-5.

    Parameters
    ----------
    scale, step, steps
        s, $\eta$, and the number of steps.

    Returns
    -------
    The residuals at the start and after each step, one a row.

    Source
    ------
    Panigrahi, Shetty and Goyal (2020), arXiv:1908.05660, whose networks have a million
    units.

    Cost
    ----
    8 n m d operations and 2 n m values of the activation a step; 8 m d bytes.
    """
    tell = progress or silent
    x = points.float()
    starts = [(low, min(low + _BLOCK, width)) for low in range(0, width, _BLOCK)]
    drawn = [
        Gaussian().weights(seed, points.shape[1], low, high).float().T.contiguous()
        for low, high in starts
    ]
    ways = [torch.zeros_like(each) for each in drawn]
    signs = torch.ones(_BLOCK, dtype=torch.float32)
    signs[1::2] = -1.0
    size = scale / math.sqrt(width)
    residual = targets.double()
    found = torch.empty((steps + 1, len(targets)), dtype=torch.float64)
    for done in range(steps + 1):
        outputs = torch.zeros_like(residual)
        pull = (step * size * residual).float()
        for start, way in zip(drawn, ways, strict=True):
            sign = signs[: start.shape[1]]
            arguments = x @ (start + way)
            if done:
                slopes = act.derivative(arguments).mul_(pull[:, None])
                way.add_((x.T @ slopes).mul_(sign))
                arguments = x @ (start + way)
            outputs += (act(arguments) @ sign).double()
        residual = targets.double() - size * outputs
        found[done] = residual
        tell(done / max(steps, 1), f"step {done} of {steps}")
    return found
