"""The first principal components of points."""

import numpy as np

from widthwise.errors import InvalidArgumentError

__all__ = ["principal_components"]


def principal_components(points: np.ndarray, count: int) -> tuple[np.ndarray, float]:
    r"""Return coordinates along the directions of largest variance.

    With the centred points :math:`X - \bar x = U \Sigma V^T`, the coordinates are the
    first columns of :math:`U\Sigma`. The sign of each is fixed: the entry of V that is
    largest in size is positive.

    Parameters
    ----------
    points
        (n, d).
    count
        k, from 1 to min(n − 1, d).

    Returns
    -------
    tuple
        Coordinates (n, k), and the share of the variance they hold, from 0 to 1.

    Raises
    ------
    InvalidArgumentError
        k out of range.

    Cost
    ----
    O(n d min(n, d)) time.
    """
    most = min(points.shape[0] - 1, points.shape[1])
    if not 1 <= count <= most:
        raise InvalidArgumentError(
            f"{count} principal components were asked for; from 1 to {most} can be "
            f"had of {points.shape[0]} points in dimension {points.shape[1]}."
        )
    centred = points - points.mean(axis=0)
    left, values, right = np.linalg.svd(centred, full_matrices=False)
    largest = np.abs(right[:count]).argmax(axis=1)
    signs = np.sign(right[np.arange(count), largest])
    total = float((values**2).sum())
    share = float((values[:count] ** 2).sum()) / total if total else 0.0
    return left[:, :count] * (values[:count] * signs), share
