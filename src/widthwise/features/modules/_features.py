"""The features that a module's last layer sees, for the theory of the last layer."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from widthwise.arrays import Array, Float
from widthwise.errors import InvalidArgumentError, unknown_name
from widthwise.features.modules._checks import as_outputs, run_module
from widthwise.features.modules._gradients import leaves
from widthwise.features.modules._prepared import PreparedModule, prepared, undisturbed
from widthwise.features.modules._taps import Taps
from widthwise.features.two_layer import PointsLike
from widthwise.networks import FullyConnected, TwoLayer

__all__ = ["module_features", "module_last_layer"]

_ROWS = 256  # Points in one call of the model.
_OUR_NETWORKS = TwoLayer, FullyConnected  # They scale their output by hand.
_ROUNDING = 1e-12  # Relative; the output and the last call's are the same numbers.


def module_features(
    model: nn.Module, X: PointsLike, layer: str | None = None
) -> Float[Array, "n m"]:
    r"""Return the output of a module's last hidden layer, one row for each point.

    .. math:: f(x) = W \phi(x) + b, \qquad \text{row } i = \phi(x_i) .

    The last linear map (or convolution) is found by running the model: the call whose
    result is the output itself, entry for entry. Features with more axes are flattened
    in C order.

    Parameters
    ----------
    model
        As for `module_tangent_kernel`; frozen parameters do not matter here.
    X
        Points along the first axis.
    layer
        The dotted name of a module (as `model.named_modules()` gives it) whose output
        is wanted, in place of the search.

    Returns
    -------
    Shape (n, m), float64, not scaled: $\Phi \Phi^\top$ is the part of the tangent
    kernel that comes from the weights of a linear last layer with one output.

    Raises
    ------
    InvalidArgumentError
        If no call's result is the output (a residual around the last layer, a
        non-linear map at the end), if the last layer's weights are used elsewhere too,
        or if `layer` runs several times, never, or gives no tensor with a row for each
        point; otherwise as `module_tangent_kernel`.
    UnknownNameError
        If there is no module of that name; the message has the nearest ones.
    DataError
        If the points hold NaN or infinity, or the model fails on them.

    Cost
    ----
    Two passes over the points.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> model = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Linear(4, 1))
    >>> X = torch.eye(2)
    >>> ww.features.module_features(model, X).shape
    torch.Size([2, 4])
    """
    with undisturbed(model):
        if layer is not None:
            names = [name for name, _ in model.named_modules() if name]
            if layer not in names:
                raise unknown_name("module", layer, names)
        checked, (inputs,) = prepared(model, X, trained=False, as_output=layer is None)
        find: Callable[[Array], Array]
        if layer is not None:
            find = _Layer(checked, layer)
        elif isinstance(checked.model, _OUR_NETWORKS):
            find = checked.model.features
        else:
            find = _LastLayer(checked)
        blocks = [
            find(inputs[start : start + _ROWS])
            for start in range(0, len(inputs), _ROWS)
        ]
        found = torch.cat(blocks).detach()
        finite = torch.isfinite(found).all(dim=1)
        if not bool(finite.all()):
            row = int(torch.nonzero(~finite)[0])
            raise InvalidArgumentError(
                f"The features of point {row} are NaN or infinite. Scale the points or "
                "the weights down."
            )
        return found


def module_last_layer(model: nn.Module, X: PointsLike) -> str:
    """Return the name of the weights whose linear map makes a module's output.

    Parameters
    ----------
    model, X
        As for `module_features`.

    Returns
    -------
    A name of `model.named_parameters()`, such as "readout.weight".

    Raises
    ------
    As `module_features`, where the output is not made by one linear map.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> model = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Linear(4, 1))
    >>> X = torch.eye(2)
    >>> ww.features.module_last_layer(model, X)
    '1.weight'
    """
    with undisturbed(model):
        checked, (inputs,) = prepared(model, X, trained=False)
        if isinstance(checked.model, _OUR_NETWORKS):
            names = {id(each): key for key, each in checked.model.named_parameters()}
            return names[id(checked.model.readout.weight)]
        find = _LastLayer(checked)
        find(inputs[:_ROWS])
        return find.weights


class _LastLayer:
    """Finds the call that makes the output; `weights` is then its weights' name."""

    def __init__(self, model: PreparedModule) -> None:
        self.model = model
        self.names = {id(each): key for key, each in model.model.named_parameters()}
        self.weights = ""

    def __call__(self, inputs: Array) -> Array:
        calls = _LinearCalls(self.names, len(inputs))
        with calls:
            outputs = self.model.outputs(inputs)
        target = outputs.detach()
        for at in reversed(range(len(calls.seen))):
            name, given, made = calls.seen[at]
            if made.numel() != target.numel():
                continue
            difference = (made.reshape(target.shape) - target).abs().max()
            if float(difference) > _ROUNDING * float(target.abs().max()):
                continue
            elsewhere = {self.names.get(each) for each in leaves(outputs)}
            if name in elsewhere or calls.used.count(name) > 1:
                raise InvalidArgumentError(
                    f"The last layer's weights {name!r} are used in other places of "
                    "the model too, so the output is not linear in them. To take its "
                    f"inputs as features all the same: {self._some()}"
                )
            self.weights = name
            return given.reshape(len(inputs), -1)
        raise InvalidArgumentError(
            "The output of the model is not the result of one linear map or "
            "convolution: something follows it, is added to it, or takes its weights "
            f"by itself. {self._some()}"
        )

    def _some(self) -> str:
        names = [name for name, _ in self.model.model.named_modules() if name][-4:]
        if not names:
            return "Make the last map of the model a torch.nn.Linear of its own."
        examples = ", ".join(map(repr, names))
        return (
            "Name the module whose output are the features with layer= (for example "
            f"{examples})."
        )


class _LinearCalls(Taps):
    """Keeps the inputs and outputs of linear maps and convolutions, in order."""

    def __init__(self, names: dict[int, str], samples: int) -> None:
        super().__init__(names, samples)
        self.seen: list[tuple[str, Array, Array]] = []
        self.used: list[str | None] = []

    def record(
        self, output: Array, inputs: Array, weight: Any, *_: Any, **__: Any
    ) -> Array:
        name = self.name(weight)
        self.used.append(name)
        if name is not None and weight.ndim >= 2 and inputs.is_floating_point():
            self.seen.append((name, inputs.detach().clone(), output.detach().clone()))
        return output


class _Layer:
    """Takes the output of the named module."""

    def __init__(self, model: PreparedModule, name: str) -> None:
        self.model, self.name = model, name
        self.found: list[object] = []
        module = model.model.get_submodule(name)
        module.register_forward_hook(self._keep)

    def _keep(self, module: nn.Module, given: object, made: object) -> None:  # noqa: ARG002
        # What follows may overwrite it.
        kept = made.detach().clone() if isinstance(made, torch.Tensor) else made
        self.found.append(kept)

    def __call__(self, inputs: Array) -> Array:
        self.found.clear()
        with torch.no_grad():
            run_module(self.model.model, inputs)
        if len(self.found) != 1:
            raise InvalidArgumentError(
                f"The module {self.name!r} runs {len(self.found)} times in one pass of "
                "the model; it must run once. Name another layer."
            )
        made = self.found[0]
        if not isinstance(made, torch.Tensor) or not made.ndim:
            raise InvalidArgumentError(
                f"The module {self.name!r} gives {type(made).__name__}, not one tensor "
                "with a row for each point. Name another layer."
            )
        if made.shape[0] != len(inputs):
            raise InvalidArgumentError(
                f"The module {self.name!r} gives shape {tuple(made.shape)} for "
                f"{len(inputs)} points; its first axis must be the points. Name "
                "another layer."
            )
        return as_outputs(made.reshape(len(inputs), -1), len(inputs))
