r"""Functions of the angle without a table: sums that a processor evaluates in parallel.

With $x = ((1 - |t|)/2)^{1/2}$ a function of t is $E(x) \pm O(x)$, its even and its odd
part. Away from $|t| = 1$ each is one polynomial of some twenty terms, and for many
activations one of them is a multiple of 1 or of t.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from widthwise.kernels.duals._representation import QUARTER
from widthwise.kernels.duals._table import Halves
from widthwise.numerics import single_polynomial
from widthwise.numerics.panels import BLOCK

__all__ = ["Smooth", "smooth"]

_PLACES = 401


@dataclass(frozen=True, eq=False)
class Smooth:
    r"""Functions $f_k(t) = a_k + b_k t + E_k(y) + \mathrm{sign}(t)\,O_k(y)$.

    Attributes
    ----------
    low, high
        The interval of x on which they hold; y = -1 and 1 are its ends.
    lines
        Shape (functions, 2): a and b.
    counts
        Shape (functions, 2): how many blocks E and O have.
    blocks
        Shape (functions, 2, most, BLOCK), ascending powers of y within a block; the
        first block holds the highest.
    """

    low: float
    high: float
    lines: np.ndarray
    counts: np.ndarray
    blocks: np.ndarray

    @property
    def arrays(self) -> tuple[float | np.ndarray, ...]:
        """All of it, as compiled code takes it."""
        return self.low, self.high, self.lines, self.counts, self.blocks


def smooth(
    functions: tuple[Halves, ...], low: float, allowed: tuple[float, ...]
) -> Smooth | None:
    """Return the functions for x from `low`, or None where polynomials do not do.

    Parameters
    ----------
    functions
        Of x, for t >= 0 and for t < 0.
    low
        The least x.
    allowed
        How far from each function its sum may be.
    """
    lines, parts = np.zeros((len(functions), 2)), []
    for place, (each, most) in enumerate(zip(functions, allowed, strict=True)):
        found = _parts(each, low, most)
        if found is None:
            return None
        lines[place] = found[0]
        parts.append(found[1])
    counts = np.array([[-(-len(p) // BLOCK) for p in pair] for pair in parts])
    blocks = np.zeros((len(functions), 2, max(1, counts.max()), BLOCK))
    for place, pair in enumerate(parts):
        for half_place, powers in enumerate(pair):
            count = counts[place, half_place]
            padded = np.zeros(count * BLOCK)
            padded[: len(powers)] = powers
            blocks[place, half_place, :count] = padded.reshape(-1, BLOCK)[::-1]
    return Smooth(low, QUARTER, lines, counts, blocks)


def _parts(
    function: Halves, low: float, allowed: float
) -> tuple[tuple[float, float], tuple[np.ndarray, np.ndarray]] | None:
    """Return a, b, and the powers of E and of O, empty where the line is enough."""
    edges = np.unique(np.concatenate([function.near.edges, function.far.edges]))
    middles = (edges[1:] + edges[:-1]) / 2
    even = np.linspace(low, QUARTER, _PLACES)
    at = np.unique(np.concatenate([even, middles[middles > low]]))

    def part(x: np.ndarray, sign: float) -> np.ndarray:
        return (function.near(x) + sign * function.far(x)) / 2

    signs, bases = (1.0, -1.0), (np.ones_like(at), 1 - 2 * at**2)
    line = [
        float(part(at, sign)[0] / base[0])
        for sign, base in zip(signs, bases, strict=True)
    ]
    missed = [
        float(np.abs(part(at, sign) - multiple * base).max())
        for sign, multiple, base in zip(signs, line, bases, strict=True)
    ]
    powers = [np.empty(0), np.empty(0)]
    for place, sign in enumerate(signs):
        if missed[place] <= allowed / 2:
            continue
        # What a line leaves of the allowance is the other part's.
        rest = allowed - min(missed[1 - place], allowed / 2)
        found = single_polynomial(partial(part, sign=sign), (low, QUARTER), at, rest)
        if found is None:
            return None
        line[place], powers[place] = 0.0, found
    return (line[0], line[1]), (powers[0], powers[1])
