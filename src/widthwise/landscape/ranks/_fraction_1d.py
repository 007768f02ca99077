"""The exact fraction of full-rank regions for points on the line."""

import math
from fractions import Fraction

from widthwise.arguments import whole_number

__all__ = ["exact_full_rank_fraction_1d", "full_rank_fraction_1d"]


def full_rank_fraction_1d(
    points_count: int, width: int, *, biases: bool = False
) -> float:
    r"""Return the fraction of the non-empty regions on the line that have full rank.

    .. math:: (1 - 2^{n-1-d_1}) \sum_j (-1)^j \binom{n-1}{j} (1 - j/n)^{d_1}

    Units with a bias on n distinct points of the line have 2n patterns each, the steps.
    This is the fraction of the $(2n)^{d_1}$ regions whose pattern matrix has rank n:
    each of the n - 1 gaps is some unit's step, and not all units of a gap point the
    same way while all constant ones are off. Then every data set with the order of the
    points has a Jacobian of full rank in the inner weights alone (points not zero).

    Parameters
    ----------
    points_count
        n.
    width
        d1.
    biases
        Whether the biases are parameters too: the fraction of the regions with a
        Jacobian in (w, b) of rank n, which is larger. It holds for any distinct points.

    Returns
    -------
    In [0, 1], the exact fraction rounded once.

    Raises
    ------
    InvalidArgumentError
        If a number is not a positive integer.

    Source
    ------
    Derived on this library's page on the loss landscape; the setting is that of
    Karhadkar, Murray, Tseran and Montufar (2024), arXiv:2305.19510, Theorem 10.

    Cost
    ----
    n powers of whole numbers of $d_1 \log_2 n$ bits: 30 ms at n = 200, d1 = 4000. With
    biases $n^2$ steps of whole numbers more.

    Examples
    --------
    >>> import widthwise as ww
    >>> round(ww.landscape.full_rank_fraction_1d(3, 4), 6)
    0.462963
    """
    return float(exact_full_rank_fraction_1d(points_count, width, biases=biases))


def exact_full_rank_fraction_1d(
    points_count: int, width: int, *, biases: bool = False
) -> Fraction:
    """Return `full_rank_fraction_1d` as a fraction of whole numbers.

    Parameters
    ----------
    points_count, width, biases
        As there.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.landscape.exact_full_rank_fraction_1d(3, 4)
    Fraction(25, 54)
    """
    n = whole_number(points_count, "points_count", least=1)
    d1 = whole_number(width, "width", least=1)
    if not biases:
        if d1 < n:
            return Fraction(0)
        covered = _onto(d1, n - 1)
        return Fraction(covered * (2**d1 - 2 ** (n - 1)), (2 * n) ** d1)
    full, tight = 0, _tight_arrangements(n)
    for hit in range(n // 2 + n % 2 - 1, min(n - 1, d1) + 1):
        groups = hit + 1  # of one or two points each
        arrangements = math.comb(groups, n - groups)
        ways = _onto(d1, hit)
        full += ways * (2**d1 - 2**hit) * arrangements
        full += ways * tight[groups]
    return Fraction(full, (2 * n) ** d1)


def _onto(units: int, gaps: int) -> int:
    """Ways to give each unit one of the gaps or none, so that every gap has one."""
    return sum(
        (-1) ** j * math.comb(gaps, j) * (gaps + 1 - j) ** units
        for j in range(gaps + 1)
    )


def _tight_arrangements(n: int) -> list[int]:
    """Count groups of one or two points with directions for the gaps, of full rank.

    All constant units are off and each gap has one direction, so the columns of the
    groups have one dependency; it spans those groups at which the directions change.
    Two copies of the columns cover them only if two of these groups are single points.
    Entry k of the list counts the arrangements of k groups.
    """
    # State: (direction, single points among the groups that change, points so far).
    states = {(0, 0, 0): 1}
    found = [0]
    for _ in range(n):
        after: dict[tuple[int, int, int], int] = {}
        for (direction, singles, points), ways in states.items():
            for turn in (0, 1):
                for size in (1, 2):
                    if points + size <= n:
                        more = singles + int(turn != direction and size == 1)
                        key = (turn, min(more, 2), points + size)
                        after[key] = after.get(key, 0) + ways
        states = after
        # The sequence of directions starts with 0 and ends with 1.
        found.append(states.get((1, 2, n), 0))
    return found
