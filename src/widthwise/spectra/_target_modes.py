"""The eigenvalues of a kernel, with the part of the targets in each eigenfunction."""

from dataclasses import dataclass

import torch

from widthwise.arguments import (
    non_negative,
    require_finite,
    require_matrix,
    require_vector,
)
from widthwise.arrays import Array, PointsLike, real_tensor
from widthwise.equality import equal_by_value
from widthwise.errors import DataError
from widthwise.numerics.linear_algebra import eigh
from widthwise.numerics.rounding import rounding_of_eigenvalues

__all__ = ["TargetModes", "target_modes"]


@dataclass(frozen=True, eq=False)
class TargetModes:
    r"""What learning curves need of a kernel and a target function.

    $$E_{x'}[K(x, x') \phi_i(x')] = \lambda_i \phi_i(x), \qquad
      f = \sum_i v_i \phi_i, \qquad E[\phi_i \phi_j] = \delta_{ij}.$$

    Attributes
    ----------
    eigenvalues
        $\lambda_i \ge 0$, shape (k,): one for each group of equal ones.
    power
        $\sum v_i^2$ over each group, shape (k,). Their sum is $E f^2$.
    multiplicities
        How many eigenfunctions a group has, shape (k,); 1 each by default.
    remainder
        The sum of the eigenvalues that are not listed, each far below the listed ones:
        together they act as a penalty.

    Examples
    --------
    A target in the harmonics of degree 1, under relu's kernel on the sphere of R^5:

    >>> import widthwise as ww
    >>> kernel = ww.kernels.dual("relu", ww.laws.Sphere(5))
    >>> found = ww.kernels.mercer(kernel, 5, degree=20)
    >>> modes = ww.spectra.TargetModes(
    ...     found.eigenvalues.clamp(min=0),
    ...     [0.0, 1.0] + [0.0] * 19,
    ...     found.multiplicities,
    ...     remainder=max(0.0, found.value_at_one - found.captured),
    ... )
    >>> float(modes.power.sum())
    1.0
    """

    __eq__ = equal_by_value

    eigenvalues: PointsLike
    power: PointsLike
    multiplicities: PointsLike | None = None
    remainder: float | int = 0.0

    def __post_init__(self) -> None:
        values = _non_negative(self.eigenvalues, "The eigenvalues", None)
        size = len(values)
        counts = self.multiplicities
        if counts is None:
            counts = torch.ones_like(values)
        for name, found in (
            ("eigenvalues", values),
            ("power", _non_negative(self.power, "The powers", size)),
            ("multiplicities", _non_negative(counts, "The multiplicities", size)),
            ("remainder", non_negative(self.remainder, "The remainder")),
        ):
            object.__setattr__(self, name, found)

    @property
    def trace(self) -> float:
        r"""$\sum_i \lambda_i$, the mean of K(x, x)."""
        return float(self.multiplicities @ self.eigenvalues) + self.remainder


def target_modes(
    kernel: PointsLike, targets: PointsLike, *, mean: bool = True
) -> TargetModes:
    r"""Take the rows of a table for the whole population, and split their targets.

    $$K / N = U \Lambda U^\top, \qquad v = U^\top y / \sqrt N.$$

    Parameters
    ----------
    kernel
        K between all N rows, shape (N, N), symmetric and positive semi-definite.
    targets
        y, shape (N,).
    mean
        Whether the targets keep their mean; False takes it off, for readouts that fit
        an intercept.

    Returns
    -------
    `TargetModes`, of an experiment that draws n rows and tests on all of them. For rows
    drawn without replacement take $n \ll N$.

    Raises
    ------
    DataError
        If the kernel is not square and finite, or the targets do not fit it.

    Source
    ------
    Simon, Dickens, Karkada and DeWeese (2023), arXiv:2110.03922, section 4.

    Cost
    ----
    About 9 N³ operations.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> modes = ww.spectra.target_modes(points @ points.T, [3.0, 0.0, 0.0])
    >>> modes.eigenvalues.sum().item(), modes.power.sum().item()
    (1.0, 3.0)
    """
    matrix = real_tensor(kernel, "The kernel's entries").to(torch.float64)
    require_matrix(matrix, "The kernel's entries")
    count = len(matrix)
    if matrix.shape[1] != count:
        raise DataError(
            f"The kernel has shape {tuple(matrix.shape)}; it must be square, one row "
            "and one column for each row of the table."
        )
    require_finite(matrix, "the kernel")
    y = real_tensor(targets, "The targets").to(torch.float64)
    require_vector(y, "The targets", count, meaning="one for each row of the kernel")
    require_finite(y, "the targets")
    if not mean:
        y = y - y.mean()
    values, vectors = eigh(matrix.contiguous())
    least = rounding_of_eigenvalues(matrix, float(values[-1]))
    values = torch.where(values > least, values, 0.0)
    return TargetModes(values.flip(0) / count, (vectors.T @ y).square().flip(0) / count)


def _non_negative(values: PointsLike, what: str, length: int | None) -> Array:
    if not isinstance(values, Array):
        values = [float(each) for each in values]
    found = real_tensor(values, what).to(torch.float64).clone()
    size = found.shape[0] if length is None and found.ndim == 1 else length
    require_vector(found, what, size or 0, meaning="one for each group")
    require_finite(found, what[0].lower() + what[1:])
    if bool((found < 0).any()):
        raise DataError(
            f"{what} go down to {float(found.min()):.3g}; they must be at least 0. An "
            "eigenvalue below its error is 0."
        )
    return found
