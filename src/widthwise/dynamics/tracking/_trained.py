"""The module that is trained, its points and its targets, checked."""

import copy
from dataclasses import dataclass, replace
from typing import Any

import torch

from widthwise.arguments import require_finite
from widthwise.arrays import Array, real_tensor
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.features.modules import prepared, require_module, trainable_parameters
from widthwise.networks import FullyConnected, Layer, TwoLayer

__all__ = ["Trainee", "held_out", "trainee"]


@dataclass(frozen=True)
class Trainee:
    """A module, and the data that it is trained on.

    Attributes
    ----------
    model
        The copy that is trained, or the caller's own if that was asked.
    points, targets
        On the model's device, in its dtype; targets have shape (n,) or (n, c).
    parameters
        The trained parameters by name.
    rates, adam_rates
        What the step of each of them is multiplied by.
    """

    model: torch.nn.Module
    points: Array
    targets: Array
    parameters: dict[str, torch.nn.Parameter]
    rates: dict[str, float]
    adam_rates: dict[str, float]

    def outputs(self, points: Array) -> Array:
        """Return the model's outputs in the shape of the targets."""
        found: Array = self.model(points)
        return found.reshape(len(points), *self.targets.shape[1:])

    def loss(self, outputs: Array) -> Array:
        """Return half the sum of squares, in float64, without gradients."""
        residual = outputs.detach().to(torch.float64) - self.targets
        return residual.square().sum() / 2


def trainee(network: Any, X: Any, y: Any, *, in_place: bool) -> Trainee:
    """Check a module and its data; the caller's module is only read."""
    model = require_module(network)
    first = _first_trained(model)
    points = _points(X, model, first)
    # On a copy of its own: one that fails may leave its mark.
    _require_no_overwriting(_copied(model), points)
    outputs_count = prepared(model, points)[0].outputs_count
    targets = _targets(y, len(points), first)
    if outputs_count * len(points) != targets.numel():
        raise DataError(
            f"The network has {outputs_count} outputs for each of {len(points)} points "
            f"and the targets have shape {tuple(targets.shape)}. Give one target for "
            "each output."
        )
    chosen = model if in_place else _copied(model)
    parameters = {k: v for k, v in chosen.named_parameters() if v.requires_grad}
    rates, adam_rates = _rates(chosen, parameters)
    found = Trainee(chosen, points, targets, parameters, rates, adam_rates)
    if not found.outputs(points[:1]).requires_grad:
        raise InvalidArgumentError(
            "The network's outputs do not depend on its trained parameters through "
            "PyTorch's gradients. Remove .detach(), .item() or torch.no_grad() from "
            "its forward method, or unfreeze other parameters."
        )
    chosen.zero_grad(set_to_none=True)
    return found


def held_out(trained: Trainee, test: Any) -> Trainee:
    """Check rows that are not trained on, and return the same model with those.

    Raises
    ------
    InvalidArgumentError
        If they are no pair of points and targets.
    DataError
        If their shapes are not those of the points and targets that are trained on.
    """
    if not isinstance(test, tuple | list) or len(test) != 2:
        raise InvalidArgumentError(
            f"test is {type(test).__name__}; it must be a pair (X, y) of points and "
            "targets that are not trained on."
        )
    first = next(iter(trained.parameters.values()))
    points = _points(test[0], trained.model, first)
    targets = _targets(test[1], len(points), first)
    for found, known, what in (
        (points, trained.points, "points"),
        (targets, trained.targets, "targets"),
    ):
        if found.shape[1:] != known.shape[1:]:
            raise DataError(
                f"The test {what} have shape {tuple(found.shape)} and those that are "
                f"trained on {tuple(known.shape)}; only the number of rows may differ."
            )
    return replace(trained, points=points, targets=targets)


def _first_trained(model: torch.nn.Module) -> torch.nn.Parameter:
    first = next(iter(trainable_parameters(model).values()))
    for name, each in model.named_parameters():
        if each.dtype != first.dtype or each.device != first.device:
            raise InvalidArgumentError(
                f"The parameter {name} is {each.dtype} on {each.device} and another "
                f"{first.dtype} on {first.device}; all must agree. Use "
                "model.to(torch.float64)."
            )
        if not bool(torch.isfinite(each.detach()).all()):
            raise InvalidArgumentError(
                f"The parameter {name} holds NaN or infinity. Initialise it again."
            )
    if not first.is_floating_point():
        raise InvalidArgumentError(
            f"The parameters are {first.dtype}; they must be real floating point. Use "
            "model.to(torch.float64)."
        )
    return first


def _points(X: Any, model: torch.nn.Module, first: torch.nn.Parameter) -> Array:
    given = real_tensor(X, "The points")
    embeds = any(isinstance(each, torch.nn.Embedding) for each in model.modules())
    if given.is_floating_point() or not embeds:
        given = given.to(first.dtype)
    if given.ndim < 1 or 0 in given.shape:
        raise DataError(
            f"The points have shape {tuple(given.shape)}; there must be at least one, "
            "one a row."
        )
    require_finite(given, "the points")
    dimension = getattr(model, "dimension", None)
    if isinstance(model, TwoLayer | FullyConnected) and given.shape[1:] != (dimension,):
        raise DataError(
            f"The points have shape {tuple(given.shape)} and the network takes "
            f"{dimension} coordinates, so shape (n, {dimension})."
        )
    return given.to(first.device).clone()


def _targets(y: Any, count: int, first: torch.nn.Parameter) -> Array:
    given = real_tensor(y, "The targets").to(first.dtype)
    if given.ndim not in (1, 2) or len(given) != count:
        raise DataError(
            f"The targets have shape {tuple(given.shape)} and there are {count} "
            f"points; they must have shape ({count},), or ({count}, outputs)."
        )
    require_finite(given, "the targets")
    return given.to(first.device).clone()


def _copied(model: torch.nn.Module) -> torch.nn.Module:
    try:
        return copy.deepcopy(model)
    except Exception as error:
        raise InvalidArgumentError(
            f"{type(model).__name__} cannot be copied ({error}). Give it tensors that "
            "copy.deepcopy takes: parameters and buffers, no results of computations."
        ) from error


def _require_no_overwriting(model: torch.nn.Module, points: Array) -> None:
    """Refuse a module whose forward changes its input or its buffers."""
    given = points.clone()
    buffers = [each.clone() for each in model.buffers()]
    try:
        with torch.no_grad():
            model(given)
    except Exception:  # whatever it is, `prepared` says what to do about it
        return
    if not torch.equal(given, points):
        raise InvalidArgumentError(
            "The module overwrites the points that it is given, so a second call would "
            "see others. Let its forward begin with x = x.clone()."
        )
    for before, after in zip(buffers, model.buffers(), strict=True):
        if not torch.equal(before, after):
            raise InvalidArgumentError(
                "The module changes a buffer when it is called, so its outputs are not "
                "a function of the parameters. Call model.eval() first."
            )


def _rates(
    model: torch.nn.Module, parameters: dict[str, torch.nn.Parameter]
) -> tuple[dict[str, float], dict[str, float]]:
    """Return what the step of each parameter is multiplied by; 1 but for our layers."""
    rates, adam_rates = dict.fromkeys(parameters, 1.0), dict.fromkeys(parameters, 1.0)
    if not isinstance(model, TwoLayer | FullyConnected):
        return rates, adam_rates
    for prefix, layer in model.named_modules():
        if isinstance(layer, Layer):
            for kind, rate, adam in (
                ("weight", layer.rate, layer.adam_rate),
                ("bias", layer.bias_rate, layer.bias_adam_rate),
            ):
                if (name := f"{prefix}.{kind}") in parameters:
                    rates[name], adam_rates[name] = rate, adam
    return rates, adam_rates
