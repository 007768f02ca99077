"""How well conditioned G is at many widths of one layer, the cheap way first."""

from collections.abc import Iterable
from dataclasses import dataclass

from widthwise.arrays import DeviceLike
from widthwise.features import RandomFeatures
from widthwise.features.two_layer import (
    PointsLike,
    as_matrix,
    as_widths,
    require_layer,
)
from widthwise.spectra._feature_spectrum import feature_spectra
from widthwise.spectra._spectrum import Spectrum, spectrum

__all__ = ["Conditioning", "nested_conditioning"]

_RESOLVED = 1e-4  # The most that κ(G) may be uncertain by, relative to itself.


@dataclass(frozen=True)
class Conditioning:
    """The extreme eigenvalues of G at one width.

    Attributes
    ----------
    width
        m.
    condition_number
        κ(G); inf if G is singular, or cannot be told from singular.
    at_least
        What κ(G) is at least, by the error bound.
    smallest, largest, mean
        Eigenvalues.
    method
        "width below n" (nothing to compute), "gram" or "features".

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> features = ww.features.RandomFeatures("relu", 50, "gaussian")
    >>> found = ww.spectra.nested_conditioning(points, features, (50,))[0]
    >>> found.width, found.smallest <= found.largest
    (50, True)
    """

    width: int
    condition_number: float
    at_least: float
    smallest: float
    largest: float
    mean: float
    method: str


def nested_conditioning(
    points: PointsLike,
    features: RandomFeatures,
    widths: Iterable[int],
    *,
    device: DeviceLike | None = None,
) -> list[Conditioning]:
    r"""Measure κ(G) at each width, a prefix of the widest layer.

    The Gram matrices come from one pass. Where the error bound of their eigenvalues
    leaves κ(G) uncertain by more than 1e-4 of itself, a second pass, over no more
    than the widest such width, takes the singular values of the features.

    Parameters
    ----------
    points
        Shape (n, d).
    features
        The widest layer.
    widths
        Each from 1 to the features' width. Below n, G has rank at most m.
    device
        Where to compute, such as "cuda"; by default where the points are.

    Returns
    -------
    One entry a width, ascending.

    Raises
    ------
    As `features.gram`.

    Cost
    ----
    n² m + 2 n m d operations for the widest m, 3 times that where G does not resolve
    κ, and (4/3) to 4 n³ a width; memory does not depend on m.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> features = ww.features.RandomFeatures("relu", 50, "gaussian")
    >>> found = ww.spectra.nested_conditioning(points, features, (2, 50))
    >>> [each.width for each in found]
    [2, 50]
    """
    require_layer(features)
    data = as_matrix(points, device=device)
    n = len(data)
    ends = as_widths(widths, features.width)
    found = {m: _deficient(m) for m in ends if m < n}
    wanted = [m for m in ends if m >= n]
    unresolved = []
    if wanted:
        for width, gram in features.grams(data, wanted):
            spread = spectrum(gram)
            low, high = spread.condition_interval
            if high <= low * (1.0 + _RESOLVED):
                found[width] = _measured(width, spread, "gram")
            else:
                unresolved.append(width)
    if unresolved:
        for width, spread in feature_spectra(data, features, unresolved).items():
            found[width] = _measured(width, spread, "features")
    return [found[width] for width in ends]


def _deficient(width: int) -> Conditioning:
    infinite, nothing = float("inf"), float("nan")
    return Conditioning(
        width, infinite, infinite, 0.0, nothing, nothing, "width below n"
    )


def _measured(width: int, found: Spectrum, method: str) -> Conditioning:
    return Conditioning(
        width,
        found.condition_number,
        found.condition_interval[0],
        found.smallest,
        found.largest,
        found.mean,
        method,
    )
