"""What is asked of a module before its features, kernel or training mean anything."""

from collections.abc import Callable

import torch
from torch import nn

from widthwise.arguments import require_finite
from widthwise.arrays import Array, real_tensor
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.features.two_layer import PointsLike

__all__ = [
    "as_outputs",
    "module_inputs",
    "require_evaluation",
    "require_module",
    "require_rows_alone",
    "run_module",
    "trainable_parameters",
]

_DROPOUTS = nn.modules.dropout._DropoutNd
_BATCH_STATISTICS = nn.modules.batchnorm._NormBase
_ROUNDING = 1e-8
"""Relative change of an output that rounding may make when the batch changes."""


def require_module(model: object) -> nn.Module:
    """Return the module: initialised, real, on one device; refuse any other object."""
    if not isinstance(model, nn.Module):
        raise InvalidArgumentError(
            f"The model is of type {type(model).__name__}; it must be a "
            "torch.nn.Module. Call the factory or load the file first."
        )
    devices: dict[torch.device, str] = {}
    for name, tensor in (*model.named_parameters(), *model.named_buffers()):
        if nn.parameter.is_lazy(tensor):
            raise InvalidArgumentError(
                f"The parameter {name} has no shape yet. Call the model once on a "
                "batch of points first."
            )
        if tensor.is_complex():
            raise InvalidArgumentError(
                f"{name} is complex ({tensor.dtype}); only real networks are handled."
            )
        devices.setdefault(tensor.device, name)
    if list(map(str, devices)) == ["meta"]:
        raise InvalidArgumentError(
            "The model is on the device meta, where parameters hold no numbers. Load "
            "its weights: model.to_empty(device='cpu'), then load_state_dict."
        )
    if len(devices) > 1:
        listed = " and ".join(f"{name} on {at}" for at, name in devices.items())
        raise InvalidArgumentError(
            f"The model is spread over devices ({listed}). Move it to one: "
            "model.to(device)."
        )
    return model


def trainable_parameters(model: nn.Module) -> dict[str, nn.Parameter]:
    """Return the parameters that require a gradient by name, a shared one once."""
    found = dict(model.named_parameters())
    if not found:
        raise InvalidArgumentError(
            f"The model ({type(model).__name__}) has no parameters, so it has no "
            "tangent kernel and nothing to train."
        )
    wanted = {name: each for name, each in found.items() if each.requires_grad}
    if not wanted:
        raise InvalidArgumentError(
            f"All {len(found)} parameters of the model are frozen. Set "
            "requires_grad = True on those that are trained."
        )
    return wanted


def require_evaluation(model: nn.Module) -> None:
    """Refuse dropout or batch statistics in training mode, naming the first."""
    for name, module in model.named_modules():
        place = f"{type(module).__name__} {name!r}" if name else type(module).__name__
        if isinstance(module, nn.modules.batchnorm._BatchNorm) and (
            module.running_mean is None
        ):
            raise InvalidArgumentError(
                f"{place} keeps no running statistics, so each output depends on the "
                "rest of the batch in every mode. Make it with track_running_stats."
            )
        if not module.training:
            continue
        rate = 0.0
        if isinstance(module, _DROPOUTS):
            rate = module.p
        elif isinstance(module, nn.MultiheadAttention | nn.RNNBase):
            rate = module.dropout
        if rate > 0.0:
            raise InvalidArgumentError(
                f"{place} is in training mode, where it drops inputs at random (rate "
                f"{rate:g}). Call model.eval() first."
            )
        if isinstance(module, _BATCH_STATISTICS) and (
            not isinstance(module, nn.modules.instancenorm._InstanceNorm)
            or module.track_running_stats
        ):
            raise InvalidArgumentError(
                f"{place} is in training mode, where each output depends on the whole "
                "batch. Call model.eval() first."
            )
        if isinstance(module, nn.RReLU):
            raise InvalidArgumentError(
                f"{place} is in training mode, where its slope is random. Call "
                "model.eval() first."
            )


def module_inputs(
    points: PointsLike, model: nn.Module, what: str = "points"
) -> torch.Tensor:
    """Return a copy on the model's device: integers as they are, the rest float64."""
    found: Array = real_tensor(points, f"The {what}")
    if found.ndim < 1 or 0 in found.shape:
        raise DataError(
            f"The {what} have shape {tuple(found.shape)}; at least one point is "
            "needed, with the points along the first axis."
        )
    is_real = found.is_floating_point()
    device = next((each.device for each in model.parameters()), found.device)
    inputs = found.to(device, torch.float64 if is_real else None).clone()
    require_finite(inputs, f"the {what}")
    return inputs


def run_module(model: Callable[[Array], object], inputs: Array) -> object:
    """Return the model's answer; its own failure becomes an error that says so."""
    try:
        return model(inputs)
    except (RuntimeError, IndexError, TypeError, ValueError) as error:
        said = (str(error).strip().splitlines() or [type(error).__name__])[0]
        hint = "Check the shape and the type of the points."
        if "dtype" in said or "Double" in said or "Float" in said:
            hint = (
                "The model runs in float64: a tensor that its forward uses must be a "
                "parameter or a buffer, and forward must not cast to a fixed type; "
                "points that are not indices must be floating."
            )
        raise DataError(
            f"The model fails on points of shape {tuple(inputs.shape)} and type "
            f"{inputs.dtype}: {said.rstrip('.')}. {hint}"
        ) from error


def as_outputs(found: object, count: int, first: int = 0) -> Array:
    """Return outputs of shape (n, c), refusing other shapes, types and NaN."""
    if not isinstance(found, torch.Tensor):
        raise InvalidArgumentError(
            f"The model returns {type(found).__name__}; it must return one tensor. "
            "Wrap it in a module that picks one."
        )
    if found.ndim not in (1, 2) or found.shape[0] != count or 0 in found.shape:
        raise InvalidArgumentError(
            f"The model returns shape {tuple(found.shape)} for {count} points; it must "
            f"be ({count},) or ({count}, c). Flatten or pool the other axes at the end."
        )
    if found.dtype != torch.float64:
        raise InvalidArgumentError(
            f"The model returns {found.dtype} when its parameters are float64. Take "
            "the cast out of its forward."
        )
    finite = torch.isfinite(found.detach().reshape(count, -1)).all(dim=1)
    if not bool(finite.all()):
        row = first + int(torch.nonzero(~finite)[0])
        raise InvalidArgumentError(
            f"The model's output is NaN or infinite at point {row}. Scale the points "
            "or the weights down."
        )
    return found.reshape(count, -1)


def require_rows_alone(
    outputs: Callable[[Array], Array], inputs: Array, found: Array
) -> None:
    """Refuse a model that answers `found` for the batch and otherwise point by point.

    A single point is asked about beside its own reversal.
    """
    if len(inputs) == 1:
        other = inputs.reshape(-1).flip(0).reshape(inputs.shape)
        found = outputs(torch.cat([inputs, other]))
    for row in sorted({0, len(inputs) // 2, len(inputs) - 1}):
        alone = outputs(inputs[row : row + 1])[0]
        change = float((alone - found[row]).abs().max())
        scale = float(torch.maximum(alone.abs(), found[row].abs()).max())
        if change <= _ROUNDING * scale or change <= _ROUNDING * float(
            found.abs().max()
        ):
            continue
        given = inputs[row : row + 1].clone()
        again = outputs(given)[0]
        if not torch.equal(given, inputs[row : row + 1]):
            raise InvalidArgumentError(
                "The model overwrites the points that it is given, so a second call "
                "sees others. Let its forward begin with x = x.clone()."
            )
        if not torch.equal(again, alone):
            raise InvalidArgumentError(
                f"The model's output at point {row} is random: two calls differ by "
                f"{float((again - alone).abs().max()):.3g}. Call model.eval(), or take "
                "the noise out of its forward."
            )
        raise InvalidArgumentError(
            f"The model's output at point {row} depends on the rest of the batch: it "
            f"changes by {change:.3g} when the point is alone. Call model.eval(); a "
            "normalisation over the batch needs running statistics."
        )
