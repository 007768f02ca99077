"""The linear algebra of one region over the rationals: rank, projection, points."""

import math
from fractions import Fraction
from functools import cached_property

import flint
import numpy as np

from widthwise.landscape.regions._certificate import InteriorPoint
from widthwise.landscape.regions._region import Region, split_weights
from widthwise.numerics import require
from widthwise.numerics.exact_rank import random_primes

__all__ = ["ExactRegion", "as_fraction", "dyadic"]

_ATTEMPTS = 20


class ExactRegion:
    r"""Whole-number copies of a region's data, scaled by powers of two.

    With Q the slopes times the outer weights, $J J^\top = (Q Q^\top) \circ X X^\top$,
    and J itself is never formed.
    """

    def __init__(self, region: Region) -> None:
        d1, n, d = region.sizes
        require(
            400 * n * (n + d1 + d),
            f"The whole numbers of {n} points and {d1} units",
            "Take fewer points or units.",
        )
        self.region = region
        x, self.points_bits = dyadic(region.points)
        self.points = flint.fmpz_mat(n, d, [each for row in x for each in row])
        of = region.of
        slopes, slope_bits = dyadic(np.array([of.slopes]))
        outer, outer_bits = dyadic(region.outer[None])
        piece = region.pattern.astype(np.int64).T.tolist()
        self.factors = [  # (n, d1): slope times outer weight
            [slopes[0][k] * v for k, v in zip(row, outer[0], strict=True)]
            for row in piece
        ]
        self.factor_bits = slope_bits + outer_bits
        constants = [Fraction(each) for each in of.intercepts]
        v = [Fraction(float(each)) for each in region.outer]
        self.offsets = [
            sum(
                (constants[k] * each for k, each in zip(row, v, strict=True)),
                Fraction(0),
            )
            if any(constants)
            else Fraction(0)
            for row in piece
        ]

    @cached_property
    def _weighted(self) -> flint.fmpz_mat:
        """The factors as a matrix, shape (n, d1)."""
        entries = [each for row in self.factors for each in row]
        return flint.fmpz_mat(len(self.factors), len(self.factors[0]), entries)

    @cached_property
    def gram(self) -> list[list[int]]:
        r"""$J J^\top$ times $4^{b}$, b the bits of the points and the factors."""
        inner = (self.points * self.points.transpose()).tolist()
        outer = (self._weighted * self._weighted.transpose()).tolist()
        return [
            [int(a * b) for a, b in zip(left, right, strict=True)]
            for left, right in zip(inner, outer, strict=True)
        ]

    @cached_property
    def split(self) -> tuple[tuple[int, ...], tuple[int, ...], flint.fmpq_mat | None]:
        """A basis of the rows of J, the other rows, and their coefficients: proved.

        A minor that is not zero modulo a prime is not zero; and each other row is
        checked to be its combination of the basis without rounding.
        """
        n = len(self.gram)
        whole = flint.fmpz_mat(n, n, [each for row in self.gram for each in row])
        for prime in random_primes(_ATTEMPTS, 61, 0, "region-basis"):
            basis = _pivots(flint.nmod_mat(whole, prime))
            rest = tuple(i for i in range(n) if i not in set(basis))
            if not rest:
                return basis, rest, None
            if not basis:
                if not any(self.gram[i][i] for i in rest):
                    return basis, rest, None
                continue
            columns = _submatrix(self.gram, basis, rest)
            try:
                solved = _submatrix(self.gram, basis, basis).solve(columns)
            except ZeroDivisionError:  # An unlucky prime.
                continue
            # ‖J_i - a_i J_B‖² = K_ii - a_i K_Bi must vanish.
            lengths = (solved.transpose() * flint.fmpq_mat(columns)).tolist()
            if all(lengths[k][k] == self.gram[i][i] for k, i in enumerate(rest)):
                return basis, rest, solved.transpose()
        raise ArithmeticError(
            f"{_ATTEMPTS} primes of 61 bits were unlucky, a chance below 1e-100. "
            "Please report the pattern and the points."
        )

    @property
    def rank(self) -> int:
        """The rank of J over the rationals."""
        return len(self.split[0])

    def project(self, targets: list[flint.fmpq]) -> list[flint.fmpq]:
        """Return the nearest vector to the targets in the range of J."""
        basis, rest, relations = self.split
        if not rest:
            return list(targets)
        if not basis:
            return [flint.fmpq(0)] * len(targets)
        assert relations is not None
        r, k = len(basis), len(rest)
        top = flint.fmpq_mat(r, 1, [targets[i] for i in basis])
        low = flint.fmpq_mat(k, 1, [targets[i] for i in rest])
        defect = low - relations * top
        if not any(defect.entries()):
            return list(targets)
        if k <= r:  # y - Nᵀ (N Nᵀ)⁻¹ N y with the null vectors N = (-A, I)
            system = relations * relations.transpose() + _identity(k)
            weights = system.solve(defect)
            top, low = top + relations.transpose() * weights, low - weights
        else:  # B (Bᵀ B)⁻¹ Bᵀ y with B = (I; A)
            system = relations.transpose() * relations + _identity(r)
            top = system.solve(top + relations.transpose() * low)
            low = relations * top
        found = [flint.fmpq(0)] * (r + k)
        for place, value in zip(basis, top.entries(), strict=True):
            found[place] = value
        for place, value in zip(rest, low.entries(), strict=True):
            found[place] = value
        return found

    def point(
        self, theta: np.ndarray, targets: list[flint.fmpq]
    ) -> InteriorPoint | None:
        """Return the exact weights next to theta that attain targets in the range.

        None if they, or their rounding, are not strictly inside the region.
        """
        region = self.region
        near, bits = dyadic(theta)
        d1, _, d = region.sizes
        basis = self.split[0]
        whole = flint.fmpz_mat(d1, d, [each for row in near for each in row])
        scale = 1 << (self.factor_bits + self.points_bits + bits)
        outputs = self._outputs(whole)
        numerators, denominator = whole, 1 << bits
        if basis:
            missing = [targets[i] - flint.fmpq(outputs[i], scale) for i in basis]
            right, shared = flint.fmpq_mat(len(basis), 1, missing).numer_denom()
            solved = _submatrix(self.gram, basis, basis).solve(right)
            parts, under = solved.numer_denom()
            common = int(under) * int(shared)
            # δ_r = Σ_i u_i q_ri x_i, u = solved / shared up to the powers of two.
            shifts = [
                int(parts[k, 0]) * self.factors[i][r]
                for r in range(d1)
                for k, i in enumerate(basis)
            ]
            chosen = [int(self.points[i, j]) for i in basis for j in range(d)]
            delta = flint.fmpz_mat(d1, len(basis), shifts) * flint.fmpz_mat(
                len(basis), d, chosen
            )
            numerators = whole * common + delta * scale
            denominator = common << bits
            if denominator < 0:
                numerators, denominator = -numerators, -denominator
        exact = [
            [Fraction(int(each), int(denominator)) for each in row]
            for row in numerators.tolist()
        ]
        rounded = np.array([[float(each) for each in row] for row in exact])
        margin = self.margin(numerators, int(denominator))
        if margin <= 0 or self.rounded_margin(rounded) <= 0:
            return None
        weights, biases = split_weights(rounded, region.biases)
        return InteriorPoint(
            weights=weights,
            biases=biases,
            residual=_up(max(self.residuals(rounded, targets), default=Fraction(0))),
            exact=tuple(tuple(row) for row in exact),
            margin=float(margin),
        )

    def margin(self, numerators: flint.fmpz_mat, denominator: int) -> Fraction | float:
        """Return the least slack of the inequalities, without rounding.

        Floats with an error bound leave few inequalities that may have it.
        """
        region = self.region
        if not len(region.units):
            return math.inf
        rows = [[int(each) for each in row] for row in numerators.tolist()]
        scale = denominator << self.points_bits
        edges, bits = dyadic(np.array([[*region.of.breakpoints, 0.0]]))
        whole = dict(zip((*region.of.breakpoints, 0.0), edges[0], strict=True))
        least: int | None = None
        for k in self._may_be_least(rows, denominator).tolist():
            unit, point = int(region.units[k]), int(region.rows[k])
            argument = sum(
                int(self.points[point, j]) * each for j, each in enumerate(rows[unit])
            )
            slack = (argument << bits) - whole[float(region.edges[k])] * scale
            slack = slack if region.signs[k] > 0 else -slack
            least = slack if least is None else min(least, slack)
        assert least is not None
        return Fraction(least, scale << bits)

    def _may_be_least(self, rows: list[list[int]], denominator: int) -> np.ndarray:
        """Return the inequalities whose slack is the least, as far as floats can say.

        Each weight is rounded once; sums of d products err by d + 1 roundings.
        """
        region = self.region
        every = np.arange(len(region.units))
        try:
            theta = np.array([[each / denominator for each in row] for row in rows])
        except OverflowError:
            return every
        with np.errstate(all="ignore"):
            x, w = region.points[region.rows], theta[region.units]
            slack = region.signs * ((x * w).sum(axis=1) - region.edges)
            sizes = (np.abs(x) * np.abs(w)).sum(axis=1) + np.abs(region.edges)
            error = 4 * (x.shape[1] + 4) * 2.0**-53 * sizes
            error += 2.0**-1060 * (1.0 + np.abs(x).sum(axis=1))  # underflow
            found = np.flatnonzero(slack - error <= (slack + error).min())
        return found if np.isfinite(slack).all() and np.isfinite(error).all() else every

    def rounded_margin(self, theta: np.ndarray) -> Fraction | float:
        """Return the least slack at float64 weights, without rounding."""
        near, bits = dyadic(theta)
        d1, _, d = self.region.sizes
        whole = flint.fmpz_mat(d1, d, [each for row in near for each in row])
        return self.margin(whole, 1 << bits)

    def residuals(self, theta: np.ndarray, targets: list[flint.fmpq]) -> list[Fraction]:
        """Return |Jθ - t| at float64 weights, without rounding."""
        near, bits = dyadic(theta)
        d1, _, d = self.region.sizes
        whole = flint.fmpz_mat(d1, d, [each for row in near for each in row])
        scale = 1 << (self.factor_bits + self.points_bits + bits)
        return [
            abs(Fraction(each, scale) - as_fraction(aim))
            for each, aim in zip(self._outputs(whole), targets, strict=True)
        ]

    def _outputs(self, whole: flint.fmpz_mat) -> list[int]:
        sums = (self._weighted * whole).tolist()  # Σ_r q_ir w_r, (n, d)
        return [
            sum(int(a) * int(b) for a, b in zip(left, right, strict=True))
            for left, right in zip(self.points.tolist(), sums, strict=True)
        ]


def dyadic(array: np.ndarray) -> tuple[list[list[int]], int]:
    """Return whole numbers and b with array = numbers / 2**b, exactly."""
    ratios = [[each.as_integer_ratio() for each in row] for row in array.tolist()]
    bits = max(
        (under.bit_length() - 1 for row in ratios for _, under in row), default=0
    )
    return [
        [over << (bits - under.bit_length() + 1) for over, under in row]
        for row in ratios
    ], bits


def as_fraction(value: flint.fmpq) -> Fraction:
    """Return flint's rational as Python's."""
    return Fraction(int(value.p), int(value.q))


def _pivots(matrix: flint.nmod_mat) -> tuple[int, ...]:
    """Columns of the pivots of the reduced echelon form."""
    reduced, rank = matrix.rref()
    rows = reduced.tolist()[:rank]
    return tuple(next(j for j, each in enumerate(row) if int(each)) for row in rows)


def _submatrix(
    matrix: list[list[int]], rows: tuple[int, ...], columns: tuple[int, ...]
) -> flint.fmpz_mat:
    entries = [matrix[i][j] for i in rows for j in columns]
    return flint.fmpz_mat(len(rows), len(columns), entries)


def _identity(size: int) -> flint.fmpq_mat:
    return flint.fmpq_mat(
        size, size, [int(i == j) for i in range(size) for j in range(size)]
    )


def _up(value: Fraction) -> float:
    """Round up to a float64."""
    near = float(value)
    return math.nextafter(near, math.inf) if Fraction(near) < value else near
