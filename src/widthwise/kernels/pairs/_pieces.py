"""A function in pieces, and its expectations for pairs of rows, one by one."""

from dataclasses import dataclass

import numpy as np
from scipy.special import comb, roots_jacobi

from widthwise.interruption import require_wanted
from widthwise.kernels.rules import density_peak
from widthwise.laws import Law, Sphere
from widthwise.numerics import PiecewisePolynomial, gauss_legendre

__all__ = ["FINE", "PLAIN", "Angle", "Fineness", "Pieces"]

Angle = tuple[np.ndarray, np.ndarray]
"""Half chords, and whether ρ >= 0."""

_PAIRS = 500
"""Integrated before it is seen whether somebody still waits: up to half a second."""
_FEW, _POWERS = 6, 10
"""Nodes of z, and powers beside a piece's end, where z has a short reach."""
_LONGEST = 0.4, 0.8
"""Panels of η and of ζ under the sphere law."""


@dataclass(frozen=True, eq=False)
class Fineness:
    """How finely pairs are integrated; lengths in standard deviations."""

    nodes: int
    whole: int
    panel: float
    longest: float
    layers: tuple[float, ...]


PLAIN = Fineness(14, 12, 2.0, 4.0, (-8.0, -4.0, 0.0, 4.0, 8.0))
FINE = Fineness(20, 16, 1.25, 2.5, (-9.0, -6.5, -4.0, -2.0, 0.0, 2.0, 4.0, 6.5, 9.0))


@dataclass(frozen=True, eq=False)
class Pieces:
    """f as polynomials between its kinks, as far as the law reaches.

    Attributes
    ----------
    table
        The polynomials.
    kinks
        Which of their ends are kinks, shape (M,).
    law
        Gaussian or Sphere.
    reach
        Beyond which neither correlation has a part; under the sphere law an angle.
    """

    table: PiecewisePolynomial
    kinks: np.ndarray
    law: Law
    reach: float

    def expectations(
        self,
        first: np.ndarray,
        second: np.ndarray,
        chord: np.ndarray,
        is_near: np.ndarray,
        rule: Fineness = PLAIN,
        factor: np.ndarray | None = None,
        functions: tuple[np.ndarray, np.ndarray] | None = None,
    ) -> np.ndarray:
        """Return E[f(a u) f(b v)] for pairs of norms and half chords, each (N,).

        With factors c, under the Gaussian law, E (f(a u) - c f(b v))². Other functions
        may take the place of the first f and the second, by their coefficients.
        """
        own = self.table.coefficients
        rho = 1 - 2 * chord**2
        sine = 2 * chord * np.sqrt((1 - chord) * (1 + chord))
        signed = np.where(is_near, second, -second)
        factors = np.full(len(chord), np.nan) if factor is None else factor
        pairs = first, signed, rho, sine, factors
        found = np.empty(len(chord))
        for start in range(0, len(chord), _PAIRS):
            require_wanted()
            some = slice(start, start + _PAIRS)
            given = [np.ascontiguousarray(each[some]) for each in pairs]
            self._add(given, functions or (own, own), rule, found[some])
        return found

    def _add(
        self,
        pairs: list[np.ndarray],
        functions: tuple[np.ndarray, np.ndarray],
        rule: Fineness,
        out: np.ndarray,
    ) -> None:
        from widthwise.kernels.pairs._pair_rule import add_pairs
        from widthwise.kernels.pairs._sphere_pair_rule import add_sphere_pairs

        given = self.table.edges, *functions, self.kinks
        inner = self._inner(rule, functions[1])
        if not isinstance(self.law, Sphere):
            cuts = self._panels(rule.panel), np.array(rule.layers)
            add_pairs(*pairs, *given, *cuts, *inner, out)
            return
        d = self.law.dimension
        spread = _spread(d)
        peaks = np.array([density_peak(d), density_peak(d - 1) if d > 2 else 1.0])
        layers = np.unique(np.minimum(spread * np.abs(rule.layers), 1.0))
        cuts = self._panels(min(rule.panel * spread, _LONGEST[0])), layers
        add_sphere_pairs(*pairs[:4], d, peaks, *given, *cuts, *inner, out)

    def line(
        self, h: np.ndarray, norms: np.ndarray, angle: Angle
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the middle and the spread of b v where u = h, each (N,)."""
        chord, is_near = angle
        middle = (1 - 2 * chord**2) * h * np.where(is_near, norms, -norms)
        width = 2 * chord * np.sqrt((1 - chord) * (1 + chord)) * norms
        if isinstance(self.law, Sphere):
            width = width * np.sqrt(np.maximum((1 - h) * (1 + h), 0.0))
        # As narrow as rounding it is as good as none, and has two sides at a kink.
        return middle, np.maximum(width, 1e-15 * norms)

    def means(
        self, middle: np.ndarray, width: np.ndarray, function: np.ndarray
    ) -> np.ndarray:
        """Return E[g(b v) | u = h] on such lines, g by its coefficients."""
        from widthwise.kernels.pairs._pair_rule import add_lines
        from widthwise.kernels.pairs._sphere_pair_rule import add_sphere_lines

        found = np.empty(len(middle))
        inner = self._inner(PLAIN, function)
        last = self.table.edges, function, self.reach, *inner, found
        if isinstance(self.law, Sphere):
            d = self.law.dimension
            peak = density_peak(d - 1) if d > 2 else 1.0
            add_sphere_lines(middle, width, d, peak, *last)
        else:
            add_lines(middle, width, *last)
        return found

    def _inner(
        self, rule: Fineness, function: np.ndarray
    ) -> tuple[float | np.ndarray, ...]:
        """Return what the inner integral goes by: its panel, its rules, and powers."""
        if not isinstance(self.law, Sphere):
            legendre = np.stack(gauss_legendre(rule.nodes))
            rules = [legendre, *(_normal(count) for count in (rule.whole, _FEW))]
            return rule.longest, *rules, _local(self.table.edges, function)
        d = self.law.dimension
        places, weights = np.array([-1.0, 1.0]), np.ones(2)
        if d > 2:
            places, weights = roots_jacobi(rule.whole, (d - 4) / 2, (d - 4) / 2)
        whole = np.stack([places, weights / weights.sum()])
        longest = min(rule.longest * _spread(d), _LONGEST[1])
        return longest, np.stack(gauss_legendre(rule.nodes + 2)), whole

    def _panels(self, longest: float) -> np.ndarray:
        count = int(np.ceil(2 * self.reach / longest))
        return np.linspace(-self.reach, self.reach, count + 1)


def _spread(dimension: int) -> float:
    """Return the standard deviation of η, nearly."""
    return float(1 / np.sqrt(max(dimension - 2, 1)))


def _normal(count: int) -> np.ndarray:
    """Return the Gauss-Hermite rule for a normal variable, (2, count)."""
    places, weights = np.polynomial.hermite_e.hermegauss(count)
    return np.stack([places, weights / weights.sum()])


def _local(edges: np.ndarray, function: np.ndarray) -> np.ndarray:
    """Return the powers of z - e before and after each inner end e, (P + 1, 2, T)."""
    found = np.zeros((len(edges), 2, _POWERS))
    size = function.shape[1]
    row, column = np.indices((_POWERS, size))
    half = np.diff(edges) / 2
    for side, sign in ((0, 1.0), (1, -1.0)):
        # Of y^k about y = sign.
        turn = comb(column, row) * sign ** (column - row)
        with np.errstate(over="ignore"):  # Of a long piece the power is the least.
            about = function @ turn.T / half[:, None] ** np.arange(_POWERS)
        if side == 0:
            found[1:, 0] = about
        else:
            found[:-1, 1] = about
    return found
