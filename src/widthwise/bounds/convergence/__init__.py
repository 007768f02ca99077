"""When training provably reaches zero loss, with every constant explicit."""

from widthwise.bounds.convergence._descent import (
    Descent,
    descent_certificate,
    two_layer_certificate,
)
from widthwise.bounds.convergence._inner_layer import inner_layer
from widthwise.bounds.convergence._module import module_descent, module_stochastic
from widthwise.bounds.convergence._stochastic import (
    StochasticDescent,
    stochastic_certificate,
)

__all__ = [
    "Descent",
    "StochasticDescent",
    "descent_certificate",
    "inner_layer",
    "module_descent",
    "module_stochastic",
    "stochastic_certificate",
    "two_layer_certificate",
]
