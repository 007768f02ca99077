"""The mean and the deviation of an activation whose argument is standard normal."""

import math
from fractions import Fraction
from functools import lru_cache, partial

import numpy as np
import torch

from widthwise.activations._definition import Activation
from widthwise.errors import InvalidArgumentError, OutsideDomainError
from widthwise.numerics import gauss_legendre, halved

__all__ = ["gaussian_moments"]

_REACH = 38
"""Beyond this a standard normal has density 1e-314."""
_NODES = 24
_ROUNDS = 40
_MOST_PIECES = 1 << 14
_SETTLED = 1e-17
_OUTERMOST = 1e-15
"""Part of E σ² beyond |z| = 37 from which on the integral is not believed."""
_CONSTANT = 2.0**-40


@lru_cache(maxsize=256)
def gaussian_moments(activation: Activation) -> tuple[float, float]:
    r"""Return $\mu = E\,\sigma(g)$ and $s = (E\,\sigma(g)^2 - \mu^2)^{1/2}$.

    g is standard normal. Where the even part of σ is a polynomial μ is exact: 0 for an
    odd σ, 1/2 for the sigmoid.

    Returns
    -------
    Both with an error of at most $10^{-14} (E\,\sigma(g)^2)^{1/2}$.

    Raises
    ------
    OutsideDomainError
        If σ is not defined for every real number.
    InvalidArgumentError
        If $E\,\sigma(g)^2$ is not finite, or σ is constant but for rounding.

    Cost: Gauss-Legendre rules of 24 nodes on pieces of length 1/2 between breakpoints,
    halved where that changes something; 10,000 values of σ or more.
    """
    low, high = activation.domain
    if math.isfinite(low) or math.isfinite(high):
        raise OutsideDomainError(
            f"{activation.name} is defined on [{low:g}, {high:g}] and a standard "
            "normal variable leaves it. Choose an activation that is defined "
            "everywhere."
        )
    mean, square = _moments(activation, 0.0)
    part = activation.even_part(math.inf)
    if part is not None:
        mean = float(sum(Fraction(c) * _moment(k) for k, c in enumerate(part)))
    _, variance = _moments(activation, mean)
    deviation = math.sqrt(variance)
    if deviation <= _CONSTANT * math.sqrt(square):
        raise InvalidArgumentError(
            f"{activation.name} is constant, {mean:.6g} but for rounding, where a "
            "standard normal variable goes; it has no normalised form. Choose an "
            "activation that varies."
        )
    return mean, deviation


def _moment(power: int) -> int:
    """Return E g^power for an even power: (power - 1)!!."""
    return 0 if power % 2 else math.prod(range(1, power, 2))


def _moments(activation: Activation, centre: float) -> tuple[float, float]:
    """Return E f and E f² for f = σ - centre."""
    within = [z for place in activation.narrow for z in (*place, sum(place) / 2)]
    known = [z for z in (*activation.breakpoints, *within) if abs(z) < _REACH]
    grid = np.linspace(-_REACH, _REACH, 4 * _REACH + 1)
    edges = np.unique(np.concatenate([grid, known]))
    pieces = np.stack([edges[:-1], edges[1:]], axis=1)
    integrals = partial(_integrals, activation, centre=centre)
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        parts = integrals(pieces)
        total = float(parts[1].sum())
        outermost = parts[1, np.abs(pieces).max(axis=1) > _REACH - 1].sum()
        if not math.isfinite(total) or outermost > _OUTERMOST * total:
            raise InvalidArgumentError(
                f"{activation.name} is not finite, or grows too fast: its mean square "
                "under a standard normal variable does not converge. Choose one that "
                "grows slower than exp(z²/4)."
            )
        least = _SETTLED * np.array([[math.sqrt(total)], [total]])
        _, parts = halved(
            integrals,
            pieces,
            parts,
            lambda _, apart: np.asarray((apart > least).any(axis=0)),
            rounds=_ROUNDS,
            most_pieces=_MOST_PIECES,
        )
    mean, square = parts.sum(axis=1)
    return float(mean), float(square)


def _integrals(activation: Activation, pieces: np.ndarray, centre: float) -> np.ndarray:
    """Integrate f and f² against the normal density; shape (2, pieces)."""
    nodes, weights = gauss_legendre(_NODES)
    length = np.diff(pieces, axis=1)
    z = pieces[:, :1] + length * nodes
    values = activation(torch.from_numpy(z)).detach().numpy() - centre
    # The root of the density first: a square may overflow.
    root = np.exp(-(z**2) / 4) / (2 * math.pi) ** 0.25
    weighted = values * root
    mass = length * weights
    return np.stack([(weighted * root * mass).sum(1), (weighted**2 * mass).sum(1)])
