"""What an activation must provide to enter the workbench."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Literal

import torch

from widthwise.arrays import Array, Float, Real
from widthwise.errors import InvalidArgumentError
from widthwise.sources import Source

__all__ = ["Activation", "Parity", "floating"]

Parity = Literal["even", "odd", "neither"]

# Half a megabyte of float64: temporaries of this size stay in the processor's cache.
_CHUNK = 1 << 16


@dataclass(frozen=True)
class Activation(ABC):
    r"""A nonlinearity $\sigma$ with what the theory needs to know about it.

    Catalog activations are frozen dataclasses whose fields are their parameters, so two
    equal activations compare and hash equal (the dual engine caches on that).

    `even_part` and `odd_part` decide ranks (S1 Theorem 3.6 and the rank theorem): a
    tuple of ascending coefficients means "this part of $\sigma$ is that polynomial
    on [-radius, radius]", save on a set of measure zero, and () is the zero polynomial;
    None means "not a polynomial there".

    Attributes
    ----------
    name, formula, source
        The catalog name, the LaTeX of $\sigma(z)$, the paper.
    example
        Values for the parameters that have no default; they make a working instance.

    Examples
    --------
    >>> import widthwise as ww
    >>> act = ww.activations.get("swish")
    >>> isinstance(act, ww.activations.Activation), act.smoothness, act.breakpoints
    (True, inf, ())
    """

    name: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[Source]
    example: ClassVar[Mapping[str, Any]] = MappingProxyType({})

    @abstractmethod
    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        r"""Evaluate $\sigma(z)$ elementwise; keeps shape and floating dtype.

        Integers become float64. A finite z gives a number, never NaN; it is inf only
        where $\sigma(z)$ itself is beyond the dtype.
        """

    @abstractmethod
    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
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
        r"""Where $\sigma$ or one of its derivatives jumps or is infinite; ascending."""

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
    def homogeneity(self) -> float | None:
        r"""The p with $\sigma(c z) = c^p \sigma(z)$ for every c > 0, or None."""
        return None

    @property
    def splines(self) -> tuple[float, tuple[tuple[float, int, float], ...]] | None:
        r"""C and the $(b_m, i_m, c_m)$ of $\sigma(z) = c + \sum c_m (z - b_m)_+^{i_m}$.

        $b_m = -\infty$ stands for $c_m z^{i_m}$. None where σ is no such sum, or is
        better known otherwise.
        """
        return None

    @property
    def in_registers(self) -> tuple[str, tuple[float, ...]] | None:
        """What `numerics.panels.overwriting` calls σ, and its numbers, or None.

        Its values and those of `apply_` are within a few units in the last place of one
        another, and both overflow where σ does.
        """
        return None

    @property
    def parity(self) -> Parity:
        r"""Whether $\sigma(-z) = \sigma(z)$, $\sigma(-z) = -\sigma(z)$, or neither."""
        if self.odd_part(1.0) == () and self.odd_part(math.inf) == ():
            return "even"
        if self.even_part(1.0) == () and self.even_part(math.inf) == ():
            return "odd"
        return "neither"

    @property
    def parity_is_exact(self) -> bool:
        """Whether the parity parts are proved rather than decided numerically."""
        return True

    @property
    def constants_are_sampled(self) -> bool:
        """Whether constants and breakpoints were found by sampling, so not proved."""
        return False

    @property
    def narrow(self) -> tuple[tuple[float, float], ...]:
        """Intervals where a coarse grid would miss what σ does; () in the catalog."""
        return ()

    def amplitudes_on(self, dimension: int) -> tuple[float, ...] | None:  # noqa: ARG002
        r"""Return $\sqrt{N(d,k)}\,\lambda_k$ on $S^{d-1}$ if σ is made of them."""
        return None

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        r"""Overwrite z with $\sigma(z)$ and return it; outside of autograd.

        The values are those of calling the activation, up to the last bit.
        """
        if not z.is_contiguous():
            return z.copy_(self(z))
        flat = z.view(-1)
        for start in range(0, flat.numel(), _CHUNK):
            chunk = flat[start : start + _CHUNK]
            chunk.copy_(self(chunk))
        return z


def floating(z: Any) -> Array:
    """Return z itself if it is a floating tensor; integers become float64."""
    if not isinstance(z, torch.Tensor):
        raise InvalidArgumentError(
            f"An activation takes a torch tensor, not {type(z).__name__}. "
            "Wrap the values with torch.as_tensor(values, dtype=torch.float64)."
        )
    if z.is_floating_point():
        return z
    if z.is_complex():
        raise InvalidArgumentError(
            f"An activation takes real values, not {z.dtype}. Pass z.real."
        )
    return z.to(torch.float64)
