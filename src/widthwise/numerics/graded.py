"""A variable in which roots and logarithms at edges are smooth."""

import numpy as np

__all__ = ["Graded"]


class Graded:
    r"""A variable s with $x = e_j + w (2 (s - j))^p / 2$ next to the edge $e_j$.

    Each interval of length w between edges is one of length 1 in s. At power 1, s is x.
    """

    def __init__(self, ends: np.ndarray, power: int) -> None:
        self._ends, self._power = ends, power
        inner = ends if power == 1 else np.arange(2 * len(ends) - 1) / 2
        self.edges = tuple(float(each) for each in inner)

    def place(self, s: np.ndarray) -> np.ndarray:
        """Return x."""
        if self._power == 1:
            return s
        j = np.minimum(np.floor(s), len(self._ends) - 2).astype(np.intp)
        low, high, part = self._ends[j], self._ends[j + 1], s - j
        half, first = (high - low) / 2, part <= 0.5
        off = half * (2 * np.where(first, part, 1 - part)) ** self._power
        return np.asarray(np.where(first, low + off, high - off))

    def variable(self, x: np.ndarray) -> np.ndarray:
        """Return s."""
        if self._power == 1:
            return x
        j = np.searchsorted(self._ends[1:-1], x, side="right")
        low, high = self._ends[j], self._ends[j + 1]
        first = x - low <= high - x
        off = np.maximum(np.where(first, x - low, high - x), 0.0) * 2 / (high - low)
        part = off ** (1 / self._power) / 2
        return np.asarray(np.where(first, j + part, j + 1 - part))
