"""An activation shifted and scaled to mean zero and mean square one."""

import math
from dataclasses import dataclass, field
from functools import cached_property

from widthwise.activations._definition import Activation
from widthwise.activations._gaussian_moments import gaussian_moments
from widthwise.activations._numerical import (
    largest_on_unit_interval,
    lipschitz_supremum,
)
from widthwise.arrays import Array, Float, Real

__all__ = ["PREFIX", "Normalized"]

PREFIX = "normalized_"


@dataclass(frozen=True)
class Normalized(Activation):
    r"""The activation $\varphi = (\sigma - \mu) / s$; made by `normalized`.

    With $\mu = E\,\sigma(g)$ and $s^2 = E\,(\sigma(g) - \mu)^2$ for g standard normal,
    $E\,\varphi(g) = 0$ and $E\,\varphi(g)^2 = 1$. Two of them are equal if their σ are.

    Attributes
    ----------
    base
        σ.
    mean, deviation
        μ and s.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> act = ww.activations.normalized("relu")
    >>> type(act).__name__, act(torch.zeros(1).double()).round(decimals=4).tolist()
    ('Normalized', [-0.6833])
    """

    base: Activation
    mean: float = field(init=False, compare=False)
    deviation: float = field(init=False, compare=False)
    name: str = field(init=False, compare=False, repr=False)  # type: ignore[misc]
    formula: str = field(init=False, compare=False, repr=False)  # type: ignore[misc]

    def __post_init__(self) -> None:
        mean, deviation = gaussian_moments(self.base)
        formula = rf"(\sigma(z) - {mean:.6g}) / {deviation:.6g}, "
        for key, value in {
            "mean": mean,
            "deviation": deviation,
            "name": PREFIX + self.base.name,
            "formula": rf"{formula}\sigma(z) = {self.base.formula}",
            "source": self.base.source,
        }.items():
            object.__setattr__(self, key, value)

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return (self.base(z) - self.mean) / self.deviation

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return self.base.derivative(z) / self.deviation

    def even_part(self, radius: float) -> tuple[float, ...] | None:
        part = self.base.even_part(radius)
        if part is None:
            return None
        first, *rest = part or (0.0,)
        shifted = [first - self.mean, *rest]
        return tuple(c / self.deviation for c in shifted) if any(shifted) else ()

    def odd_part(self, radius: float) -> tuple[float, ...] | None:
        part = self.base.odd_part(radius)
        return None if part is None else tuple(c / self.deviation for c in part)

    @property
    def breakpoints(self) -> tuple[float, ...]:
        return self.base.breakpoints

    @property
    def smoothness(self) -> float:
        return self.base.smoothness

    @property
    def homogeneity(self) -> float | None:
        return None if self.mean else self.base.homogeneity

    @property
    def splines(self) -> tuple[float, tuple[tuple[float, int, float], ...]] | None:
        if self.base.splines is None:
            return None
        constant, terms = self.base.splines
        scaled = tuple((b, i, c / self.deviation) for b, i, c in terms)
        return (constant - self.mean) / self.deviation, scaled

    @property
    def narrow(self) -> tuple[tuple[float, float], ...]:
        return self.base.narrow

    @cached_property
    def bound(self) -> float:
        if not self.mean:
            return self.base.bound / self.deviation
        if self.constants_are_sampled or math.isinf(self.lipschitz):
            return largest_on_unit_interval(self, self.breakpoints, self.narrow)
        return lipschitz_supremum(self, self.lipschitz)

    @property
    def lipschitz(self) -> float:
        return self.base.lipschitz / self.deviation

    @property
    def linear_growth(self) -> float:
        """The least B with |φ(z)| <= B |z|; inf where σ was shifted."""
        return self.base.linear_growth / self.deviation if not self.mean else math.inf

    @property
    def parity_is_exact(self) -> bool:
        return self.base.parity_is_exact

    @property
    def constants_are_sampled(self) -> bool:
        return self.base.constants_are_sampled
