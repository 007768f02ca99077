"""A dual at one and at minus one, without the dual."""

import numpy as np

from widthwise.activations import Activation
from widthwise.kernels.rules._function import (
    kinks,
    misplacement,
    on_numpy,
    require_numbers,
    within_budget,
)
from widthwise.kernels.rules._marginal import marginal
from widthwise.kernels.rules._premises import (
    UNSEEN,
    noise_of,
    require_domain,
    require_no_underflow,
)
from widthwise.laws import Gaussian

__all__ = ["ends"]

_ROUNDINGS = 32 * 2.0**-53


def ends(activation: Activation) -> tuple[float, float, float]:
    r"""Return $E \sigma(u)^2$, $E \sigma(u) \sigma(-u)$ and a bound on their errors.

    They are κ(1) and κ(-1) under the Gaussian law, by integrals of one variable.

    Raises
    ------
    OutsideDomainError, InvalidArgumentError, KernelUnderflowError
        As `dual`.
    """
    law = Gaussian()
    require_domain(activation, law)
    require_numbers(activation, law)
    function = within_budget(on_numpy(activation), activation, law, 0)
    noise, known = noise_of(activation, law, 0), activation.breakpoints
    breakpoints, edges = kinks(function, known, law, activation.narrow, noise)
    one = marginal(function, edges, law, noise=noise)
    require_no_underflow(activation, function, one, law)
    size = one.at_one
    bound = 2 * one.rounding + _ROUNDINGS * size
    found = tuple(b for b in breakpoints if b not in known)
    bound += misplacement(function, found, law) * float(np.sqrt(size))
    bound += (UNSEEN if activation.constants_are_sampled else 0.0) * size
    return size, one.at_minus_one, bound
