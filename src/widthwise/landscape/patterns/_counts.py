"""How many sign patterns and regions there are at points in general position."""

import math

from widthwise.arguments import whole_number

__all__ = ["count_regions", "count_sign_patterns"]


def count_sign_patterns(
    points_count: int, dimension: int, *, biases: bool = False
) -> int:
    r"""Return the number of sign patterns of one unit on points in general position.

    .. math:: 2 \sum_{k=0}^{d-1} \binom{n-1}{k}

    with $d = d_0$, or $d_0 + 1$ with a bias. General position: every d of the points
    (with a 1 appended, if there is a bias) are linearly independent. No other position
    has more; `sign_patterns` lists those of given points.

    Parameters
    ----------
    points_count
        n.
    dimension
        d0.
    biases
        Whether the unit has a bias.

    Returns
    -------
    An integer, exactly: $2^n$ for $d \ge n$, 2n on the line with a bias.

    Raises
    ------
    InvalidArgumentError
        If a number is not a positive integer.

    Source
    ------
    Schläfli (1852); Cover (1965), Geometrical and statistical properties of systems of
    linear inequalities.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.landscape.count_sign_patterns(4, 2)
    8
    """
    n = whole_number(points_count, "points_count", least=1)
    d = whole_number(dimension, "dimension", least=1) + int(biases)
    if d >= n:
        return int(2**n)
    return 2 * sum(math.comb(n - 1, k) for k in range(d))


def count_regions(
    points_count: int, dimension: int, width: int, *, biases: bool = False
) -> int:
    """Return the number of non-empty activation regions of a hidden layer.

    The units are independent: the sign patterns of one, to the power of the width.

    Parameters
    ----------
    points_count, dimension, biases
        As in `count_sign_patterns`.
    width
        d1.

    Source
    ------
    Karhadkar, Murray, Tseran and Montufar (2024), arXiv:2305.19510, Section 3.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.landscape.count_regions(4, 2, width=3)
    512
    """
    width = whole_number(width, "width", least=1)
    count = count_sign_patterns(points_count, dimension, biases=biases)
    return int(count**width)
