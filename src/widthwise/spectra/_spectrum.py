"""The eigenvalues of a kernel matrix, and what one asks of them."""

import math
from dataclasses import dataclass, replace
from functools import cached_property

import torch

from widthwise.arrays import (
    Array,
    DeviceLike,
    Float,
    Provenance,
    provenance,
    rounding_unit,
)
from widthwise.cards import card
from widthwise.equality import equal_by_value
from widthwise.errors import (
    DataError,
    InvalidArgumentError,
    KernelMismatchError,
    NotPositiveDefiniteError,
)
from widthwise.features.two_layer import PointsLike, as_matrix
from widthwise.numerics.linear_algebra import eigenvalues, power_of_two_scale
from widthwise.numerics.rounding import relative_rounding, rounding_of_eigenvalues
from widthwise.prose import Prose, say

__all__ = ["Spectrum", "spectrum"]

_EPS = torch.finfo(torch.float64).eps
_KERNELS = ("conjugate", "tangent_inner", "tangent_outer", "tangent_both", "features")


@dataclass(frozen=True, eq=False)
class Spectrum:
    r"""The eigenvalues of a symmetric positive semi-definite matrix, with their errors.

    Attributes
    ----------
    eigenvalues
        Shape (n,), descending, at least 0; the unit of the matrix's entries.
    error_bound
        No eigenvalue is further than this from the true one.
    provenance
        Which kernel the matrix holds, or None if unknown.
    method
        How the eigenvalues were found.
    singular_value_error
        Where the eigenvalues are squares of singular values s, the absolute error of
        every s; small eigenvalues are then known far better than `error_bound`,
        since $|\delta\lambda| \le 2 s\,\delta s + \delta s^2$. None otherwise.
    precision
        ε of the type that the data came in, float32's for float32: its rounding is in
        the errors, so in the rank and in all that is called singular.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> gram = torch.tensor([[2.0, 1.0], [1.0, 2.0]], dtype=torch.float64)
    >>> found = ww.spectra.spectrum(gram)
    >>> found.rank, found.is_singular, found.error_bound < 1e-12
    (2, False, True)
    """

    __eq__ = equal_by_value

    eigenvalues: Float[Array, " n"]
    error_bound: float
    provenance: Provenance | None = None
    method: str = "symmetric eigensolver"
    singular_value_error: float | None = None
    precision: float = _EPS

    @property
    def points_count(self) -> int:
        """The number n of points, one eigenvalue each."""
        return self.eigenvalues.shape[0]

    @property
    def largest(self) -> float:
        """The spectral norm; gradient descent is stable below 2 / largest."""
        return float(self.eigenvalues[0])

    @property
    def smallest(self) -> float:
        """The rate of the slowest mode, the λ_min of the width bounds."""
        return float(self.eigenvalues[-1])

    @property
    def mean(self) -> float:
        """The mean eigenvalue, which is the mean of the matrix's diagonal."""
        return float(self.eigenvalues.mean())

    @property
    def effective_rank(self) -> float:
        r"""How many eigenvalues carry the trace, $(\sum\lambda)^2 / \sum\lambda^2$.

        From 1, for one eigenvalue, to n for equal ones; 0 for a matrix of zeros.
        """
        scaled = self.eigenvalues / max(self.largest, 1e-300)
        squares = float(scaled.square().sum())
        return float(scaled.sum()) ** 2 / squares if squares > 0.0 else 0.0

    @property
    def decay_exponent(self) -> float:
        r"""The a of $\lambda_k \sim k^{-a}$ that fits the eigenvalues best.

        Least squares of the logarithms, over the eigenvalues that are certainly
        positive but the first, which follows the mean; nan where fewer than three are.
        """
        kept = self.eigenvalues[1 : self.rank].log()
        if len(kept) < 3:
            return math.nan
        places = torch.arange(2, len(kept) + 2, dtype=kept.dtype).log()
        places = (places - places.mean()).to(kept.device)
        return -float(places @ kept) / float(places @ places)

    @cached_property
    def lower_bounds(self) -> Float[Array, " n"]:
        """No true eigenvalue is below these; shape (n,), at least 0."""
        if self.singular_value_error is None:
            return (self.eigenvalues - self.error_bound).clamp(min=0.0)
        roots = self.eigenvalues.sqrt() - self.singular_value_error
        return roots.clamp(min=0.0).square()

    @cached_property
    def upper_bounds(self) -> Float[Array, " n"]:
        """No true eigenvalue is above these; shape (n,)."""
        if self.singular_value_error is None:
            return self.eigenvalues + self.error_bound
        return (self.eigenvalues.sqrt() + self.singular_value_error).square()

    @property
    def rank(self) -> int:
        """How many eigenvalues are certainly positive."""
        return int((self.lower_bounds > 0.0).sum())

    @property
    def is_singular(self) -> bool:
        """Whether the smallest eigenvalue cannot be told from zero."""
        return self.rank < self.points_count

    @property
    def condition_number(self) -> float:
        """Largest over smallest eigenvalue; inf if numerically singular."""
        return math.inf if self.is_singular else self.largest / self.smallest

    @property
    def smallest_interval(self) -> tuple[float, float]:
        """The least and greatest value the true smallest eigenvalue can have."""
        return float(self.lower_bounds[-1]), float(self.upper_bounds[-1])

    @property
    def condition_interval(self) -> tuple[float, float]:
        """The least and greatest condition number that the errors allow."""
        low, high = self.smallest_interval
        greatest = float(self.upper_bounds[0]) / low if low > 0.0 else math.inf
        least = float(self.lower_bounds[0]) / high if high > 0.0 else 1.0
        return max(least, 1.0), greatest

    @property
    def condition_text(self) -> Prose:
        """The condition number in words where a number would be made up."""
        if not self.is_singular:
            return say("{:4}", self.condition_number)
        return say(
            f"numerically singular (rank {self.rank}, condition above {{:1}})",
            self.condition_interval[0],
        )

    def _repr_html_(self) -> str:
        rows = (
            ("eigenvalues", self.points_count),
            ("kernel", self.provenance.kernel if self.provenance else None),
            ("largest", self.largest),
            ("smallest", self.smallest),
            ("rank", self.rank),
            ("condition number", self.condition_text),
            ("method", self.method),
        )
        return card("Spectrum", rows)

    def __str__(self) -> str:
        return str(
            say(
                f"{self.points_count} eigenvalues from {{:4}} down to {{:4}} "
                f"(± {{:1}}), rank {self.rank}, condition number: {{}}",
                self.largest,
                self.smallest,
                float(self.upper_bounds[-1]) - self.smallest,
                self.condition_text,
            )
        )


def spectrum(
    gram: PointsLike,
    *,
    kernel: str | None = None,
    device: DeviceLike | None = None,
) -> Spectrum:
    r"""Compute the eigenvalues of a kernel matrix, with a bound on their error.

    By Weyl's inequality an eigenvalue moves by at most the spectral norm of the
    matrix's error. With a label, which carries the bound e on each entry's error,

    .. math:: |\delta\lambda_i| \le p(n)\,\epsilon\,\lambda_1 + n\,e,
        \qquad p(n) = 16 + 2 \sqrt n.

    Without one, the entries count as rounded to 8 units in the last place of the
    largest, independently: $2 \sqrt n\,e$ with $e = 8 \epsilon \max |G_{ij}|$.

    Parameters
    ----------
    gram
        Shape (n, n), symmetric.
    kernel
        Which kernel the matrix holds ("conjugate", "tangent_inner", "tangent_outer",
        "tangent_both", "features"), for a matrix without a label.
    device
        Where to compute, such as "cuda"; by default where the matrix is.

    Returns
    -------
    Eigenvalues descending; values below 0 within the error bound become 0.

    Raises
    ------
    DataError
        If the matrix is not square, not symmetric, or not finite (a row is named).
    InvalidArgumentError
        If there is no such kernel, or an eigenvalue overflows.
    KernelMismatchError
        If `kernel` contradicts the label.
    NotPositiveDefiniteError
        If an eigenvalue is below minus the error bound.

    Source
    ------
    Weyl's inequality; Golub, Van Loan, Matrix Computations, section 8.1.

    Cost
    ----
    (4/3) n³ operations; two copies of the matrix.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> gram = torch.tensor([[2.0, 1.0], [1.0, 2.0]], dtype=torch.float64)
    >>> found = ww.spectra.spectrum(gram)
    >>> round(found.largest, 9), round(found.condition_number, 9)
    (3.0, 3.0)
    """
    label = provenance(gram) if isinstance(gram, torch.Tensor) else None
    origin = _origin(label, kernel)
    matrix = as_matrix(gram, "matrix", device)
    n = matrix.shape[0]
    if matrix.shape[1] != n:
        raise DataError(
            f"The matrix has shape {tuple(matrix.shape)}; it must be square. Pass a "
            "kernel or Gram matrix."
        )
    scale = power_of_two_scale(matrix)
    scaled = matrix / scale
    unit = rounding_unit(gram)
    _require_symmetric(scaled, unit)
    found = eigenvalues(scaled).flip(0)
    norm = float(found.abs().max())
    if label is None:
        relative_bound = rounding_of_eigenvalues(scaled, norm, unit)
    else:
        relative_bound = relative_rounding(n) * norm + n * (label.entry_error / scale)
    error_bound = relative_bound * scale
    if not math.isfinite(norm * scale):
        raise InvalidArgumentError(
            f"The largest eigenvalue is {norm:.3g} times {scale:.3g}, which overflows. "
            "Scale the matrix down."
        )
    if float(found[-1]) < -relative_bound:
        raise NotPositiveDefiniteError(
            f"The smallest eigenvalue is {float(found[-1]) * scale:.3g}, below the "
            f"error bound {error_bound:.3g}. Check that the matrix is a kernel "
            "matrix, and compute it in float64."
        )
    return Spectrum(
        eigenvalues=found.clamp(min=0.0) * scale,
        error_bound=error_bound,
        provenance=origin,
        precision=unit,
    )


def _origin(found: Provenance | None, kernel: str | None) -> Provenance | None:
    """Return the label, checked against the kernel that the caller named."""
    if kernel is None:
        return found
    if kernel not in _KERNELS:
        raise InvalidArgumentError(
            f"There is no kernel {kernel!r}. Known: {', '.join(_KERNELS)}."
        )
    if found is None:
        return Provenance(kernel)
    same = {"tangent_outer": "conjugate"}
    if same.get(found.kernel, found.kernel) != same.get(kernel, kernel):
        raise KernelMismatchError(
            f"The matrix is labelled {found.kernel!r} and kernel={kernel!r} was said. "
            "Leave `kernel` out, or pass the matrix that was meant."
        )
    return replace(found, kernel=kernel)


def _require_symmetric(matrix: Array, unit: float) -> None:
    """Refuse a difference across the diagonal that rounding does not explain."""
    gap = (matrix - matrix.T).abs_()
    if float(gap.max()) <= 16.0 * math.sqrt(len(matrix)) * unit * 2.0:
        return
    row, column = divmod(int(gap.argmax()), len(matrix))
    raise DataError(
        f"The matrix is not symmetric: entries ({row}, {column}) and ({column}, {row}) "
        f"are {float(matrix[row, column]):.17g} and {float(matrix[column, row]):.17g} "
        "times one scale. Pass a kernel matrix; if that is rounding, average it with "
        "its transpose."
    )
