"""Piecewise linear functions that lie above σ² on [-1, 1], everywhere."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch

from widthwise.activations import Activation
from widthwise.arrays import Float

__all__ = ["SquareEnvelope", "square_envelope"]

_CELLS = 2**18
_MONOTONE = frozenset({"step", "wendland0"})
"""Without a Lipschitz constant on [-1, 1], but non-negative and non-decreasing."""


@dataclass(frozen=True)
class SquareEnvelope:
    r"""On cell j, from node j to node j + 1, $\sigma^2$ lies below a linear function.

    Attributes
    ----------
    nodes
        Shape (c + 1,). From -1 to 1.
    left, right
        Shape (c,). The values of the linear function at the two ends of each cell.
    """

    nodes: Float[np.ndarray, " k"]
    left: Float[np.ndarray, " c"]
    right: Float[np.ndarray, " c"]

    def offset(self, beta: float | int, gamma: float | int) -> float:
        r"""Return an $\alpha$ with $\alpha + \beta z + \gamma z^2 \ge \sigma(z)^2$.

        A chord of a convex quadratic exceeds it by at most $\gamma h^2 / 4$ on a cell
        of length h.
        """
        quadratic = (beta + gamma * self.nodes) * self.nodes
        ends = np.maximum(self.left - quadratic[:-1], self.right - quadratic[1:])
        sag = max(gamma, 0.0) * np.diff(self.nodes) ** 2 / 4
        return float((ends + sag).max()) + 1e-14 * (abs(beta) + abs(gamma))

    def coarse(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Return about `count` nodes with the envelope's values there."""
        chosen = np.unique(np.linspace(0, len(self.left) - 1, count).astype(int))
        nodes = np.append(self.nodes[chosen], 1.0)
        return nodes, np.append(self.left[chosen], self.right[-1])


@lru_cache(maxsize=4)
def square_envelope(act: Activation) -> SquareEnvelope | None:
    r"""Return an envelope of $\sigma^2$, or None if nothing bounds it between nodes.

    With $|\sigma(z) - \sigma(z')| \le L |z - z'|$, the square changes on a cell at a
    rate of at most $K = 2 L \max|\sigma|$, so it exceeds its chord of slope s by at
    most $h (K^2 - s^2) / 2K$. The nodes are $\cos(\pi j / c)$ and the breakpoints.
    """
    nodes = _nodes(act)
    values = act(torch.from_numpy(nodes)).numpy()
    squares = values**2
    if math.isfinite(act.lipschitz):
        lengths = np.diff(nodes)
        sizes = np.abs(values)
        reach = np.maximum(sizes[:-1], sizes[1:]) + act.lipschitz * lengths / 2
        rate = 2 * act.lipschitz * np.minimum(reach, act.bound)
        slope = np.diff(squares) / lengths
        safe = np.where(rate > 0, rate, 1.0)
        excess = np.maximum(lengths * (rate**2 - slope**2) / (2 * safe), 0.0)
        left, right = squares[:-1] + excess, squares[1:] + excess
    elif act.name in _MONOTONE and not act.constants_are_sampled:
        left = right = squares[1:]
    else:
        return None
    top = act.bound**2
    rounding = 4 * np.finfo(float).eps * top
    return SquareEnvelope(
        nodes, np.minimum(left, top) + rounding, np.minimum(right, top) + rounding
    )


def _nodes(act: Activation) -> Float[np.ndarray, " k"]:
    """Return nodes that crowd at ±1, where an activation may have a cusp."""
    nodes = np.cos(np.linspace(np.pi, 0.0, _CELLS + 1))
    inside = [each for each in act.breakpoints if -1 < each < 1]
    nodes = np.unique(np.concatenate([nodes, inside, [-1.0, 1.0]]))
    return np.asarray(nodes[np.append(np.diff(nodes) > 0, True)])
