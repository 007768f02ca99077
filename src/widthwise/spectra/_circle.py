"""On the circle, the degrees that can be told from zero numerically."""

import math

import numpy as np

from widthwise.activations import Activation
from widthwise.kernels import funk_hecke
from widthwise.spectra._active_degrees import ActiveDegrees

__all__ = ["resolved_degrees"]

_FIRST_LOOK, _HIGHEST = 256, 2048
_RESOLVED = 1e-12  # Ten times what `funk_hecke` promises, relative to E[σ²]^(1/2).


def resolved_degrees(
    act: Activation, degrees: ActiveDegrees, classes: int, kernel: str
) -> ActiveDegrees:
    r"""Keep "infinitely many" where the circle allows it; else list what was seen.

    For c points no two of which are equal or opposite, c consecutive active degrees of
    one parity leave no null vector (a Vandermonde determinant in $e^{2 i \theta}$), and
    neither do all degrees of that parity from some point on. The degrees seen above
    rounding decide: when they are consecutive they are taken to go on for ever.

    Parameters
    ----------
    act, degrees, kernel
        σ, and the degrees of its kernel with None for infinitely many.
    classes
        c.

    Returns
    -------
    `degrees`, with None replaced by the degrees seen where gaps were found.
    """
    found = degrees
    for highest in (_FIRST_LOOK, _HIGHEST):
        seen = _seen(act, kernel, min(2 * classes + 2, highest))
        found = _kept(degrees, seen, classes)
        if found == degrees or 2 * classes + 2 <= highest:
            break
    return found


def _seen(act: Activation, kernel: str, highest: int) -> np.ndarray:
    """Return the degrees up to `highest` with a coefficient above rounding."""
    coefficients = np.abs(funk_hecke(act, 2, highest).numpy())
    size = math.sqrt(2 * float(np.sum(coefficients**2)))
    seen = np.flatnonzero(coefficients * math.sqrt(2) > _RESOLVED * size)
    if kernel == "tangent_inner":
        # Degree k >= 1 of σ makes k - 1 or k + 1 active in σ', hence k in t E[σ'σ'].
        seen = seen[seen > 0]
    return seen


def _kept(degrees: ActiveDegrees, seen: np.ndarray, classes: int) -> ActiveDegrees:
    """`degrees`, with the degrees seen in place of None where they have gaps."""
    found = []
    for parity, given in enumerate((degrees.even, degrees.odd)):
        own = tuple(int(k) for k in seen if k % 2 == parity)
        keep = given is not None or _leaves_nothing(own, classes)
        found.append(given if keep else own)
    return ActiveDegrees(found[0], found[1])


def _leaves_nothing(seen: tuple[int, ...], classes: int) -> bool:
    """Whether these degrees are consecutive, or `classes` of them in a row are."""
    if not seen:
        return False
    jumps = np.flatnonzero(np.diff(seen, append=seen[-1] + 4) > 2)
    runs = np.diff(jumps, prepend=-1)
    return len(runs) == 1 or int(runs.max()) >= classes
