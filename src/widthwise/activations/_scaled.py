"""An activation whose argument is scaled: the unit of a layer with another variance."""

import math
from dataclasses import dataclass
from functools import cached_property

from widthwise.activations._definition import Activation, floating
from widthwise.activations._numerical import largest_on_unit_interval
from widthwise.arrays import Array, Float, Real
from widthwise.errors import InvalidArgumentError

__all__ = ["Scaled"]


@dataclass(frozen=True)
class Scaled(Activation):
    r"""The activation $z \mapsto \sigma(f z)$ for a factor f > 0.

    Under weights of variance $f^2$, σ does what this does under weights of variance
    one; so it carries σ through the layers of a deep network. It has no catalog entry.

    Attributes
    ----------
    base
        σ.
    factor
        f, positive and finite.

    Raises
    ------
    InvalidArgumentError
        If σ is no `Activation`, or the factor is not positive and finite.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> act = ww.activations.Scaled(ww.activations.get("relu"), 3.0)
    >>> act(torch.tensor([2.0], dtype=torch.float64)).tolist()
    [6.0]
    """

    base: Activation
    factor: float

    name = "scaled"
    formula = r"\sigma(f z)"

    def __post_init__(self) -> None:
        if not isinstance(self.base, Activation):
            raise InvalidArgumentError(
                f"The base is {self.base!r}; it must be an Activation, such as "
                "activations.get('relu')."
            )
        if not (self.factor > 0 and math.isfinite(self.factor)):
            raise InvalidArgumentError(
                f"The factor is {self.factor!r}; it must be positive and finite."
            )
        object.__setattr__(self, "source", self.base.source)

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return self.base(floating(z) * self.factor)

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return self.base.derivative(floating(z) * self.factor) * self.factor

    def even_part(self, radius: float) -> tuple[float, ...] | None:
        return self._stretched(self.base.even_part(radius * self.factor))

    def odd_part(self, radius: float) -> tuple[float, ...] | None:
        return self._stretched(self.base.odd_part(radius * self.factor))

    @property
    def breakpoints(self) -> tuple[float, ...]:
        return tuple(point / self.factor for point in self.base.breakpoints)

    @property
    def smoothness(self) -> float:
        return self.base.smoothness

    @property
    def homogeneity(self) -> float | None:
        return self.base.homogeneity

    @property
    def splines(self) -> tuple[float, tuple[tuple[float, int, float], ...]] | None:
        if self.base.splines is None:
            return None
        constant, terms = self.base.splines
        f = self.factor
        return constant, tuple((b / f, i, c * f**i) for b, i, c in terms)

    @cached_property
    def bound(self) -> float:
        return largest_on_unit_interval(self, self.breakpoints, self.narrow)

    @cached_property
    def lipschitz(self) -> float:
        if math.isinf(self.base.lipschitz) or self.smoothness == 0:
            return math.inf
        return largest_on_unit_interval(self.derivative, self.breakpoints, self.narrow)

    @property
    def linear_growth(self) -> float:
        return self.base.linear_growth * self.factor

    @property
    def domain(self) -> tuple[float, float]:
        low, high = self.base.domain
        return low / self.factor, high / self.factor

    @property
    def narrow(self) -> tuple[tuple[float, float], ...]:
        return tuple(
            (low / self.factor, high / self.factor) for low, high in self.base.narrow
        )

    @property
    def parity_is_exact(self) -> bool:
        return self.base.parity_is_exact

    @property
    def constants_are_sampled(self) -> bool:
        return self.base.constants_are_sampled

    def _stretched(
        self, coefficients: tuple[float, ...] | None
    ) -> tuple[float, ...] | None:
        if coefficients is None:
            return None
        return tuple(c * self.factor**k for k, c in enumerate(coefficients))
