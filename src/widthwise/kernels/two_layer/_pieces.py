"""A function in pieces, and its expectations for pairs of rows, one by one."""

from dataclasses import dataclass

import numpy as np
from scipy.special import roots_jacobi

from widthwise.interruption import require_wanted
from widthwise.kernels.two_layer._function import density_peak
from widthwise.laws import Law, Sphere
from widthwise.numerics import PiecewisePolynomial, gauss_legendre

__all__ = ["FINE", "PLAIN", "Fineness", "Pieces"]

_PAIRS = 500
"""Integrated before it is seen whether somebody still waits: up to half a second."""
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
    ) -> np.ndarray:
        """Return E[f(a u) f(b v)] for pairs of norms and half chords, each (N,).

        With factors c, under the Gaussian law, E (f(a u) - c f(b v))².
        """
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
            self._add(given, rule, found[some])
        return found

    def _add(self, pairs: list[np.ndarray], rule: Fineness, out: np.ndarray) -> None:
        from widthwise.kernels.two_layer._pair_rule import add_pairs
        from widthwise.kernels.two_layer._sphere_pair_rule import add_sphere_pairs

        functions = self.table.edges, self.table.coefficients, self.table.coefficients
        law = self.law
        if not isinstance(law, Sphere):
            places, weights = np.polynomial.hermite_e.hermegauss(rule.whole)
            given = self._panels(rule.panel), np.array(rule.layers), rule.longest
            whole = np.stack([places, weights / weights.sum()])
            legendre = np.stack(gauss_legendre(rule.nodes))
            add_pairs(*pairs, *functions, self.kinks, *given, legendre, whole, out)
            return
        d = law.dimension
        spread = 1 / np.sqrt(max(d - 2, 1))
        peaks = np.array([density_peak(d), density_peak(d - 1) if d > 2 else 1.0])
        whole = np.array([[-1.0, 1.0], [0.5, 0.5]])
        if d > 2:
            places, weights = roots_jacobi(rule.whole, (d - 4) / 2, (d - 4) / 2)
            whole = np.stack([places, weights / weights.sum()])
        add_sphere_pairs(
            *pairs[:4],
            d,
            peaks,
            *functions,
            self.kinks,
            self._panels(min(rule.panel * spread, _LONGEST[0])),
            np.unique(np.minimum(spread * np.abs(rule.layers), 1.0)),
            min(rule.longest * spread, _LONGEST[1]),
            np.stack(gauss_legendre(rule.nodes + 2)),
            whole,
            out,
        )

    def _panels(self, longest: float) -> np.ndarray:
        count = int(np.ceil(2 * self.reach / longest))
        return np.linspace(-self.reach, self.reach, count + 1)
