"""What an activation must provide to enter the workbench."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal

from widthwise.arrays import Array, Float
from widthwise.sources import Source

__all__ = ["Activation", "Parity"]

Parity = Literal["even", "odd", "neither"]


@dataclass(frozen=True)
class Activation(ABC):
    r"""A nonlinearity $\sigma$ with what the theory needs to know about it.

    Catalog activations are frozen dataclasses whose fields are their parameters, so two
    equal activations compare and hash equal (the dual engine caches on that).

    `even_part` and `odd_part` decide ranks (S1 Theorem 3.6 and the rank theorem): a
    tuple of ascending coefficients means "this part of $\sigma$ is that polynomial
    on [-radius, radius]"; None means "not a polynomial there".
    """

    name: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[Source]

    @abstractmethod
    def __call__(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        r"""Evaluate $\sigma(z)$ elementwise; keeps shape and dtype."""

    @abstractmethod
    def derivative(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        r"""Evaluate $\sigma'(z)$ elementwise; at a kink, the right derivative."""

    @abstractmethod
    def even_part(self, radius: float) -> tuple[float, ...] | None:
        """Return the even part as a polynomial on [-radius, radius], or None."""

    @abstractmethod
    def odd_part(self, radius: float) -> tuple[float, ...] | None:
        """Return the odd part as a polynomial on [-radius, radius], or None."""

    @property
    @abstractmethod
    def breakpoints(self) -> tuple[float, ...]:
        r"""Where $\sigma$ or one of its derivatives jumps; ascending."""

    @property
    @abstractmethod
    def smoothness(self) -> float:
        """Order of the first discontinuous derivative; inf for a smooth one."""

    @property
    @abstractmethod
    def bound(self) -> float:
        r"""The supremum of $|\sigma|$ on [-1, 1], C of S1."""

    @property
    @abstractmethod
    def lipschitz(self) -> float:
        r"""The Lipschitz constant on [-1, 1], L of S1; inf where there is none."""

    @property
    def linear_growth(self) -> float:
        r"""The least B with $|\sigma(z)| \le B |z|$ for all z (S1 eq. 22), or inf."""
        return math.inf

    @property
    def domain(self) -> tuple[float, float]:
        r"""The closed interval where $\sigma$ is defined."""
        return (-math.inf, math.inf)

    @property
    def parity(self) -> Parity:
        r"""Whether $\sigma(-z) = \sigma(z)$, $\sigma(-z) = -\sigma(z)$, or neither."""
        if self.odd_part(1.0) == () and self.odd_part(math.inf) == ():
            return "even"
        if self.even_part(1.0) == () and self.even_part(math.inf) == ():
            return "odd"
        return "neither"
