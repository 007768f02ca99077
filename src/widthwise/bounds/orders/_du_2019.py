"""The width for which gradient descent fits a rectifier network."""

from widthwise.bounds.eigenvalues import WidthBound, premises
from widthwise.sources import DU_2019
from widthwise.spectra import Spectrum
from widthwise.theorems import Width

__all__ = ["du_2019"]


class _Du2019(WidthBound):
    r"""Global convergence at a linear rate, with the inner layer trained.

    $\lambda_0$ is the smallest eigenvalue of the inner tangent kernel.
    """

    name = "du_2019"
    title = "Global convergence of a two-layer rectifier network, inner layer trained"
    promise = "convergence"
    formula = r"c\, \frac{n^6}{\lambda_0^4 \delta^3}"
    source = DU_2019
    trust = "recalled"
    kernel = "tangent_inner"
    law = "gaussian"
    constant_is_known = False
    activations = frozenset({"relu"})

    def width(
        self,
        spectrum: Spectrum,
        failure_probability: float | int = 0.01,
        *,
        constant: float | int = 1.0,
    ) -> Width:
        r"""Return the order of the width.

        Parameters
        ----------
        constant
            The unknown c.
        """
        base = premises(self, spectrum, failure_probability)
        # Through logarithms: n⁶/λ⁴ overflows long before it stops being a float.
        found = 6 * base.log_count - 4 * base.log_smallest - 3 * base.log_failure
        return base.order(constant, found)


du_2019 = _Du2019()
