"""The conjugate kernel: the Gram matrix of random features of infinite width."""

import torch

from widthwise.arrays import Array, DeviceLike, Float, PointsLike
from widthwise.kernels.two_layer._labelled import diagonals, matrices
from widthwise.kernels.two_layer._matrices import Kind
from widthwise.kernels.two_layer._outputs import Output
from widthwise.kernels.two_layer._parametrized import ActivationLike
from widthwise.laws import Law

__all__ = ["conjugate_diagonal", "conjugate_kernel"]


def conjugate_kernel(
    points: PointsLike,
    activation: ActivationLike,
    law: Law | str,
    other: PointsLike | None = None,
    *,
    weight_std: float | int | Array = 1.0,
    bias_std: float | int | Array = 0.0,
    out: Output | None = None,
    dtype: torch.dtype = torch.float64,
    device: DeviceLike | None = None,
) -> Float[Array, "n k"]:
    r"""Compute the conjugate kernel matrix, $G_\infty$.

    $$G_\infty[i, j] = E_{w,b}[\sigma(s_w w\cdot x_i + s_b b)\,
    \sigma(s_w w\cdot x'_j + s_b b)]$$

    Parameters
    ----------
    points
        Shape (n, d), rows of any norm; torch, NumPy or a table of numbers. Where all
        norms are 1 up to 1e-8 (2e-6 in float32) they are taken as 1.
    activation
        Defined on the law's support times the largest norm; its name; or a
        `Parametrized` one, whose parameters carry gradients too.
    law
        `Sphere(d)`, `Gaussian()`, or "sphere", "gaussian".
    other
        A second set, shape (k, d); the first one again when left out.
    weight_std, bias_std
        $s_w > 0$ and $s_b \ge 0$, b standard normal: as a coordinate $s_b / s_w$
        appended to each point. Under the Gaussian law alone. Numbers, or tensors of one
        number.
    out
        A matrix to write into, of float64 or float32, and of the result's shape; torch
        or NumPy, memory-mapped too. Reused, it saves the time of new memory. The
        provenance is on the tensor that is returned, which shares its memory.
    dtype
        Of a new result: float64, or float32, which halves its memory. Entries are found
        in float64 either way, and the stated error has the rounding.
    device
        Where the result is wanted; by default where the points are. Entries are found
        on the CPU.

    Returns
    -------
    Shape (n, n), symmetric, or (n, k), the same bits as that block of the
    joint matrix of both sets; labelled "conjugate" with the error of an entry. Autograd
    passes to points and scales that require a gradient, once: right to some 1e-11 of
    the rows' sizes. At parallel and opposite rows it is the limit, or, in a tangent
    kernel whose σ' jumps, the mean over directions; where σ's domain ends at the rows'
    norm it is that along the sphere.

    Raises
    ------
    OutsideDomainError
        If the law's support, times a row's norm, leaves the activation's domain.
    InvalidArgumentError
        If a row is zero where the activation jumps, or where its slope does and a
        gradient in the row is asked for; for biases under the sphere law; or if `out`
        is not such a matrix.
    PrecisionLimitError
        If the activation is too steep at rows of different norms, or has too many kinks
        elsewhere than at zero.
    DataError
        If a number is not finite or complex.
    MemoryBudgetError
        If the matrix does not fit in the available memory.

    Source
    ------
    Benson, Damle and Townsend (2020), arXiv:2010.15959, eq. (7). Cost: n k d flops, 8 n
    k bytes. Rows of different norms, unless σ is homogeneous: 100 to 300 products an
    entry and 0.05 to 0.5 s; under the sphere law, or where rows are nearly parallel,
    0.3 to 20 s for each pair of octaves of norms, from the user's cache folder some
    milliseconds in the next process. hard_tanh and hard_swish under the sphere law: no
    preparation, and 40 to 70 µs an entry. Other kinks elsewhere than at zero: 0.2 to 2
    ms an entry of nearly parallel or opposite rows, and of all where σ jumps or under
    the sphere law.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> kernel = ww.kernels.conjugate_kernel(points, "relu", "gaussian")
    >>> kernel[0].round(decimals=4).tolist()
    [0.5, 0.1592, 0.1592]
    """
    kinds: tuple[Kind, ...] = ("conjugate",)
    (matrix,) = matrices(
        points, kinds, activation, law, other, weight_std, bias_std, out, dtype, device
    )
    return matrix


def conjugate_diagonal(
    points: PointsLike,
    activation: ActivationLike,
    law: Law | str,
    *,
    weight_std: float | int | Array = 1.0,
    bias_std: float | int | Array = 0.0,
) -> Float[Array, " n"]:
    """Return the diagonal of `conjugate_kernel`, shape (n,), without the matrix.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> found = ww.kernels.conjugate_diagonal(points, "relu", "gaussian")
    >>> found.round(decimals=6).tolist()
    [0.5, 0.5, 0.5]
    """
    (found,) = diagonals(points, ("conjugate",), activation, law, weight_std, bias_std)
    return found
