"""Kernels as tensors that say what they are."""

from collections.abc import Sequence

import torch

from widthwise import laws
from widthwise.activations import Activation
from widthwise.arguments import non_negative, positive
from widthwise.arrays import (
    Array,
    DeviceLike,
    PointsLike,
    Provenance,
    device_of,
    label,
)
from widthwise.errors import InvalidArgumentError
from widthwise.kernels.two_layer._differentiable import (
    carries_gradient,
    number,
    plain,
    two_layer_gradients,
    with_gradient,
)
from widthwise.kernels.two_layer._matrices import Kind
from widthwise.kernels.two_layer._off_sphere import Kernels, kernels_of
from widthwise.kernels.two_layer._outputs import Output, read_outputs
from widthwise.kernels.two_layer._parametrized import (
    ActivationLike,
    activation_of,
    tuned,
)
from widthwise.kernels.two_layer._rows import Rows, read_rows
from widthwise.laws import Gaussian, Law

__all__ = ["diagonals", "matrices", "wanted"]


def matrices(
    points: PointsLike,
    kinds: tuple[Kind, ...],
    activation: ActivationLike,
    law: Law | str,
    other: PointsLike | None,
    weight_std: float | int | Array,
    bias_std: float | int | Array,
    out: Output | Sequence[Output] | None,
    dtype: torch.dtype,
    device: DeviceLike | None,
) -> list[Array]:
    """Return a matrix of each kind, as `conjugate_kernel` and `tangent_kernel` do."""
    at = wanted(points, out, device)
    rows, act, law = _read(points, activation, law, other, weight_std, bias_std)
    outputs = read_outputs(out, dtype, len(kinds))
    parameters = tuned(activation)
    carries = carries_gradient(
        points, other, weight_std, bias_std, *parameters.values()
    )
    if carries:
        outputs.require_new()
    found = kernels_of(rows, kinds, act, law, outputs)
    exact = [torch.from_numpy(each) for each in found.matrices]
    if carries:
        asked = points, other, kinds, act, law, weight_std, bias_std
        route = two_layer_gradients(*asked, tuned=parameters)
        exact = list(map(with_gradient, exact, route))
    return [
        label(
            matrix.to(at),
            Provenance(
                kind,
                act,
                law,
                rows.dimension,
                entry_error=outputs.with_rounding(error, float(diagonal.max())),
                on_sphere=rows.norms is None,
            ),
        )
        for kind, matrix, error, diagonal in zip(
            kinds, exact, found.errors, found.diagonals, strict=True
        )
    ]


def wanted(
    points: PointsLike,
    out: Output | Sequence[Output] | None,
    device: DeviceLike | None,
) -> torch.device:
    """Return where results go: the device asked for, or the points'.

    Raises
    ------
    InvalidArgumentError
        If it is not the CPU and the caller gave memory to write into.
    """
    if device is None and out is None and isinstance(points, Array):
        return points.device
    found = device_of("cpu" if device is None else device)
    if out is not None and found.type != "cpu":
        raise InvalidArgumentError(
            f"out is on the CPU and the device is {found}. Leave one of them out."
        )
    return found


def diagonals(
    points: PointsLike,
    kinds: tuple[Kind, ...],
    activation: ActivationLike,
    law: Law | str,
    weight_std: float | int | Array,
    bias_std: float | int | Array,
) -> list[Array]:
    """Return the diagonals of the matrices."""
    rows, act, law = _read(points, activation, law, None, weight_std, bias_std)
    found: Kernels = kernels_of(rows, kinds, act, law, None)
    exact = [torch.from_numpy(each) for each in found.diagonals]
    parameters = tuned(activation)
    if carries_gradient(points, weight_std, bias_std, *parameters.values()):
        asked = points, None, kinds, act, law, weight_std, bias_std
        route = two_layer_gradients(*asked, diagonals_only=True, tuned=parameters)
        return list(map(with_gradient, exact, route))
    return exact


def _read(
    points: PointsLike,
    activation: ActivationLike,
    law: Law | str,
    other: PointsLike | None,
    weight_std: float | int | Array,
    bias_std: float | int | Array,
) -> tuple[Rows, Activation, Law]:
    scale = positive(number(weight_std, "weight_std"), "weight_std")
    shift = non_negative(number(bias_std, "bias_std"), "bias_std")
    rows = read_rows(plain(points), plain(other), scale, shift)
    columns = rows.dimension - (shift > 0)
    act, law = activation_of(activation, columns), laws.get(law, columns)
    if shift and law != Gaussian():
        raise InvalidArgumentError(
            f"bias_std is {shift:g} under the {law.name} law; a normal bias goes "
            "with the Gaussian law. Append a constant coordinate to the points "
            "instead, or use law='gaussian'."
        )
    return rows, act, law
