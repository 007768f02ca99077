"""Whether rows of one norm have their kernel from one function of the angle."""

from functools import lru_cache

from widthwise.activations import Activation, Scaled
from widthwise.kernels.duals import dual, dual_of_derivative
from widthwise.kernels.two_layer._rows import Rows
from widthwise.laws import Law

__all__ = ["common_norm"]

_WORST = 1e-8


def common_norm(
    rows: Rows, activation: Activation, law: Law, orders: tuple[int, ...]
) -> float | None:
    """Return the norm that all rows share, or None where pairs do better.

    A slope that is zero but near kinks, of long rows, has all of its kernel at
    angles that no polynomial resolves.
    """
    norm = rows.common_norm
    if norm is None or norm == 1.0 or activation.splines is None:
        return norm
    good = all(_is_good(activation, law, order, norm) for order in orders)
    return norm if good else None


@lru_cache(maxsize=256)
def _is_good(activation: Activation, law: Law, order: int, norm: float) -> bool:
    of = (dual_of_derivative if order else dual)(Scaled(activation, norm), law)
    return of.error_bound <= _WORST * of.value_at_one
