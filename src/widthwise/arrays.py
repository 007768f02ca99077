"""The array type, the axis letters of every signature, and a matrix's provenance.

n  points            d  input dimension     m  width (hidden units)
c  network outputs   p  parameters          k  eigenvalues kept

`Array` is named here and nowhere else, so this line decides the compute core.
"""

from dataclasses import dataclass
from typing import Any

from jaxtyping import Bool, Float, Int, Real
from torch import Tensor as Array

__all__ = [
    "Array",
    "Bool",
    "Float",
    "Int",
    "Provenance",
    "Real",
    "label",
    "provenance",
]


@dataclass(frozen=True)
class Provenance:
    """Which kernel a matrix holds, so that a theorem is never fed another's λ_min.

    Attributes
    ----------
    kernel
        "conjugate" (G_inf of S1), "tangent_inner", "tangent_both" at infinite
        width; "features" for the Gram matrix of a finite width.
    activation, law
        The objects the matrix was made from (None when not applicable).
    dimension
        d, the number of input coordinates.
    entry_error
        Absolute bound on the error of each entry.
    width
        m for a finite width, None for infinite width.
    """

    kernel: str
    activation: Any = None
    law: Any = None
    dimension: int | None = None
    entry_error: float = 0.0
    width: int | None = None


def label(matrix: Array, origin: Provenance) -> Array:
    """Attach `origin` to this very tensor; any operation on it drops the label."""
    matrix.widthwise_provenance = origin  # type: ignore[attr-defined]
    return matrix


def provenance(matrix: Array) -> Provenance | None:
    """Return the label that `label` attached, or None."""
    found: Provenance | None = getattr(matrix, "widthwise_provenance", None)
    return found
