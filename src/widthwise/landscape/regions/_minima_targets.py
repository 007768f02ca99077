"""Random targets for experiments on minima, as functions of the points."""

import itertools
from collections.abc import Callable

import numpy as np

from widthwise.landscape.patterns import INITIALIZATIONS

__all__ = ["TARGETS", "alternating"]

Generator = np.random.Generator


def alternating(width: int) -> np.ndarray:
    """Return the outer weights 1, -1, 1, ..."""
    return np.where(np.arange(width) % 2 == 0, 1.0, -1.0)


def _polynomial(generator: Generator, points: np.ndarray, width: int) -> np.ndarray:
    del width
    constant, slope, square = (2.0 * generator.random(3) - 1.0).tolist()
    values = constant + slope * points.T + square * np.square(points.T)
    # Summed one after the other: the same bits on every machine.
    return np.asarray(np.add.reduce(values))


def _quadratic(generator: Generator, points: np.ndarray, width: int) -> np.ndarray:
    del width
    n, d0 = points.shape
    monomials = [np.ones(n), *points.T]
    monomials += [
        points[:, i] * points[:, j]
        for i, j in itertools.combinations_with_replacement(range(d0), 2)
    ]
    coefficients = 2.0 * generator.random(len(monomials)) - 1.0
    return np.asarray(np.add.reduce(coefficients[:, None] * np.array(monomials)))


def _teacher(generator: Generator, points: np.ndarray, width: int) -> np.ndarray:
    d0 = points.shape[1]
    drawn = INITIALIZATIONS["he_uniform"](generator, (width, d0 + 1), d0, True)
    outer = INITIALIZATIONS["he_uniform"](generator, (width,), d0, False)
    hidden = np.add.reduce(drawn[:, :-1, None] * points.T[None], axis=1)
    hidden = np.maximum(hidden + drawn[:, -1:], 0.0)
    return np.asarray(np.add.reduce(outer[:, None] * hidden))


def _uniform(generator: Generator, points: np.ndarray, width: int) -> np.ndarray:
    del width
    return np.asarray(2.0 * generator.random(len(points)) - 1.0)


TARGETS: dict[str, Callable[[Generator, np.ndarray, int], np.ndarray]] = {
    "polynomial": _polynomial,  # one of degree 2 at each coordinate, summed
    "quadratic": _quadratic,  # degree 2 with cross terms
    "teacher": _teacher,  # a rectifier network, W, b and v uniform on ±sqrt(6/d0)
    "uniform": _uniform,  # uniform on [-1, 1], whatever the points
}
"""Laws of the targets, by name; coefficients are uniform on [-1, 1]."""
