"""An activation whose kernel on a sphere has a wished-for spectrum."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch

from widthwise.activations._definition import Activation, floating
from widthwise.activations._numerical import lipschitz_supremum
from widthwise.activations._zonal_powers import ascending_powers
from widthwise.arguments import whole_number
from widthwise.arrays import Array, Float, Real
from widthwise.errors import InvalidArgumentError
from widthwise.numerics.harmonics import step_squared
from widthwise.sources import SCHOENBERG_1942

__all__ = ["Zonal", "from_kernel"]


@dataclass(frozen=True)
class Zonal(Activation):
    r"""The polynomial $\sum_k a_k p_k(z)$ of $S^{d-1}$; made by `from_kernel`.

    $p_k = \sqrt{N(d,k)} P_k$ are the orthonormal polynomials of one coordinate of a
    uniform point: $E\,p_j(u) p_k(u) = \delta_{jk}$. They are evaluated by their
    three-term recurrence, and $p_k' = \sqrt{k (k+d-2)\, d / (d-1)}\; q_{k-1}$ with the
    polynomials $q$ of $S^{d+1}$.

    Attributes
    ----------
    amplitudes
        $a_0, \dots, a_K$, without trailing zeros; $a_k = \sqrt{N(d,k)}\,\lambda_k$.
    dimension
        d, at least 2.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> act = ww.activations.Zonal((0.0, 1.0), dimension=3)
    >>> act(torch.ones(1).double()).round(decimals=4).tolist()
    [1.7321]
    """

    amplitudes: tuple[float, ...]
    dimension: int

    name = "zonal"
    formula = r"\sum_k a_k \sqrt{N(d, k)}\, P_k(z)"
    source = SCHOENBERG_1942
    breakpoints = ()
    smoothness = math.inf

    @cached_property
    def bound(self) -> float:
        signs = [a > 0 for a in self.amplitudes if a]
        flipped = [(a > 0) != (k % 2 > 0) for k, a in enumerate(self.amplitudes) if a]
        if len(set(signs)) <= 1 or len(set(flipped)) <= 1:
            return self._majorant  # attained at 1, or at -1
        return lipschitz_supremum(self, self._slope._majorant)

    @property
    def lipschitz(self) -> float:
        return self._slope.bound

    @property
    def linear_growth(self) -> float:
        a = self.amplitudes
        if len(a) > 2 or (a and a[0] != 0.0):
            return math.inf
        return abs(a[1]) * math.sqrt(self.dimension) if a else 0.0

    @cached_property
    def _majorant(self) -> float:
        """Σ |a_k| p_k(1)."""
        sizes = Zonal(tuple(map(abs, self.amplitudes)), self.dimension)
        return float(sizes(torch.ones(1, dtype=torch.float64)))

    @cached_property
    def _slope(self) -> "Zonal":
        d = self.dimension
        slopes = (
            a * math.sqrt(k * (k + d - 2) * d / (d - 1))
            for k, a in enumerate(self.amplitudes)
        )
        return Zonal(tuple(slopes)[1:], d + 2)

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        z = floating(z)
        before, now, step = torch.zeros_like(z), torch.ones_like(z), 0.0
        total = torch.zeros_like(z)
        for k, a in enumerate(self.amplitudes):
            if k:
                following = math.sqrt(step_squared(self.dimension, k))
                before, now = now, (z * now - step * before) / following
                step = following
            if a:
                total = total + a * now
        return total

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return self._slope(z)

    def amplitudes_on(self, dimension: int) -> tuple[float, ...] | None:
        return self.amplitudes if dimension == self.dimension else None

    def even_part(self, radius: float) -> tuple[float, ...]:  # noqa: ARG002
        return ascending_powers(self.amplitudes, self.dimension, 0)

    def odd_part(self, radius: float) -> tuple[float, ...]:  # noqa: ARG002
        return ascending_powers(self.amplitudes, self.dimension, 1)


def from_kernel(
    coefficients: Sequence[float | int] | Array | np.ndarray,
    dimension: int,
    *,
    signs: Iterable[int] | None = None,
) -> Zonal:
    r"""Make the activation whose kernel on the sphere of $R^d$ is a given one.

    For weights uniform on $S^{d-1}$, $\sigma(z) = \sum_k \pm\sqrt{c_k N(d,k)} P_k(z)$
    has the conjugate kernel

    $$\kappa(t) = \sum_{k=0}^K c_k P_k(t), \qquad P_k(1) = 1, \qquad c_k \ge 0,$$

    in the convention of `kernels.funk_hecke`: $c_k = N(d,k) \lambda_k^2$, N(d, k) the
    number of harmonics, so that $\kappa(1) = \sum_k c_k = E\,\sigma^2$ and each
    eigenvalue $c_k / N(d,k)$ of the kernel has multiplicity N(d, k).

    Parameters
    ----------
    coefficients
        $c_0, \dots, c_K$: what each degree adds to κ(1). Non-negative: no other κ is a
        kernel of all points (Schoenberg).
    dimension
        d, at least 2.
    signs
        +1 or -1 for each degree, +1 where left out. They do not change the kernel, but
        σ: all +1 make it a peak at z = 1, the largest that the kernel allows.

    Returns
    -------
    A polynomial of degree K, defined everywhere, and of this kernel in $R^d$ under the
    sphere law only. Its values on [-1, 1] are rounded to some $K\epsilon$ of
    $\sum_k |a_k p_k(z)|$.

    Raises
    ------
    InvalidArgumentError
        If there is no coefficient, if one is negative or not finite, if the dimension
        is no integer of at least 2, if a sign is missing or none, or if σ(1) is beyond
        float64.

    Source
    ------
    Schoenberg (1942), Duke Math. J. 9, 96; Benson, Damle and Townsend (2020),
    arXiv:2010.15959, eq. (12). Cost: K multiply-adds a value.

    Examples
    --------
    >>> import widthwise as ww
    >>> act = ww.activations.from_kernel([0.5, 0.5], dimension=4)
    >>> round(float(ww.kernels.dual(act, ww.laws.Sphere(4))(0.3)), 6)
    0.65
    """
    dimension = whole_number(dimension, "The dimension", least=2)
    wanted = _numbers(coefficients, "The coefficients of the kernel")
    for k, c in enumerate(wanted):
        if not (math.isfinite(c) and c >= 0.0):
            raise InvalidArgumentError(
                f"The coefficient of degree {k} is {c:g}; each must be finite, and "
                "zero or positive, for κ to be a kernel."
            )
    chosen = [1.0] * len(wanted) if signs is None else _numbers(signs, "The signs")
    if len(chosen) != len(wanted) or not {abs(sign) for sign in chosen} <= {1.0}:
        raise InvalidArgumentError(
            f"There are {len(wanted)} coefficients and {len(chosen)} signs; each "
            "coefficient needs one, +1 or -1."
        )
    while wanted and wanted[-1] == 0.0:
        wanted.pop()
    amplitudes = (s * math.sqrt(c) for s, c in zip(chosen, wanted, strict=False))
    made = Zonal(tuple(amplitudes), dimension)
    if not math.isfinite(made._majorant + made._slope._majorant):
        raise InvalidArgumentError(
            f"A polynomial of degree {len(wanted) - 1} on the sphere of R^{dimension} "
            "is beyond float64 at z = 1. Use fewer coefficients."
        )
    return made


def _numbers(values: Any, what: str) -> list[float]:
    try:
        found = [float(each) for each in ([] if isinstance(values, str) else values)]
    except (TypeError, ValueError):
        found = []
    if not found:
        raise InvalidArgumentError(
            f"{what} are {values!r}; they must be one or more numbers, one a degree."
        )
    return found
