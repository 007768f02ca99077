r"""Gaussian duals between points of any norms as power series in the correlation.

With $c_k(a) = E[\sigma(a u)\,h_k(u)]$ and orthonormal Hermite polynomials $h_k$,

$$E[\sigma(a u)\,\sigma(b v)] = \sum_k c_k(a)\,c_k(b)\,\rho^k, \qquad
a b \rho\,E[\sigma'(a u)\,\sigma'(b v)] = \sum_k k\,c_k(a)\,c_k(b)\,\rho^k .$$

By the inequality of Cauchy and Schwarz what is beyond K terms is at most $|\rho|^K$
times the root of both rows' own remainders. A σ that is even but for a line, or odd but
for a constant, has half of the terms, and its powers are those of $\rho^2$.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.polynomial import chebyshev
from scipy.special import ndtr

from widthwise.activations import Activation
from widthwise.kernels.two_layer._function import on_numpy
from widthwise.kernels.two_layer._line_rule import line_rule
from widthwise.kernels.two_layer._spline_dual import SplineDual
from widthwise.laws import Gaussian, Law
from widthwise.numerics.chebyshev import chebyshev_points, to_series

__all__ = ["GROUP", "NormSeries", "norm_series"]

GROUP = 4
"""Terms that are added without a look at memory between them."""
_ROWS = 512
"""Rows whose terms stay in the second-level cache while they are looked at."""
_MOST = 160
_COUNTS = (12, 18, 28, 44, 64)
"""Nodes of an octave of norms."""
_SETTLED = 4e-15
_LEFT_OUT = 2e-15
_ROUNDING = 4e-15
_TRUSTED = 1e-12
_NO_TERM = 1e-18
_LEAST = 1e-145


@dataclass(frozen=True, eq=False)
class NormSeries:
    r"""The coefficients of some rows.

    Attributes
    ----------
    coefficients
        Shape (N, terms), $c_k$ of each row's norm for k = power, power + step and on; a
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
    """

    coefficients: np.ndarray
    apart: np.ndarray
    step: int
    power: int
    reach: np.ndarray
    squares: np.ndarray
    errors: tuple[float, float]

    @property
    def arrays(self) -> tuple[int | np.ndarray, ...]:
        """All of it but the errors, as compiled code takes it, rows in panels."""
        from widthwise.numerics.panels.power_series import PANEL
        from widthwise.numerics.panels.products import by_panels

        panels = by_panels(self.coefficients, PANEL)
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
        rows, columns = self.coefficients[top].T, self.coefficients[left].T
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
    if activation.splines is not None:
        return _of_splines(activation, norms)
    octaves = np.floor(np.log2(norms)).astype(np.int64)
    coefficients = np.empty((len(norms), _MOST))
    squares = np.empty((2, len(norms)))
    errors = np.zeros(2)
    for index in np.unique(octaves):
        octave = _octave(activation, int(index))
        if octave is None:
            return None
        chosen = octaves == index
        place = 2 * (np.log2(norms[chosen]) - index) - 1
        basis = chebyshev.chebvander(place, len(octave.coefficients) - 1)
        squares[:, chosen] = np.exp(octave.log_squares @ basis.T)
        basis *= np.sqrt(squares[0, chosen])[:, None]
        coefficients[chosen] = basis @ octave.coefficients
        errors = np.maximum(errors, octave.errors)
    return _series(coefficients, squares, (float(errors[0]), float(errors[1])))


def _of_splines(activation: Activation, norms: np.ndarray) -> NormSeries:
    r"""Return the series of $c + \sum_m c_m (z - b_m)_+^{i_m}$ in closed form.

    $E[(u-h)_+^i h_k(u)] = i k^{-1/2}\,E[(u-h)_+^{i-1} h_{k-1}(u)]$ (Stein), and
    $E[1_{u>h} h_k(u)] = k^{-1/2}\,\phi(h)\,h_{k-1}(h)$.
    """
    assert activation.splines is not None
    constant, terms = activation.splines
    coefficients = np.zeros((_MOST, len(norms)))
    coefficients[0] = constant
    roots = np.sqrt(np.arange(1, _MOST))[:, None]
    for b, power, factor in terms:
        h = b / norms
        density = np.exp(-(h**2) / 2) / np.sqrt(2 * np.pi)
        found = _weighted_hermite(h)
        found *= np.exp(-(h**2) / 4) / np.sqrt(2 * np.pi)
        found[1:] = found[:-1] / roots
        found[0] = ndtr(-h)
        before, now = density, found[0].copy()
        for i in range(1, power + 1):
            before, now = now, (1 if i == 1 else i - 1) * before - h * now
            found[1:] = i * found[:-1] / roots
            found[0] = now
        coefficients += factor * norms**power * found
    duals = [SplineDual(activation, Gaussian(), order, norms) for order in (0, 1)]
    squares = np.stack([duals[0].sizes ** 2, (norms * duals[1].sizes) ** 2])
    errors = [_ROUNDING + each.relative_error for each in duals]
    return _series(coefficients.T.copy(), squares, (errors[0], errors[1]))


def _weighted_hermite(u: np.ndarray) -> np.ndarray:
    """Return h_k e^{-u²/4}, which stays below 1.09; shape (terms, N)."""
    before, now = np.zeros_like(u), np.exp(-(u**2) / 4)
    found = np.empty((_MOST, len(u)))
    for k in range(_MOST):
        found[k] = now
        before, now = now, (u * now - np.sqrt(k) * before) / np.sqrt(k + 1)
    return found


def _series(
    coefficients: np.ndarray, squares: np.ndarray, errors: tuple[float, float]
) -> NormSeries:
    """Return the series, of every second term where the others are rounding."""
    count, terms = coefficients.shape
    some = [slice(n, n + _ROWS) for n in range(0, count, _ROWS)]

    def shares(rows: slice) -> np.ndarray:
        """Return what each term has of both squares, shape (2, rows, terms)."""
        first = coefficients[rows] ** 2
        parts = np.stack([first, np.arange(terms) * first])
        parts /= np.maximum(squares[:, rows, None], 1e-300)
        return parts

    halves = np.stack([_halves(shares(rows)) for rows in some]).max(axis=0)
    step, power, apart = 1, 0, np.zeros(count)
    for parity in range(2):
        # What is left out is products of two coefficients: squares of their rounding.
        if halves[1 - parity] <= _NO_TERM:
            step, power, apart = 2, parity, coefficients[:, 1 - parity]
    left = np.stack([_left(shares(rows), step, power) for rows in some]).max(axis=0)
    counts = np.arange(1, len(left) + 1) * GROUP * step
    reach = np.minimum((_LEFT_OUT / left) ** (1 / counts), 1.0)
    found = np.maximum.accumulate(reach)
    kept = coefficients[:, power::step]
    return NormSeries(kept, apart, step, power, found, squares, errors)


def _halves(shares: np.ndarray) -> np.ndarray:
    """Return the most that terms 2, 4, ... and 3, 5, ... have of a square."""
    return np.array([shares[:, :, 2 + n :: 2].sum(axis=2).max() for n in range(2)])


def _left(shares: np.ndarray, step: int, power: int) -> np.ndarray:
    """Return the most that 4, 8, ... terms leave of a square."""
    kept = shares[:, :, power::step].copy()
    if step == 2:
        kept[:, :, 0] += shares[:, :, 1 - power]
    groups = kept.reshape(2, len(kept[0]), -1, GROUP).sum(axis=3)
    # Rounding may show as a remainder; it only makes the series longer.
    left = np.maximum(1 - np.cumsum(groups, axis=2), 1e-15)
    return np.asarray(left.max(axis=(0, 1)))


@lru_cache(maxsize=512)
def _octave(activation: Activation, index: int) -> _Octave | None:
    for count in _COUNTS:
        scales = 2.0 ** (index + (1 + chebyshev_points(count - 1)) / 2)
        found = _at_scales(activation, scales, 1)
        if found is None:
            return None
        turn = to_series(count - 1)
        series, logs = turn @ found[0], np.log(found[1]) @ turn.T
        if float(np.abs(series[-2:]).max()) <= _SETTLED:
            octave = _Octave(series, logs, (0.0, 0.0))
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
    miss = (basis @ octave.coefficients - exact[0]) ** 2
    ratio = exact[1][0] / exact[1][1]
    value = np.sqrt(miss.sum(axis=1))
    slope = np.sqrt((miss * np.arange(_MOST)).sum(axis=1) * ratio)
    off = np.abs(squares / exact[1] - 1).max(axis=1)
    return (
        float(4 * max(value.max(), off[0]) + _ROUNDING),
        float(4 * max(slope.max(), off[1]) + _ROUNDING),
    )


def _at_scales(
    activation: Activation, scales: np.ndarray, halvings: int
) -> tuple[np.ndarray, np.ndarray] | None:
    """Return coefficients (R, terms) over their size, and squares (2, R)."""
    kinks = [b for b in activation.breakpoints if b != 0.0]
    if kinks:  # Each scale has its own rule, cut at the kinks.
        parts = [
            _on_rule(activation, scales[[i]], halvings, tuple(b / a for b in kinks))
            for i, a in enumerate(scales)
        ]
        found = np.concatenate([each for each, _ in parts])
        squares = np.concatenate([each for _, each in parts], axis=1)
    else:
        found, squares = _on_rule(activation, scales, halvings)
    if not (np.isfinite(found).all() and np.isfinite(squares).all()):
        return None
    return (found, squares) if float(squares.min()) > _LEAST**2 else None


def _on_rule(
    activation: Activation,
    scales: np.ndarray,
    halvings: int,
    cuts: tuple[float, ...] = (),
) -> tuple[np.ndarray, np.ndarray]:
    u, mass = line_rule(Gaussian(), halvings, cuts)
    polynomials = _weighted_hermite(u)
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        weights = mass * np.exp(u**2 / 4)
        value = on_numpy(activation)(scales[:, None] * u)
        slope = scales[:, None] * on_numpy(activation.derivative)(scales[:, None] * u)
        squares = np.stack([value**2 @ mass, slope**2 @ mass])
        found = (value * weights) @ polynomials.T
        found /= np.sqrt(squares[0])[:, None]
    return found, squares
