r"""Where the eigenvalues of a Gram matrix lie that is too large to factorize."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch

from widthwise import arguments
from widthwise.arrays import Array, Float, PointsLike, real_tensor
from widthwise.equality import equal_by_value
from widthwise.errors import InvalidArgumentError
from widthwise.estimates import Estimate, mean
from widthwise.numerics.lanczos_quadrature import lanczos_rules
from widthwise.progress import Progress, silent
from widthwise.spectra.operators._operator import (
    GramOperator,
    operator_of,
    require_definite,
)

__all__ = ["SpectralDensity", "spectral_density"]


@dataclass(frozen=True, eq=False)
class SpectralDensity:
    r"""Rules that stand for the eigenvalues, one for each random vector.

    A mean over the eigenvalues, $\frac1n \sum_i f(\lambda_i)$, is estimated by the mean
    of $\sum_j w_{pj} f(\theta_{pj})$ over the vectors p. Intervals are of the random
    vectors: for polynomials of degree $2 s - 1$ that is all of the error; for other f
    a rule adds at most twice the distance of f from these, on the spectrum's range.
    Where one eigenvalue holds nearly all of the trace, what the vectors see is skewed:
    of 40 rows and 2 to 20 vectors 95 % intervals held in 78 to 90 of 100 cases.

    Attributes
    ----------
    nodes, weights
        Shape (p, s). θ and w; the weights of a vector add up to 1.
    size
        n.
    mean_eigenvalue
        tr G / n, exactly: what the rules' own mean can be held against.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> gram = torch.eye(4, dtype=torch.float64)
    >>> found = ww.spectra.spectral_density(gram)
    >>> round(found.average(torch.exp).value, 6), round(found.mean_eigenvalue, 6)
    (2.718282, 1.0)
    >>> round(found.degrees_of_freedom(1.0).value, 6)
    2.0
    """

    __eq__ = equal_by_value

    nodes: Float[Array, "p s"]
    weights: Float[Array, "p s"]
    size: int
    mean_eigenvalue: float

    def average(
        self, function: Callable[[Array], Array], confidence: float | int = 0.95
    ) -> Estimate:
        r"""Return $\frac1n \mathrm{tr} f(G)$, with its interval over the vectors.

        Parameters
        ----------
        function
            f, of a tensor of eigenvalues; none is below 0 by more than rounding.
        confidence
            Of the interval, Student's.

        Raises
        ------
        InvalidArgumentError
            If f is not finite at a node of positive weight.
        """
        values = function(self.nodes.clamp(min=0.0)) * 1.0
        terms = torch.where(self.weights > 0.0, values * self.weights, 0.0).sum(1)
        if not bool(terms.isfinite().all()):
            raise InvalidArgumentError(
                "The function is not finite at every eigenvalue that was seen, from "
                f"{float(self.nodes.min()):.3g} to {float(self.nodes.max()):.3g}. "
                "Take one that is, such as log(x + penalty)."
            )
        return mean(terms.numpy(), confidence)

    def share_below(
        self, value: float | int, confidence: float | int = 0.95
    ) -> Estimate:
        r"""Return which share of the eigenvalues is at most `value`.

        A step is no polynomial: between two nodes of a rule it is known to the weight
        of one of them, which is in no interval. Near a gap of the spectrum it is small.
        """
        at = arguments.non_negative(value, "The value", may_be_infinite=True)
        return self.average(lambda given: (given <= at).double(), confidence)

    def degrees_of_freedom(
        self, penalty: float | int, confidence: float | int = 0.95
    ) -> Estimate:
        r"""Return $\mathrm{tr}\, G (G + \lambda)^{-1}$ of ridge regression, λ > 0."""
        at = arguments.positive(penalty, "The penalty")
        many = self.size
        return self.average(lambda given: many * given / (given + at), confidence)

    def density(
        self, values: PointsLike, width: float | int
    ) -> tuple[Float[Array, " k"], Float[Array, " k"]]:
        r"""Return the density of $\log_{10} \lambda$ and its standard errors.

        Parameters
        ----------
        values
            Shape (k,), above 0: where.
        width
            The standard deviation, in decades, of the normal density that each
            eigenvalue is spread to.
        """
        at: Array = real_tensor(values, "The values").cpu().double()
        wide = arguments.positive(width, "The width")
        if at.ndim != 1 or not bool((at > 0.0).all()):
            raise InvalidArgumentError(
                f"The values have shape {tuple(at.shape)}; pass a vector of numbers "
                "above 0."
            )
        logs = self.nodes.clamp(min=1e-300).log10()
        away = (at.log10()[:, None, None] - logs) / wide
        heights = (-0.5 * away.square()).exp() / (wide * math.sqrt(2.0 * math.pi))
        rows = (heights * self.weights).sum(2)  # (k, p)
        spread = rows.std(1) if rows.shape[1] > 1 else torch.full_like(at, math.nan)
        return rows.mean(1), spread / math.sqrt(rows.shape[1])


def spectral_density(
    gram: PointsLike | GramOperator,
    *,
    probes: int = 10,
    steps: int = 40,
    seed: int = 0,
    progress: Progress | None = None,
) -> SpectralDensity:
    r"""Estimate where all eigenvalues lie, of a matrix too large to factorize.

    Stochastic Lanczos quadrature: random unit vectors z see the spectrum with weights
    $(z \cdot v_i)^2$, of mean 1/n, and s products with G find Gauss's rule of s nodes
    for these weights.

    Parameters
    ----------
    gram
        As for `extreme_spectrum`.
    probes
        How many random vectors; all go through the same products.
    steps
        s, how many products.
    seed
        Of the vectors.
    progress
        Told after each product.

    Raises
    ------
    DataError
        If the matrix is not square, not of finite real numbers, or seen not to be
        symmetric.
    InvalidArgumentError
        If a count is out of range, or the squares of the entries leave float64's range.
    NotPositiveDefiniteError
        If an eigenvalue is seen to be below zero by more than rounding.

    Source
    ------
    Ubaru, Chen and Saad (2017), SIAM J. Matrix Anal. 38, 1075.

    Cost
    ----
    s products with a block of vectors, and 8 n s bytes a vector.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> gram = torch.diag(torch.tensor([5.0, 3.0, 1.0], dtype=torch.float64))
    >>> found = ww.spectra.spectral_density(gram)
    >>> round(found.mean_eigenvalue, 9), found.nodes.shape[1]
    (3.0, 3)
    """
    operator = operator_of(gram)
    nodes, weights = lanczos_rules(
        operator.product,
        operator.size,
        arguments.whole_number(probes, "The number of vectors", least=1),
        arguments.whole_number(steps, "The number of steps", least=1),
        seed=arguments.seed(seed),
        progress=progress or silent,
    )
    require_definite(operator, nodes)
    return SpectralDensity(
        nodes=torch.from_numpy(nodes),
        weights=torch.from_numpy(weights),
        size=operator.size,
        mean_eigenvalue=operator.trace / operator.size,
    )
