"""How far a kernel points where the targets do."""

import torch

from widthwise.arrays import Array, Float, PointsLike, real_tensor
from widthwise.errors import DataError
from widthwise.features.two_layer import as_matrix

__all__ = ["target_alignment"]


def target_alignment(gram: PointsLike, y: PointsLike) -> Float[Array, " c"]:
    r"""Return the alignment of a kernel with each output, in [0, 1] up to rounding.

    .. math:: \frac{y^\top G\,y}{\|G\|_F\,\|y\|^2}

    1 for $G = y y^\top$; of an output without a part in the range of G, 0.

    Parameters
    ----------
    gram
        G, shape (n, n), symmetric and positive semi-definite.
    y
        Targets, shape (n,) or (n, c); centre them if a constant does not count.

    Returns
    -------
    Shape (c,); 0 for targets of zeros.

    Raises
    ------
    DataError
        If shapes do not fit or an entry is not finite.

    Source
    ------
    Cristianini, Shawe-Taylor, Elisseeff, Kandola (2001), NIPS 14, On kernel-target
    alignment. Cost: 2 n² c operations.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> gram = torch.tensor([[2.0, 1.0], [1.0, 2.0]], dtype=torch.float64)
    >>> ww.spectra.target_alignment(gram, [1.0, 1.0]).round(decimals=4).tolist()
    [0.9487]
    """
    matrix = as_matrix(gram, "matrix")
    given: Array = real_tensor(y, "The targets")
    n = len(matrix)
    if matrix.shape[1] != n or given.ndim not in (1, 2) or len(given) != n:
        raise DataError(
            f"The matrix has shape {tuple(matrix.shape)} and the targets "
            f"{tuple(given.shape)}; they must be (n, n) and (n,) or (n, outputs)."
        )
    targets = as_matrix(given.reshape(n, -1), "targets", matrix.device)
    sizes = torch.linalg.vector_norm(targets, dim=0)
    unit = targets / torch.where(sizes > 0.0, sizes, 1.0)
    norm = torch.linalg.matrix_norm(matrix).clamp(min=torch.finfo(torch.float64).tiny)
    found: Array = (unit * ((matrix / norm) @ unit)).sum(0)
    return found
