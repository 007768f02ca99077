r"""The extreme singular values of the Jacobian of the inner layer."""

from widthwise.activations import Activation
from widthwise.arrays import DeviceLike, Provenance, rounding_unit
from widthwise.features import jacobian
from widthwise.features.two_layer import (
    PointsLike,
    as_matrix,
    as_vector,
    jacobian_noise,
)
from widthwise.numerics.linear_algebra import singular_values
from widthwise.spectra._feature_spectrum import squared_spectrum
from widthwise.spectra._spectrum import Spectrum

__all__ = ["jacobian_spectrum"]


def jacobian_spectrum(
    points: PointsLike,
    inner_weights: PointsLike,
    outer_weights: PointsLike,
    activation: Activation,
    biases: PointsLike | None = None,
    *,
    device: DeviceLike | None = None,
) -> Spectrum:
    r"""Return the spectrum of $J J^\top$, the tangent kernel of a finite network.

    J is `features.jacobian`: no factor $1/\sqrt m$ is applied. Its singular values are
    the square roots of the eigenvalues, and $E\,J J^\top = \|v\|^2$ times the inner
    tangent kernel of infinite width. Gradient descent with step η on half the squared
    error contracts, near these weights, by $1 - \eta\,\lambda_{\min}$ a step.

    Parameters
    ----------
    points
        Shape (n, d).
    inner_weights, outer_weights, biases
        W, shape (m, d), v, shape (m,), and b, shape (m,) or None.
    activation
        σ.
    device
        Where to compute, such as "cuda"; by default where the points are.

    Returns
    -------
    Eigenvalues descending, from the singular values of J: small ones keep their
    digits. If m d < n there are exact zeros. The rounding of σ' itself, as measured, is
    in the error bound.

    Raises
    ------
    DataError, MemoryBudgetError
        As `features.jacobian`.

    Source
    ------
    Oymak and Soltanolkotabi (2020), arXiv:1902.04674. Cost: 2 n² m d operations.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> act = ww.activations.get("relu")
    >>> weights = torch.eye(3, dtype=torch.float64)
    >>> ww.spectra.jacobian_spectrum(points, weights, weights.sum(0), act).rank
    3
    """
    matrix = jacobian(
        points, inner_weights, outer_weights, activation, biases, device=device
    )
    inner = as_matrix(inner_weights, "inner weights")
    noise = jacobian_noise(
        as_matrix(points),
        inner,
        as_vector(outer_weights, "outer weights", len(inner)),
        activation,
        None if biases is None else as_vector(biases, "biases", len(inner)),
        rounding_unit(points),
    )
    origin = Provenance("features", activation, width=len(inner))
    values, precision = singular_values(matrix), rounding_unit(points)
    return squared_spectrum(
        values, len(matrix), origin, noise=noise, precision=precision
    )
