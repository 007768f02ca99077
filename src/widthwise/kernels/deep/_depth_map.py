"""Where depth takes variances and correlations, and in how many layers."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from scipy.optimize import brentq

from widthwise.activations import Activation, Scaled
from widthwise.arguments import non_negative
from widthwise.errors import PrecisionLimitError
from widthwise.kernels.deep._hidden_layer import HiddenLayer
from widthwise.kernels.duals import dual, dual_of_derivative
from widthwise.kernels.rules import line_rule
from widthwise.laws import Gaussian

__all__ = ["DepthMap", "depth_map"]

_GRID = np.geomspace(1e-8, 1e8, 161)
_FAR = np.geomspace(1e9, 1e40, 32)
_CRITICAL = 1e-9
"""How near χ_1 must be to one to be called critical."""

Phase = Literal["ordered", "critical", "chaotic"]


@dataclass(frozen=True)
class DepthMap:
    r"""The maps $q \mapsto V(q)$ of variances and $c \mapsto C(c)$ of correlations.

    $$V(q) = s_w^2\,E[\sigma(\sqrt q\,z)^2] + s_b^2, \qquad
    C(c) = (s_w^2\,E[\sigma(u)\sigma(v)] + s_b^2)/q^\star,$$

    u and v normal of variance $q^\star$ and correlation c.

    Attributes
    ----------
    activation, weight_std, bias_std
        σ, $s_w$ and $s_b$, the same in every layer.
    variances
        The fixed points of V that attract, ascending; () if variances grow without
        bound, and (inf,) if every variance is one.
    variance
        $q^\star$: the largest of them, 1 if every variance is one, nan if there is
        none; what follows is nan then.
    slope_at_one
        $\chi_1 = C'(1) = s_w^2\,E[\sigma'(\sqrt{q^\star} z)^2]$: nearby points come
        together below one, and part above.
    phase
        "ordered" (χ_1 < 1), "critical" or "chaotic"; None without a fixed point.
    correlation
        $c^\star$, the fixed point of C that attracts correlations in [0, 1).
    variance_depth, correlation_depth
        $-1/\log V'(q^\star)$ and $-1/\log C'(c^\star)$: layers in which the distance
        from the fixed point falls to 1/e; inf where it falls slower than any power.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.kernels.depth_map("relu", weight_std=2**0.5)
    >>> found.phase, round(found.slope_at_one, 6)
    ('critical', 1.0)
    """

    activation: Activation
    weight_std: float
    bias_std: float
    variances: tuple[float, ...]
    variance: float
    slope_at_one: float
    phase: Phase | None
    correlation: float
    variance_depth: float
    correlation_depth: float

    def variance_map(self, variance: float | int) -> float:
        """Return V(q), the next layer's variance, for q >= 0."""
        q = non_negative(variance, "The variance")
        return _next(self.activation, self.weight_std, self.bias_std, q)

    def correlation_map(self, correlation: float | int) -> float:
        """Return C(c), the next layer's correlation, for c in [-1, 1]."""
        if self.variance == 0.0:
            return float(correlation)
        kappa = dual(_scaled(self.activation, self.variance), Gaussian())
        value = self.weight_std**2 * float(kappa(correlation)) + self.bias_std**2
        return value / self.variance


def depth_map(
    activation: Activation | str,
    weight_std: float | int = 1.0,
    bias_std: float | int = 0.0,
) -> DepthMap:
    r"""Return what a layer makes of variances and correlations, and where that ends.

    Parameters
    ----------
    activation
        Defined for every real number; or its name.
    weight_std, bias_std
        $s_w > 0$ and $s_b \ge 0$.

    Returns
    -------
    `DepthMap`. Fixed points of V are looked for from 1e-8 to 1e8, and at zero.

    Raises
    ------
    OutsideDomainError, InvalidArgumentError, UnknownNameError
        As `HiddenLayer`.
    PrecisionLimitError
        If the only fixed point of V is beyond 1e8.

    Source
    ------
    Poole et al. (2016), arXiv:1606.05340; Schoenholz et al. (2017), arXiv:1611.01232.
    Cost: some hundred integrals of one variable, and two duals.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.kernels.depth_map("tanh", weight_std=1.5)
    >>> found.phase, round(found.slope_at_one, 3)
    ('chaotic', 1.139)
    """
    asked = HiddenLayer(activation, weight_std, bias_std)
    act, s_w, s_b = asked.act, float(weight_std), float(bias_std)
    variances = _fixed_points(act, s_w, s_b)
    if not variances:
        _require_none_beyond(act, s_w, s_b)
        nan = math.nan
        return DepthMap(act, s_w, s_b, (), nan, nan, None, nan, nan, nan)
    q = 1.0 if math.isinf(variances[-1]) else variances[-1]
    chi = s_w**2 * _mean_square(act, q, order=1)
    phase: Phase = "critical"
    if abs(chi - 1) > _CRITICAL:
        phase = "ordered" if chi < 1 else "chaotic"
    found = DepthMap(
        act,
        s_w,
        s_b,
        variances,
        q,
        chi,
        phase,
        1.0,
        _depth(_slope(act, s_w, q)),
        _depth(chi),
    )
    if phase != "chaotic":
        return found
    least = found.correlation_map(0.0)
    star = 0.0
    if least > 0.0:
        low, high = 0.0, 1 - 1e-9
        star = float(brentq(lambda c: found.correlation_map(c) - c, low, high))
    slope = dual_of_derivative(_scaled(act, q), Gaussian())
    depth = _depth(s_w**2 / q * float(slope(star)))
    return DepthMap(
        act, s_w, s_b, variances, q, chi, phase, star, found.variance_depth, depth
    )


def _fixed_points(act: Activation, s_w: float, s_b: float) -> tuple[float, ...]:
    """Return the attracting fixed points of V; (inf,) if every variance is one."""
    with np.errstate(over="ignore", invalid="ignore"):
        excess = np.array([_next(act, s_w, s_b, q) / q - 1 for q in _GRID])
    if float(np.abs(excess).max()) <= _CRITICAL:
        return (math.inf,)
    found = []
    at_zero = _next(act, s_w, s_b, 0.0)
    if at_zero == 0.0 and excess[0] < 0:
        found.append(0.0)
    for low, high, before, after in zip(
        _GRID[:-1], _GRID[1:], excess[:-1], excess[1:], strict=True
    ):
        if before > 0 >= after:  # From above the diagonal to below: it attracts.
            root = brentq(
                lambda x: _next(act, s_w, s_b, math.exp(x)) * math.exp(-x) - 1,
                math.log(low),
                math.log(high),
                xtol=1e-15,
            )
            found.append(math.exp(float(root)))
    return tuple(found)


def _require_none_beyond(act: Activation, s_w: float, s_b: float) -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        falls = [_next(act, s_w, s_b, q) < q for q in _FAR]
    if any(falls):
        raise PrecisionLimitError(
            f"With weight_std {s_w:g} and bias_std {s_b:g} the variances of {act.name} "
            f"settle only beyond {_GRID[-1]:.0e}, near "
            f"{_next(act, s_w, s_b, _FAR[falls.index(True)]):.2g}, where rules no "
            "longer see how steep it is. Scale both down."
        )


def _next(act: Activation, s_w: float, s_b: float, q: float) -> float:
    return s_w**2 * _mean_square(act, q) + s_b**2


def _scaled(act: Activation, q: float) -> Scaled:
    return Scaled(act, math.sqrt(q))


def _at(act: Activation, q: float, order: int) -> tuple[np.ndarray, ...]:
    """Return z, its masses, and σ or σ' at √q z."""
    root = math.sqrt(q)
    cuts = tuple(b / root for b in act.breakpoints if b) if q > 0 else ()
    z, mass = line_rule(Gaussian(), 1, cuts)
    function = act.derivative if order else act
    return z, mass, function(torch.from_numpy(root * z)).numpy()


def _mean_square(act: Activation, q: float, order: int = 0) -> float:
    _, mass, values = _at(act, q, order)
    return float(np.where(mass > 0, values**2, 0.0) @ mass)


def _slope(act: Activation, s_w: float, q: float) -> float:
    """Return V'(q) = s_w² E[z σ(√q z) σ'(√q z)] / √q; s_w² σ'(0)² at zero."""
    if q == 0.0:
        return s_w**2 * _mean_square(act, 0.0, order=1)
    z, mass, values = _at(act, q, 0)
    slopes = _at(act, q, 1)[2]
    terms = np.where(mass > 0, z * values * slopes, 0.0)
    return s_w**2 * float(terms @ mass) / math.sqrt(q)


def _depth(slope: float) -> float:
    """Return -1/log of a slope, infinite at one and beyond."""
    if abs(slope) >= 1 - _CRITICAL:
        return math.inf
    return 0.0 if slope == 0.0 else -1 / math.log(abs(slope))
