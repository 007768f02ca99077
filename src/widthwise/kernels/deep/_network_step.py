"""One layer of any network: its duals between norms, and where angles go."""

from dataclasses import dataclass

import numpy as np

from widthwise.kernels.deep._hidden_layer import HiddenLayer
from widthwise.kernels.deep._layer import Layer
from widthwise.kernels.deep._nearly_parallel import NEARLY, sharpened
from widthwise.kernels.deep._turns import turned
from widthwise.kernels.deep._zero_rows import WithZeroRows
from widthwise.kernels.duals import Dual, RadialDual
from widthwise.kernels.pairs import KinkedDual, Residuals, SplineDual

__all__ = ["Homogeneous", "LayerDual", "NetworkStep", "next_half"]


@dataclass(frozen=True, eq=False)
class Homogeneous:
    """The dual of a homogeneous activation, as `RadialDual` is one of others."""

    kappa: Dual
    factors: np.ndarray
    sizes: np.ndarray
    relative_error: float
    layer: Layer | None = None  # of σ at variance one, where σ does not jump

    def tile(
        self, top: slice, left: slice, chord: np.ndarray, is_near: np.ndarray
    ) -> np.ndarray:
        """Return the values between two slices of the rows."""
        found = self.kappa.at_half_chords(chord, is_near)
        return np.asarray(found * (self.factors[top, None] * self.factors[left]))


LayerDual = RadialDual | SplineDual | KinkedDual | WithZeroRows | Homogeneous


@dataclass(frozen=True, eq=False)
class NetworkStep:
    """One layer's activation and the map that follows it."""

    kappa: LayerDual
    slope: LayerDual
    following: HiddenLayer
    before: np.ndarray  # q, the rows' variances
    after: np.ndarray  # q of the next layer
    residuals: Residuals | None = None  # where a later σ' jumps


def next_half(
    step: NetworkStep,
    tile: tuple[slice, slice],
    half: tuple[np.ndarray, np.ndarray],
    covariance: np.ndarray,
    same: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return whether ρ >= 0 after a layer, and the smaller half chords.

    `half` holds the half chords before it and whether ρ >= 0 there, and `same` says
    where a row meets itself.
    """
    one, two = tile
    norms = np.sqrt(step.after[one, None] * step.after[two])
    of = step.kappa
    if isinstance(of, Homogeneous) and of.layer is not None:
        powers = of.factors[one, None], of.factors[two]
        scales = np.sqrt(step.before[one, None]), np.sqrt(step.before[two])
        return turned(step.following, of.layer, powers, scales, half, covariance, norms)
    # A zero row is at no angle to others, and none is asked for.
    rho = np.clip(covariance / np.where(norms > 0, norms, 1.0), -1.0, 1.0)
    chord, is_near = np.sqrt((1 - np.abs(rho)) / 2), rho >= 0
    if step.residuals is not None:
        nearly = (1 - rho * rho < NEARLY) & ~same & (norms > 0)
        if one.start == two.start:  # Of a symmetric tile the lower half is kept.
            nearly = np.tril(nearly)
        i, j = np.nonzero(nearly)
        before = [np.sqrt(step.before[one][i]), np.sqrt(step.before[two][j])]
        after = step.after[one][i], step.after[two][j]
        pair = half[0][i, j], half[1][i, j]
        given = (before[0], before[1]), pair, covariance[i, j], after
        chord[i, j] = sharpened(step.following, step.residuals, *given)
    return is_near, chord
