"""What finite-width features refuse, said before or after the work."""

from collections.abc import Iterable

import torch

from widthwise.activations import Activation
from widthwise.arguments import whole_numbers
from widthwise.arrays import Array
from widthwise.errors import InvalidArgumentError, OutsideDomainError
from widthwise.laws import Law

__all__ = [
    "UNITS",
    "as_widths",
    "require_domain",
    "require_representable",
    "tiny_rows",
]

UNITS = "the number of hidden units"

_OVERSHOOT = 9e-13  # Rounding of norms; activations allow 1e-12 beyond their domain.
_LEAST_SQUARE = 1e-280  # A smaller diagonal entry of G may have lost digits.


def as_widths(widths: Iterable[int], most: int) -> tuple[int, ...]:
    """Return the distinct widths, ascending, each from 1 to `most`."""
    found = whole_numbers(widths, "width", example=most, meaning=UNITS)
    if found[-1] > most:
        raise InvalidArgumentError(
            f"The widest Gram matrix asked for is {found[-1]}; these features have "
            f"width {most}. Make them as wide as the widest."
        )
    return found


def require_domain(act: Activation, law: Law, points: Array | None) -> None:
    """Refuse if w·x can leave the activation's domain; `points` None: for any."""
    low, high = act.domain
    reach = min(-low, high)
    if reach == torch.inf:
        return
    if law.support_radius == torch.inf:
        raise OutsideDomainError(
            f"The activation {act.name} is defined on [{low:g}, {high:g}] and the law "
            f"{law.name} draws arguments w·x of any size. Use the sphere law with "
            "points on the unit sphere."
        )
    if points is None:
        return
    norms = torch.linalg.vector_norm(points, dim=1)
    row = int(norms.argmax())
    if float(norms[row]) * law.support_radius > reach * (1.0 + _OVERSHOOT):
        raise OutsideDomainError(
            f"Row {row} has norm {float(norms[row]):.17g}, so w·x can leave "
            f"[{low:g}, {high:g}], where the activation {act.name} is defined. Project "
            "the points to the unit sphere first."
        )


def require_representable(features_or_gram: Array) -> None:
    """Refuse NaN or infinity, naming the first row."""
    rows = features_or_gram.sum(dim=1)
    if bool(torch.isfinite(rows).all()):
        return
    finite = torch.isfinite(features_or_gram).all(dim=1)
    if bool(finite.all()):
        return
    row = int(torch.nonzero(~finite)[0])
    raise InvalidArgumentError(
        f"The features of row {row} overflow float64. Scale the points down, or "
        "project them to the unit sphere."
    )


def tiny_rows(gram: Array) -> Array:
    """Return the rows whose diagonal entry is so small that squares may underflow."""
    return torch.nonzero(gram.diagonal() < _LEAST_SQUARE)[:, 0]
