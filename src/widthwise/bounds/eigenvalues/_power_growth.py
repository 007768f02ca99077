"""Gaussian weights and features that grow like a power: two widths."""

import math
from abc import abstractmethod

import numpy as np

from widthwise.arguments import probability
from widthwise.bounds.eigenvalues._chernoff_tails import chernoff_width, lower_exponent
from widthwise.bounds.eigenvalues._definition import WidthBound
from widthwise.bounds.eigenvalues._feature_norm import check_deviation
from widthwise.bounds.eigenvalues._power_tail import PowerGrowth, power_growth
from widthwise.bounds.eigenvalues._premises import Premises, premises
from widthwise.sources import BECCHETTI_2026, THEORY_PAGE
from widthwise.spectra import Spectrum
from widthwise.theorems import Width

__all__ = ["power_condition", "power_smallest"]

_REACHES = np.geomspace(0.5, 38.0, 240)


class _FromGrowth(WidthBound):
    r"""Units with some $|x_i \cdot w| > t$ are dropped, from $|\sigma| \le h(|z|)$.

    The others have $\|\sigma(Xw)\|^2 \le n h(t)^2$, and what is dropped has a mean
    trace of at most $\tau = n^2 E[h(|g|)^2; |g| > t]$.
    """

    trust = "derived"
    kernel = "conjugate"
    law = "gaussian"
    constant_is_known = True

    def width(
        self,
        spectrum: Spectrum,
        failure_probability: float | int = 0.01,
        *,
        epsilon: float | int = 0.5,
    ) -> Width:
        r"""Return the width, rounded up; inf where no growth of σ is known.

        Parameters
        ----------
        epsilon
            The deviation allowed, in (0, 1).
        """
        epsilon = check_deviation(epsilon)
        base = premises(self, spectrum, failure_probability)
        origin = spectrum.provenance
        act = None if origin is None else origin.activation
        growth = power_growth(act)
        if growth is None:
            return base.no_width("no power of |z| is known that bounds |σ(z)|")
        if base.is_singular:
            return base.certified(math.inf)
        found = [self._at(base, growth, float(t), epsilon) for t in _REACHES]
        return base.certified(min(found), growth.said)

    def _at(
        self, base: Premises, growth: PowerGrowth, reach: float, epsilon: float
    ) -> float:
        """Return the width with this t; any t gives a valid one."""
        count = base.points_count
        lost = count**2 * growth.tail(reach)
        kept = base.smallest - lost
        spare = 1 - (1 - epsilon) * base.smallest / kept if kept > 0 else 0.0
        if not spare > 0:
            return math.inf
        return self._units(base, count * growth.at(reach), lost, spare, epsilon)

    @abstractmethod
    def _units(
        self, base: Premises, norm: float, lost: float, spare: float, epsilon: float
    ) -> float:
        """Return the width where the units kept have `norm` and `lost` is dropped."""


class _PowerSmallest(_FromGrowth):
    r"""$\lambda_{\min}(G) \ge (1-\epsilon)\lambda_{\min}(G_\infty)$.

    Proposition 4.2 of Becchetti et al. with its constants solved for: Chernoff's lower
    tail for the units that are kept.
    """

    name = "power_smallest"
    title = "Becchetti et al., Proposition 4.2, solved: the smallest eigenvalue"
    promise = "smallest"
    formula = (
        r"\min_t \frac{n h(t)^2}{(\lambda_{\min} - \tau(t))\,\ell(\epsilon_t)}"
        r" \log\frac{n}{\delta},\ \tau(t) = n^2 E[h(|g|)^2; |g| > t]"
    )
    source = BECCHETTI_2026

    def _units(
        self,
        base: Premises,
        norm: float,
        lost: float,
        spare: float,
        epsilon: float,  # noqa: ARG002
    ) -> float:
        gain = (base.smallest - lost) * lower_exponent(spare)
        return norm / gain * (base.log_count - base.log_failure) if gain else math.inf


class _PowerCondition(_FromGrowth):
    r"""$\kappa(G) \le \frac{1+\epsilon}{1-\epsilon} \kappa(G_\infty)$.

    The largest eigenvalue is at most that of the units kept, by Chernoff's upper tail,
    plus the trace of those dropped, by Markov's inequality.
    """

    name = "power_condition"
    title = "Truncated Chernoff: every eigenvalue within a factor, Gaussian law"
    promise = "condition"
    formula = (
        r"\min_t \min\{m : n e^{-m (\lambda_{\min} - \tau) \ell(\epsilon_t) / L}"
        r" + n e^{-m \lambda_{\max} u(\epsilon / 2) / L}"
        r" + \tfrac{2 \tau}{\epsilon \lambda_{\max}} \le \delta\},\ L = n h(t)^2"
    )
    source = THEORY_PAGE

    def _units(
        self, base: Premises, norm: float, lost: float, spare: float, epsilon: float
    ) -> float:
        left = base.failure_probability - 2 * lost / (epsilon * base.largest_low)
        if not left > 0:
            return math.inf
        return chernoff_width(
            base.points_count,
            base.smallest - lost,
            base.largest_low,
            norm,
            probability(left, "The rest of δ"),
            min(spare, epsilon / 2),
        )


power_smallest = _PowerSmallest()
power_condition = _PowerCondition()
