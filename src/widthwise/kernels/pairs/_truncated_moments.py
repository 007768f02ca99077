r"""Moments $M_{ij} = E[(u-h)_+^i (v-k)_+^j]$ of two correlated coordinates.

u = w·x and v = w·x' for unit x and x' of correlation ρ, w normal or uniform on the
sphere of $R^D$. With one dimension's $E_D[u\,g] = \tfrac1D E_{D+2}[g_u + \rho\,g_v]$
(Stein's identity, D = ∞ and w times √D under the Gaussian law),

$$M_{ij}^D = -h\,M_{i-1,j}^D + \tfrac1D\big((i-1)\,M_{i-2,j}^{D+2} + \rho j\,
M_{i-1,j-1}^{D+2}\big),$$

where $i M_{i-1,j}$ at i = 0 is $M_{-1,j} = p_D(h)\,E[(v-k)_+^j \mid u=h]$. What is left
is $M_{00}$, by Owen's function T and its likeness on the sphere.
"""

import numpy as np
from scipy.special import betainc, ndtr, owens_t

from widthwise.kernels.rules import density_peak
from widthwise.numerics import gauss_legendre

__all__ = ["Moments", "one_sided"]

_NODES = 48
_EPS = 2.0**-53
_NOUGHT = 1e-30
"""What a threshold of zero is taken for, so that it has a sign."""
_GONE = 76.0
"""Twice the exponent at which e^-x is below rounding."""


class Moments:
    """The moments for thresholds h and k at half chords.

    Parameters
    ----------
    h, k
        Of shapes that broadcast with the half chords'; all of one or none are -∞, for
        $u^i$ or $v^j$ in place of powers of what is above.
    chord, is_near
        sin(θ/2) where `is_near` (t >= 0), cos(θ/2) elsewhere.
    dimension
        D of the sphere law, None for the Gaussian.
    """

    def __init__(
        self,
        h: np.ndarray,
        k: np.ndarray,
        chord: np.ndarray,
        is_near: np.ndarray,
        dimension: int | None = None,
    ) -> None:
        self.whole = tuple(bool(np.isneginf(z).all()) for z in (h, k))
        h, k = (np.where((z == 0.0) | np.isneginf(z), _NOUGHT, z) for z in (h, k))
        self.h, self.k, self.dimension = h, k, dimension
        square = 2 * chord**2
        self.rho = np.where(is_near, 1 - square, square - 1)
        self.sine = 2 * chord * np.sqrt((1 - chord) * (1 + chord))
        # ρh - k and ρk - h, without the rounding of ρ.
        self.means = (
            np.where(is_near, (h - k) - square * h, square * h - (h + k)),
            np.where(is_near, (k - h) - square * k, square * k - (h + k)),
        )
        self.ratios = tuple(_quotient(mean, self.sine) for mean in self.means)
        # Given u = h, v - ρh is sine times `spread` times a coordinate.
        self.spreads = tuple(
            np.ones_like(z) if dimension is None else np.sqrt(np.maximum(1 - z * z, 0))
            for z in (h, k)
        )
        self.starts = tuple(
            np.full(np.shape(ratio), -np.inf) if whole else -_quotient(ratio, spread)
            for ratio, spread, whole in zip(
                self.ratios, self.spreads, self.whole[::-1], strict=True
            )
        )
        self.known: dict[tuple[int, int, int | None], np.ndarray] = {}

    def __call__(self, i: int, j: int, raised: int = 0) -> np.ndarray:
        """Return $M_{ij}$, i and j from -1 but not both, in D + 2 `raised`."""
        dimension = None if self.dimension is None else self.dimension + 2 * raised
        key = i, j, dimension
        if key not in self.known:
            self.known[key] = self._moment(i, j, raised, dimension)
        return self.known[key]

    def joint_density(self, raised: int) -> np.ndarray:
        """Return what $M_{-1,-1}$ is, times sin θ."""
        dimension = None if self.dimension is None else self.dimension + 2 * raised
        one = _density(self.h, dimension)
        lower = None if dimension is None else dimension - 1
        two = _density(self.starts[0], lower)
        return np.asarray(_quotient(one * two, self.spreads[0]))

    def _moment(self, i: int, j: int, raised: int, d: int | None) -> np.ndarray:
        if (i == -1 and self.whole[0]) or (j == -1 and self.whole[1]):
            return np.zeros_like(self.ratios[0])
        if i == -1:
            return np.asarray(_density(self.h, d) * self._given(0, j, d))
        if j == -1:
            return np.asarray(_density(self.k, d) * self._given(1, i, d))
        if i == 0 and j == 0:
            return self._tail(d)
        over = 1.0 if d is None else 1.0 / d
        if i == 0:
            found = (j - 1 or 1) * self(0, j - 2, raised + 1)
            found = found + self.rho * self(-1, j - 1, raised + 1)
            return np.asarray(over * found - self.k * self(0, j - 1, raised))
        found = (i - 1 or 1) * self(i - 2, j, raised + 1)
        found = found + self.rho * (j or 1) * self(i - 1, j - 1, raised + 1)
        return np.asarray(over * found - self.h * self(i - 1, j, raised))

    def _given(self, known: int, power: int, d: int | None) -> np.ndarray:
        """Return E[(v - k)_+^power | u = h], or with the two exchanged."""
        scale = self.sine * self.spreads[known]
        lower = None if d is None else d - 1
        return one_sided(self.means[known], scale, self.starts[known], power, lower)

    def _tail(self, d: int | None) -> np.ndarray:
        """Return P(u > h, v > k) (Owen, 1956)."""
        if any(self.whole):
            # Without a condition on u or v the other's is left.
            one, two = (
                np.ones_like(z) if whole else _tail_of(z, d)
                for z, whole in zip((self.h, self.k), self.whole, strict=True)
            )
            return np.asarray(one * two + np.zeros_like(self.ratios[0]))
        tails = _tail_of(self.h, d), _tail_of(self.k, d)
        found = (tails[0] + tails[1]) / 2
        for z, ratio in zip((self.h, self.k), self.ratios, strict=True):
            found = found - _owen(z, -ratio / z, d)
        found = found - 0.5 * (self.h * self.k < 0)
        return np.asarray(np.clip(found, 0.0, np.minimum(*tails)))


def one_sided(
    mean: np.ndarray,
    scale: np.ndarray | float,
    start: np.ndarray,
    power: int,
    dimension: int | None,
) -> np.ndarray:
    """Return E(mean + scale w)_+^power, w a coordinate that counts from `start`.

    At power -1, a density, the scale is 1.
    """
    if power == -1:
        return _density(start, dimension)
    if power == 0:
        return _tail_of(start, dimension)
    over = 1.0 if dimension is None else 1.0 / dimension
    above = None if dimension is None else dimension + 2
    found = mean * one_sided(mean, scale, start, power - 1, dimension)
    if power == 1:
        return np.asarray(found + over * scale * _density(start, above))
    rest = one_sided(mean, scale, start, power - 2, above)
    return np.asarray(found + over * (power - 1) * scale**2 * rest)


def _density(z: np.ndarray, dimension: int | None) -> np.ndarray:
    """Return the density of one coordinate of w."""
    if dimension is None:
        return np.asarray(np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi))
    inside = np.abs(z) < 1
    square = np.where(inside, z, 0.0) ** 2
    found = np.exp((dimension - 3) / 2 * np.log1p(-square))
    return np.asarray(np.where(inside, density_peak(dimension) * found, 0.0))


def _tail_of(z: np.ndarray, dimension: int | None) -> np.ndarray:
    """Return the probability that one coordinate of w is above z."""
    if dimension is None:
        return np.asarray(ndtr(-z))
    square = np.minimum(np.abs(z), 1.0) ** 2
    inner = betainc(0.5, (dimension - 1) / 2, square)
    return np.asarray((1 - np.sign(z) * inner) / 2)


def _owen(h: np.ndarray, a: np.ndarray, dimension: int | None) -> np.ndarray:
    r"""Return T(h, a), the mass of the plane's sector 0 < y < a x beyond x = |h|.

    On the sphere, with x = sinh τ,

    $$T_D = \frac1{2\pi}\int_0^a (1 - h^2 (1+x^2))_+^{(D-2)/2} \frac{dx}{1+x^2}.$$
    """
    if dimension is None:
        return np.asarray(owens_t(h, a))
    # Nearer to zero than rounding it is the sector, of any length.
    whole = np.abs(h) < _EPS
    square = np.where(whole, 1.0, np.minimum(h * h, 1.0))
    most = np.sqrt((1 - square) / square)
    most = np.minimum(most, np.sqrt(_GONE / (max(dimension - 2, 1e-9) * square)))
    end = np.arcsinh(most)
    # In y, τ = (1 - y²) end, the integrand is smooth up to the sphere too.
    reached = np.arcsinh(np.minimum(np.abs(a), most))
    low = np.sqrt(np.maximum(1 - _quotient(reached, end), 0.0))
    total = np.zeros(np.broadcast_shapes(low.shape, square.shape))
    for node, weight in zip(*gauss_legendre(_NODES), strict=True):
        y = low + (1 - low) * node
        growth = np.cosh(end * (1 - y) * (1 + y))
        inside = np.minimum(square * growth * growth, 1 - 2.0**-53)
        mass = np.exp((dimension - 2) / 2 * np.log1p(-inside))
        total += weight * mass / growth * y
    total *= np.sign(a) * end * (1 - low) / np.pi
    found = np.where(square < 1, total, 0.0)
    return np.asarray(np.where(whole, np.arctan(a) / (2 * np.pi), found))


def _quotient(over: np.ndarray, under: np.ndarray) -> np.ndarray:
    """Return the quotient; its limits where what it is divided by is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(over == 0.0, 0.0, over / under))
