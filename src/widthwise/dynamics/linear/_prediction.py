"""Training predicted: outputs, residuals and coefficients after any number of steps."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch

from widthwise.arrays import Array, Bool, Float
from widthwise.dynamics.linear._curves import first_within, norms, plain, shaped
from widthwise.dynamics.linear._guarantee import check_tolerance
from widthwise.dynamics.linear._linear_model import LinearModel
from widthwise.dynamics.linear._method import Method, Modes
from widthwise.dynamics.linear._plateaus import Plateau, check_span, find_plateaus
from widthwise.dynamics.linear._step_counts import StepCounts
from widthwise.numerics import require

__all__ = ["Prediction"]

_CHUNK = 2**16  # Counts times modes at once: half a megabyte stays in the cache.
_SCAN = 2**16  # Step counts looked at one by one.


@dataclass(frozen=True)
class Prediction:
    r"""A linear model trained by a method, at any number k of steps without iterating.

    The residual $f_k - y$ keeps the fraction $p_k(s_i^2)$ of mode i. A number of steps
    may be one whole number or an array of them, up to 1e308; what is returned has the
    shape of the counts, then its own. Gradient flow and ridge regression take times.

    Attributes
    ----------
    model
        The spectral data of the features, targets and test points.
    method
        The method with its numbers: `method.step`, `method.momentum` and so on.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> model = ww.dynamics.linear_model(phi, [1.0, 1.0])
    >>> run = ww.dynamics.gradient_descent(model, "stable")
    >>> round(run.relative_residual(3), 4), run.steps_to(1e-3)
    (0.2983, 23)
    """

    model: LinearModel
    method: Method
    _modes: Modes = field(repr=False)

    def relative_residual(self, k: Any) -> Any:
        r"""Return $\|f_k - y\| / \|f_0 - y\|$ (Frobenius); 0 where $f_0 = y$.

        Returns
        -------
        float, or float64 tensor of the shape of `k`
        """
        return self._norm(k, self._modes.remaining)

    def bound(self, k: Any) -> Any:
        """Return what `relative_residual` does not exceed at k or any later count.

        Equal to it for methods that never overshoot; above its ripples for momentum
        and Chebyshev iteration.
        """
        return self._norm(k, self._modes.bounds)

    def loss(self, k: Any) -> Any:
        r"""Return $\tfrac12 \|f_k - y\|^2$, the loss that is trained on."""
        relative = self.relative_residual(k)
        return 0.5 * (relative * self._gap_norm) ** 2

    def train(self, k: Any) -> Float[Array, "..."]:
        """Return the outputs on the trained points: shape of k, then (n,) or (n, c)."""
        return self._outputs(k, self.model.left_vectors, self.model.initial)

    def test(self, k: Any) -> Float[Array, "..."]:
        """Return the outputs on the test points: shape of k, then (t,) or (t, c).

        Raises
        ------
        InvalidArgumentError
            If the model was made without test points.
        """
        return self._outputs(k, self.model.test_map, self.model.test_initial)

    def coefficients(self, k: Any) -> Float[Array, "..."]:
        r"""Return the parameters' move $v_k$: shape of k, then (m,) or (m, c).

        Raises
        ------
        InvalidArgumentError
            If the model was made from a kernel.
        """
        scaled = self.model.right_vectors.T / self.model.singular_values
        origin = scaled.new_zeros(len(scaled), self.model.targets.shape[1])
        return self._outputs(k, scaled, origin)

    def filters(self, k: Any) -> Float[Array, "..."]:
        r"""Return $1 - p_k(s_i^2)$, how much of each mode is fitted: shape of k, (r,).

        Conjugate gradients has a filter for each output: then (r, c).
        """
        counts = self.method.counts(k)
        return shaped(self._modes.filters(counts), counts.shape)

    def degrees_of_freedom(self, k: Any) -> Any:
        """Return the sum of the filters, the trace of the smoother; from 0 to rank."""
        counts = self.method.counts(k)
        return plain(self._modes.filters(counts).sum(1), counts.shape)

    @property
    def time_scales(self) -> Float[Array, " r"]:
        """After this many steps mode i is e times smaller, in the end; shape (r,)."""
        return 1.0 / self._modes.decays

    @property
    def slowest(self) -> float:
        """The longest time scale of a mode that the targets have a part in."""
        live = self.time_scales[self._weights > 0]
        return float(live.max()) if len(live) else 0.0

    def steps_to(self, tolerance: float | int) -> int | float:
        """Return the least k from which on the relative residual is within tolerance.

        Infinity where the unreachable part of the targets exceeds it.

        A residual that ripples (momentum, Chebyshev iteration) is within the tolerance
        from the returned count on, and up to 65536 counts before the one that `bound`
        proves are looked at for an earlier one.

        Raises
        ------
        InvalidArgumentError
            If the tolerance is not positive.
        """
        check_tolerance(tolerance)
        if self._unreachable > tolerance:
            return math.inf
        proved = first_within(tolerance, self.bound)
        if not isinstance(proved, int) or self._within(proved - 1) > tolerance:
            return proved
        return self._scan_back(proved, tolerance)

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
            A plateau's residual (without ripples) falls by at most this fraction.
        decades
            A plateau's last step is at least 10**decades times its first.
        """
        check_span(tolerance, drop, decades)
        return find_plateaus(
            self.model.singular_values,
            self._weights,
            self._unreachable,
            self._modes.decays,
            lambda counts: self._modes.bounds(self.method.counts(counts)).abs(),
            self.bound,
            tolerance=tolerance,
            drop=drop,
            decades=decades,
        )

    @property
    def _weights(self) -> Float[Array, " r"]:
        """The size of each mode of the unit gap, over all outputs."""
        result: Array = torch.linalg.vector_norm(self.model.projections, dim=1)
        return result

    @property
    def _unreachable(self) -> float:
        return float(torch.linalg.vector_norm(self.model.unreachable))

    @property
    def _gap_norm(self) -> float:
        """The norm of y - f_0; the model's scale is 1 where this is 0."""
        reached = torch.linalg.vector_norm(self.model.projections)
        return self.model.scale * math.hypot(float(reached), self._unreachable)

    def _norm(self, k: Any, evaluate: Callable[[StepCounts], Array]) -> Any:
        counts = self.method.counts(k)
        rows = []
        for part in counts.split(max(1, _CHUNK // max(1, self.model.rank))):
            left = evaluate(part)
            if left.ndim == 2:
                left = left.mul_(self._weights).abs_()
            else:
                left = torch.linalg.vector_norm(left * self.model.projections, dim=2)
            rows.append(norms(left, self._unreachable))
        found = torch.cat(rows) if rows else counts.values
        whole = norms(self._weights[None, :], self._unreachable)
        if float(whole) > 0.0:  # 1 but for rounding, which would show at k = 0
            found = found / whole
        return plain(found, counts.shape)

    def _outputs(
        self, k: Any, directions: Float[Array, "q r"], origin: Float[Array, "q c"]
    ) -> Float[Array, "..."]:
        counts = self.method.counts(k)
        outputs = self.model.projections.shape[1]
        require(
            16 * len(counts.values) * outputs * (len(directions) + self.model.rank),
            f"The outputs after {len(counts.values)} numbers of steps",
            "Ask for fewer at once.",
        )
        fitted = self._modes.filters(counts)
        if fitted.ndim == 2:
            fitted = fitted[:, :, None]
        modes = fitted * (self.model.projections * self.model.scale)
        found = directions @ modes + origin
        if self.model.has_one_output:
            found = found[:, :, 0]
        return shaped(found, counts.shape)

    def _within(self, count: int) -> float:
        return float(self.relative_residual(max(count, 0)))

    def _scan_back(self, proved: int, tolerance: float | int) -> int:
        """Return the least count with nothing above the tolerance up to `proved`."""
        stop, size, seen = proved, 64, 0
        while stop > 0 and seen < _SCAN:
            start = max(0, stop - size)
            above = self.relative_residual(list(range(start, stop))) > tolerance
            if bool(above.any()):
                return start + int(_last(above)) + 1
            stop, size, seen = start, min(2 * size, 4096), seen + stop - start
        return stop


def _last(found: Bool[Array, " c"]) -> int:
    return int(found.nonzero()[-1])
