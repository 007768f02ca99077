r"""Duals of steep functions under the Gaussian law, by the flow of heat.

With $h_r(y) = E f(y + r w)$, w standard normal, and correlations $\pm\rho$,

$$\kappa(\rho) = E\,h_s(\sqrt\rho z)^2, \qquad
\kappa(-\rho) = E\,h_s(\sqrt\rho z)\,h_s(-\sqrt\rho z), \qquad s^2 = 1 - \rho .$$

Heat leaves nothing narrower than r, so $h_r$ takes few pieces and few nodes, however
steep f is; it is found from $h_{r / \sqrt 2}$, and that from the one before. What
$z \mapsto f(S z)$ asks for is $h_{S s}$ of f: one flow serves the layers of a deep
network.
"""

from collections.abc import Sequence
from functools import lru_cache, partial

import numpy as np

from widthwise.activations import Activation, Scaled
from widthwise.kernels.rules._function import (
    NumpyFunction,
    kinks,
    on_numpy,
    smooth_pieces,
)
from widthwise.kernels.rules._plane import Angles
from widthwise.laws import Gaussian
from widthwise.machine import compiled
from widthwise.numerics import PiecewisePolynomial, fit, gauss_legendre

__all__ = ["HeatDual", "HeatFlow", "heat_duals"]

_REACH = 8.6
"""Beyond this a standard normal has density 4e-17."""
_NOISE = 1e-15
_MISSED = 1e-11
"""Part of the largest value that a table may miss; then there is no flow."""
_SPREAD = 30.0
"""What the levels below reach beyond what is asked of the last, over its width."""
_MOST_PIECES, _MOST_ENDS = 400, 250
_NODES = 12


_RULES = ((0.55, 48), (0.45, 64))
"""Spacing and nodes of the rules in w, and of the finer ones."""
_OCTAVES = 5


def heat_duals(
    activation: Activation, order: int, mean_square: float
) -> tuple["HeatDual", "HeatDual"] | None:
    """Return κ under the Gaussian law and the same from finer rules.

    None where the function is not finite as far as heat comes from, or takes too many
    pieces there.
    """
    base, factor = activation, 1.0
    if isinstance(activation, Scaled):
        base, factor = activation.base, activation.factor
    square = factor ** (2 * order)
    octaves = max(0, int(np.ceil(np.log2(factor) / _OCTAVES)))
    size = round(np.log2(mean_square / square))
    for more in (0, 1):  # Seen from farther, a function can take fewer pieces.
        try:
            flows = _flows(base, order, _OCTAVES * (octaves + more), size)
            for each in flows:
                each(np.zeros(1), factor)
        except ArithmeticError:
            continue
        return HeatDual(flows[0], factor, square), HeatDual(flows[1], factor, square)
    return None


@lru_cache(maxsize=8)
def _flows(
    base: Activation, order: int, octave: int, size: int
) -> tuple["HeatFlow", ...]:
    top, law = 2.0**octave, Gaussian()
    function = on_numpy(base.derivative if order else base)
    # What bends on the scale of one is not seen from as far as the last layer's.
    found, edges = kinks(function, base.breakpoints, law, base.narrow)
    wide = Scaled(base, top)
    scaled = on_numpy(wide.derivative if order else wide)
    more = smooth_pieces(scaled, wide.breakpoints, law, wide.narrow)
    with np.errstate(over="raise", invalid="raise"):
        return tuple(
            HeatFlow(
                function,
                found,
                np.unique(np.concatenate([edges, top * more])),
                2.0 ** (size / 2),
                reach=9.5 * top,
                step=step,
                nodes=nodes,
            )
            for step, nodes in _RULES
        )


class HeatFlow:
    r"""The functions $h_r$ of one f, as tables at widths r that grow by root two.

    Parameters
    ----------
    function
        f, finite wherever it is asked.
    breakpoints
        Where f or its slope jumps.
    edges
        Of pieces on which f is a polynomial to rounding.
    size
        What errors are relative to where f is smaller.
    step, nodes
        Of the rules in w: the trapezoidal one's spacing, and how many Gauss-Legendre
        nodes a piece between breakpoints takes.
    """

    def __init__(
        self,
        function: NumpyFunction,
        breakpoints: Sequence[float],
        edges: np.ndarray,
        size: float,
        *,
        reach: float,
        step: float,
        nodes: int,
    ) -> None:
        self.kinks = np.array(breakpoints, dtype=np.float64)
        self.reach, self.size = reach, size
        far = _SPREAD * reach
        beyond = edges[-1] * 2.0 ** np.arange(1.0, 1.0 + np.log2(far / edges[-1]))
        ends = np.unique(np.concatenate([edges, beyond, -beyond, [-far, far]]))
        ends = ends[np.abs(ends) <= far]
        lengths = np.diff(edges)
        self.first = 0.5 * float(lengths.min())
        inside, weights = gauss_legendre(nodes)
        self._rule = inside, weights
        count = int(np.ceil(_REACH / step))
        turns = step * np.arange(-count, count + 1.0)
        density = np.exp(-(turns**2) / 2)
        self._turns, self._weights = turns, density / density.sum()
        self._plain = self._fitted(function, ends)
        self._levels: list[PiecewisePolynomial] = []

    def __call__(self, y: np.ndarray, width: float) -> np.ndarray:
        """Return $h_r(y)$ for ascending y."""
        if width <= self.first or self.first >= self.reach:
            return self._from_plain(y, width)
        k = int(2 * np.log2(width / self.first))
        while len(self._levels) <= k:
            self._add_level()
        before = self.first * 2.0 ** (k / 2)
        rest = float(np.sqrt(max((width - before) * (width + before), 0.0)))
        return self._smoothed(y, self._levels[k], rest)

    def edges(self, width: float) -> np.ndarray:
        """Return where the pieces of $h_r$ end."""
        if width > self.first and self._levels:
            k = min(int(2 * np.log2(width / self.first)), len(self._levels) - 1)
            return self._levels[k].edges
        layers = width * np.array([-9.0, -5.0, -3.0, -1.5, 0.0, 1.5, 3.0, 5.0, 9.0])
        beside = (self.kinks[:, None] + layers).ravel()
        return np.unique(np.concatenate([self._plain.edges, beside]))

    def _add_level(self) -> None:
        k = len(self._levels)
        width = self.first * 2.0 ** (k / 2)
        made = partial(self._from_plain, width=width)
        if k:
            rest = width / float(np.sqrt(2.0))
            made = partial(self._smoothed, table=self._levels[-1], width=rest)
        far = self._plain.edges[-1] - 1.01 * _REACH * width / (1 - np.sqrt(0.5))
        beside = (self.kinks[:, None] + 2 * width * np.array([-1.0, 0.0, 1.0])).ravel()
        ends = np.concatenate([self._plain.edges, beside, [-far, far]])
        ends = _graded(_apart(np.unique(ends[np.abs(ends) <= far]), 2 * width))
        if len(ends) > _MOST_ENDS:
            raise ArithmeticError
        self._levels.append(self._fitted(made, ends))

    def _fitted(self, function: NumpyFunction, ends: np.ndarray) -> PiecewisePolynomial:
        def sample(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            order = np.argsort(y)
            values = np.empty_like(y)
            values[order] = function(y[order])
            return values, np.maximum(np.abs(values), self.size)

        places = tuple(float(each) for each in ends)
        found = fit(sample, places, noise=_NOISE, most_pieces=_MOST_PIECES)
        size = max(float(np.abs(found(ends)).max()), self.size)
        if not found.error <= _MISSED * size:
            raise ArithmeticError
        return found

    def _smoothed(
        self, y: np.ndarray, table: PiecewisePolynomial, width: float
    ) -> np.ndarray:
        out = np.empty_like(y)
        _trapezoid(y, width * self._turns, self._weights, *_pieces(table), out)
        return out

    def _from_plain(self, y: np.ndarray, width: float) -> np.ndarray:
        out = np.empty_like(y)
        _between_kinks(y, width, self.kinks, *self._rule, *_pieces(self._plain), out)
        return out


class HeatDual:
    r"""κ of $z \mapsto f(S z)$ as a function of the angle, times a square.

    Attributes
    ----------
    flow, factor, square
        That of f, S, and what κ is multiplied by.
    """

    def __init__(self, flow: HeatFlow, factor: float, square: float) -> None:
        self.flow, self.factor, self.square = flow, factor, square
        self._kept: dict[float, tuple[float, float]] = {}

    def __call__(self, angles: Angles) -> tuple[np.ndarray, np.ndarray]:
        """Return the values and their scales κ(1), both shape (N,)."""
        halves = np.minimum(angles.sine, angles.cosine)
        found = np.array([self._at(float(each)) for each in halves])
        near = angles.sine <= angles.cosine
        value = np.where(near, found[:, 0], found[:, 1])
        return value, np.full_like(value, self._at(0.0)[0])

    def _at(self, half: float) -> tuple[float, float]:
        """Return κ at 1 - 2 x² and at 2 x² - 1 for the half chord x."""
        if half not in self._kept:
            self._kept[half] = self._found(half)
        return self._kept[half]

    def _found(self, half: float) -> tuple[float, float]:
        width = self.factor * np.sqrt(2.0) * half
        spread = self.factor * np.sqrt(max((1 - 2 * half * half), 0.0))
        if spread < 1e-7 * self.factor:
            middle = float(self.flow(np.zeros(1), width)[0]) ** 2 * self.square
            return middle, middle
        self.flow(np.zeros(1), width)
        ends = self.flow.edges(width) / spread
        ends = np.concatenate([ends, -ends, np.linspace(-9.0, 9.0, 19)])
        ends = np.unique(ends[(ends > -9.0) & (ends < 0.0)])
        # Heat leaves nothing that is narrower; and the nodes are symmetric.
        ends = _apart(
            np.array([-9.0, *ends, 0.0]), min(max(0.8 * width / spread, 1e-14), 0.5)
        )
        ends = np.concatenate([ends, -ends[-2::-1]])
        nodes, weights = gauss_legendre(_NODES)
        length = np.diff(ends)[:, None]
        z = (ends[:-1, None] + length * nodes).ravel()
        z = (z - z[::-1]) / 2  # to the last bit opposite to each other
        mass = (length * weights).ravel() * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
        values = self.flow(spread * z, width)
        weighted = self.square * mass * values
        return float(weighted @ values), float(weighted @ values[::-1])


def _apart(ends: np.ndarray, least: float) -> np.ndarray:
    """Return those that are so far apart, the first and the last with them."""
    kept = [ends[0]]
    for each in ends[1:-1]:
        if each - kept[-1] >= least and ends[-1] - each >= least:
            kept.append(each)
    return np.array([*kept, ends[-1]])


def _graded(ends: np.ndarray) -> np.ndarray:
    """Cut pieces so that none is much longer than its neighbours."""
    lengths = np.diff(ends)
    cuts = [ends]
    for i, length in enumerate(lengths):
        before, after = lengths[max(i - 1, 0)], lengths[min(i + 1, len(lengths) - 1)]
        for end, side, beside in ((i, 1.0, before), (i + 1, -1.0, after)):
            steps = 2 * beside * 2.0 ** np.arange(np.ceil(np.log2(length / beside)))
            cuts.append(ends[end] + side * steps[steps <= length / 2])
    return np.unique(np.concatenate(cuts))


def _pieces(
    table: PiecewisePolynomial,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    left, right = table.edges[:-1], table.edges[1:]
    scale = 2 / (right - left)
    return right, scale, -(left + right) / (right - left), table.coefficients


@compiled
def _polynomial(coefficients, x):  # type: ignore[no-untyped-def]
    value = coefficients[-1]
    for k in range(len(coefficients) - 2, -1, -1):
        value = value * x + coefficients[k]
    return value


@compiled
def _trapezoid(y, turns, weights, right, scale, shift, coefficients, out):  # type: ignore[no-untyped-def]
    last = len(right) - 1
    start = 0
    for i in range(len(y)):
        while start < last and y[i] + turns[0] >= right[start]:
            start += 1
        piece, total = start, 0.0
        for j in range(len(turns)):
            x = y[i] + turns[j]
            while piece < last and x >= right[piece]:
                piece += 1
            local = x * scale[piece] + shift[piece]
            total += weights[j] * _polynomial(coefficients[piece], local)
        out[i] = total


@compiled
def _between_kinks(  # type: ignore[no-untyped-def]
    y, width, kinks, nodes, weights, right, scale, shift, coefficients, out
):
    last = len(right) - 1
    start = 0
    for i in range(len(y)):
        while start < last and y[i] - _REACH * width >= right[start]:
            start += 1
        piece, total, mass, low = start, 0.0, 0.0, -_REACH
        for cut in range(len(kinks) + 1):
            high = _REACH
            if cut < len(kinks):
                gap = kinks[cut] - y[i]
                if gap <= low * width:
                    continue
                if gap < _REACH * width:
                    high = gap / width
            for j in range(len(nodes)):
                w = low + (high - low) * nodes[j]
                part = (high - low) * weights[j] * np.exp(-w * w / 2)
                x = y[i] + width * w
                while piece < last and x >= right[piece]:
                    piece += 1
                local = x * scale[piece] + shift[piece]
                total += part * _polynomial(coefficients[piece], local)
                mass += part
            low = high
            if low >= _REACH:
                break
        out[i] = total / mass
