"""Rows that no width keeps apart: zero, or on one line through the origin."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from widthwise.activations import Activation
from widthwise.features.two_layer import PointsLike, as_matrix
from widthwise.landscape.patterns._pieces import pieces
from widthwise.numerics.exact_rank import integer_rows
from widthwise.seeds import stream

__all__ = ["ParallelRows", "parallel_rows"]

_NEAR = 1e-12


@dataclass(frozen=True)
class ParallelRows:
    """Points whose Jacobians are zero, or parallel, at every width and all weights.

    Attributes
    ----------
    zeros
        The rows at the origin.
    groups
        Two or more rows on one ray from the origin, ascending; on one line through it
        where the two slopes differ only in sign.
    """

    zeros: tuple[int, ...]
    groups: tuple[tuple[int, ...], ...]

    @property
    def repeats(self) -> frozenset[int]:
        """The rows to leave out: the zeros, and of each group all but the first."""
        later = {row for group in self.groups for row in group[1:]}
        return frozenset(self.zeros) | later


def parallel_rows(
    points: PointsLike, *, biases: bool = False, act: Activation | None = None
) -> ParallelRows:
    r"""Return the rows that units without biases cannot tell apart, exactly.

    For an activation whose only kink is at the origin, $x$ and $c x$ with $c > 0$ have
    the same column of the pattern, so their rows of the Jacobian are parallel. There
    are none with biases, or with another activation.

    Parameters
    ----------
    points
        X, shape (n, d0).
    biases
        Whether the units have biases.
    act
        The piecewise-linear activation; None means the rectifier.

    Returns
    -------
    ParallelRows

    Raises
    ------
    InvalidArgumentError
        If the activation is not piecewise linear.

    Cost
    ----
    n d0 operations, and whole-number arithmetic for rows that agree to 12 digits.
    """
    of = pieces(act)
    if biases or of.breakpoints != (0.0,):
        return ParallelRows((), ())
    data: np.ndarray = as_matrix(points).numpy(force=True)
    both_ways = of.slopes[0] == -of.slopes[1]
    exact: dict[tuple[int, ...], list[int]] = {}
    for row in _candidates(data, both_ways):
        exact.setdefault(_direction(data[row], both_ways), []).append(row)
    return ParallelRows(
        zeros=tuple(int(row) for row in np.flatnonzero(~data.any(axis=1))),
        groups=tuple(tuple(sorted(each)) for each in exact.values() if len(each) > 1),
    )


def _candidates(points: np.ndarray, both_ways: bool) -> Iterable[int]:
    """Rows whose direction is that of another row up to rounding."""
    rows = np.flatnonzero(points.any(axis=1))
    _, exponents = np.frexp(np.abs(points[rows]).max(axis=1, keepdims=True))
    scaled = np.ldexp(points[rows], -exponents)
    unit = scaled / np.linalg.norm(scaled, axis=1, keepdims=True)
    normal = stream(0, "landscape/rays").standard_normal(points.shape[1])
    keys = unit @ (normal / np.linalg.norm(normal))
    keys = np.abs(keys) if both_ways else keys
    order = np.argsort(keys)
    close = np.diff(keys[order]) <= _NEAR
    beside = np.append(close, False) | np.insert(close, 0, False)
    return sorted(int(each) for each in rows[order[beside]])


def _direction(row: np.ndarray, both_ways: bool) -> tuple[int, ...]:
    """Return the shortest whole-number vector on the ray, exactly."""
    whole = integer_rows(row[None, :])[0]
    shared = math.gcd(*whole)
    first = next(each for each in whole if each)
    sign = -1 if both_ways and first < 0 else 1
    return tuple(sign * each // shared for each in whole)
