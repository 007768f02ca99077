"""When single-sample stochastic gradient descent provably converges."""

import math
from dataclasses import dataclass

from widthwise.arguments import non_negative, positive, real_number, whole_number
from widthwise.sources import OYMAK_2018, Source

__all__ = ["StochasticDescent", "stochastic_certificate"]


@dataclass(frozen=True)
class StochasticDescent:
    r"""What is proved of stochastic gradient descent, one row at a time.

    Attributes
    ----------
    holds
        Whether $s^2 \ge 4 \nu L \|r_0\|$.
    ratio
        $s^2 / (4 \nu L \|r_0\|)$; inf for a linear model.
    largest_step
        The largest step that is covered.
    contraction
        $1 - \eta s^2 / 8 n$, by which the mean of the squared misfit, on the event,
        shrinks in each step at least; None where nothing is proved.
    radius
        $2 \nu \|r_0\| / s$, which the iterates do not leave on the event.
    probability
        Of the event, at least; 0 where the theorem says nothing.
    is_certificate
        Whether it holds and the Lipschitz constant is known, not estimated.
    source
        Where the theorem is.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.bounds.stochastic_certificate(
    ...     2.0, 4.0, 1.0, 0.01, 1.0, rows=10, parameters=100
    ... )
    >>> found.holds, found.is_certificate
    (False, False)
    """

    holds: bool
    ratio: float
    largest_step: float
    contraction: float | None
    radius: float | None
    probability: float
    is_certificate: bool
    source: Source = OYMAK_2018


def stochastic_certificate(
    smallest: float | int,
    largest: float | int,
    row_norm: float | int,
    lipschitz: float | int,
    misfit: float | int,
    *,
    rows: int,
    parameters: int,
    reach: float | int = 400.0,
    lipschitz_is_proved: bool = False,
) -> StochasticDescent:
    r"""Say whether single-sample gradient descent reaches zero loss in the mean.

    Let $\alpha = s/2$, $\nu$ the reach, and on the ball of radius $\nu \|r_0\| /
    \alpha$ let $\|J\| \le \beta$, rows of J have a norm of at most $B_r$, and J be
    L-Lipschitz. For $\eta \le \alpha^2 / (\nu \beta^2 B_r^2 + \nu \beta B_r L
    \|r_0\|)$ there is an event of probability at least $1 - (4/\nu)
    (\beta/\alpha)^{1/p}$ on which the iterates stay in the ball and $E[\|r_t\|^2; E]
    \le (1 - \eta \alpha^2 / 2n)^t \|r_0\|^2$.

    Parameters
    ----------
    smallest, largest, lipschitz, misfit
        s at the start, β, L and $\|r_0\|$.
    row_norm
        $B_r$, the largest norm of a row of J on the ball.
    rows, parameters
        n and p.
    reach
        ν, at least 3; a larger one asks more and is more probable.
    lipschitz_is_proved
        Whether L is a bound; if not, nothing is a certificate.

    Raises
    ------
    InvalidArgumentError
        If a number is outside its range.

    Source
    ------
    Oymak and Soltanolkotabi (2018), arXiv:1812.10004, Theorem 3.1 with α = s/2.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.bounds.stochastic_certificate(
    ...     2.0, 4.0, 1.0, 0.01, 1.0, rows=10, parameters=100
    ... )
    >>> found.holds
    False
    """
    s, misfit = non_negative(smallest, "smallest"), non_negative(misfit, "misfit")
    beta, row = positive(largest, "largest"), positive(row_norm, "row_norm")
    lipschitz = non_negative(lipschitz, "lipschitz")
    nu = real_number(reach, "The reach", least=3.0)
    rows = whole_number(rows, "rows", least=1)
    parameters = whole_number(parameters, "parameters", least=1)
    alpha, needed = s / 2, 4 * nu * lipschitz * misfit
    ratio = s**2 / needed if needed > 0 else (math.inf if s > 0 else 0.0)
    holds = ratio >= 1 and s > 0
    step = alpha**2 / (nu * beta * row * (beta * row + lipschitz * misfit))
    chance = 0.0
    if holds:
        chance = max(0.0, 1 - 4 / nu * (beta / alpha) ** (1 / parameters))
    return StochasticDescent(
        holds=holds,
        ratio=ratio,
        largest_step=step,
        contraction=1 - step * alpha**2 / (2 * rows) if holds else None,
        radius=nu * misfit / alpha if holds else None,
        probability=chance,
        is_certificate=holds and lipschitz_is_proved and chance > 0,
    )
