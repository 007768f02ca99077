"""How wide the support of a Wendland activation should be, for given points."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import betainc

from widthwise import activations
from widthwise.arguments import choice, positive, whole_number
from widthwise.arrays import real_tensor
from widthwise.bounds.eigenvalues import benson_full_rank, squared_feature_norm_bound
from widthwise.errors import KernelUnderflowError
from widthwise.features.two_layer import PointsLike, RandomFeatures
from widthwise.kernels import conjugate_kernel
from widthwise.laws import Sphere
from widthwise.spectra import feature_spectrum, spectrum

__all__ = ["Support", "supports"]

_ALPHAS = (0.8, 1.0, 1.2, math.sqrt(2.0), 1.6, 1.8, 1.95)
_NAMES = ("wendland0", "wendland2", "wendland4", "wendland6")


@dataclass(frozen=True)
class Support:
    r"""What a support radius $\alpha$ makes of the kernel and of a finite width.

    Attributes
    ----------
    alpha
        $\alpha$, in distance; the support is $w \cdot x > 1 - \alpha^2/2$.
    active_share
        Probability that a hidden unit is not zero at a point.
    value_at_one
        κ(1), the mean diagonal of $G_\infty$.
    condition_number
        Of $G_\infty$.
    relative_smallest
        $\lambda_{\min}(G_\infty) / \kappa(1)$; at most 1.
    certified_width
        Of `benson_full_rank`; None where $G_\infty$ is numerically singular.
    at_width
        Condition number of the Gram matrix G of the width asked for; inf if singular.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> (found,) = ww.bounds.supports(points, 20, alphas=(1.2,))
    >>> found.alpha, 0 < found.active_share < 1
    (1.2, True)
    """

    alpha: float
    active_share: float
    value_at_one: float
    condition_number: float
    relative_smallest: float
    certified_width: float | int | None
    at_width: float


def supports(
    points: PointsLike,
    width: int,
    act: str = "wendland2",
    *,
    alphas: Sequence[float | int] = _ALPHAS,
    failure_probability: float = 0.01,
    seed: int = 0,
) -> tuple[Support, ...]:
    r"""Compare support radii of a Wendland activation on unit points, best one first.

    A narrow support makes $G_\infty$ nearly a multiple of the identity, and units that
    almost never fire: in many dimensions far more than n of them are needed before G is
    like it. A wide one does the opposite. So the order is that of κ(G) at the width.

    Parameters
    ----------
    points
        Shape (n, d), rows of unit norm.
    width
        m, at least 1.
    act
        "wendland0", 2, 4 or 6.
    alphas
        Positive; below 2 the kernel is positive definite for all distinct points.
    failure_probability
        δ of the certified width.
    seed
        Of the weights, the same for each α.

    Returns
    -------
    One `Support` a radius, by `at_width`, then by `condition_number`. Radii whose
    kernel is below float64 in this dimension are left out.

    Cost: for each α that of `conjugate_kernel`, `spectrum` and `feature_spectrum`.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> found = ww.bounds.supports(points, 20, alphas=(1.2, 1.6))
    >>> [each.active_share > 0 for each in found]
    [True, True]
    """
    choice(act, "act", _NAMES)
    width = whole_number(width, "The width", least=1)
    points = real_tensor(points, "The points")
    found = []
    for each in alphas:
        alpha = positive(each, "alpha")
        dimension = points.shape[1]
        made = activations.get(act, dimension=dimension, alpha=alpha)
        edge = 1.0 - alpha * alpha / 2
        law = Sphere(dimension)
        try:
            limit = spectrum(conjugate_kernel(points, made, law))
        except KernelUnderflowError:
            continue
        finite = feature_spectrum(
            points, RandomFeatures(made, width=width, law=law, seed=seed)
        )
        diagonal = float(limit.eigenvalues.mean())
        certified = None
        if not limit.is_singular:
            certified = benson_full_rank.width(
                limit,
                failure_probability=failure_probability,
                squared_norm_bound=squared_feature_norm_bound(points, made, law),
            ).value
        found.append(
            Support(
                alpha,
                _share_beyond(edge, dimension),
                diagonal,
                limit.condition_number,
                limit.smallest / diagonal,
                certified,
                finite.condition_number,
            )
        )
    return tuple(sorted(found, key=lambda each: (each.at_width, each.condition_number)))


def _share_beyond(edge: float, dimension: int) -> float:
    """Return P(u > edge): (1 - u)/2 has the law Beta((d - 1)/2, (d - 1)/2)."""
    half = (dimension - 1) / 2
    return float(betainc(half, half, min((1.0 - edge) / 2, 1.0)))
