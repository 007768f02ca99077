"""Factorizations on one thread, where a second one gains little.

Threads of BLAS wait for one another at every column. Beside two busy processes on two
cores, Q R of 6000 x 1500 took 1.3 s on one thread and 3.7 to 6.2 s on two, singular
values of 1000 x 1000 0.5 s and 1.7 s; products of matrices took the same.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from widthwise.machine import limited_blas

__all__ = ["on_one_thread"]

_FEW, _MANY = 64, 2000  # BLAS takes one thread below; above, a second one may pay.

_F = TypeVar("_F", bound=Callable[..., Any])


def on_one_thread(compute: _F) -> _F:
    """Limit BLAS to one thread where the shorter side of the first argument is short.

    As a decorator. Setting the limit takes 30 µs.
    """

    @wraps(compute)
    def limited(matrix: Any, *rest: Any, **named: Any) -> Any:
        is_short = _FEW <= min(matrix.shape) <= _MANY
        with limited_blas(1 if is_short else None):
            return compute(matrix, *rest, **named)

    return cast(_F, limited)
