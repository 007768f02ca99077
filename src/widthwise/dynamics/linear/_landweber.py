"""Gradient descent for linear least squares, solved in closed form."""

import math
from dataclasses import dataclass, field
from typing import Any

import torch

from widthwise.arrays import Array, Float
from widthwise.dynamics.linear._curves import first_within, norms, plain
from widthwise.dynamics.linear._factors import Factors
from widthwise.dynamics.linear._guarantee import check_tolerance
from widthwise.dynamics.linear._plateaus import Plateau, check_span, find_plateaus
from widthwise.dynamics.linear._step_counts import step_counts
from widthwise.errors import InvalidArgumentError

__all__ = ["Landweber"]

_CHUNK = 2**22


@dataclass(frozen=True)
class Landweber:
    r"""Gradient descent on $\tfrac12\|\Phi v - y\|^2$ from $v_0 = 0$, at any step.

    With $\Phi = U \Sigma V^\top$ and step $\eta$, the k-th iterate and its residual are

    $$v_k = V\,\mathrm{diag}\big(1 - (1 - \eta s_i^2)^k\big)\,\Sigma^{-1} U^\top y,
    \qquad \Phi v_k - y = -U\,\mathrm{diag}\big((1 - \eta s_i^2)^k\big)\,U^\top y$$

    plus the part of $-y$ outside the range of $\Phi$. Powers are evaluated as
    $e^{-k r_i}$ with $r_i = -\log|1 - \eta s_i^2|$ to full relative accuracy and the
    sign kept apart, so k = 1e15 costs and loses as little as k = 1.

    Attributes
    ----------
    step
        $\eta$, rounded to float64; inf where $\Phi = 0$.
    singular_values
        Shape (r,), descending, as given.
    projections
        Shape (r,). $U^\top y / \|y\|$; zero for the modes that count as null.
    unreachable
        $\|P y\| / \|y\|$ for P the projection on the complement of the range: the
        relative residual never falls below it.
    targets_norm
        $\|y\|$.
    rank
        How many singular values count as nonzero.
    threshold
        The size up to which a singular value counts as zero.

    Source: Benson, Damle and Townsend (2020), arXiv:2010.15959, eq. 17-19, Lemma A.8.
    """

    step: float
    singular_values: Float[Array, " r"]
    projections: Float[Array, " r"]
    unreachable: float
    targets_norm: float
    rank: int
    threshold: float
    _factors: Factors = field(repr=False)
    _right_vectors: Float[Array, "r m"] | None = field(default=None, repr=False)

    @property
    def largest_stable_step(self) -> float:
        r"""The supremum of the steps that converge, $2 / s_1^2$; inf if $\Phi = 0$."""
        if self.rank == 0:
            return math.inf
        return 2.0 / float(self.singular_values[0]) ** 2

    @property
    def condition_number(self) -> float:
        r"""$\kappa(G) = (s_1 / s_n)^2$; inf where a singular value counts as zero."""
        if self.rank == 0 or self.rank < len(self.singular_values):
            return math.inf
        return float(self.singular_values[0] / self.singular_values[-1]) ** 2

    def relative_residual(self, k: Any) -> Any:
        r"""Return $\|\Phi v_k - y\| / \|y\|$.

        Parameters
        ----------
        k
            A whole number, or an array of them (list, NumPy or torch), from 0 to 1e308.

        Returns
        -------
        float, or float64 tensor of the shape of `k`
            Between `unreachable` and 1, non-increasing in k; 0 for zero targets.
        """
        counts = step_counts(k)
        weights = self.projections[: self.rank].abs()
        rows = [
            norms(self._factors.powers(part) * weights, self.unreachable)
            for part in torch.split(counts.values, max(1, _CHUNK // max(1, self.rank)))
        ]
        found = torch.cat(rows) if rows else counts.values
        return plain(found.clamp(max=1.0), counts.shape)

    def relative_error(self, k: Any) -> Any:
        r"""Return $\|v_k - v_*\| / \|v_*\|$ for the minimum-norm solution $v_*$.

        The shape of `k` is kept. Zero if $v_* = 0$.
        """
        counts = step_counts(k)
        weights = (self.projections / self.singular_values)[: self.rank].abs()
        whole = norms(weights[None, :], 0.0)
        if self.rank == 0 or float(whole) == 0.0:
            return plain(torch.zeros_like(counts.values), counts.shape)
        rows = [
            norms(self._factors.powers(part) * (weights / whole), 0.0)
            for part in torch.split(counts.values, max(1, _CHUNK // self.rank))
        ]
        return plain(torch.cat(rows), counts.shape)

    def filters(self, k: Any) -> Float[Array, "... r"]:
        r"""Return $1 - (1 - \eta s_i^2)^k$ for each singular value.

        Shape (r,) for one k, else the shape of `k` with r appended. Between 0 and 2:
        above 1 where $\eta s_i^2 > 1$ and k is odd. Zero for the modes that count as
        null.
        """
        counts = step_counts(k)
        found = torch.zeros(
            (len(counts.values), len(self.singular_values)), dtype=torch.float64
        )
        found[:, : self.rank] = self._factors.filters(counts.values, counts.are_odd)
        return found[0] if counts.shape is None else found.reshape(*counts.shape, -1)

    def coefficients(self, k: Any) -> Float[Array, "... m"]:
        r"""Return the iterate $v_k$, shape (m,), or the shape of `k` with m appended.

        Raises
        ------
        InvalidArgumentError
            If the run was made without the right singular vectors.
        """
        if self._right_vectors is None:
            raise InvalidArgumentError(
                "This run has no right singular vectors, so it cannot form v_k. Make "
                "it with landweber(phi, y), or give landweber_from_svd right_vectors."
            )
        scaled = (self.projections / self.singular_values)[: self.rank]
        modes = self.filters(k)[..., : self.rank] * (scaled * self.targets_norm)
        return modes @ self._right_vectors[: self.rank]

    def steps_to(self, tolerance: float | int) -> int | float:
        r"""Return the least k with $\|\Phi v_k - y\| \le \text{tolerance}\,\|y\|$.

        The residual never grows, so bisection on k finds it; inf where `unreachable`
        exceeds the tolerance.

        Raises
        ------
        InvalidArgumentError
            If the tolerance is not positive.
        """
        check_tolerance(tolerance)
        if self.unreachable > tolerance:
            return math.inf
        return first_within(tolerance, self.relative_residual)

    def plateaus(
        self,
        tolerance: float | int = 1e-6,
        *,
        drop: float | int = 0.05,
        decades: float | int = 1,
    ) -> tuple[Plateau, ...]:
        """Return where the residual, above `tolerance`, hardly moves.

        Parameters
        ----------
        tolerance
            Plateaus at relative residuals up to this are not reported.
        drop
            A plateau's residual falls by at most this fraction, in (0, 1).
        decades
            A plateau's last step is at least 10**decades times its first.
        """
        check_span(tolerance, drop, decades)
        return find_plateaus(
            self.singular_values[: self.rank],
            self.projections[: self.rank],
            self.unreachable,
            self._factors.decays,
            self._factors.powers,
            self.relative_residual,
            tolerance=tolerance,
            drop=drop,
            decades=decades,
        )
