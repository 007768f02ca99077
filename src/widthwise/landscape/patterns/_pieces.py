"""The linear pieces of a piecewise-linear activation."""

import itertools
import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch

from widthwise.activations import Activation
from widthwise.errors import InvalidArgumentError

__all__ = ["RECTIFIER", "Pieces", "pieces"]

_REACH = 8.0
_SAMPLES = 9


@dataclass(frozen=True)
class Pieces:
    r"""Breakpoints of $\sigma$ and its lines $\sigma(z) = s_k z + c_k$ between them.

    Piece k holds the z from breakpoint k - 1 (included) to breakpoint k (excluded).

    Examples
    --------
    >>> import widthwise as ww
    >>> act = ww.activations.get("leaky_relu", negative_slope=0.5)
    >>> ww.landscape.pieces(act).slopes
    (0.5, 1.0)
    """

    name: str
    breakpoints: tuple[float, ...]
    slopes: tuple[float, ...]
    intercepts: tuple[float, ...]

    @property
    def are_homogeneous(self) -> bool:
        r"""Whether every line passes through the origin."""
        return not any(self.intercepts)

    @property
    def are_two_sloped(self) -> bool:
        r"""Whether there are exactly two different slopes."""
        return len(set(self.slopes)) == 2

    def at(self, arguments: np.ndarray) -> np.ndarray:
        """Return the index of the piece of each pre-activation."""
        return np.searchsorted(np.array(self.breakpoints), arguments, side="right")

    def activated(self, arguments: np.ndarray) -> np.ndarray:
        r"""Return $\sigma$ of each pre-activation."""
        piece = self.at(arguments)
        slopes = self.values(self.slopes, piece)
        return np.asarray(slopes * arguments + self.values(self.intercepts, piece))

    def are_high(self, pattern: np.ndarray) -> np.ndarray:
        """Return which entries of a pattern have the largest slope."""
        flags = np.array(self.slopes) == max(self.slopes)
        return np.asarray(flags[pattern.astype(np.int64)])

    def values(self, of: tuple[float, ...], pattern: np.ndarray) -> np.ndarray:
        """Return the slope or the intercept of each entry of a pattern."""
        return np.asarray(of, dtype=np.float64)[pattern.astype(np.int64)]


RECTIFIER = Pieces("relu", (0.0,), (0.0, 1.0), (0.0, 0.0))


@lru_cache(maxsize=64)
def pieces(act: Activation | None) -> Pieces:
    """Return the pieces of an activation; None means the rectifier.

    Raises
    ------
    InvalidArgumentError
        If the activation bends between two breakpoints.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.landscape.pieces(ww.activations.get("relu"))
    >>> found.breakpoints, found.slopes
    ((0.0,), (0.0, 1.0))
    """
    if act is None:
        return RECTIFIER
    kinks = tuple(float(each) for each in act.breakpoints)
    reach = _REACH + max((abs(each) for each in kinks), default=0.0)
    edges = (-reach, *kinks, reach)
    slopes, intercepts = [], []
    for low, high in itertools.pairwise(edges):
        inside = np.linspace(low, high, _SAMPLES + 2)[1:-1]
        z = torch.from_numpy(inside)
        found = np.unique(act.derivative(z).numpy())
        slope = float(found[0])
        rest = act(z).numpy() - slope * inside
        spread = float(rest.max() - rest.min())
        # Products and sums of numbers below `reach` round by less than this.
        if len(found) > 1 or spread > 8 * np.finfo(float).eps * reach * (
            1 + abs(slope)
        ):
            raise InvalidArgumentError(
                f"The activation {act.name} bends between {low:g} and {high:g}; "
                "patterns are defined for piecewise-linear ones, such as relu, "
                "leaky_relu, abs and hard_tanh. If it is piecewise linear, give "
                "from_callable all its breakpoints and its derivative."
            )
        slopes.append(slope)
        intercepts.append(_nearest_simple(float(np.median(rest))))
    return Pieces(act.name, kinks, tuple(slopes), tuple(intercepts))


def _nearest_simple(value: float) -> float:
    """Undo the rounding of a difference: a multiple of 2**-40 within 1e-13."""
    rounded = math.ldexp(round(math.ldexp(value, 40)), -40)
    return rounded if abs(rounded - value) < 1e-13 else value
