"""The spectrum of a finite-width Gram matrix, from its features."""

import math
from collections.abc import Iterable, Iterator

import torch

from widthwise.arrays import Array, DeviceLike, Float, Provenance, rounding_unit
from widthwise.errors import InvalidArgumentError, KernelUnderflowError
from widthwise.features import RandomFeatures
from widthwise.features.two_layer import (
    PointsLike,
    as_matrix,
    as_widths,
    require_layer,
)
from widthwise.numerics import require
from widthwise.numerics.linear_algebra import power_of_two_scale, singular_values, svd
from widthwise.numerics.rounding import relative_rounding
from widthwise.numerics.tall_qr import StreamedFactor, block_columns
from widthwise.spectra._spectrum import Spectrum

__all__ = ["feature_spectra", "feature_spectrum", "feature_svd", "squared_spectrum"]

_LEAST_LARGEST = 1e-270  # A largest eigenvalue below it leaves no room for 1e-28 of it.


def feature_spectrum(
    points: PointsLike, features: RandomFeatures, *, device: DeviceLike | None = None
) -> Spectrum:
    r"""Compute the spectrum of $G = \Phi \Phi^\top$ without forming G.

    The eigenvalues are the squares of the singular values s of $\Phi$, and
    $\Phi^\top = Q R$ is factorized in blocks over the width. A backward stable
    factorization moves every s by at most $p(n)\,\epsilon\,s_1$, and the rounding of
    σ's own values by $\sqrt n$ times their error, as measured; with δs the sum of both

    .. math:: |\delta\lambda_i| \le 2 s_i\,\delta s + \delta s^2,

    and condition numbers of G up to about 1e28 are resolved; through G itself they
    would be lost above 1e15.

    Parameters
    ----------
    points
        Shape (n, d), tensor or array.
    features
        The random features; the width may be smaller than n (the rank then is, too).
    device
        Where to compute, such as "cuda"; by default where the points are.

    Returns
    -------
    Eigenvalues of G, descending, labelled "features" with the width.

    Raises
    ------
    DataError, OutsideDomainError, InvalidArgumentError
        As `RandomFeatures.gram`.
    MemoryBudgetError
        If some triangles of n x n entries do not fit in memory.

    Source
    ------
    Demmel, Grigori, Hoemmen, Langou (2012), SIAM J. Sci. Comput. 34, A206 (the
    factorization); Weyl's inequality for singular values (the bound).

    Cost
    ----
    2 n² m operations, twice those of `gram`; memory does not depend on m beyond the
    logarithm of the number of blocks.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> features = ww.features.RandomFeatures("relu", 50, "gaussian")
    >>> ww.spectra.feature_spectrum(points, features).rank
    3
    """
    require_layer(features)
    widths = (features.width,)
    return feature_spectra(points, features, widths, device=device)[features.width]


def feature_spectra(
    points: PointsLike,
    features: RandomFeatures,
    widths: Iterable[int],
    *,
    device: DeviceLike | None = None,
) -> dict[int, Spectrum]:
    """Compute `feature_spectrum` at each width, from one pass over the widest.

    Parameters
    ----------
    points
        Shape (n, d), tensor or array.
    features
        The widest features; a narrower layer has the first rows of its weights.
    widths
        Each from 1 to the features' width.
    device
        Where to compute, such as "cuda"; by default where the points are.

    Returns
    -------
    Width to spectrum, by ascending width.

    Raises
    ------
    As `feature_spectrum`.

    Cost
    ----
    One pass, 2 n² m operations for the largest m, and (8/3) n³ for each width.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> features = ww.features.RandomFeatures("relu", 50, "gaussian")
    >>> found = ww.spectra.feature_spectra(points, features, (2, 50))
    >>> {width: each.rank for width, each in found.items()}
    {2: 2, 50: 3}
    """
    require_layer(features)
    ends = as_widths(widths, features.width)
    data = as_matrix(points, device=device)
    n, d = data.shape
    act, law = features.resolve(d)
    found = {}
    noise = math.sqrt(n) * features.rounding(points)
    for width, factor in _factors(data, features, ends):
        found[width] = squared_spectrum(
            singular_values(factor),
            n,
            Provenance("features", act, law, d, 0.0, width),
            noise=noise,
            precision=rounding_unit(points),
        )
    return found


def feature_svd(
    points: PointsLike, features: RandomFeatures, *, device: DeviceLike | None = None
) -> tuple[Float[Array, " r"], Float[Array, "n r"]]:
    r"""Return the singular values of $\Phi$ and its left singular vectors.

    Parameters
    ----------
    points
        Shape (n, d), tensor or array.
    features
        The random features, of width m.
    device
        Where to compute, such as "cuda"; by default where the points are.

    Returns
    -------
    s, shape (r,), descending, with r = min(n, m), and U, shape (n, r), with
    $G = U \mathrm{diag}(s^2) U^\top$. Values below their error are 0.

    Raises
    ------
    As `feature_spectrum`.

    Cost
    ----
    2 n² m + 20 n³ operations; $\Phi$ is never held.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> features = ww.features.RandomFeatures("relu", 50, "gaussian")
    >>> values, left = ww.spectra.feature_svd(points, features)
    >>> tuple(values.shape), tuple(left.shape)
    ((3,), (3, 3))
    """
    require_layer(features)
    data = as_matrix(points, device=device)
    ((_, factor),) = _factors(data, features, (features.width,))
    scale = power_of_two_scale(factor)
    # Φ = Rᵀ Qᵀ, so the right singular vectors of R are the left ones of Φ.
    _, values, right = svd(factor / scale)
    values = values * scale
    error = math.sqrt(len(data)) * features.rounding(points)
    values[values <= relative_rounding(len(data)) * values[0] + error] = 0.0
    return values, right.T


def _factors(
    data: Array, features: RandomFeatures, ends: tuple[int, ...]
) -> Iterator[tuple[int, Array]]:
    r"""Yield (width, R of $\Phi^\top$ at that width)."""
    n = data.shape[0]
    columns = block_columns(n)
    require(
        8 * n * (6 * n + 2 * columns),
        f"The triangular factors of {n} points",
        "Take a sample of the rows.",
    )
    total = StreamedFactor()
    for _, stop, block in features.blocks(data, stops=ends, columns=columns):
        total.add(block)
        if stop in ends:
            factor = total.factor() / math.sqrt(stop)
            if not bool(torch.isfinite(factor).all()):
                raise InvalidArgumentError(
                    f"The features overflow float64 at width {stop}. Scale the points "
                    "down, or project them to the unit sphere."
                )
            yield stop, factor
        if stop == ends[-1]:
            return


def squared_spectrum(
    singular_values: Float[Array, " k"],
    points_count: int,
    origin: Provenance | None = None,
    *,
    noise: float = 0.0,
    precision: float = torch.finfo(torch.float64).eps,
) -> Spectrum:
    r"""Return the spectrum of $\Phi \Phi^\top$ from the singular values of $\Phi$.

    Small eigenvalues keep the accuracy that forming the Gram matrix would lose; the
    error bound is that of `feature_spectrum`.

    Parameters
    ----------
    singular_values
        Shape (k,), descending, as a backward stable factorization gives them.
    points_count
        n, the rows of $\Phi$; eigenvalues beyond k are zero.
    origin
        Which kernel the Gram matrix is.
    noise
        A bound on the spectral norm of the error of $\Phi$ itself.
    precision
        ε of the type that the data came in.

    Raises
    ------
    InvalidArgumentError
        If the largest square overflows.
    KernelUnderflowError
        If it underflows.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> values = torch.tensor([3.0, 2.0], dtype=torch.float64)
    >>> ww.spectra.squared_spectrum(values, 2).eigenvalues.tolist()
    [9.0, 4.0]
    """
    n, values = points_count, singular_values
    s = torch.zeros(n, dtype=torch.float64, device=values.device)
    s[: values.shape[0]] = values
    largest = float(s[0])
    square = largest * largest
    if largest > 0.0 and square < _LEAST_LARGEST:
        raise KernelUnderflowError(
            f"The features have spectral norm {largest:.3g}, whose square underflows: "
            "in this dimension the activation is too small for float64. Leave it out, "
            "or scale it up."
        )
    if math.isinf(square):
        raise InvalidArgumentError(
            f"The features have spectral norm {largest:.3g}, whose square overflows "
            "float64. Scale the points, or project them to the unit sphere."
        )
    error = relative_rounding(n) * largest + noise
    return Spectrum(
        eigenvalues=s.square(),
        error_bound=(2.0 * largest + error) * error,
        provenance=origin,
        method="singular values of the features",
        singular_value_error=error,
        precision=precision,
    )
