"""A second route to every dual: two nested integrals of one variable each.

The engine integrates over polar coordinates of the plane of x and x'. Here the first
correlation u = w·x is drawn alone, and v = w·x' given u,

    v = t u + sqrt(1 - t²) * (sqrt(1 - u²) * s on a sphere; s under the Gaussian law),

with rules of NumPy and of this file. No line of the library but σ itself is used.
"""

import math

import numpy as np
import torch

BELOW_ONE = np.nextafter(1.0, 0.0)
GAUSSIAN_EDGES = np.array([-15.0, -11.0, -8.0, -5.5, -3.5, -1.75, 0.0])
GAUSSIAN_EDGES = np.concatenate([GAUSSIAN_EDGES, -GAUSSIAN_EDGES[-2::-1]])


def double_exponential(count):
    """Return a rule on [0, 1] that does not mind singular ends."""
    s, step = np.linspace(-3.3, 3.3, count, retstep=True)
    growth = math.pi / 2 * np.sinh(s)
    weights = step * math.pi / 4 * np.cosh(s) / np.cosh(growth) ** 2
    return (1 + np.tanh(growth)) / 2, weights


def legendre(count):
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return (1 + nodes) / 2, weights / 2


def composite(edges, rule):
    """Return nodes and weights on every piece; edges ascend along the last axis."""
    nodes, weights = rule
    width = np.diff(edges)[..., None]
    places = edges[..., :-1, None] + width * nodes
    shape = (*edges.shape[:-1], -1)
    return places.reshape(shape), (width * weights).reshape(shape)


class Independent:
    """E[f(u) f(v)] by nested integrals, with an estimate of its own error."""

    def __init__(self, function, breakpoints, dimension):
        self.function = function
        self.breakpoints = np.array(sorted(breakpoints), dtype=float)
        self.dimension = dimension  # None: Gaussian
        self.highest = math.inf if dimension is None else BELOW_ONE

    def __call__(self, t):
        """Return the value and a bound on its error."""
        coarse, _ = self.at(t, 70, 20)
        fine, scale = self.at(t, 104, 28)
        # σ and the weights are good to some ulps; sin^{d-2} multiplies its sine's
        # rounding by d.
        rounding = 4e-15 + (self.dimension or 0) * 2**-53
        return fine, 2 * abs(fine - coarse) + rounding * scale

    def at(self, t, outer, inner):
        sine = math.sqrt((1 - t) * (1 + t))
        route = self._gaussian if self.dimension is None else self._sphere
        return route(t, sine, double_exponential(outer), inner)

    def sigma(self, z):
        with np.errstate(all="ignore"):
            found = self.function(torch.from_numpy(np.ascontiguousarray(z)))
        return found.numpy()

    def _gaussian(self, t, sine, outer_rule, inner):
        turns = [self.breakpoints, np.sign(t) * self.breakpoints]
        if t:  # Where v crosses a breakpoint, within a few widths of s.
            widths = np.array([-14.0, -4.0, 0.0, 4.0, 14.0])
            turns.append((self.breakpoints[:, None] + sine * widths).ravel() / t)
        edges = np.unique(np.concatenate([GAUSSIAN_EDGES, *turns]))
        u, mass = composite(edges[np.abs(edges) <= 15.0], outer_rule)
        mass = mass * np.exp(-u * u / 2) / math.sqrt(2 * math.pi)
        if sine == 0.0:
            return self._one_variable(u, mass, t)
        cuts = (self.breakpoints - t * u[:, None]) / sine
        fixed = np.broadcast_to(GAUSSIAN_EDGES, (len(u), len(GAUSSIAN_EDGES)))
        knots = np.sort(np.concatenate([fixed, np.clip(cuts, -15, 15)], axis=1), axis=1)
        s, weight = composite(knots, legendre(inner))
        weight = weight * np.exp(-s * s / 2) / math.sqrt(2 * math.pi)
        return self._two_variables(u, mass, t * u[:, None] + sine * s, weight)

    def _sphere(self, t, sine, outer_rule, inner):
        d, theta = self.dimension, math.atan2(sine, t)
        turns = np.arccos(self.breakpoints[np.abs(self.breakpoints) <= 1.0])
        # In many dimensions all the mass is near the equator: cos^d x < e^{-d x²/2}.
        spread = math.pi / 2 if d <= 100 else 10.0 / math.sqrt(d)
        low, high = math.pi / 2 - spread, math.pi / 2 + spread
        panels = 5 if d < 20 else 9
        mirrored = np.pi - np.abs(np.pi - (turns + theta))
        edges = [np.linspace(low, high, panels), turns, np.abs(turns - theta), mirrored]
        alpha, mass = composite(
            np.unique(np.clip(np.concatenate(edges), low, high)), outer_rule
        )
        mass = mass * np.sin(alpha) ** (d - 2) * peak(d)
        u = np.cos(alpha)
        if sine == 0.0:
            return self._one_variable(np.minimum(u, self.highest), mass, t)
        if d == 2:
            s, weight = np.array([[1.0, -1.0]]), np.array([[0.5, 0.5]])
        else:
            with np.errstate(divide="ignore", invalid="ignore"):
                cuts = (np.cos(turns) - t * u[:, None]) / (sine * np.sin(alpha))[
                    :, None
                ]
            cuts = np.arccos(np.clip(np.nan_to_num(cuts), -1, 1))
            fixed = np.broadcast_to(np.linspace(low, high, panels), (len(u), panels))
            knots = np.concatenate([fixed, np.clip(cuts, low, high)], axis=1)
            cone = 1.0 in self.breakpoints
            rule = double_exponential(3 * inner) if cone else legendre(inner)
            beta, weight = composite(np.sort(knots, axis=1), rule)
            weight = weight * np.sin(beta) ** (d - 3) * peak(d - 1)
            s = np.cos(beta)
        v = t * u[:, None] + sine * np.sin(alpha)[:, None] * s
        return self._two_variables(
            np.minimum(u, self.highest), mass, np.clip(v, -1.0, self.highest), weight
        )

    def _one_variable(self, u, mass, t):
        product = self.sigma(u) * self.sigma(np.minimum(t * u, self.highest)) * mass
        return float(product.sum()), float(np.abs(product).sum())

    def _two_variables(self, u, mass, v, weight):
        values = self.sigma(v) * weight
        first = self.sigma(u) * mass
        total = float(first @ values.sum(axis=1))
        return total, float(np.abs(first) @ np.abs(values).sum(axis=1))


def peak(d):
    """Return the constant c with ∫ c sin^{d-2} = 1 over [0, π]."""
    # c(d + 2) = c(d) d / (d - 1); a difference of log-gammas would lose three digits.
    start = d % 2 + 2
    steps = np.arange(start, d, 2.0)
    return float((1 / math.pi if start == 2 else 0.5) * np.prod(steps / (steps - 1)))
