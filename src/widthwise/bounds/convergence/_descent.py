"""When gradient descent provably reaches zero loss, from numbers at its start."""

import math
from dataclasses import dataclass

import torch

from widthwise.activations import Activation, for_dimension
from widthwise.arguments import non_negative, positive, require_vector
from widthwise.arrays import PointsLike, real_tensor
from widthwise.bounds.convergence._curvature import slope_and_curvature
from widthwise.errors import NotCoveredError
from widthwise.features import jacobian
from widthwise.kernels.two_layer import unit_points
from widthwise.prose import Prose, say
from widthwise.sources import OYMAK_2018, Source

__all__ = ["WOULD_HOLD", "Descent", "descent_certificate", "two_layer_certificate"]

WOULD_HOLD = "it would hold from about {:1} hidden units a layer: an estimate"


@dataclass(frozen=True)
class Descent:
    r"""What is proved of gradient descent on $\tfrac12 \|f(\theta) - y\|^2$ from here.

    Attributes
    ----------
    holds
        Whether $s^2 \ge 16 L \|r_0\|$: then zero loss is reached.
    ratio
        $s^2 / (16 L \|r_0\|)$; inf for a linear model.
    largest_step
        $1 / 2\beta^2$: any step up to it is covered.
    step
        The one that `contraction` is for.
    contraction
        $1 - \eta s^2 / 8$, by which the squared misfit shrinks in each step at least;
        None where nothing is proved.
    distance
        $8 \|r_0\| / s$: no parameter vector on the way is farther from the start; None
        where nothing is proved.
    is_certificate
        Whether it holds and the Lipschitz constant is known, not estimated.
    width_needed
        About the hidden width at which it would hold; an estimate. None where it
        holds, at no width, or where none is known.
    width_stated
        The same in words, or why there is none; None where it holds and of numbers
        without a network.
    stated, source
        What it used, and where the theorem is.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.bounds.descent_certificate(2.0, 4.0, 0.01, 1.0)
    >>> found.holds, found.is_certificate
    (True, False)
    """

    holds: bool
    ratio: float
    largest_step: float
    step: float
    contraction: float | None
    distance: float | None
    is_certificate: bool
    width_needed: float | None
    stated: tuple[Prose, ...]
    width_stated: Prose | None = None
    source: Source = OYMAK_2018

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What it used, in plain words."""
        return tuple(str(each) for each in self.stated)

    def steps_to(self, tolerance: float | int) -> float:
        r"""Return how many steps bring $\|r\|$ to this share of $\|r_0\|$, or inf."""
        tolerance = positive(tolerance, "The tolerance")
        if self.contraction is None:
            return math.inf
        if tolerance >= 1:
            return 0.0
        return float(math.ceil(2 * math.log(tolerance) / math.log(self.contraction)))


def descent_certificate(
    smallest: float | int,
    largest: float | int,
    lipschitz: float | int,
    misfit: float | int,
    *,
    step: float | int | None = None,
    lipschitz_is_proved: bool = False,
    width: int | None = None,
) -> Descent:
    r"""Say whether gradient descent reaches zero loss, for any differentiable model.

    Let $s = \sigma_{\min}(J(\theta_0))$, $\beta \ge \|J\|$ and J be L-Lipschitz on the
    ball of radius $8 \|r_0\| / s$ about the start. If $s^2 \ge 16 L \|r_0\|$ and
    $\eta \le 1 / 2\beta^2$, then $\|r_t\|^2 \le (1 - \eta s^2 / 8)^t \|r_0\|^2$, and no
    iterate leaves the ball.

    Parameters
    ----------
    smallest
        s, such as the root of the smallest eigenvalue of
        `features.module_tangent_kernel`.
    largest
        β, on the ball; s/2 more than at the start is enough.
    lipschitz
        L.
    misfit
        $\|r_0\| = \|f(\theta_0) - y\|$.
    step
        η; by default the largest that is covered.
    lipschitz_is_proved
        Whether L is a bound. If not it is called an estimate, and no certificate.
    width
        Of the network, to say at which width it would hold.

    Raises
    ------
    InvalidArgumentError
        If a number is outside its range.

    Source
    ------
    Oymak and Soltanolkotabi (2018), arXiv:1812.10004, Corollary 2.2 with α = s/2.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.bounds.descent_certificate(2.0, 4.0, 0.01, 1.0)
    >>> found.holds, round(found.distance, 3)
    (True, 4.0)
    """
    s = non_negative(smallest, "smallest")
    beta, lipschitz = positive(largest, "largest"), non_negative(lipschitz, "lipschitz")
    misfit = non_negative(misfit, "misfit")
    limit = 1 / (2 * beta**2)
    step = limit if step is None else positive(step, "The step")
    needed = 16 * lipschitz * misfit
    ratio = s**2 / needed if needed > 0 else (math.inf if s > 0 else 0.0)
    holds = ratio >= 1 and s > 0 and step <= limit * (1 + 1e-12)
    known = (
        say("the Jacobian changes by at most {} per unit of distance", lipschitz)
        if lipschitz_is_proved
        else say("the Lipschitz constant {} of the Jacobian is an estimate", lipschitz)
    )
    told = say("σ_min(J) = {} and ‖r₀‖ = {} at the start", s, misfit)
    wanted = width / ratio**2 if width and 0 < ratio < 1 else None
    return Descent(
        holds=holds,
        ratio=ratio,
        largest_step=limit,
        step=step,
        contraction=1 - step * s**2 / 8 if holds else None,
        distance=8 * misfit / s if holds else None,
        is_certificate=holds and lipschitz_is_proved,
        width_needed=wanted,
        stated=(told, known),
        width_stated=None if wanted is None else say(WOULD_HOLD, wanted),
    )


def two_layer_certificate(
    points: PointsLike,
    targets: PointsLike,
    inner_weights: PointsLike,
    outer_weights: PointsLike,
    act: Activation | str,
    *,
    step: float | int | None = None,
) -> Descent:
    r"""Say whether training the inner layer of this network reaches zero loss.

    $f(x) = v^\top \sigma(Wx)$, W trained, v fixed. With $|\sigma'| \le B_1$,
    $|\sigma''| \le B_2$ and unit rows, $L = B_2 \|v\|_\infty \|X\|$ and $\beta$ is the
    least of $B_1 \sqrt k \|v\|_\infty \|X\|$ and $\sigma_{\max}(J) + s/2$: no unknown
    constant.

    Parameters
    ----------
    points, targets
        Shapes (n, d), rows of unit norm, and (n,).
    inner_weights, outer_weights
        W (k, d) and v (k,) at the start.
    act
        σ with a bounded second derivative: softplus, tanh, erf, gelu, swish, elu, ...
    step
        η; by default the largest that is covered.

    Raises
    ------
    NotCoveredError
        If no bound of σ'' is known.
    DataError
        If shapes do not fit.
    NotOnSphereError
        If a row is not of unit norm.

    Cost: the singular values of the n x kd Jacobian.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> weights, y = torch.eye(3, dtype=torch.float64), points[:, 0]
    >>> ww.bounds.two_layer_certificate(points, y, weights, y, "softplus").holds
    False
    """
    rows = torch.from_numpy(unit_points(real_tensor(points, "The points")))
    act = for_dimension(act, rows.shape[1])
    found = slope_and_curvature(act)
    if found is None:
        raise NotCoveredError(
            f"two_layer_certificate does not speak of {act.name}: it needs a bounded "
            "second derivative, and none is known. Use softplus, tanh, gelu or swish."
        )
    slope, curvature = found
    weights = real_tensor(inner_weights, "The inner weights").to(torch.float64)
    outer = real_tensor(outer_weights, "The outer weights").to(torch.float64)
    labels = real_tensor(targets, "The targets").to(torch.float64)
    require_vector(labels, "The targets", len(rows), meaning="one a row")
    hidden = act(rows @ weights.T)
    misfit = float((hidden @ outer - labels).norm())
    # Units of both signs cancel: rounding is a share of the terms, not of the sum.
    rounding = 1e-12 * float((hidden.abs() @ outer.abs() + labels.abs()).norm())
    slopes = jacobian(rows, weights, outer, act)
    values = torch.linalg.svdvals(slopes)
    # With fewer parameters than rows the Jacobian has no full row rank.
    s = float(values[-1]) if slopes.shape[1] >= len(rows) else 0.0
    top = float(values[0])
    slack = 1e-12 * top
    size = float(torch.linalg.matrix_norm(rows, 2)) * (1 + 1e-12)
    peak = float(outer.abs().max())
    beta = min(slope * math.sqrt(len(outer)) * peak * size, top + s / 2) + slack
    return descent_certificate(
        max(s - slack, 0.0),
        beta,
        curvature * peak * size,
        misfit + rounding,
        step=step,
        lipschitz_is_proved=not act.constants_are_sampled,
        width=len(outer),
    )
