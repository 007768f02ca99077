r"""Gaussian duals between points of any norms as power series in the correlation.

With $c_k(a) = E[\sigma(a u)\,h_k(u)]$ and orthonormal Hermite polynomials $h_k$,

$$E[\sigma(a u)\,\sigma(b v)] = \sum_k c_k(a)\,c_k(b)\,\rho^k, \qquad
a b \rho\,E[\sigma'(a u)\,\sigma'(b v)] = \sum_k k\,c_k(a)\,c_k(b)\,\rho^k .$$

By the inequality of Cauchy and Schwarz what is beyond K terms is at most $|\rho|^K$
times the root of both rows' own remainders. A σ that is even but for a line, or odd but
for a constant, has half of the terms, and its powers are those of $\rho^2$.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.polynomial import chebyshev

from widthwise.activations import Activation
from widthwise.kernels.pairs._hermite_rules import coefficients_on_rules
from widthwise.kernels.pairs._spline_coefficients import spline_coefficients
from widthwise.kernels.pairs._spline_dual import SplineDual
from widthwise.laws import Gaussian, Law
from widthwise.machine import limited_blas
from widthwise.numerics.chebyshev import chebyshev_points, to_series

__all__ = ["GROUP", "NormSeries", "norm_series"]

GROUP = 4
"""Terms that are added without a look at memory between them."""
_SAMPLES = 33
"""Norms of an octave, its least and its largest too, whose terms are looked at."""
_MOST = 160
_COUNTS = (12, 18, 28, 44, 64)
"""Nodes of an octave of norms."""
_SETTLED = 4e-15
_LEFT_OUT = 2e-15
_ROUNDING = 4e-15
_TRUSTED, _WORST = 1e-12, 1e-8
_NO_TERM = 1e-18
_LEAST = 1e-145


@dataclass(frozen=True, eq=False)
class NormSeries:
    r"""The coefficients of some rows.

    Attributes
    ----------
    coefficients
        Shape (terms, N), $c_k$ of each row's norm for k = power, power + step and on; a
        multiple of `GROUP` terms.
    apart
        Shape (N,): where every second term is zero, $c_1$ for even powers, $c_0$ for
        odd ones.
    step, power
        1 and 0, or 2 and the parity.
    reach
        Shape (terms / GROUP,), ascending: up to which $|\rho|$ so many groups do.
    squares
        $E\sigma(a u)^2$ and $a^2 E\sigma'(a u)^2$ of each row, shape (2, N).
    errors
        Of both sums, relative to the root of both rows' squares.
    entry_errors
        The largest of any two rows', absolute.
    """

    coefficients: np.ndarray
    apart: np.ndarray
    step: int
    power: int
    reach: np.ndarray
    squares: np.ndarray
    errors: tuple[float, float]
    entry_errors: tuple[float, float]

    @property
    def arrays(self) -> tuple[int | np.ndarray, ...]:
        """All of it but the errors, as compiled code takes it, rows in panels."""
        from widthwise.numerics.panels.power_series import PANEL
        from widthwise.numerics.panels.products import by_panels

        panels = by_panels(self.coefficients.T, PANEL)
        apart = np.zeros(len(panels) * PANEL)
        apart[: len(self.apart)] = self.apart
        kind = 0 if self.step == 1 else 1 + self.power
        return panels, apart, kind, self.reach, self.squares

    def between(
        self, order: int, top: slice, left: slice, rho: np.ndarray
    ) -> np.ndarray:
        r"""Return E[f(a u) f(b v)] of two slices of the rows, for σ or a b σ'.

        With NumPy, where few are asked for.
        """
        rows, columns = self.coefficients[:, top], self.coefficients[:, left]
        powers = self.power + self.step * np.arange(len(rows))
        x = rho**self.step
        found = np.zeros_like(rho)
        for k in range(len(rows) - 1, -1, -1):
            if order == 0:
                found = found * x + np.multiply.outer(rows[k], columns[k])
            elif powers[k]:  # the last of them is the first power's, or the second's
                found = found * x + powers[k] * np.multiply.outer(rows[k], columns[k])
        apart = np.multiply.outer(self.apart[top], self.apart[left])
        if self.step == 1:
            return found
        if order:
            return found if self.power else np.asarray(found * rho + apart)
        return np.asarray(found * rho + apart if self.power else found + rho * apart)


@dataclass(frozen=True, eq=False)
class _Octave:
    """Coefficients over the root of the square, and its logarithms, for norms."""

    coefficients: np.ndarray  # (count, terms), Chebyshev series in log2 a
    log_squares: np.ndarray  # (2, count)
    errors: tuple[float, float]


def norm_series(
    activation: Activation, law: Law, norms: np.ndarray
) -> NormSeries | None:
    """Return the series of these norms, or None where there is none to trust.

    σ is smooth but for kinks, and without a jump.
    """
    if not isinstance(law, Gaussian) or activation.smoothness == 0:
        return None
    # What the terms of so many norms do is seen at some of them.
    seen = _terms(activation, _samples(norms), slice(None))
    if seen is None:
        return None
    shares = _shares(seen)
    step, power, apart = 1, 0, np.zeros(len(norms))
    for parity in range(2):
        # What is left out is products of two coefficients: squares of their rounding.
        if shares[:, 3 - parity :: 2].sum(axis=1).max() <= _NO_TERM:
            step, power = 2, parity
    left = _left(shares, step, power)
    counts = np.arange(1, len(left) + 1) * GROUP * step
    reach = np.maximum.accumulate(np.minimum((_LEFT_OUT / left) ** (1 / counts), 1.0))
    enough = reach >= 1.0
    kept = GROUP * int(np.argmax(enough) + 1 if enough.any() else len(reach))
    found = _terms(activation, norms, slice(power, power + step * kept, step))
    assert found is not None
    if step == 2:
        alone = _terms(activation, norms, slice(1 - power, 2 - power))
        assert alone is not None
        apart = alone.coefficients[0]
    return NormSeries(
        found.coefficients,
        apart,
        step,
        power,
        reach[: kept // GROUP],
        found.squares,
        found.errors,
        found.entry_errors,
    )


@dataclass(frozen=True, eq=False)
class _Terms:
    """Coefficients of some norms, the squares they have their size by, and errors."""

    coefficients: np.ndarray  # (terms, N), or over the size (N, terms)
    squares: np.ndarray  # (2, N)
    errors: tuple[float, float]
    entry_errors: tuple[float, float] = (0.0, 0.0)


def _samples(norms: np.ndarray) -> np.ndarray:
    """Return norms between the least and the largest of each octave."""
    octaves = np.floor(np.log2(norms)).astype(np.int64)
    parts = [norms[octaves == index] for index in np.unique(octaves)]
    if _SAMPLES * len(parts) >= len(norms):
        return norms
    return np.concatenate(
        [np.geomspace(each.min(), each.max(), _SAMPLES) for each in parts]
    )


def _terms(activation: Activation, norms: np.ndarray, chosen: slice) -> _Terms | None:
    found = _from_octaves(activation, norms, chosen)
    if found is not None or activation.splines is None:
        return found
    exact = _of_splines(activation, norms, _WORST)
    if exact is None:
        return None
    return replace(exact, coefficients=exact.coefficients[chosen])


def _of_splines(
    activation: Activation, norms: np.ndarray, worst: float
) -> _Terms | None:
    """Return coefficients (terms, N) by closed forms, or None where they err more."""
    if activation.splines is None:
        return None
    duals = [SplineDual(activation, Gaussian(), order, norms) for order in (0, 1)]
    if max(each.cancellation for each in duals) > worst:
        return None
    squares = np.stack([duals[0].sizes ** 2, (norms * duals[1].sizes) ** 2])
    one, two = (_ROUNDING + each.relative_error for each in duals)
    rows = np.stack([duals[0].row_errors, norms**2 * duals[1].row_errors])
    first, second = (rows + _ROUNDING * squares).max(axis=1)
    found = spline_coefficients(activation.splines, norms, _MOST)
    return _Terms(found, squares, (one, two), (float(first), float(second)))


def _from_octaves(
    activation: Activation, norms: np.ndarray, chosen: slice
) -> _Terms | None:
    places = np.log2(norms)
    octaves = np.floor(places).astype(np.int64)
    squares, errors = np.empty((2, len(norms))), np.zeros(2)
    coefficients = np.empty((len(range(*chosen.indices(_MOST))), len(norms)))
    for index in np.unique(octaves):
        octave = _octave(activation, int(index))
        if octave is None:
            return None
        rows = octaves == index
        series = octave.coefficients[:, chosen]
        basis = chebyshev.chebvander(2 * (places[rows] - index) - 1, len(series) - 1)
        with limited_blas(1):  # A second thread would wait awake, beside what follows.
            squares[:, rows] = np.exp(octave.log_squares @ basis.T)
            basis *= np.sqrt(squares[0, rows])[:, None]
            coefficients[:, rows] = series.T @ basis.T
        errors = np.maximum(errors, octave.errors)
    one, two = (float(each) for each in errors)
    first, second = (float(each) for each in errors * squares.max(axis=1))
    return _Terms(coefficients, squares, (one, two), (first, second))


def _shares(terms: _Terms) -> np.ndarray:
    """Return what each term has of both squares, shape (2 N, terms)."""
    first = terms.coefficients.T**2
    parts = np.stack([first, np.arange(first.shape[1]) * first])
    parts /= np.maximum(terms.squares[:, :, None], 1e-300)
    return parts.reshape(-1, first.shape[1])


def _left(shares: np.ndarray, step: int, power: int) -> np.ndarray:
    """Return the most that 4, 8, ... terms leave of a square."""
    kept = shares[:, power::step].copy()
    if step == 2:
        kept[:, 0] += shares[:, 1 - power]
    groups = kept.reshape(len(kept), -1, GROUP).sum(axis=2)
    # Rounding may show as a remainder; it only makes the series longer.
    left = np.maximum(1 - np.cumsum(groups, axis=1), 1e-15)
    return np.asarray(left.max(axis=0))


@lru_cache(maxsize=512)
def _octave(activation: Activation, index: int) -> _Octave | None:
    for count in _COUNTS:
        scales = 2.0 ** (index + (1 + chebyshev_points(count - 1)) / 2)
        found = _at_scales(activation, scales, 1)
        if found is None:
            return None
        turn = to_series(count - 1)
        series, logs = turn @ found.coefficients, np.log(found.squares) @ turn.T
        if float(np.abs(series[-2:]).max()) <= _SETTLED:
            octave = _Octave(series, logs, found.errors)
            errors = _errors(activation, index, octave)
            return _Octave(series, logs, errors) if max(errors) <= _TRUSTED else None
    return None


def _errors(activation: Activation, index: int, octave: _Octave) -> tuple[float, float]:
    """Return the relative errors seen at other norms by a finer rule, times four."""
    place = np.random.default_rng(0).uniform(0, 1, 8)
    exact = _at_scales(activation, 2.0 ** (index + place), 2)
    assert exact is not None
    basis = chebyshev.chebvander(2 * place - 1, len(octave.coefficients) - 1)
    squares = np.exp(octave.log_squares @ basis.T)
    miss = (basis @ octave.coefficients - exact.coefficients) ** 2
    ratio = exact.squares[0] / exact.squares[1]
    value = np.sqrt(miss.sum(axis=1))
    slope = np.sqrt((miss * np.arange(_MOST)).sum(axis=1) * ratio)
    off = np.abs(squares / exact.squares - 1).max(axis=1)
    seen = np.array([max(value.max(), off[0]), max(slope.max(), off[1])])
    one, two = 4 * seen + np.maximum(octave.errors, exact.errors)
    return float(one), float(two)


def _at_scales(
    activation: Activation, scales: np.ndarray, halvings: int
) -> _Terms | None:
    """Return coefficients over their size, shape (R, terms)."""
    errors = _ROUNDING, _ROUNDING
    exact = _of_splines(activation, scales, _TRUSTED / 8)
    if exact is not None:
        squares, errors = exact.squares, exact.errors
        with np.errstate(invalid="ignore", divide="ignore"):
            found = exact.coefficients.T / np.sqrt(squares[0])[:, None]
    else:
        found, squares = coefficients_on_rules(activation, scales, halvings, _MOST)
    if not (np.isfinite(found).all() and np.isfinite(squares).all()):
        return None
    is_sized = float(squares.min()) > _LEAST**2
    return _Terms(found, squares, errors) if is_sized else None
