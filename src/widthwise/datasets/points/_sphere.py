"""Rows projected to the unit sphere."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from widthwise.arguments import require_finite
from widthwise.arrays import Array, Float, row_blocks
from widthwise.datasets.points._powers import divided
from widthwise.errors import DataError
from widthwise.prose import as_prose, say
from widthwise.wording import capitalised
from widthwise.wording import rows as rows_in_words

__all__ = ["VAGUE", "Projected", "project_to_sphere", "projected", "unit_rows"]

VAGUE = 1e-12
"""Radians beyond which a direction is too vague to say which rows are opposite; below,
the rank verdict's own tolerance is wider."""


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
        (n, d), float64, rows of norm 1 to 4 ε. Rows of one ray become one row, opposite
        ones exact opposites, to the last bit.

    Raises
    ------
    DataError
        A row is zero, or has a NaN or an infinity; its number is given.

    Cost
    ----
    O(n d) time and memory.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[3.0, 4.0]], dtype=torch.float64)
    >>> ww.datasets.project_to_sphere(points).tolist()
    [[0.6, 0.8]]
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
    return _with_norms(rows, np.empty(rows.shape))[0]


@dataclass(frozen=True)
class Projected:
    """Rows on the unit sphere.

    Attributes
    ----------
    points
        Unit rows.
    norms
        Of the rows before; infinity beyond float64.
    errors
        By how many radians each may be turned, where that is known.
    detail, numbers
        The step, in words and numbers.
    """

    points: np.ndarray
    norms: np.ndarray
    errors: np.ndarray | None
    detail: str
    numbers: dict[str, Any]


def projected(
    name: str,
    rows: np.ndarray,
    row_numbers: tuple[int, ...],
    errors: np.ndarray | None,
    *,
    in_place: bool = False,
) -> Projected:
    """Project rows that may lie so far from what was meant.

    In place, the result takes the place of the rows.

    Raises
    ------
    DataError
        A row is zero, or no larger than its error.
    """
    _refuse_zero_rows(name, rows, row_numbers, errors)
    into = rows if in_place else np.empty(rows.shape)
    points, norms, exponent = _with_norms(rows, into)
    whole = np.ldexp(norms, exponent)
    count, dimension = rows.shape
    detail = as_prose(f"Projected {count} rows to the unit sphere of R^{dimension}.")
    numbers: dict[str, Any] = {"dimension": dimension}
    if errors is None:
        return Projected(points, whole, None, detail, numbers)
    turned = divided(errors, exponent) / norms
    angles = np.arcsin(np.minimum(turned, 1.0))
    vague = [row_numbers[i] for i in np.flatnonzero(angles > VAGUE)]
    if vague:
        worst = float(angles.max())
        numbers |= {"vague_rows": vague, "direction_error": worst}
        verb, them = ("is", "it") if len(vague) == 1 else ("are", "them")
        detail += say(
            " {} {} so near the column means that the rounding of the numbers given "
            "may turn {} by up to {:1} rad.",
            _named(vague),
            verb,
            them,
            worst,
        )
    return Projected(points, whole, angles, detail, numbers)


def _with_norms(
    rows: np.ndarray, into: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return unit rows, which may replace the rows, and norms with powers of two."""
    _, exponent = np.frexp(_largest(rows))
    norms = np.empty(len(rows))
    for block in row_blocks(*rows.shape):
        scaled = divided(rows[block], exponent[block, None])
        norms[block] = np.sqrt(np.einsum("ij,ij->i", scaled, scaled))
        # A quotient of floats hangs on nothing but the ray, and so does what follows.
        scaled /= _largest(scaled)[:, None]
        length = np.sqrt(np.einsum("ij,ij->i", scaled, scaled))
        into[block] = scaled / length[:, None]
    return into, norms, exponent


def _largest(rows: np.ndarray) -> np.ndarray:
    """Return the largest size of each row's numbers."""
    return np.asarray(np.maximum(rows.max(axis=1), -rows.min(axis=1)))


def _refuse_zero_rows(
    name: str,
    rows: np.ndarray,
    row_numbers: tuple[int, ...],
    errors: np.ndarray | None,
) -> None:
    """Raise when a row is zero, or no larger than its error."""
    largest = _largest(rows)
    floor = 0.0 if errors is None else errors
    zero = np.flatnonzero(largest <= floor)
    if not zero.size:
        return
    named = _named([row_numbers[position] for position in zero])
    cause = "" if errors is None else " (equal to the column means)"
    verb = "is zero and has" if zero.size == 1 else "are zero and have"
    raise DataError(
        f"{named} of {name}, counted from 0,{cause} {verb} no direction on the sphere."
        " Append a constant coordinate first with bias=True (--bias), or leave "
        f"{'it' if zero.size == 1 else 'them'} out."
    )


def _named(rows: Sequence[int]) -> str:
    return capitalised(rows_in_words(rows, most=5))
