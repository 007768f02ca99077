"""The number of steps that the condition number alone guarantees."""

import math

from widthwise.arguments import positive
from widthwise.errors import InvalidArgumentError

__all__ = ["steps_guaranteed"]


def steps_guaranteed(
    condition_number: float | int, tolerance: float | int
) -> int | float:
    r"""Return the steps after which the relative residual is below a tolerance.

    $$\Big\lceil \log\text{tolerance} \Big/
    \log\frac{\kappa - 1}{\kappa + 1} \Big\rceil,$$

    for any targets, from $v_0 = 0$ with the optimal step. The rate is evaluated as
    $-2\,\mathrm{artanh}(1/\kappa)$, which keeps its digits at every $\kappa$.

    Parameters
    ----------
    condition_number
        $\kappa(G)$, at least 1; inf where G is singular.
    tolerance
        On $\|\Phi v_k - y\| / \|y\|$; positive.

    Returns
    -------
    int or inf
        A whole number of steps; inf if and only if $\kappa$ is (and the tolerance is
        below 1).

    Raises
    ------
    InvalidArgumentError
        If $\kappa < 1$, or the tolerance is not positive, or either is NaN.

    Source
    ------
    Benson, Damle and Townsend (2020), arXiv:2010.15959, Lemma 4.3.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.dynamics.steps_guaranteed(100.0, 1e-3)
    346
    """
    if not condition_number >= 1:
        raise InvalidArgumentError(
            f"The condition number is {condition_number!r}; it must be at least 1."
        )
    check_tolerance(tolerance)
    if tolerance >= 1:
        return 0
    if condition_number == 1:
        return 1
    if math.isinf(condition_number):
        return math.inf
    decay = 2 * math.atanh(1 / condition_number)
    # 2/κ underflows only beyond κ = 1e307.
    return math.ceil(-math.log(tolerance) / decay) if decay > 0 else math.inf


def check_tolerance(tolerance: float | int) -> None:
    """Refuse a tolerance that no gradient descent can meet in finitely many steps."""
    positive(
        tolerance,
        "The tolerance",
        may_be_infinite=True,
        meaning="a bound on ‖Φv - y‖ / ‖y‖",
    )
