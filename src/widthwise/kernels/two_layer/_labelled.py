"""Kernels as tensors that say what they are."""

import torch

from widthwise import activations, laws
from widthwise.activations import Activation
from widthwise.arguments import non_negative, positive
from widthwise.arrays import Array, PointsLike, Provenance, label
from widthwise.errors import InvalidArgumentError
from widthwise.kernels.two_layer._matrices import Kind
from widthwise.kernels.two_layer._off_sphere import Kernels, kernels_of
from widthwise.kernels.two_layer._rows import Rows, read_rows
from widthwise.laws import Gaussian, Law

__all__ = ["diagonals", "matrices"]


def matrices(
    points: PointsLike,
    kinds: tuple[Kind, ...],
    activation: Activation | str,
    law: Law | str,
    other: PointsLike | None,
    weight_std: float | int,
    bias_std: float | int,
) -> list[Array]:
    """Return a matrix of each kind, as `conjugate_kernel` and `tangent_kernel` do."""
    rows, act, law = _read(points, activation, law, other, weight_std, bias_std)
    found = kernels_of(rows, kinds, act, law)
    return [
        label(
            torch.from_numpy(matrix),
            Provenance(
                kind,
                act,
                law,
                rows.dimension,
                entry_error=error,
                on_sphere=rows.norms is None,
            ),
        )
        for kind, matrix, error in zip(kinds, found.matrices, found.errors, strict=True)
    ]


def diagonals(
    points: PointsLike,
    kinds: tuple[Kind, ...],
    activation: Activation | str,
    law: Law | str,
    weight_std: float | int,
    bias_std: float | int,
) -> list[Array]:
    """Return the diagonals of the matrices."""
    rows, act, law = _read(points, activation, law, None, weight_std, bias_std)
    found: Kernels = kernels_of(rows, kinds, act, law, diagonals_only=True)
    return [torch.from_numpy(each) for each in found.diagonals]


def _read(
    points: PointsLike,
    activation: Activation | str,
    law: Law | str,
    other: PointsLike | None,
    weight_std: float | int,
    bias_std: float | int,
) -> tuple[Rows, Activation, Law]:
    positive(weight_std, "weight_std")
    non_negative(bias_std, "bias_std")
    rows = read_rows(points, other, float(weight_std), float(bias_std))
    columns = rows.dimension - (bias_std > 0)
    act, law = activations.for_dimension(activation, columns), laws.get(law, columns)
    if bias_std and law != Gaussian():
        raise InvalidArgumentError(
            f"bias_std is {bias_std:g} under the {law.name} law; a normal bias goes "
            "with the Gaussian law. Append a constant coordinate to the points "
            "instead, or use law='gaussian'."
        )
    return rows, act, law
