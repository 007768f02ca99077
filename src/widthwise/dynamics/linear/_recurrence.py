r"""Powers of the 2 x 2 companion matrices of momentum, to any exponent.

A mode of a method with momentum obeys $e_{k+1} = a e_k - b e_{k-1}$. With the roots
$z_1, z_2$ of $z^2 - az + b$, $|z_1| \ge |z_2|$, and
$S_k = (z_1^k - z_2^k)/(z_1 - z_2)$,

$$e_k = z_1^k + (e_1 - z_1) S_k.$$

Real roots are kept as $-\log|z_1|$ and $\log|z_2/z_1|$, which stay accurate when the
roots meet; complex ones as a decay and an angle in turns with twice the digits of
float64, so that the phase of $e_k$ is right as long as anything is left of it.
"""

from dataclasses import dataclass

import numpy as np
import torch

from widthwise.arrays import Array, Float
from widthwise.dynamics.linear._method import Modes
from widthwise.dynamics.linear._step_counts import StepCounts
from widthwise.numerics.double_double import DoubleDouble, split

__all__ = [
    "Oscillations",
    "RealRoots",
    "Recurrence",
    "cosine",
    "exponential",
    "exponents",
    "phases",
    "real_roots",
]

_GONE = 745.2  # e to the minus this is zero in float64.
_LONG_GONE = 1000.0  # Nor does a factor of k, or of the condition number, help.
_FEW = 256.0  # Counts up to which rounding leaves 1e-13 of a turn.


@dataclass(frozen=True)
class RealRoots:
    r"""Modes with $e_k = z_1^k (1 + c (1 - q^k)/(1 - q))$, $q = z_2/z_1$.

    Attributes
    ----------
    decays
        $-\log|z_1|$; inf for $z_1 = 0$.
    signs
        The sign of $z_1$.
    log_ratios, ratio_signs
        $\log|q| \le 0$ and the sign of q.
    weights
        $c = (e_1 - z_1) / z_1$.
    """

    decays: np.ndarray
    signs: np.ndarray
    log_ratios: np.ndarray
    ratio_signs: np.ndarray
    weights: np.ndarray

    def values(self, counts: np.ndarray, odd: np.ndarray) -> np.ndarray:
        """Return e_k, shape (c, r)."""
        found = 1 + self._second(counts, odd)
        found *= _decayed(counts, self.decays)
        if (self.signs < 0).any():
            found *= np.where(odd[:, None], self.signs, 1.0)
        return found

    def complements(self, counts: np.ndarray, odd: np.ndarray) -> np.ndarray:
        """Return 1 - e_k, shape (c, r)."""
        logs = exponents(counts, self.decays)
        powers = np.exp(logs)
        flips = odd[:, None] & (self.signs < 0)
        first = np.where(flips, 1.0 + powers, -np.expm1(logs))
        result: np.ndarray = first - np.where(flips, -powers, powers) * self._second(
            counts, odd
        )
        return result

    def bounds(self, counts: np.ndarray) -> np.ndarray:
        q = self.ratio_signs * np.exp(self.log_ratios)
        with np.errstate(divide="ignore"):
            heights = 1 + np.abs(self.weights) / np.clip(1 - q, 0.0, 1.0)
        return _bounds(counts, self.decays, np.abs(self.weights), heights)

    def _second(self, counts: np.ndarray, odd: np.ndarray) -> np.ndarray:
        """Return c (1 - q^k)/(1 - q), which is c k where the roots meet."""
        with np.errstate(invalid="ignore"):
            logs = counts[:, None] * self.log_ratios
        logs[counts == 0] = 0.0
        whole = -np.expm1(self.log_ratios)
        same = -np.expm1(logs) / np.where(whole > 0, whole, 1.0)
        same = np.where(whole > 0, same, counts[:, None])
        if (self.ratio_signs < 0).any():
            powers = np.where(odd[:, None], -1.0, 1.0) * np.exp(logs)
            other = (1 - powers) / (1 + np.exp(self.log_ratios))
            same = np.where(self.ratio_signs < 0, other, same)
        return self.weights * same


@dataclass(frozen=True)
class Oscillations:
    r"""Modes with $e_k = (\pm\rho)^k (\cos k\theta + h \sin k\theta / \sin\theta)$.

    Attributes
    ----------
    decays
        $-\log\rho$.
    signs
        1 or -1; the angle is then at most a quarter turn.
    angles
        $\theta / 2\pi$, in [0, 1/4].
    sines
        $\sin\theta$.
    weights
        h.
    """

    decays: np.ndarray
    signs: np.ndarray
    angles: DoubleDouble
    sines: np.ndarray
    weights: np.ndarray

    def values(self, counts: np.ndarray, odd: np.ndarray) -> np.ndarray:
        """Return e_k, shape (c, r)."""
        phase = phases(counts, self.angles)
        found = self._second(counts, phase)
        found += cosine(phase)
        found *= _decayed(counts, self.decays)
        if (self.signs < 0).any():
            found *= np.where(odd[:, None], self.signs, 1.0)
        return found

    def complements(self, counts: np.ndarray, odd: np.ndarray) -> np.ndarray:
        """Return 1 - e_k, shape (c, r)."""
        phase = phases(counts, self.angles)
        logs = exponents(counts, self.decays)
        powers = np.exp(logs)
        second = self._second(counts, phase)
        small = -np.expm1(logs) + powers * (2 * np.square(np.sin(phase / 2)) - second)
        flips = odd[:, None] & (self.signs < 0)
        result: np.ndarray = np.where(
            flips, 1 + powers * (np.cos(phase) + second), small
        )
        return result

    def bounds(self, counts: np.ndarray) -> np.ndarray:
        sizes = np.abs(self.weights)
        with np.errstate(divide="ignore"):
            heights = np.hypot(1.0, sizes / np.abs(self.sines))
        heights = np.where(sizes == 0, 1.0, heights)
        return _bounds(counts, self.decays, sizes, heights)

    def _second(self, counts: np.ndarray, phase: np.ndarray) -> np.ndarray:
        """Return h sin(kθ)/sin θ, which is h k where the roots meet."""
        meets = self.sines == 0
        found = torch.sin(torch.from_numpy(phase)).numpy()
        found *= self.weights / np.where(meets, 1.0, self.sines)
        if meets.any():
            found[:, meets] = counts[:, None] * self.weights[meets]
        return found


@dataclass(frozen=True)
class Recurrence(Modes):
    """Modes of both kinds, each in its place.

    Attributes
    ----------
    real, oscillating
        The two kinds.
    is_real
        Shape (r,). Which kind each mode is of.
    """

    real: RealRoots
    oscillating: Oscillations
    is_real: np.ndarray

    @property
    def decays(self) -> Float[Array, " r"]:
        return torch.from_numpy(
            self._merged(self.real.decays[None], self.oscillating.decays[None])[0]
        )

    def remaining(self, counts: StepCounts) -> Float[Array, "c r"]:
        k, odd = counts.values.numpy(), counts.are_odd.numpy()
        if len(k) and k.min() * self._slowest > _LONG_GONE:
            return torch.zeros(len(k), len(self.is_real), dtype=torch.float64)
        found = self._merged(self.real.values(k, odd), self.oscillating.values(k, odd))
        return torch.from_numpy(found)

    def filters(self, counts: StepCounts) -> Float[Array, "c r"]:
        k, odd = counts.values.numpy(), counts.are_odd.numpy()
        found = self._merged(
            self.real.complements(k, odd), self.oscillating.complements(k, odd)
        )
        return torch.from_numpy(found)

    def bounds(self, counts: StepCounts) -> Float[Array, "c r"]:
        k = counts.values.numpy()
        found = self._merged(self.real.bounds(k), self.oscillating.bounds(k))
        return torch.from_numpy(found)

    @property
    def _slowest(self) -> float:
        """The least decay, at most 1e300 so that its product with 0 is 0."""
        return min(float(self.decays.min()), 1e300) if len(self.is_real) else 0.0

    def _merged(self, real: np.ndarray, oscillating: np.ndarray) -> np.ndarray:
        if not self.is_real.any() and oscillating.shape[1] == len(self.is_real):
            return oscillating
        found = np.empty((len(real), len(self.is_real)))
        found[:, self.is_real] = real
        found[:, ~self.is_real] = oscillating
        return found


def real_roots(
    value: np.ndarray,
    slope: np.ndarray,
    spread: np.ndarray,
    gap: np.ndarray,
    product: np.ndarray,
    signs: np.ndarray,
) -> RealRoots:
    r"""Return the roots from numbers that have not cancelled.

    Parameters
    ----------
    value, slope
        With $s$ the sign of the dominant root $z_1$: the characteristic polynomial at
        $s$, and the size of its slope there; $1 - |z_1|$ is the smaller solution of
        $\delta^2 - \text{slope}\,\delta + \text{value} = 0$.
    spread, gap
        $|z_1 - z_2|$ and $|z_1| - |z_2|$.
    product
        $z_1 z_2$.
    """
    distance = 2 * value / (slope + spread)
    size = 1 - distance
    alive = size > 0  # both roots vanish together
    safe = np.where(alive, size, 1.0)
    share = np.where(alive, gap / safe, 1.0)
    with np.errstate(divide="ignore"):
        far = np.log(np.abs(product) / np.square(safe))
        log_ratios = np.where(share < 0.5, np.log1p(-np.minimum(share, 0.5)), far)
        decays = np.where(alive, -np.log1p(-distance), np.inf)
    ratio_signs = np.where(product < 0, -1.0, 1.0)
    ratio = ratio_signs * np.exp(log_ratios)
    return RealRoots(
        decays=decays,
        signs=signs,
        log_ratios=log_ratios,
        ratio_signs=ratio_signs,
        weights=np.where(signs > 0, distance, 1 + size) * ratio,
    )


def phases(counts: np.ndarray, angles: DoubleDouble) -> np.ndarray:
    """Return 2π times the fractional part of counts times turns, in [-π, π].

    The product has the digits of `angles` where they matter: its rounding error is
    found from the halves of both factors, as Dekker does.
    """
    product = np.multiply.outer(counts, angles.high)
    whole = np.rint(product)
    if len(counts) and counts.max() < _FEW:
        product -= whole
    else:
        (a, b), (c, d) = split(counts), split(angles.high)
        error = np.multiply.outer(a, c)
        error -= product
        product -= whole
        for left, right in ((a, d), (b, c), (b, d), (counts, angles.low)):
            error += np.multiply.outer(left, right, out=whole)
        product += error
    product *= 2 * np.pi
    result: np.ndarray = product
    return result


def exponents(counts: np.ndarray, decays: np.ndarray) -> np.ndarray:
    """Return minus counts times decays, 0 at count 0, cut where e to it is 0."""
    with np.errstate(invalid="ignore"):
        found = np.multiply.outer(counts, -decays)
    found[counts == 0] = 0.0
    result: np.ndarray = np.maximum(found, -_GONE, out=found)
    return result


def cosine(phase: np.ndarray) -> np.ndarray:
    """Return the cosine; torch's is several times faster than NumPy's."""
    found: np.ndarray = torch.cos(torch.from_numpy(phase)).numpy()
    return found


def _decayed(counts: np.ndarray, decays: np.ndarray) -> np.ndarray:
    return exponential(exponents(counts, decays))


def exponential(logs: np.ndarray) -> np.ndarray:
    """Return e to these, in their place."""
    torch.from_numpy(logs).exp_()
    return logs


def _bounds(
    counts: np.ndarray, decays: np.ndarray, slopes: np.ndarray, heights: np.ndarray
) -> np.ndarray:
    r"""Return $\sup_{j \ge k} e^{-rj} \min(h, 1 + c j)$ or a little more.

    The second form grows up to $j = 1/r - 1/c$ and falls from there.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        top = np.nan_to_num(1 / decays - 1 / slopes, nan=0.0, posinf=0.0, neginf=0.0)
    later = np.maximum(counts[:, None], top)
    with np.errstate(over="ignore", invalid="ignore"):
        straight = np.exp(-np.nan_to_num(later * decays)) * (1 + slopes * later)
        level = _decayed(counts, decays) * heights
    straight = np.where(np.isnan(straight), 0.0, straight)
    result: np.ndarray = np.fmin(straight, level)
    return result
