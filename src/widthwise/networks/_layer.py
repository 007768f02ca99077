"""One layer of a network: weights, an optional bias, and their constant multipliers."""

import torch
from torch.nn import functional

from widthwise.arrays import Array, Float
from widthwise.networks._scalings import Scaling

__all__ = ["Layer"]


class Layer(torch.nn.Module):
    r"""The map $h \mapsto a\, \omega h + a_b\, \beta$ with parameters $\omega, \beta$.

    Attributes
    ----------
    weight
        $\omega$, shape (m, fan-in), one unit a row; shape (m,) for a readout.
    bias
        $\beta$, shape (m,), or (1,) for a readout; None for a layer without.
    multiplier, bias_multiplier
        a and $a_b$.
    rate, adam_rate
        What the step of the weights and biases is multiplied by: for gradient descent
        with or without momentum, and for Adam.
    bias_rate, bias_adam_rate
        The same for the bias.

    Examples
    --------
    >>> import widthwise as ww
    >>> layer = ww.networks.FullyConnected(3, 20, depth=1).readout
    >>> layer.weight.shape, round(layer.multiplier, 4)
    (torch.Size([20]), 0.2236)
    """

    def __init__(
        self,
        weight: Float[Array, "..."],
        multiplier: float,
        scaling: Scaling,
        bias: Float[Array, " units"] | None = None,
        bias_multiplier: float = 1.0,
        bias_scaling: Scaling | None = None,
    ) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(weight)
        self.bias = None if bias is None else torch.nn.Parameter(bias)
        self.multiplier = multiplier
        self.bias_multiplier = bias_multiplier
        self.rate, self.adam_rate = scaling.rate, scaling.adam_rate
        of_bias = scaling if bias_scaling is None else bias_scaling
        self.bias_rate, self.bias_adam_rate = of_bias.rate, of_bias.adam_rate

    def forward(self, h: Float[Array, "n inputs"]) -> Float[Array, "n ..."]:
        outputs: Array = functional.linear(h, self.weight)
        if self.multiplier != 1.0:
            outputs = outputs * self.multiplier
        if self.bias is None:
            return outputs
        shift = self.bias if self.weight.ndim == 2 else self.bias[0]
        return outputs + shift * self.bias_multiplier

    def extra_repr(self) -> str:
        """Return the shape and the multiplier, for printing the network."""
        shape = tuple(self.weight.shape)
        return f"shape={shape}, bias={self.bias is not None}, a={self.multiplier:.6g}"
