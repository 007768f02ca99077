"""Hermite coefficients of functions of a scaled normal variable, by rules on a line."""

from functools import lru_cache

import numpy as np

from widthwise.activations import Activation
from widthwise.kernels.rules import PANEL, density, line_rule, on_numpy
from widthwise.laws import Gaussian
from widthwise.numerics import gauss_legendre

__all__ = ["coefficients_on_rules"]

_ZERO = 1e-9
"""No panel but those that end at zero has an end within this."""


def coefficients_on_rules(
    activation: Activation, scales: np.ndarray, halvings: int, terms: int
) -> tuple[np.ndarray, np.ndarray]:
    r"""Return $E[\sigma(a u) h_k(u)]$ over the root of the square, and squares.

    All scales share one rule but for the panels that hold a kink of theirs.

    Returns
    -------
    Shapes (R, terms) and (2, R): $E\sigma(a u)^2$ and $a^2 E\sigma'(a u)^2$.
    """
    function, derivative = on_numpy(activation), on_numpy(activation.derivative)
    u, mass, polynomials = _shared(halvings, terms)
    kept = np.tile(mass, (len(scales), 1))
    kinks = [b for b in activation.breakpoints if b != 0.0]
    rows, parts = [], []
    for row, scale in enumerate(scales):
        for panel, ends in _cut(u, [b / scale for b in kinks]).items():
            kept[row, panel * PANEL : (panel + 1) * PANEL] = 0.0
            parts.append(_within(ends))
            rows += [row] * len(parts[-1][0])

    def powers(scale: np.ndarray, u: np.ndarray, mass: np.ndarray) -> list[np.ndarray]:
        value, slope = function(scale * u), scale * derivative(scale * u)
        return [value * (mass * np.exp(u**2 / 4)), value**2 * mass, slope**2 * mass]

    with np.errstate(all="ignore"):
        first, *both = powers(scales[:, None], u, kept)
        found = first @ polynomials.T
        squares = np.stack([each.sum(axis=1) for each in both])
        if parts:  # The panels of all scales that are cut, at once.
            places, masses = (np.concatenate(each) for each in zip(*parts, strict=True))
            first, *both = powers(scales[rows], places, masses)
            own = _weighted_hermite(places, terms) * first
            for row in range(len(scales)):
                here = np.equal(rows, row)
                found[row] += own[:, here].sum(axis=1)
                squares[:, row] += [each[here].sum() for each in both]
        found /= np.sqrt(squares[0])[:, None]
    return found, squares


@lru_cache(maxsize=2)
def _shared(halvings: int, terms: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    u, mass = line_rule(Gaussian(), halvings)
    return u, mass, _weighted_hermite(u, terms)


def _cut(u: np.ndarray, cuts: list[float]) -> dict[int, np.ndarray]:
    """Return the ends within each panel that holds a cut."""
    nodes, _ = gauss_legendre(PANEL)
    first, last = u[::PANEL], u[PANEL - 1 :: PANEL]
    beside = (last - first) * nodes[0] / (nodes[-1] - nodes[0])
    starts, stops = (
        np.where(np.abs(end) < _ZERO, 0.0, end)
        for end in (first - beside, last + beside)
    )
    found: dict[int, np.ndarray] = {}
    for cut in cuts:
        panel = int(np.searchsorted(starts, cut)) - 1
        if 0 <= panel < len(first) and cut < stops[panel]:
            ends = starts[panel], stops[panel]
            found[panel] = np.unique([*found.get(panel, ends), cut])
    return found


def _within(ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and masses between some ends."""
    nodes, weights = gauss_legendre(PANEL)
    width = np.diff(ends)[:, None]
    places = (ends[:-1, None] + width * nodes).ravel()
    return places, (width * weights).ravel() * density(places, Gaussian())


def _weighted_hermite(u: np.ndarray, terms: int) -> np.ndarray:
    """Return h_k e^{-u²/4}, which stays below 1.09; shape (terms, N)."""
    before, now = np.zeros_like(u), np.exp(-(u**2) / 4)
    found = np.empty((terms, len(u)))
    for k in range(terms):
        found[k] = now
        before, now = now, (u * now - np.sqrt(k) * before) / np.sqrt(k + 1)
    return found
