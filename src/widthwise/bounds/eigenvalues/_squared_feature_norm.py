"""The largest squared norm of a hidden unit's features, from both sides."""

import math

import numpy as np
import torch
from scipy.optimize import linprog

from widthwise import laws
from widthwise.activations import Activation
from widthwise.arrays import Array, Float, real_tensor
from widthwise.bounds.eigenvalues._nearest_point import nearest_point_bound
from widthwise.bounds.eigenvalues._sphere_quadratic import (
    SphereQuadratic,
    sphere_quadratic,
)
from widthwise.bounds.eigenvalues._square_envelope import (
    SquareEnvelope,
    square_envelope,
)
from widthwise.features.two_layer import PointsLike
from widthwise.kernels.two_layer import unit_points
from widthwise.laws import Law
from widthwise.seeds import stream

__all__ = ["squared_feature_norm_bound", "squared_feature_norm_estimate"]

_ROUNDS = 20
_COARSE = 1500
_LARGEST_COEFFICIENT = 1e3
_GOOD_ENOUGH = 1e-4
_CANDIDATES = 64


def squared_feature_norm_bound(
    points: PointsLike, act: Activation, law: Law | str = "sphere"
) -> float:
    r"""Bound $\sup_w \|\sigma(Xw)\|^2$ over the law's support, rigorously.

    Where $\alpha + \beta z + \gamma z^2 \ge \sigma(z)^2$ on [-1, 1],

    $$\|\sigma(Xw)\|^2 \le \alpha n
    + \max_{\|w\| = 1} \big(\beta\,1^\top X w + \gamma\,\|X w\|^2\big),$$

    and the right side is minimised over $(\alpha, \beta, \gamma)$: a convex problem in
    three unknowns, solved by cutting planes. The minimiser's $\alpha$ is then raised
    until the quadratic lies above $\sigma^2$ between the grid's nodes too, by the
    Lipschitz constant L (by monotonicity for step and wendland0, which have none); the
    maximum over w is bounded by duality. So the result is an upper bound however well
    the search went. For activations that vanish away from z = 1, a bound by the nearest
    point is tried too (up to 2,500 points), and the least of all is returned.

    Parameters
    ----------
    points
        Shape (n, d), rows of unit norm.
    act
        $\sigma$. Its `bound` and `lipschitz` are relied on.
    law
        The law of w.

    Returns
    -------
    float
        At most $n C^2$ for the sphere; inf for a law of unbounded support.

    Raises
    ------
    NotOnSphereError
        If a row's norm differs from 1 by more than 1e-8.

    Source
    ------
    Replaces $n C^2$ in Benson, Damle and Townsend (2020), Lemma 2.8.

    Cost
    ----
    $O(n d \min(n, d))$ and some 0.2 s.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> act = ww.activations.get("relu")
    >>> ww.bounds.squared_feature_norm_bound(points, act) >= 1.0
    True
    """
    points = torch.from_numpy(unit_points(real_tensor(points, "The points")))
    law = laws.get(law, points.shape[1])
    if math.isinf(law.support_radius):
        return math.inf
    count = len(points)
    crude = count * float(act.bound) ** 2
    envelope = square_envelope(act)
    if envelope is None or crude == 0:
        return crude
    quadratic = sphere_quadratic(points)
    smooth = _least_majorant(envelope, quadratic, count, crude / count)
    local = nearest_point_bound(points, envelope)
    return min(crude, smooth, crude if local is None else local)


def squared_feature_norm_estimate(
    points: PointsLike,
    act: Activation,
    law: Law | str = "sphere",
    *,
    starts: int = 32,
    steps: int = 200,
    seed: int = 0,
) -> float:
    r"""Return the largest $\|\sigma(Xw)\|^2$ found by ascent from many w.

    A lower bound of the supremum that `squared_feature_norm_bound` bounds from above.

    Parameters
    ----------
    points
        Shape (n, d), rows of unit norm.
    starts
        Starts, the best of 64 times as many random weights, points, the mean and the
        leading directions.
    steps
        Ascent steps from each start, on the sphere, with a step size of its own.

    Cost: O(starts · steps · n d).

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> act = ww.activations.get("relu")
    >>> round(ww.bounds.squared_feature_norm_estimate(points, act), 3)
    1.0
    """
    points = torch.from_numpy(unit_points(real_tensor(points, "The points")))
    law = laws.get(law, points.shape[1])
    if math.isinf(law.support_radius):
        return math.inf
    weights = _starts(points, act, starts, seed)
    values, slopes = _value_and_slope(points, act, weights)
    reach = torch.full((len(weights), 1), 0.5, dtype=torch.float64)
    for _ in range(steps):
        size = torch.linalg.vector_norm(slopes, dim=1, keepdim=True).clamp(min=1e-300)
        moved = _unit(weights + reach * slopes / size)
        new_values, new_slopes = _value_and_slope(points, act, moved)
        better = (new_values > values)[:, None]
        weights = torch.where(better, moved, weights)
        slopes = torch.where(better, new_slopes, slopes)
        values = torch.maximum(values, new_values)
        reach = torch.where(better, reach * 1.3, reach * 0.5).clamp(max=4.0)
    return float(values.max())


def _least_majorant(
    envelope: SquareEnvelope, quadratic: SphereQuadratic, count: int, top: float
) -> float:
    """Minimise αn + max(β·1ᵀXw + γ‖Xw‖²) by Kelley's cutting planes.

    The unknowns are (α, β, γ, t) in units of C², and t stands for the maximum.
    """
    nodes, values = envelope.coarse(_COARSE)
    above = np.stack([-np.ones_like(nodes), -nodes, -(nodes**2), 0 * nodes], axis=1)
    limits = -values / top
    cuts = [quadratic.maximum(*each)[1] for each in ((1, 0), (-1, 0), (0, 1), (0, -1))]
    box = _LARGEST_COEFFICIENT
    best = math.inf
    for _ in range(_ROUNDS):
        below = np.array([[0.0, cut[0], cut[1], -1.0] for cut in cuts])
        found = linprog(
            [count, 0.0, 0.0, 1.0],
            A_ub=np.vstack([above, below]),
            b_ub=np.append(limits, np.zeros(len(cuts))),
            bounds=[(None, None), (-box, box), (-box, box), (None, None)],
            method="highs",
        )
        if found.x is None:
            break
        beta, gamma = float(found.x[1] * top), float(found.x[2] * top)
        maximum, cut = quadratic.maximum(beta, gamma)
        best = min(best, envelope.offset(beta, gamma) * count + maximum)
        if best <= found.fun * top * (1 + _GOOD_ENOUGH):
            break
        cuts.append(cut)
    return best * (1 + 1e-13)


def _starts(
    points: Float[Array, "n d"], act: Activation, starts: int, seed: int
) -> Float[Array, "s d"]:
    """Return the best of many candidates: a step activation has no slope to climb."""
    n, d = points.shape
    count = max(starts, 1)
    generator = stream(seed, f"bounds/ascent/{d}")
    random = generator.standard_normal((_CANDIDATES * count, d))
    rows = points[torch.from_numpy(generator.permutation(n)[: 4 * count])]
    leading = torch.linalg.eigh(points.T @ points)[1][:, -4:].T
    signed = torch.cat([rows, points.sum(0)[None], leading])
    together = torch.cat([torch.from_numpy(random), signed, -signed])
    together = _unit(together[torch.linalg.vector_norm(together, dim=1) > 1e-9])
    values = torch.cat(
        [
            act((part @ points.T).clamp(-1.0, 1.0)).square().sum(1)
            for part in torch.split(together, 256)
        ]
    )
    return together[values.argsort(descending=True)[:count]]


def _value_and_slope(
    points: Float[Array, "n d"], act: Activation, weights: Float[Array, "s d"]
) -> tuple[Float[Array, " s"], Float[Array, "s d"]]:
    """Return ‖σ(Xw)‖² and its gradient along the sphere, for each w."""
    z = (weights @ points.T).clamp(-1.0, 1.0)  # unit vectors: only rounding leaves it
    features = act(z)
    # A cusp has an infinite slope; any large number points the same way.
    rates = (2 * features * act.derivative(z)).nan_to_num().clamp(-1e6, 1e6)
    slopes = rates @ points
    radial = (slopes * weights).sum(1, keepdim=True)
    return features.square().sum(1), slopes - radial * weights


def _unit(vectors: Float[Array, "s d"]) -> Float[Array, "s d"]:
    lengths: Array = torch.linalg.vector_norm(vectors, dim=1, keepdim=True)
    return vectors / lengths
