r"""E[f(w·x) f(w·x')] on a sphere for f with a cone: by the distances from x and x'.

With w at the angles p + m and p - m from x and x', which are θ apart, and h = θ/2,

$$\kappa(\theta) = \frac{(d-2)\,4^e}{\pi \sin^{d-3}\theta} \int_h^{\pi-h}\!\int_{-h}^h
F(p+m)\,F(p-m)\,(S_1 S_2)^e\,dm\,dp, \qquad F(a) = f(\cos a)\sin a,$$

$S_1 = \sin^2 p - \sin^2 h$, $S_2 = \sin^2 h - \sin^2 m$, $e = (d-4)/2$. A cone is a
smooth function of the distance, so that F is smooth where plane coordinates see two
singular points. $\sin m = \sin h \sin\psi$ and $\tan(p/2) = \tan(h/2)\cosh s$ take the
roots away. f may be 0 beyond the angle A: then cells end at p + m = A, and where that
line meets p = h, at a distance of y in ψ, y is stretched. For θ > π/2 it is the mean of
f(u) f(-v) at the angle π - θ.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from widthwise.kernels.rules._plane import Angles
from widthwise.numerics import gauss_legendre

__all__ = ["BipolarExpectation", "bipolar_rule"]

_BELOW_ONE = float(np.nextafter(1.0, 0.0))
_LEAST = 1e-8
"""How near a root is to be resolved; what is nearer has no mass."""
_NEAREST = 1e-18
"""Smaller angles are taken for this: κ is that of 0 to rounding."""
_BATCH = 40_000
"""Evaluations of f at once: what a core's cache holds."""
_LEVELS = (48, 56, 72, 96, 128, 192)
_SETTLED, _NOISE = 5e-15, 2e-15
_SHORT = 2.0
"""A stretched variable as short as this takes no more nodes than a plain one."""
_GONE = 39.0
"""Minus the logarithm of what is no more than rounding."""

_Rule = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class _Cell:
    """Nodes ψ and weights, the ends of p at each, and whether a and b are turned."""

    psi: np.ndarray
    weight: np.ndarray
    low: np.ndarray
    high: np.ndarray
    turned: tuple[bool, bool]


class BipolarExpectation:
    """The expectation as a function of the angle between x and x'.

    Parameters
    ----------
    function
        f, smooth in the square root of 1 - z but for its edge.
    dimension
        d >= 3.
    edge
        The z below which f is 0, or None.
    count
        Nodes in s, and in ψ where this is stretched; elsewhere 5/8 of them.
    is_singular
        Whether f is like (1 - z)^(-1/2) at z = 1.
    """

    def __init__(
        self,
        function: Callable[[np.ndarray], np.ndarray],
        dimension: int,
        edge: float | None,
        count: int,
        *,
        is_singular: bool,
    ) -> None:
        self._function, self._d = function, dimension
        self._end = np.pi if edge is None else float(np.arccos(edge))
        self._count, self._is_singular = count, is_singular
        # Masses grow like these powers of e in v and in s: what is lower has none.
        in_v, in_s = dimension - 2, dimension - 3 + (0 if is_singular else 2)
        self._reaches = _GONE / in_v + 3.0, _GONE / in_s + 3.0

    def __call__(self, angles: Angles) -> tuple[np.ndarray, np.ndarray]:
        """Return the values and the expectations of |f f|, both shape (N,)."""
        is_near = angles.half <= np.pi / 4
        halves = np.where(is_near, angles.half, np.pi / 2 - angles.half)
        halves = np.maximum(halves, _NEAREST / 2)
        cells = [
            (place, cell)
            for place, (h, near) in enumerate(zip(halves, is_near, strict=True))
            for cell in (self._near(float(h)) if near else self._far(float(h)))
        ]
        found = np.zeros((2, len(halves)))
        for count in {len(cell.psi) for _, cell in cells}:
            alike = [each for each in cells if len(each[1].psi) == count]
            some = max(1, _BATCH // (self._count * count))
            for start in range(0, len(alike), some):
                places, batch = zip(*alike[start : start + some], strict=True)
                at = np.array(places)
                sums = self._sums(halves[at], batch)
                for total, part in zip(found, sums, strict=True):
                    np.add.at(total, at, part)
        # sin h of S_2 is canceled by that of sin θ = 2 sin h cos h.
        found *= (self._d - 2) / (2 * np.pi) / np.cos(halves) ** (self._d - 3)
        return found[0], found[1]

    def _near(self, h: float) -> list[_Cell]:
        """Return the cells of m >= 0 for θ <= π/2, p up to π/2 and mirrored there."""
        right, cells = np.pi / 2, []
        rest, most = np.pi - self._end, self._end - np.pi / 2
        split = _turn(min(max(most, 0.0), h), h)
        if split > 0:
            cells.append(self._cell(h, self._plain(0.0, split), h, right))
            start = _turn(h - rest, h) if rest < 2 * h else -right
            if start > 0:
                rule = self._plain(0.0, min(start, split))
                cells.append(self._cell(h, rule, h, right, turned=(True, True)))
            if start < split:  # The end of p has a root at ψ = start.
                x, w = self._plain(max(-start, 0.0) ** 0.5, (split - start) ** 0.5)
                rule = start + x * x, 2 * x * w
                cells.append(self._cell(h, rule, None, right, turned=(True, True)))
        if split < right:
            place = np.sin(min(self._end - h, right)) / np.sin(h)
            for y, w in self._stretched(float(place), right - split)[-1:]:
                cells.append(self._cell(h, (right - y, w), h, None))
        return cells

    def _far(self, h: float) -> list[_Cell]:
        """Return the cells of p <= π/2, those beyond being the same, for θ > π/2."""
        right, rest = np.pi / 2, np.pi - self._end
        most = min(self._end - right, h)
        if most <= -h:
            return []
        last = _turn(most, h) + right
        turned = False, True
        if rest == 0.0:
            rule = self._plain(-right, right)
            return [self._cell(h, rule, h, right, turned=turned)]
        *whole, (y, w) = self._stretched(float(np.sin(rest - h) / np.sin(h)), last)
        cells = [
            self._cell(h, (each - right, v), h, right, turned=turned)
            for each, v in whole
        ]
        return [*cells, self._cell(h, (y - right, w), None, right, turned=turned)]

    def _stretched(self, cosine: float, last: float) -> list[_Rule]:
        """Return rules for y in [0, y_1] if there is a root y_1, and beyond, to `last`.

        The root is at cos y = `cosine`; above 1 it is that of a complex y.
        """
        if cosine > 1.0:
            y = max(float(np.arccosh(cosine)), _LEAST)
            v, w = self._upward(float(np.arcsinh(last / y)))
            return [(y * np.sinh(v), w * y * np.cosh(v))]
        y = max(float(np.arccos(max(cosine, -1.0))), _LEAST)
        v, w = self._upward(float(np.arccosh(max(last / y, 1.0))))
        beyond = y * np.cosh(v), w * y * np.sinh(v)
        return [self._plain(0.0, y), beyond]

    def _plain(self, low: float, high: float) -> _Rule:
        nodes, weights = gauss_legendre(5 * self._count // 8)
        return low + (high - low) * nodes, (high - low) * weights

    def _upward(self, high: float) -> _Rule:
        """Return a rule for [0, high], where what is integrated grows."""
        length = min(high, self._reaches[0])
        short = 5 * self._count // 8 if length < _SHORT else self._count
        x, w = gauss_legendre(short)
        return high - length * x * x, 2 * length * x * w

    def _cell(
        self,
        h: float,
        rule: _Rule,
        low: float | None,
        high: float | None,
        turned: tuple[bool, bool] = (False, False),
    ) -> _Cell:
        """Return the cell of p in [low, high]; None is where f of the farther is 0."""
        psi, weight = rule
        m = np.arcsin(np.sin(h) * np.sin(psi))
        below = np.pi - self._end + m if low is None else np.full_like(m, low)
        above = self._end - m if high is None else np.full_like(m, high)
        low_s, high_s = (_stretch_of(np.maximum(p, h), h) for p in (below, above))
        low_s = np.maximum(low_s, high_s - self._reaches[1])
        return _Cell(psi, weight, low_s, high_s, turned)

    def _sums(self, halves: np.ndarray, cells: tuple[_Cell, ...]) -> np.ndarray:
        """Return the integrals of f f and of |f f| over each cell, (2, cells)."""
        d, h = self._d, halves[:, None, None]
        psi, weight, low, high = (
            np.stack([getattr(cell, name) for cell in cells])[..., None]
            for name in ("psi", "weight", "low", "high")
        )
        half_m = np.arcsin(np.sin(h) * np.sin(psi)) / 2
        x, weights = gauss_legendre(self._count)
        # The mass grows with p: nodes are the denser the nearer to the upper end.
        s = high - (high - low) * x * x
        grown = np.exp(s)
        tangent = np.tan(h / 2) * (grown + 1 / grown) / 2  # of p / 2
        cosine = 1 / np.sqrt(1 + tangent * tangent)
        cosine_p = 2 * cosine * cosine - 1
        rise = np.cos(psi) * np.tan(h / 2) * (grown - 1 / grown) / 2 * cosine
        mass = weight / np.cos(2 * half_m) * (8 * (high - low) * x * weights) * cosine
        if d > 3:
            mass *= rise ** (d - 3)
        if d != 4:
            slope = 2 * np.cos(h / 2) ** 2 * (cosine_p + np.cos(h))
            mass *= np.sqrt(slope) ** (d - 4) if d > 3 else 1 / np.sqrt(slope)
        for place, sign in enumerate((1.0, -1.0)):
            # The sine and the cosine of half of p ± m, or of π less that.
            over = tangent * np.cos(half_m) + sign * np.sin(half_m)
            under = np.cos(half_m) - sign * tangent * np.sin(half_m)
            turned = np.array([cell.turned[place] for cell in cells])
            over[turned], under[turned] = under[turned], over[turned]
            mass *= self._at(over * cosine, under * cosine)
        return np.stack([mass.sum(axis=(1, 2)), np.abs(mass).sum(axis=(1, 2))])

    def _at(self, sine: np.ndarray, cosine: np.ndarray) -> np.ndarray:
        """Return F at the angle of which half has this sine and cosine."""
        gap = 2 * sine * sine
        z = 1 - gap
        if not self._is_singular:
            return np.asarray(self._function(z) * (2 * sine * cosine))
        # f is like (1 - z)^(-1/2) at z = 1: correct for the rounding of 1 - z.
        z = np.minimum(z, _BELOW_ONE)
        lost = np.sqrt((1 - z) / np.maximum(gap, 1e-32))
        return np.asarray(self._function(z) * lost * (2 * sine * cosine))


def bipolar_rule(
    function: Callable[[np.ndarray], np.ndarray],
    breakpoints: tuple[float, ...],
    dimension: int,
    *,
    is_singular: bool,
) -> tuple[BipolarExpectation, BipolarExpectation, float, float] | None:
    """Return the coarsest rule that none betters, a finer one, and the noise left.

    None where f has other kinks than one below which it is 0.
    """
    kinks = [b for b in breakpoints if abs(b) < 1.0]
    if len(kinks) > 1 or (kinks and function(np.linspace(-1, kinks[0], 99)[:-1]).any()):
        return None
    edge = kinks[0] if kinks else None
    # The hardest, for d = 3 to 10 and supports of any size: next to where cuts meet.
    turn = 1.0 if edge is None else float(np.arccos(edge))
    halves = np.array([0.0, 1e-9, 0.01, 0.2, turn, turn + 1e-6, 1.3, 2.5, np.pi]) / 2
    angles = Angles(halves, np.sin(halves), np.cos(halves))
    rules = [
        BipolarExpectation(function, dimension, edge, count, is_singular=is_singular)
        for count in _LEVELS
    ]
    before, _ = rules[0](angles)
    for level in range(1, len(rules)):
        now, scale = rules[level](angles)
        movement = float((np.abs(now - before) / np.maximum(scale, 1e-300)).max())
        if movement <= _SETTLED:
            break
        before = now
    return rules[level - 1], rules[level], max(_NOISE, movement / 10), 0.0


def _turn(m: float, h: float) -> float:
    """Return ψ at m."""
    return float(np.arcsin(np.clip(np.sin(m) / np.sin(h), -1.0, 1.0)))


def _stretch_of(p: np.ndarray, h: float) -> np.ndarray:
    """Return s at p."""
    excess = np.sin((p - h) / 2) / (np.cos(p / 2) * np.sin(h / 2))
    return np.asarray(2 * np.arcsinh(np.sqrt(excess / 2)))
