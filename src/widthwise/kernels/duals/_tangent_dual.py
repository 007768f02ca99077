"""The tangent kernel of a two-layer network, as a function of the correlation."""

from dataclasses import dataclass
from typing import Literal

import torch

from widthwise.activations import Activation
from widthwise.arguments import choice
from widthwise.arrays import Array
from widthwise.kernels.duals._dual import Dual, Numbers, dual, dual_of_derivative
from widthwise.laws import Law

__all__ = ["TangentDual", "tangent_dual"]


@dataclass(frozen=True)
class TangentDual:
    r"""The function $\Theta = \kappa(t) + t\,\kappa_{\sigma'}(t)$, or its second term.

    Attributes
    ----------
    outer
        κ, the part of the outer layer; None if only the inner one is trained.
    slope
        $\kappa_{\sigma'}$, the dual of σ'.

    Examples
    --------
    >>> import widthwise as ww
    >>> dual = ww.kernels.tangent_dual("relu", "gaussian")
    >>> round(float(dual(1.0)), 6)
    1.0
    """

    outer: Dual | None
    slope: Dual

    def __call__(self, t: Numbers) -> Array:
        """Evaluate at correlations t in [-1, 1], as a `Dual`."""
        slope = self.slope(t)
        inner = torch.as_tensor(t, dtype=torch.float64).cpu() * slope
        return inner if self.outer is None else self.outer(t) + inner

    def at_angle(self, theta: Numbers) -> Array:
        """Evaluate at angles θ in [0, π], as a `Dual`."""
        slope = self.slope.at_angle(theta)
        inner = torch.cos(torch.as_tensor(theta, dtype=torch.float64).cpu()) * slope
        return inner if self.outer is None else self.outer.at_angle(theta) + inner

    @property
    def value_at_one(self) -> float:
        """Θ(1), every diagonal entry of the kernel matrix."""
        outer = 0.0 if self.outer is None else self.outer.value_at_one
        return outer + self.slope.value_at_one

    @property
    def error_bound(self) -> float:
        """Absolute bound on the error of any value on [-1, 1]."""
        outer = 0.0 if self.outer is None else self.outer.error_bound
        return outer + self.slope.error_bound + 2**-52 * self.slope.value_at_one


def tangent_dual(
    activation: Activation | str,
    law: Law | str,
    trained: Literal["inner", "both"] | str = "both",
) -> TangentDual:
    r"""Return the tangent kernel as a function of $t = x \cdot x'$.

    Parameters are those of `dual`; `trained` is that of `tangent_kernel`, whose entries
    these are.

    Raises
    ------
    InvalidArgumentError
        As `dual_of_derivative`, or if `trained` is another string.

    Source
    ------
    Jacot, Gabriel and Hongler (2018), arXiv:1806.07572, Theorem 1. Cost: that of two
    duals.

    Examples
    --------
    >>> import widthwise as ww
    >>> dual = ww.kernels.tangent_dual("relu", "gaussian")
    >>> round(float(dual(1.0)), 6), round(float(dual(0.0)), 6)
    (1.0, 0.159155)
    """
    choice(trained, "trained", ("inner", "both"), meaning="the layers that are trained")
    outer = dual(activation, law) if trained == "both" else None
    return TangentDual(outer, dual_of_derivative(activation, law))
