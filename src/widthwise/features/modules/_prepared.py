"""A float64 copy of a module, checked on the points that it will be asked about."""

import copy
import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from widthwise.arrays import Array
from widthwise.errors import InvalidArgumentError
from widthwise.features.modules._checks import (
    as_outputs,
    module_inputs,
    require_evaluation,
    require_module,
    require_rows_alone,
    run_module,
    trainable_parameters,
)
from widthwise.features.two_layer import PointsLike

__all__ = ["PreparedModule", "float64_copy", "prepared", "undisturbed"]

_ROWS = 256  # Points in one call of the model while it is checked.
_SOME = 16  # Points that are checked where a later pass checks all.


@dataclass(frozen=True)
class PreparedModule:
    """A private copy; nothing done with it reaches the caller's module.

    Attributes
    ----------
    model
        The copy, float64.
    parameters
        Those that require a gradient, a shared one once, by their first name.
    outputs_count
        c, at least 1.
    """

    model: nn.Module
    parameters: dict[str, nn.Parameter]
    outputs_count: int

    def outputs(self, inputs: Array, first: int = 0) -> Array:
        """Return the outputs, shape (n, c); errors count points from `first`."""
        return as_outputs(run_module(self.model, inputs), len(inputs), first)

    @contextmanager
    def naming_points(self, *inputs: Array) -> Iterator[None]:
        """Look through all points when a part of them is refused, for the number."""
        try:
            yield
        except InvalidArgumentError:
            with torch.no_grad():
                for each in inputs:
                    _checked(self, each)
            raise


@contextmanager
def undisturbed(model: object) -> Iterator[None]:
    """Work with gradients on, and put random number generators back at the end."""
    require_module(model)
    devices = {each.device for each in model.parameters()}  # type: ignore[attr-defined]
    accelerators = [each for each in devices if each.type == "cuda"]
    states = random.getstate(), np.random.get_state()  # noqa: NPY002
    with ExitStack() as stack:
        stack.enter_context(torch.random.fork_rng(devices=accelerators))
        stack.enter_context(torch.inference_mode(False))
        stack.enter_context(torch.enable_grad())
        for kind in {"cpu", *(each.type for each in accelerators)}:
            stack.enter_context(torch.autocast(kind, enabled=False))
        try:
            yield
        finally:
            random.setstate(states[0])
            np.random.set_state(states[1])  # noqa: NPY002


def prepared(
    model: object,
    *points: PointsLike,
    trained: bool = True,
    as_output: bool = True,
    every_point: bool = True,
) -> tuple[PreparedModule, list[Array]]:
    """Return the checked copy and the inputs, one for each set of points.

    With `trained` False a module without trainable parameters is taken, too; with
    `as_output` False, one whose output has any shape. With `every_point` False only
    some points are seen, as a later pass sees the others (`naming_points`).
    """
    module = require_module(model)
    require_evaluation(module)
    if trained:
        trainable_parameters(module)
    names = ["points"] if len(points) == 1 else ["first points", "second points"]
    inputs = [
        module_inputs(each, module, what)
        for each, what in zip(points, names, strict=True)
    ]
    private = float64_copy(module)
    parameters = trainable_parameters(private) if trained else {}
    found = PreparedModule(private, parameters, 0)
    if not as_output:
        return found, inputs
    with torch.no_grad():
        counts = [
            _checked(found, each if every_point else each[:_SOME]) for each in inputs
        ]
    if len(set(counts)) > 1:
        raise InvalidArgumentError(
            f"The model gives {counts[0]} outputs for the first points and {counts[1]} "
            "for the second; they must agree."
        )
    return PreparedModule(private, parameters, counts[0]), inputs


def float64_copy(model: nn.Module) -> nn.Module:
    """Return a copy whose floating parameters and buffers are float64."""
    memo: dict[int, object] = {}
    for module in model.modules():
        for value in vars(module).values():
            if isinstance(value, torch.Tensor) and value.grad_fn is not None:
                memo[id(value)] = value.detach().clone()  # deepcopy refuses these
    try:
        private = copy.deepcopy(model, memo)
    except Exception as error:  # whatever the module's own attributes raise
        raise InvalidArgumentError(
            f"The model cannot be copied ({type(error).__name__}: {error}), and it is "
            "never worked on itself. Remove what copy.deepcopy refuses."
        ) from error
    return private.to(torch.float64)


def _checked(model: PreparedModule, inputs: Array) -> int:
    """Return the number of outputs, all points seen and some seen alone."""
    for start in range(0, len(inputs), _ROWS):
        some = inputs[start : start + _ROWS]
        found = model.outputs(some, start)
        if start == 0:
            require_rows_alone(model.outputs, some, found)
    return int(found.shape[1])
