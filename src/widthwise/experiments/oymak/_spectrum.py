"""The numbers of the data and the activation that the theorems are written in."""

from dataclasses import dataclass

from widthwise.activations import Activation
from widthwise.arrays import Array, Float
from widthwise.kernels import hermite_coefficients, tangent_kernel
from widthwise.numerics.linear_algebra import eigenvalues
from widthwise.spectra import khatri_rao_bound

__all__ = ["DataNumbers", "data_numbers"]


@dataclass(frozen=True)
class DataNumbers:
    r"""What the theorems ask of the points.

    Attributes
    ----------
    smallest
        $\lambda(X)$, the smallest eigenvalue of $E[\phi'(Xw) \phi'(Xw)^\top] \circ X
        X^\top$.
    bound
        $\mu_\phi^2\, \sigma_{\min}(X * X)^2$, which is at most $\lambda(X)$.
    slope
        $\mu_\phi = E[g \phi'(g)]$.
    """

    smallest: float
    bound: float
    slope: float


def data_numbers(points: Float[Array, "n d"], act: Activation) -> DataNumbers:
    """Return the numbers for Gaussian inner weights and unit points."""
    kernel = tangent_kernel(points, act, "gaussian", trained="inner")
    return DataNumbers(
        smallest=float(eigenvalues(kernel)[0]),
        bound=float(khatri_rao_bound(points, act, highest=1).terms[1]),
        slope=float(hermite_coefficients(act, 1, order=1)[1]),
    )
