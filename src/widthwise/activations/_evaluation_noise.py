"""How far rounding moves the values of a function of one variable."""

from collections.abc import Callable

import torch

from widthwise.arrays import Array, Float
from widthwise.numerics.rounding import scatter

__all__ = ["evaluation_noise", "typical_noise"]

_EPS = torch.finfo(torch.float64).eps
_POINTS = 16
_STEPS = (2.0**-46, 2.0**-36)


def evaluation_noise(
    function: Callable[[Array], Array],
    z: Float[Array, " k"],
    domain: tuple[float, float],
    sizes: Float[Array, " k"] | float = 1.0,
) -> Float[Array, " k"]:
    r"""Estimate the error of $\sigma(z)$ where z itself is rounded.

    Over steps of 1e-14 and 1e-11 what is smooth leaves no scatter (`rounding.scatter`):
    so the cancellation within a caller's own formula shows, and that of Horner's rule.
    To it comes $|\sigma'| \epsilon$ times the size of what z is a sum of.

    Parameters
    ----------
    function
        σ, elementwise.
    z
        Shape (k,), float64.
    domain
        Where σ is defined.
    sizes
        Of the terms that z sums.

    Returns
    -------
    Shape (k,): two deviations of the first kind and one bound of the second. A jump or
    kink within 1e-10 of z shows as an error.

    Source
    ------
    Moré and Wild (2011), SIAM J. Sci. Comput. 33, 1292 (ECnoise). Cost: 34 values each.

    Examples
    --------
    >>> import math, torch, widthwise as ww
    >>> z = torch.tensor([0.5, 1.0], dtype=torch.float64)
    >>> noise = ww.activations.evaluation_noise(torch.tanh, z, (-math.inf, math.inf))
    >>> bool((noise < 1e-14).all())
    True
    """
    found = torch.zeros_like(z)
    for step in _STEPS:
        length = step * torch.clamp(z.abs(), min=1.0)
        reach = length * _POINTS / 2
        centre = torch.clamp(z, domain[0], domain[1])
        centre = torch.minimum(centre, domain[1] - reach)
        centre = torch.maximum(centre, domain[0] + reach)
        places = torch.arange(_POINTS, dtype=torch.float64) - (_POINTS - 1) / 2
        values = function(centre[:, None] + length[:, None] * places)
        slopes = (values[:, -1] - values[:, 0]).abs() / (length * (_POINTS - 1))
        found = torch.maximum(found, 2.0 * scatter(values))
    # Over the longer step the slope is the sharper one.
    return torch.nan_to_num(found + slopes * _EPS * sizes, nan=torch.inf)


def typical_noise(
    function: Callable[[Array], Array],
    z: Float[Array, " k"],
    domain: tuple[float, float],
    sizes: Float[Array, " k"] | float = 1.0,
) -> float:
    """Return the root mean square of `evaluation_noise`.

    The largest fiftieth is cut off: what jumps within 1e-10 of an argument is no error.

    Examples
    --------
    >>> import math, torch, widthwise as ww
    >>> z = torch.linspace(-1, 1, 9, dtype=torch.float64)
    >>> ww.activations.typical_noise(torch.tanh, z, (-math.inf, math.inf)) < 1e-14
    True
    """
    errors = evaluation_noise(function, z, domain, sizes)
    errors = errors.clamp(max=float(torch.quantile(errors, 0.98)))
    return float(errors.square().mean().sqrt())
