r"""One end of the spectrum of a Gram matrix that is too large to factorize."""

import math
from dataclasses import dataclass

import numpy as np
import torch

from widthwise import arguments
from widthwise.arrays import Array, Float, PointsLike
from widthwise.equality import equal_by_value
from widthwise.numerics.block_krylov import RitzPairs, ritz_pairs
from widthwise.progress import Progress, silent
from widthwise.prose import say
from widthwise.spectra.operators._operator import (
    GramOperator,
    operator_of,
    require_definite,
)
from widthwise.wording import counted

__all__ = ["ExtremeSpectrum", "extreme_spectrum"]


@dataclass(frozen=True, eq=False)
class ExtremeSpectrum:
    r"""The k largest or smallest eigenvalues, and what is proved of them.

    Three kinds of bounds, of exact arithmetic on the matrix but for a stated rounding:

    - `residuals`: within $\|G v_i - \theta_i v_i\|$ of each value is an eigenvalue.
      That it is the i-th is not in this.
    - `lower_bounds`, `upper_bounds`: the i-th eigenvalue of the end is between. On one
      side they are close always (Ritz values interlace); on the other as far as the
      trace and the Frobenius norm leave no room for what was not found.
    - `proved`: how many of the values are certainly those of the end, in number and
      multiplicity, each with `error_bound`.

    Attributes
    ----------
    eigenvalues
        Shape (k,), from the end inwards: the largest first, or the smallest.
    end
        "largest" or "smallest".
    residuals
        Shape (k,).
    lower_bounds, upper_bounds
        Shape (k,).
    proved
        Among the largest; no such proof is there for the smallest, where a
        factorization would count what is below a shift.
    error_bound
        Of the proved ones; inf where there are none.
    next_bound
        For the largest, no eigenvalue but k is above this; inf for the smallest.
    vectors
        Shape (n, k).
    passes
        How many products with a block of vectors were taken.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> gram = torch.diag(torch.tensor([4.0, 3.0, 2.0, 1.0], dtype=torch.float64))
    >>> found = ww.spectra.extreme_spectrum(gram, 2)
    >>> found.eigenvalues.round(decimals=9).tolist(), found.proved
    ([4.0, 3.0], 2)
    >>> round(found.next_bound, 6), bool(found.error_bound < 1e-12)
    (2.0, True)
    """

    __eq__ = equal_by_value

    eigenvalues: Float[Array, " k"]
    end: str
    residuals: Float[Array, " k"]
    lower_bounds: Float[Array, " k"]
    upper_bounds: Float[Array, " k"]
    proved: int
    error_bound: float
    next_bound: float
    vectors: Float[Array, "n k"]
    passes: int

    @property
    def reason(self) -> str:
        """What is known of these eigenvalues, and what is not."""
        count = len(self.eigenvalues)
        lead = say(
            "Within {} of each of {} is an eigenvalue",
            float(self.residuals.max()),
            counted(count, "value"),
        )
        if self.end == "smallest":
            return lead + say(
                ", and the smallest is at most {}; that none is below is not proved, "
                "which a factorization would do.",
                float(self.upper_bounds[0]),
            )
        if self.proved == count:
            return lead + say(
                ", and these are the largest: no other is above {}.", self.next_bound
            )
        some = f"the first {self.proved}" if self.proved else "none of them"
        return lead + say(
            ". That they are the largest is proved for {}; an eigenvalue that was "
            "missed is at most {}.",
            some,
            self.next_bound,
        )


def extreme_spectrum(
    gram: PointsLike | GramOperator,
    count: int = 6,
    *,
    end: str = "largest",
    tolerance: float | int = 1e-8,
    passes: int = 100,
    seed: int = 0,
    progress: Progress | None = None,
) -> ExtremeSpectrum:
    r"""Find the k largest or smallest eigenvalues of a matrix too large to factorize.

    Lanczos's method with blocks of vectors, held orthogonal and restarted with the
    best. With orthonormal V, $R = G V - V \Theta$ and the eigenvalues descending,

    .. math:: \theta_i \le \lambda_i, \qquad
        |\lambda_{\pi(i)} - \theta_i| \le \|R\|, \qquad
        \lambda_i^2 \le \theta_i^2 + \|G\|_F^2 - \sum_j \theta_j^2, \qquad
        \lambda_i \le \theta_i + \mathrm{tr}\,G - \sum_j \theta_j,

    the sums over all Ritz values. Where what these leave for $\lambda_{p+1}$ is below
    $\theta_p - \|R\|$, the first p are the p largest.

    Parameters
    ----------
    gram
        A matrix of shape (n, n), held or memory-mapped, or what `kernel_operator` and
        `feature_operator` return. It counts as positive semi-definite, and its entries
        as rounded to the type they come in, where that is shorter than float64.
    count
        k, at most n.
    end
        "largest" or "smallest". The smallest of a kernel lie close together, so that
        they take many passes, and are good to the residuals said.
    tolerance
        Of the residuals, relative to the largest eigenvalue.
    passes
        The most products; what is found by then is returned, with its bounds.
    seed
        Of the start, which is random: with probability 1 no eigenvector is orthogonal
        to it, which is no proof.
    progress
        Told after each product.

    Raises
    ------
    DataError
        If the matrix is not square, not of finite real numbers, or seen not to be
        symmetric.
    InvalidArgumentError
        If a count is out of range, there is no such end, or the squares of the entries
        leave float64's range.
    NotPositiveDefiniteError
        If an eigenvalue is seen to be below zero by more than rounding.

    Source
    ------
    Kahan (1967); Parlett, The Symmetric Eigenvalue Problem, theorems 10.1.1 and 11.5.1;
    Wu and Simon (2000), SIAM J. Matrix Anal. 22, 602 (thick restart).

    Cost
    ----
    One product with k + 4 vectors a pass: n² of the kernel's entries, or n m features
    drawn. 16 n bytes for each of at least 160 vectors.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> gram = torch.diag(torch.tensor([5.0, 3.0, 1.0], dtype=torch.float64))
    >>> found = ww.spectra.extreme_spectrum(gram, 2)
    >>> found.eigenvalues.round(decimals=9).tolist(), found.proved
    ([5.0, 3.0], 2)
    """
    operator = operator_of(gram)
    arguments.choice(end, "end", ("largest", "smallest"))
    k = arguments.whole_number(count, "The number of eigenvalues", least=1)
    pairs = ritz_pairs(
        operator.product,
        operator.size,
        min(k, operator.size),
        is_largest=end == "largest",
        tolerance=arguments.positive(tolerance, "The tolerance"),
        passes=arguments.whole_number(passes, "The number of passes", least=2),
        seed=arguments.seed(seed),
        progress=progress or silent,
    )
    return _judged(operator, pairs, end)


def _judged(operator: GramOperator, pairs: RitzPairs, end: str) -> ExtremeSpectrum:
    values, vectors = pairs.values, pairs.vectors
    ritz = np.concatenate([values, pairs.others])
    require_definite(operator, ritz)
    count, every = len(values), len(ritz)
    # Vectors that are orthonormal to η are η from some that are.
    skew = float(np.linalg.norm(vectors.T @ vectors - np.eye(count)))
    norm = float(np.abs(values).max()) + operator.blur
    off = operator.blur + 4.0 * skew * norm
    rest = pairs.images - vectors * values
    residuals = np.linalg.norm(rest, axis=0) * (1.0 + skew) + off
    lowest = ritz - math.sqrt(every) * off
    if end == "smallest":
        most = values + math.sqrt(every) * off
        lower, upper = np.zeros(count), np.maximum(most, 0.0)
        proved, error, beyond = 0, math.inf, math.inf
    else:
        lower = np.maximum(lowest, 0.0)
        upper = _highest(operator, lower)
        proved, error = 0, math.inf
        for p in range(count, 0, -1):
            size = float(np.linalg.norm(rest[:, :p])) * (1.0 + skew)
            size += math.sqrt(p) * off
            after = upper[p] if p < len(upper) else 0.0
            if after < values[p - 1] - size:
                proved, error = p, size
                break
        beyond = float(upper[count]) if count < len(upper) else 0.0
        upper[:proved] = np.minimum(upper[:proved], values[:proved] + error)
        lower, upper = lower[:count], upper[:count]
    return ExtremeSpectrum(
        eigenvalues=torch.from_numpy(values.copy()),
        end=end,
        residuals=torch.from_numpy(residuals),
        lower_bounds=torch.from_numpy(lower.copy()),
        upper_bounds=torch.from_numpy(upper.copy()),
        proved=proved,
        error_bound=error,
        next_bound=beyond,
        vectors=torch.from_numpy(np.ascontiguousarray(vectors)),
        passes=pairs.passes,
    )


def _highest(operator: GramOperator, lower: np.ndarray) -> np.ndarray:
    """Return what is left for each eigenvalue above these lower bounds of it.

    One more than there are, unless the matrix has no more.
    """
    found: np.ndarray = lower
    if len(lower) < operator.size:
        found = np.append(lower, 0.0)
    by_trace: np.ndarray = found + max(operator.trace - math.fsum(lower), 0.0)
    if not math.isfinite(operator.squares):
        return by_trace
    spare = max(operator.squares - math.fsum(np.square(lower)), 0.0)
    nearest: np.ndarray = np.minimum(by_trace, np.sqrt(np.square(found) + spare))
    return nearest
