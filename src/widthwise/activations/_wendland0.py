"""The activation made from Wendland's continuous function."""

import math
from dataclasses import KW_ONLY, dataclass, field
from types import MappingProxyType

from widthwise.activations._definition import Activation, floating
from widthwise.activations._domain import inside_domain
from widthwise.activations._parameters import real_number, whole_number
from widthwise.activations._wendland import (
    distance_to_support,
    half_square,
    power,
)
from widthwise.arrays import Array, Float, Real
from widthwise.sources import BENSON_2020

__all__ = ["Wendland0"]


@dataclass(frozen=True)
class Wendland0(Activation):
    r"""Wendland's $\phi_{d,0}$ of the distance of two unit vectors with t = z.

    $$\sigma(t) = (1 - u)_+^{\ell}, \quad u = \sqrt{2 - 2t} / \alpha,
      \quad \ell = \lfloor d/2 \rfloor + 1,$$

    so that $\sigma(w \cdot x) = \phi(\lVert w - x \rVert / \alpha)$. The default
    $\alpha = \sqrt{2}$ gives the support t > 0 of the rectifier.

    Defined on [-1, 1] only. Rounding up to 1e-12 beyond it (8 units in the last place
    in float32) counts as the end itself; anything farther is refused, never clamped.

    The derivative is infinite at t = 1, so there is no Lipschitz constant, and the
    smoothness, counted on the closed interval, is 1; at the support's edge
    $1 - \alpha^2/2$ the first jump is in the derivative of order $\ell$.
    Neither parity part is a polynomial, unless the radius is within the zero set.

    Raises
    ------
    InvalidArgumentError
        If the dimension is not an integer >= 2, or alpha not a positive number.
    OutsideDomainError
        If a value asked for is outside [-1, 1].

    Source: Benson, Damle and Townsend (2020), arXiv:2010.15959, eqs. (14)-(15).
    """

    _: KW_ONLY
    dimension: int = field(metadata={"meaning": "d, the coordinates of a point"})
    alpha: float | int = field(
        default=math.sqrt(2.0), metadata={"meaning": "support radius, in distance"}
    )

    name = "wendland0"
    formula = r"(1 - \sqrt{2 - 2z}/\alpha)_+^{\ell}, \ell = \lfloor d/2 \rfloor + 1"
    source = BENSON_2020
    example = MappingProxyType({"dimension": 3})
    smoothness = 1.0
    bound = 1.0
    lipschitz = math.inf
    domain = (-1.0, 1.0)

    def __post_init__(self) -> None:
        whole_number(self, "dimension", least=2)
        real_number(self, "alpha", positive=True)

    @property
    def degree(self) -> int:
        r"""The power $\ell$."""
        return self.dimension // 2 + 1

    @property
    def support_edge(self) -> float:
        r"""Where $\sigma$ becomes 0, $1 - \alpha^2/2$; below -1 if it never does."""
        return 1.0 - half_square(self.alpha)

    @property
    def breakpoints(self) -> tuple[float, ...]:
        return (self.support_edge, 1.0) if self.support_edge > -1.0 else (1.0,)

    @property
    def linear_growth(self) -> float:
        # Convex from 0 at the edge to 1 at t = 1, so below t if the edge is >= 0.
        return 1.0 if self.support_edge >= 0.0 else math.inf

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        t = inside_domain(floating(z), self)
        _, inside = distance_to_support(t, half_square(self.alpha))
        return power(inside, self.degree)

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        r"""Evaluate $\ell (1 - u)_+^{\ell - 1} / (\alpha^2 u)$; inf at t = 1."""
        t = inside_domain(floating(z), self)
        half = half_square(self.alpha)
        u, inside = distance_to_support(t, half)
        return power(inside, self.degree - 1) * (self.degree / (2 * half)) / u

    def even_part(self, radius: float) -> tuple[float, ...] | None:
        return () if radius <= self.support_edge else None

    def odd_part(self, radius: float) -> tuple[float, ...] | None:
        return () if radius <= self.support_edge else None

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        inside_domain(z, self)  # all of it before any of it is overwritten
        return super().apply_(z)
