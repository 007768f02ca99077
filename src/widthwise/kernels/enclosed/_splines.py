r"""Gaussian duals of piecewise polynomials with kinks at ±b, in balls.

Such a function is $\sum c\,(z - a)_+^i$, so its dual is a sum of truncated moments
$I_{ij} = E[(u-a)_+^i (v-a')_+^j]$, u and v standard normal of correlation
$t = \cos\theta$, $a' = \pm a$. By Stein's identity $E[u\,g] = E[g_u] + t\,E[g_v]$,

$$I_{ij} = -a\,I_{i-1,j} + (i-1)\,I_{i-2,j} + t j\,I_{i-1,j-1},$$

where for i = 1 the middle term is $\phi(a)\,E[(v-a')_+^j \mid u = a]$, and for j = 0
the last one $t\,\phi(a')\,E[(u-a)_+^{i-1} \mid v = a']$. What is left is the tail
$P(u>b, v>b) = \frac1{2\pi}\int_\theta^\pi e^{-b^2/(1+\cos\omega)}\,d\omega$ (Plackett,
1954), which flint encloses up to where the integrand is negligible; it falls.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from flint import acb, arb, ctx

from widthwise.activations import Activation
from widthwise.kernels.enclosed._forms import Form, angle, chord, positive

__all__ = ["SPLINES"]

Terms = list[tuple[int, int, arb]]
"""Of each term: the sign of its kink (or 0), its power, its coefficient."""


class _Moments:
    """The moments I_{ij} at one t, the kinks being ±b; b >= 0."""

    def __init__(self, b: arb, t: arb) -> None:
        self.b, self.t, self.sine = b, t, chord(t)
        self.density = (-b * b / 2).exp() / (2 * arb.pi()).sqrt()
        self.known: dict[tuple[int, int, int, int], arb] = {}

    def __call__(self, first: int, i: int, second: int, j: int) -> arb:
        """Return E[(u - first b)_+^i (v - second b)_+^j]."""
        key = first, i, second, j
        if key not in self.known:
            self.known[key] = self._moment(*key)
        return self.known[key]

    def _moment(self, first: int, i: int, second: int, j: int) -> arb:
        if i == 0 and j == 0:
            return self._tail(first, second)
        if i == 0:
            return self(second, j, first, i)
        found = -first * self.b * self(first, i - 1, second, j)
        if i > 1:
            found += (i - 1) * self(first, i - 2, second, j)
        else:
            found += self.density * self._given(first, second, j)
        if j:
            return found + self.t * j * self(first, i - 1, second, j - 1)
        return found + self.t * self.density * self._given(second, first, i - 1)

    def _given(self, known: int, other: int, power: int) -> arb:
        """Return E[(v - other b)_+^power | u = known b]: v is normal of deviation s."""
        mean = (known * self.t - other) * self.b
        share, peak = self._standing(known, other)
        before, now = arb(0), share
        for k in range(1, power + 1):
            # M_1 = m Φ + s φ, and M_k = m M_{k-1} + (k - 1) s² M_{k-2}.
            extra = (k - 1) * self.sine * self.sine * before if k > 1 else peak
            before, now = now, mean * now + extra
        return now

    def _standing(self, known: int, other: int) -> tuple[arb, arb]:
        """Return Φ(m/s) and s φ(m/s), m/s = ∓b tan(θ/2) or ±b cot(θ/2)."""
        if known == 0:
            return arb(1) / 2, self.sine / (2 * arb.pi()).sqrt()
        low, high = (1 - self.t).nonnegative_part(), (1 + self.t).nonnegative_part()
        top, bottom = (low, high) if known == other else (high, low)
        sign, root = -other, arb(2).sqrt()
        if bottom > 0:
            ratio = sign * self.b * (top / bottom).sqrt()
            slim = (-ratio * ratio / 2).exp() / (2 * arb.pi()).sqrt()
            return (-ratio / root).erfc() / 2, self.sine * slim
        # The ratio is at least this, up to infinity: both are monotone in it.
        limit, least = arb(sign > 0), arb(0)
        if bottom.upper() == 0:
            return limit, least
        ratio = self.b.lower() * (top.lower() / bottom.upper()).sqrt().lower()
        share = (-sign * ratio / root).erfc() / 2
        slim = (-ratio * ratio / 2).exp() / (2 * arb.pi()).sqrt()
        return share.union(limit), (self.sine * slim).union(least)

    def _tail(self, first: int, second: int) -> arb:
        if first == 0:
            return positive(self.t)
        beyond = (self.b / arb(2).sqrt()).erfc() / 2
        if first != second:
            # P(u > -b, v > b) is P(v > b) less P(-u > b, v > b).
            return beyond - self._apart
        return self._together if first > 0 else 1 - 2 * beyond + self._together

    @cached_property
    def _together(self) -> arb:
        return _both_beyond(self.b, self.t)

    @cached_property
    def _apart(self) -> arb:
        return _both_beyond(self.b, -self.t)


def _both_beyond(b: arb, t: arb) -> arb:
    """Return P(u > b, v > b)."""
    theta = angle(t)
    start = theta.mid()
    exponent = (ctx.prec + 8) * arb.const_log2()
    lack = (b * b / exponent).upper()  # 1 + cos ω where the integrand is negligible
    stop = (lack - 1).acos().mid() if lack < 2 else arb(0)
    # At most a half times the integrand, which falls.
    lack = (1 + stop.max(start).cos()).upper()
    rest = arb(0).union((-b * b / lack).exp() / 2) if lack > 0 else arb(0)
    if start < stop:

        def integrand(omega: acb, analytic: bool) -> acb:
            del analytic  # It is analytic but where 1 + cos ω is 0.
            return (-b * b / (1 + omega.cos())).exp()

        rest += acb.integral(integrand, start, stop).real / (2 * arb.pi())
    return rest + arb(0, (theta.rad() / 6).upper())  # the slope is below 1/2π


def _form(terms: Terms, b: arb, constant: int = 0) -> Form:
    def form(t: arb) -> arb:
        moments = _Moments(b, t)
        total = -arb(constant)
        for first, i, c in terms:
            for second, j, e in terms:
                total += c * e * moments(first, i, second, j)
        return total

    return form


def _rectified_monomial(activation: Any, order: int, f: arb) -> Form:
    p = activation.degree
    factor = p * f ** (p - 1) if order else f**p
    return _form([(0, p - order, factor)], arb(0))


def _hard_tanh(activation: Activation, order: int, f: arb) -> Form:
    """Return the dual from σ(z) + 1 = (z+1)_+ - (z-1)_+, of which E σ = 0."""
    del activation
    size = arb(1) if order else f
    terms = [(-1, 1 - order, size), (1, 1 - order, -size)]
    return _form(terms, 1 / f, constant=1 - order)


def _hard_swish(activation: Activation, order: int, f: arb) -> Form:
    """Return the dual: σ' jumps by -1/2 at -3 and 3, σ'' by ±1/3."""
    del activation
    terms: Terms = []
    for sign in (-1, 1):
        terms.append((sign, 1 - order, -(f ** (1 - order)) / 2))
        curved = -sign * f ** (2 - order) / (3 if order else 6)
        terms.append((sign, 2 - order, curved))
    return _form(terms, 3 / f)


SPLINES: dict[str, Callable[[Activation, int, arb], Form]] = {
    "rectified_monomial": _rectified_monomial,
    "hard_tanh": _hard_tanh,
    "hard_swish": _hard_swish,
}
"""σ, the order of the derivative and the factor f, to the dual of σ(f z), σ'(f z)."""
