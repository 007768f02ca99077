"""How far rounding takes an entry of a Gram matrix that is summed over units."""

import math

import torch

from widthwise.arrays import Array

__all__ = ["entry_error"]


def entry_error(
    gram: Array, dimension: int, width: int, columns: int, rounding: float
) -> float:
    r"""Bound each entry's rounding error, in the mean-square model of rounding.

    A sum of s like terms, one after the other, is off by about $u\sqrt{s/3}$ of
    itself, $u = \epsilon / 2$. Here: the terms in a block, then the blocks. The
    argument w·x is off by $u\sqrt d$, and $\sigma$ by a unit or two. Four deviations;
    and what the features' own rounding makes of two of them.
    """
    columns = min(columns, width)
    sums = math.sqrt(columns) + math.sqrt(width / columns)
    largest = float(gram.diagonal().max())
    products = (2.0 * math.sqrt(largest) + rounding) * rounding
    units = 4.0 + 2.0 * math.sqrt(dimension) + sums
    return torch.finfo(torch.float64).eps * largest * units + products
