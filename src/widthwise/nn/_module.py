"""An activation as a module of PyTorch."""

from typing import Any

import torch

from widthwise import activations
from widthwise.activations import Activation
from widthwise.arguments import choice
from widthwise.arrays import Array, Float, Real
from widthwise.nn._differentiable import differentiable

__all__ = ["ActivationModule", "activation"]


class ActivationModule(torch.nn.Module):
    r"""The map $z \mapsto \sigma(z)$ of each element; made by `activation`.

    It has no parameters and no state: it works in the dtype and on the device of its
    input, and adds nothing to a `state_dict`.

    Attributes
    ----------
    act
        $\sigma$.
    outside
        "refuse" or "clamp".

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> module = ww.nn.activation("swish")
    >>> type(module).__name__, module(torch.zeros(2)).tolist()
    ('ActivationModule', [0.0, 0.0])
    """

    def __init__(self, act: Activation, outside: str = "refuse") -> None:
        super().__init__()
        self.act = act
        self.outside = choice(outside, "outside", ("refuse", "clamp"))
        self._sigma = differentiable(act)

    def forward(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        """Return σ of each element, of the same shape, dtype and device."""
        if self.outside == "clamp":
            z = z.clamp(*self.act.domain)
        return self._sigma(z)

    def extra_repr(self) -> str:
        """Return σ with its parameters, for printing the model."""
        told = "" if self.outside == "refuse" else f", outside={self.outside!r}"
        return f"{self.act!r}{told}"


def activation(
    act: Activation | str, *, outside: str = "refuse", **parameters: Any
) -> ActivationModule:
    r"""Make a PyTorch module of an activation.

    Parameters
    ----------
    act
        A name that `activations.get` knows, or an activation: one of the catalog, a
        normalised one, one made of a function or of a kernel.
    outside
        What happens to values beyond the domain of an activation that is not defined
        everywhere, such as `wendland2`: "refuse" them, or "clamp" them to its ends,
        where their gradient is 0.
    parameters
        The activation's own, by name, such as dimension=8.

    Returns
    -------
    A module without parameters. Its gradient is $\sigma'$; at a kink that of PyTorch
    where PyTorch has the function, else the one from the right. It can be pickled if σ
    can, and compiled by torch.compile without a break if σ is written in PyTorch; what
    is refused raises a RuntimeError there. Under torch.func.vmap an activation with a
    domain does not work, nor one written with NumPy.

    Raises
    ------
    UnknownNameError, InvalidArgumentError
        Of `activations.get`; or if `outside` is neither word.
    OutsideDomainError
        When the module is called, for values that are refused.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> layer = ww.nn.activation("relu")
    >>> layer(torch.tensor([-1.0, 2.0])).tolist()
    [0.0, 2.0]
    """
    return ActivationModule(activations.get(act, **parameters), outside)
