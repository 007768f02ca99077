"""Expectations over the plane of two unit points, by product quadrature.

The projection of w on the plane of x and x' at angle θ is r (cos ω, sin ω), with ω
uniform and r independent, so that with φ = ω - θ/2 and by the symmetry φ -> -φ

    κ(θ) = E_r (1/π) ∫_0^π σ(r cos(φ + θ/2)) σ(r cos(φ - θ/2)) dφ.

A breakpoint b of σ cuts the inner integral at |a - θ/2| and a + θ/2, a = arccos(b/r).
The outer integral is cut at r = |b|, where these cuts appear, and where two of them
meet. In the variable ρ = sqrt(r² - b²) the cuts are analytic, so each cell is smooth
and Gauss-Legendre rules converge geometrically.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

from widthwise.kernels.rules._cone_rule import EMPTY, toward_cones
from widthwise.kernels.rules._function import has_pole
from widthwise.laws import Gaussian, Law, Sphere
from widthwise.numerics import gauss_legendre

__all__ = ["Angles", "PlanarExpectation", "Resolution"]

_BELOW_ONE = float(np.nextafter(1.0, 0.0))
_BATCH = 100_000
"""Evaluations of σ at once: what a core's cache holds, a quarter faster than more."""


@dataclass(frozen=True)
class Angles:
    """Angles θ in [0, π] given by θ/2, its sine and its cosine; each shape (N,)."""

    half: np.ndarray
    sine: np.ndarray
    cosine: np.ndarray

    def __getitem__(self, chosen: slice) -> "Angles":
        return Angles(self.half[chosen], self.sine[chosen], self.cosine[chosen])


@dataclass(frozen=True)
class Resolution:
    """Nodes per cell of the outer (radius) and inner (angle) integral."""

    outer: int
    inner: int


class PlanarExpectation:
    """E[f(w·x) f(w·x')] as a function of the angle between x and x'.

    Parameters
    ----------
    function
        f, from a NumPy array to an array of the same shape.
    law
        Sphere or Gaussian.
    breakpoints
        Where f or a derivative jumps.
    seams
        Further points where it helps to cut the rules, f being smooth there.
    shells
        The least and the largest radius where f has a part.
    has_cone
        Whether f is a smooth function of sqrt(1 - z) near z = 1.
    """

    def __init__(
        self,
        function: Callable[[np.ndarray], np.ndarray],
        law: Law,
        breakpoints: tuple[float, ...],
        seams: tuple[float, ...] = (),
        *,
        shells: tuple[float, float],
        has_cone: bool = False,
    ) -> None:
        self.function = function
        self.law = law
        self.has_cone = has_cone
        self._dimension = law.dimension if isinstance(law, Sphere) else 0
        reach = law.support_radius
        self.breakpoints = tuple(b for b in breakpoints if abs(b) < reach)
        self.cuts = tuple(
            sorted({*self.breakpoints, *(b for b in seams if abs(b) < reach)})
        )
        self._edge = self._support_edge()
        # Even and odd functions make the integrand even about φ = π/2, too.
        self._end = np.pi / 2 if self._is_even_or_odd() else np.pi
        self._is_singular = has_cone and has_pole(function)
        self._pairs = sorted(
            {
                (abs(b - c), abs(b + c))
                for b, c in combinations_with_replacement(self.breakpoints, 2)
                if (b, c) != (0.0, 0.0)
            }
        )
        self._low, self._high = shells

    def __call__(
        self, angles: Angles, resolution: Resolution
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the values and the expectations of |f f|, both shape (N,)."""
        shells = len(self._bases()) * (len(self._pairs) + 1)
        outer = resolution.outer * (self.has_cone + shells)
        cells = 2 * len(self.cuts) + 1 + 2 * self.has_cone
        each = max(1, _BATCH // (outer * cells * resolution.inner))
        parts = [
            self._batch(angles[start : start + each], resolution)
            for start in range(0, len(angles.half), each)
        ]
        values, scales = zip(*parts, strict=True)
        return np.concatenate(values), np.concatenate(scales)

    def _batch(
        self, angles: Angles, resolution: Resolution
    ) -> tuple[np.ndarray, np.ndarray]:
        radius, gap, mass = self._radii(angles, resolution.outer)  # (N, R)
        knots = self._knots(angles, radius)  # (N, R, J)
        width = np.diff(knots, axis=-1)
        # Cuts that coincide leave cells empty, crossings shells: half of all, or more.
        chosen = (width > 0) & (mass > 0)[..., None]

        def of(each: np.ndarray) -> np.ndarray:
            return np.broadcast_to(each, width.shape)[chosen][:, None]  # (cells, 1)

        nodes, weights = gauss_legendre(resolution.inner)
        far, r, lack = (
            of(each[..., None]) for each in (angles.half[:, None], radius, gap)
        )
        phi = of(knots[..., :-1]) + of(width) * nodes
        weight = of(width) * weights
        if self.has_cone and self.law.planar_radius_atom is None:
            # In a cell that a crossing leaves empty at r = 1 the gap is 0.
            scale = np.sqrt(np.maximum(gap, EMPTY**2) / (2 * np.maximum(radius, EMPTY)))
            near = (knots - angles.half[:, None, None]) / 2
            inside = np.abs(near) <= np.pi / 4 + 1e-12
            mapped = np.arcsinh(np.sin(np.where(inside, near, 0.0)) / scale[..., None])
            graded = of(inside[..., :-1] & inside[..., 1:])[:, 0]
            start, length, scale = (
                of(each)[graded]
                for each in (mapped[..., :-1], np.diff(mapped), scale[..., None])
            )
            s = start + length * nodes
            quarter = np.arcsin(np.clip(scale * np.sinh(s), -1.0, 1.0))
            slope = 2 * scale * np.cosh(s) / np.cos(quarter)
            phi[graded] = far[graded] + 2 * quarter
            weight[graded] = length * slope * weights
        first = self._evaluate(r, phi + far, lack)
        product = first * self._evaluate(r, phi - far, lack) * weight
        parts = np.zeros((2, *width.shape))
        parts[:, chosen] = product.sum(axis=-1), np.abs(product).sum(axis=-1)
        values, scales = (parts.sum(axis=-1) * mass).sum(axis=-1) / self._end
        return np.asarray(values), np.asarray(scales)

    def _evaluate(
        self, radius: np.ndarray, turn: np.ndarray, gap: np.ndarray
    ) -> np.ndarray:
        """Return f(r cos turn), gap being 1 - r."""
        z = radius * np.cos(turn)
        if not self._is_singular:
            return self.function(z)
        # f is like (1 - z)^(-1/2) at z = 1: correct for the rounding of 1 - z.
        exact = gap + 2 * radius * np.sin(turn / 2) ** 2
        z = np.minimum(z, _BELOW_ONE)
        correction = np.sqrt((1 - z) / np.maximum(exact, 1e-32))
        return np.asarray(self.function(z) * correction)

    def _knots(self, angles: Angles, radius: np.ndarray) -> np.ndarray:
        """Where the inner integral is cut, ascending; (N, R, J)."""
        half = angles.half[:, None] + np.zeros_like(radius)
        end = np.full_like(radius, self._end)
        knots = [np.zeros_like(radius)]
        for cut in self.cuts:
            turn = np.arccos(np.clip(cut / np.maximum(radius, EMPTY), -1.0, 1.0))
            if cut == self._edge:
                end = np.maximum(turn - half, 0.0)
            else:
                knots += [np.abs(turn - half), np.pi - np.abs(np.pi - (turn + half))]
        if self.has_cone:
            knots.append(half)
            if self._edge is None:
                knots.append(half + np.pi / 2)
        ordered = np.sort(np.stack([*knots, end], axis=-1), axis=-1)
        return np.asarray(np.minimum(ordered, end[..., None]))

    def _is_even_or_odd(self) -> bool:
        """Whether f is seen to be; κ(1) and κ(-1), found elsewhere, hold it to that."""
        if self.has_cone or {-cut for cut in self.cuts} != set(self.cuts):
            return False
        # None of these is a place where f jumps.
        z = min(self.law.support_radius, 12.0) * np.arange(1, 1000) / 1000.7
        f, mirrored = self.function(z), self.function(-z)
        return bool((f == mirrored).all() or (f == -mirrored).all())

    def _support_edge(self) -> float | None:
        """Return the largest breakpoint b >= 0 with f = 0 below it, or None.

        There w·x < b for all φ beyond arccos(b/r) - θ/2, and nothing to integrate.
        """
        low = -min(self.law.support_radius, 12.0)
        zero = [
            b
            for b in self.breakpoints
            if b >= 0 and not self.function(np.linspace(low, b, 99)[:-1]).any()
        ]
        return max(zero, default=None)

    def _bases(self) -> list[float]:
        """Radii where shells begin: every breakpoint, and few of the seams."""
        bases = {0.0, *(abs(b) for b in self.breakpoints)}
        for seam in sorted(abs(cut) for cut in self.cuts):
            if all(not base / 2.5 < seam < base * 2.5 for base in bases):
                bases.add(seam)
        if len(self.cuts) > len(self.breakpoints):
            # What is steep in z varies with log r beyond.
            while 5 * max(bases) < self._high:
                bases.add(4 * max(bases))
        return sorted(bases)

    def _radii(
        self, angles: Angles, count: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the radii, 1 - radius and their probability masses, each (N, R)."""
        if self.law.planar_radius_atom is not None:
            ones = np.ones((len(angles.half), 1))
            return ones * self.law.planar_radius_atom, 0 * ones, ones
        bases = self._bases()
        ends = [*bases[1:], np.inf]
        crossings = self._crossings(angles)
        shells = [
            self._shell(
                base,
                angles,
                crossings,
                max(base, self._low),
                min(end, self._high),
                count,
            )
            for base, end in zip(bases, ends, strict=True)
            if max(base, self._low) < min(end, self._high)
        ]
        radius, gap, mass = (
            np.concatenate(each, axis=1) for each in zip(*shells, strict=True)
        )
        return radius, gap, mass

    def _crossings(self, angles: Angles) -> np.ndarray:
        """Radii where two cuts of the inner integral meet; (N, pairs)."""
        radii = np.full((len(angles.half), len(self._pairs)), np.inf)
        with np.errstate(divide="ignore"):
            for column, (difference, total) in enumerate(self._pairs):
                parts = np.zeros(len(angles.half))
                if difference:
                    parts = parts + (difference / (2 * angles.sine)) ** 2
                if total:
                    parts = parts + (total / (2 * angles.cosine)) ** 2
                radii[:, column] = np.sqrt(parts)
        return radii

    def _shell(
        self,
        base: float,
        angles: Angles,
        crossings: np.ndarray,
        low: float,
        high: float,
        count: int,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rule for radii in [low, high], base <= low, cut at the crossings."""
        rows = len(crossings)
        inner = np.clip(crossings, low, high)
        ends = np.concatenate(
            [np.full((rows, 1), low), np.sort(inner, axis=1), np.full((rows, 1), high)],
            axis=1,
        )
        # The squares are differences of products so that r near base keeps its digits.
        square = (ends - base) * (ends + base)
        if isinstance(self.law, Gaussian):
            ends = np.sqrt(square)
        else:
            # An arcsine would miss π/2 by the root of the rounding.
            ends = np.arctan2(np.sqrt(square), np.sqrt((1 - ends) * (1 + ends)))
        nodes, weights = gauss_legendre(count)
        place = ends[:, :-1, None] + np.diff(ends, axis=1)[..., None] * nodes
        weight = np.diff(ends, axis=1)[..., None] * weights
        place, weight = place.reshape(rows, -1), weight.reshape(rows, -1)
        if isinstance(self.law, Gaussian):
            radius = np.sqrt(base**2 + place**2)
            mass = weight * place * np.exp(-(radius**2) / 2)
            return radius, np.full_like(radius, np.nan), mass
        distance = np.pi / 2 - place  # to the sphere, r = 1
        if self.has_cone and high >= 1.0:
            # The last cell ends at the cones; its two rules replace the plain one.
            near, mass = toward_cones(np.pi / 2 - ends[:, -2], 2 * angles.half, count)
            distance = np.concatenate([distance[:, :-count], near], axis=1)
            weight = np.concatenate([weight[:, :-count], mass], axis=1)
            place = np.concatenate([place[:, :-count], np.pi / 2 - near], axis=1)
        return self._on_sphere(base, place, distance, weight)

    def _on_sphere(
        self, base: float, psi: np.ndarray, distance: np.ndarray, weight: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Turn nodes ψ, r² = 1 - (1 - base²) cos² ψ, into radii and masses."""
        d = self._dimension
        sine, cosine = np.sin(psi), np.sin(distance)
        # Near ψ = 0 the logarithm keeps the digits that a high power would lose.
        logarithm = np.where(
            psi < np.pi / 4,
            np.log1p(-np.minimum(sine**2, 0.75)) / 2,
            np.log(np.maximum(cosine, 1e-300)),
        )
        outside = (d - 2) / 2 * np.log1p(-(base**2))
        mass = weight * (d - 2) * sine * np.exp((d - 3) * logarithm + outside)
        lack = (1 - base**2) * cosine**2  # 1 - r²
        radius = np.sqrt(base**2 + (1 - base**2) * sine**2)
        return radius, lack / (1 + radius), mass
