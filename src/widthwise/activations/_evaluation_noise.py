"""How far rounding moves the values of a function of one variable."""

from collections.abc import Callable

import torch

from widthwise.arrays import Array, Float
from widthwise.numerics.rounding import scatter

__all__ = ["evaluation_noise", "typical_noise"]

_EPS = torch.finfo(torch.float64).eps
_POINTS = 16
_AT_ONCE = 2**15 // _POINTS
_STEPS = (2.0**-46, 2.0**-36)
_LONG_STEPS = (2.0**-26, 2.0**-16)  # Where a function rests over the others.


def evaluation_noise(
    function: Callable[[Array], Array],
    z: Float[Array, " k"],
    domain: tuple[float, float],
    sizes: Float[Array, " k"] | float = 1.0,
) -> Float[Array, " k"]:
    r"""Estimate the error of $\sigma(z)$ where z itself is rounded.

    Over steps of 1e-14 and 1e-11 what is smooth leaves no scatter (`rounding.scatter`):
    so the cancellation within a caller's own formula shows, and that of Horner's rule.
    Where all values are the same, as beside a large constant, longer steps show what
    they are multiples of. A value is rounded itself, by $|\sigma| \epsilon / 2$. To it
    comes $|\sigma'| \epsilon$ times the size of what z is a sum of.

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
    Shape (k,): two deviations of the first kind, or a bound of the rounding of the
    value, and one bound of the last. A jump or kink within 1e-10 of z shows as an
    error, and within 1e-4 where the function is constant.

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
    found, size = torch.zeros_like(z), torch.zeros_like(z)
    for step in _STEPS:
        values, slopes = _beside(function, z, domain, step)
        found = torch.maximum(found, 2.0 * scatter(values))
        size = torch.maximum(size, values[:, 0].abs())
    is_flat = (values == values[:, :1]).all(dim=1)
    if bool(is_flat.any()):
        for step in _LONG_STEPS:
            values, _ = _beside(function, z[is_flat], domain, step)
            found[is_flat] = torch.maximum(found[is_flat], 2.0 * scatter(values))
    # Over the longer step the slope is the sharper one.
    found = torch.maximum(found, _EPS / 2 * size) + slopes * _EPS * sizes
    return torch.nan_to_num(found, nan=torch.inf)


def _beside(
    function: Callable[[Array], Array],
    z: Float[Array, " k"],
    domain: tuple[float, float],
    step: float,
) -> tuple[Float[Array, "k s"], Float[Array, " k"]]:
    """Return the values beside each place, and the slope of the chord."""
    length = step * torch.clamp(z.abs(), min=1.0)
    reach = length * _POINTS / 2
    centre = torch.clamp(z, domain[0], domain[1])
    centre = torch.minimum(centre, domain[1] - reach)
    centre = torch.maximum(centre, domain[0] + reach)
    places = torch.arange(_POINTS, dtype=torch.float64) - (_POINTS - 1) / 2
    values = function(centre[:, None] + length[:, None] * places)
    return values, (values[:, -1] - values[:, 0]).abs() / (length * (_POINTS - 1))


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
    # PyTorch does so few in this thread, and wakes no others for them.
    parts = [slice(first, first + _AT_ONCE) for first in range(0, len(z), _AT_ONCE)]
    given = torch.as_tensor(sizes, dtype=z.dtype).expand_as(z)
    errors = torch.cat(
        [evaluation_noise(function, z[part], domain, given[part]) for part in parts]
    )
    errors = errors.clamp(max=float(torch.quantile(errors, 0.98)))
    return float(errors.square().mean().sqrt())
