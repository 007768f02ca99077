"""The numbers of the data and the activation that the theorems are written in."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch

from widthwise.activations import Activation
from widthwise.arrays import Array, Float
from widthwise.kernels import tangent_kernel
from widthwise.numerics import gauss_legendre
from widthwise.numerics.linear_algebra import eigenvalues

__all__ = ["DataNumbers", "data_numbers", "mean_slope"]

_REACH = 13  # The normal density beyond it is below 1e-37.
_NODES = 24


@dataclass(frozen=True)
class DataNumbers:
    r"""What the theorems ask of the points.

    Attributes
    ----------
    smallest
        $\lambda(X)$, the smallest eigenvalue of $E[\phi'(Xw) \phi'(Xw)^\top] \circ X
        X^\top$.
    khatri_rao
        $\sigma_{\min}(X * X)^2$, the smallest eigenvalue of $(X X^\top)^{\circ 2}$.
    slope
        $\mu_\phi = E[g \phi'(g)]$; $\mu_\phi^2\, \sigma_{\min}(X * X)^2 \le
        \lambda(X)$.
    """

    smallest: float
    khatri_rao: float
    slope: float


def data_numbers(points: Float[Array, "n d"], act: Activation) -> DataNumbers:
    """Return the numbers for Gaussian inner weights and unit points."""
    gram = points @ points.T
    kernel = tangent_kernel(points, act, "gaussian", trained="inner")
    return DataNumbers(
        smallest=float(eigenvalues(kernel)[0]),
        khatri_rao=float(eigenvalues((gram * gram).contiguous())[0]),
        slope=mean_slope(act),
    )


def mean_slope(act: Activation) -> float:
    r"""Return $\mu_\phi = E[g\, \phi'(g)]$ for g standard normal.

    Gauss-Legendre on unit pieces that end at the kinks.
    """
    nodes, weights = gauss_legendre(_NODES)
    ends = {float(each) for each in range(-_REACH, _REACH + 1)}
    ends |= {each for each in act.breakpoints if abs(each) < _REACH}
    total, cuts = 0.0, sorted(ends)
    for left, right in pairwise(cuts):
        places = left + (right - left) * nodes
        slopes = act.derivative(torch.from_numpy(places)).numpy()
        density = np.exp(-(places**2) / 2) / math.sqrt(2 * math.pi)
        total += (right - left) * float(weights @ (places * slopes * density))
    return total
