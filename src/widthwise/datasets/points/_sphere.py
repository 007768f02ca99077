"""Rows projected to the unit sphere."""

from collections.abc import Sequence

import numpy as np
import torch

from widthwise.arguments import require_finite
from widthwise.arrays import Array, Float
from widthwise.errors import DataError
from widthwise.wording import capitalised
from widthwise.wording import rows as rows_in_words

__all__ = ["project_to_sphere", "refuse_zero_rows", "unit_rows"]


def project_to_sphere(points: Array) -> Float[Array, "n d"]:
    r"""Divide each row by its norm, :math:`x_i / \|x_i\|_2`.

    Rows are scaled by a power of two first, which is exact, so rows of size 1e-300 or
    1e300 keep their direction to rounding.

    Parameters
    ----------
    points
        Rows, shape (n, d), of any real dtype; float64 is used.

    Returns
    -------
    Array
        (n, d), float64, rows of norm 1 to 4 ε. Opposite rows stay exactly opposite.

    Raises
    ------
    DataError
        A row is zero, or has a NaN or an infinity; its number is given.

    Cost
    ----
    O(n d) time and memory.
    """
    if points.ndim != 2 or points.shape[1] == 0 or points.is_complex():
        raise DataError(
            f"Points have shape {tuple(points.shape)} and dtype {points.dtype}; rows "
            "of real numbers, shape (n, d) with d ≥ 1, were needed."
        )
    rows = points.detach().to("cpu", torch.float64).numpy()
    require_finite(rows, "the points", advice="Drop such rows or mend them.")
    zero = np.flatnonzero(~rows.any(axis=1))
    if zero.size:
        raise DataError(
            f"{_named(zero.tolist())} of the points: all zeros, which has no "
            "direction on the sphere. Drop it, or append a constant coordinate "
            "before projecting (bias=True, --bias)."
        )
    return torch.from_numpy(unit_rows(rows)).to(points.device)


def unit_rows(rows: np.ndarray) -> np.ndarray:
    """Divide rows, none of them zero, by their norms at any scale."""
    _, exponent = np.frexp(np.abs(rows).max(axis=1, keepdims=True))
    scaled = np.ldexp(rows, -exponent)
    norms = np.sqrt(np.einsum("ij,ij->i", scaled, scaled))[:, None]
    return np.ascontiguousarray(scaled / norms)


def refuse_zero_rows(
    name: str, rows: np.ndarray, row_numbers: tuple[int, ...], rounding: float
) -> None:
    """Raise when the entries of a row are all at most `rounding`."""
    zero = np.flatnonzero(np.abs(rows).max(axis=1) <= rounding)
    if not zero.size:
        return
    named = _named([row_numbers[position] for position in zero])
    cause = " (equal to the column means)" if rounding else ""
    verb = "is zero and has" if zero.size == 1 else "are zero and have"
    raise DataError(
        f"{named} of {name}, counted from 0,{cause} {verb} no direction on the sphere."
        " Append a constant coordinate first with bias=True (--bias), or leave "
        f"{'it' if zero.size == 1 else 'them'} out."
    )


def _named(rows: Sequence[int]) -> str:
    return capitalised(rows_in_words(rows, most=5))
