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

__all__ = ["last_parameters", "module_features", "module_last_layer"]

_ROWS = 256  # Points in one call of the model.
_OUR_NETWORKS = TwoLayer, FullyConnected  # They scale their output by hand.
_ROUNDING = 1e-12  # Relative; the output and the last call's are the same numbers.
_PRODUCTS = (
    torch.matmul,
    torch.mm,
    torch.mv,
    torch.addmm,
    torch.Tensor.matmul,
    torch.Tensor.mm,
    torch.Tensor.mv,
    torch.Tensor.__matmul__,
)


def module_features(
    model: nn.Module, X: PointsLike, layer: str | None = None
) -> Float[Array, "n m"]:
    r"""Return the output of a module's last hidden layer, one row for each point.

    .. math:: f(x) = W \phi(x) + b, \qquad \text{row } i = \phi(x_i) .

    The last linear map (or convolution, or product with a parameter such as `x @ w`) is
    found by running the model: the call whose result is the output itself, entry for
    entry, or with a bias that is added after it. Features with more axes are flattened
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
    return last_parameters(model, X)[0]


def last_parameters(model: nn.Module, X: PointsLike) -> tuple[str, str | None]:
    """Return the names of the last linear map's weights and bias, None without one."""
    with undisturbed(model):
        checked, (inputs,) = prepared(model, X, trained=False)
        names = {id(each): key for key, each in checked.model.named_parameters()}
        if isinstance(checked.model, _OUR_NETWORKS):
            weights, bias = names[id(checked.model.readout.weight)], None
        else:
            find = _LastLayer(checked)
            find(inputs[:_ROWS])
            weights, bias = find.weights, find.bias
        beside = ".".join([*weights.split(".")[:-1], "bias"])
        return weights, bias or (beside if beside in names.values() else None)


class _LastLayer:
    """Finds the call that makes the output; its parameters' names are then known."""

    def __init__(self, model: PreparedModule) -> None:
        self.model = model
        self.names = {id(each): key for key, each in model.model.named_parameters()}
        self.weights, self.bias = "", None  # type: str, str | None

    def __call__(self, inputs: Array) -> Array:
        calls = _LinearCalls(self.names, len(inputs))
        with calls:
            outputs = self.model.outputs(inputs)
        target = outputs.detach()
        for at in reversed(range(len(calls.seen))):
            name, bias, given, made = calls.seen[at]
            if made.numel() != target.numel():
                continue
            lack = (target - made.reshape(target.shape)).reshape(len(target), -1)
            if not _is_nothing(lack, target):
                bias = self._added(lack, target)
                if bias is None:
                    continue
            elsewhere = {self.names.get(each) for each in leaves(outputs)}
            if name in elsewhere or calls.used.count(name) > 1:
                raise InvalidArgumentError(
                    f"The last layer's weights {name!r} are used in other places of "
                    "the model too, so the output is not linear in them. To take its "
                    f"inputs as features all the same: {self._some()}"
                )
            self.weights, self.bias = name, bias
            return given.reshape(len(inputs), -1)
        raise InvalidArgumentError(
            "The output of the model is not the result of one linear map or "
            "convolution: something follows it, is added to it, or takes its weights "
            f"by itself. {self._some()}"
        )

    def _added(self, lack: Array, target: Array) -> str | None:
        """Return the parameter that was added to every row of the product."""
        for name, each in self.model.model.named_parameters():
            row = each.detach().reshape(1, -1)
            fits = each.ndim <= 2 and row.shape[1] in (1, lack.shape[1])
            if fits and _is_nothing(lack - row, target):
                return name
        return None

    def _some(self) -> str:
        names = [name for name, _ in self.model.model.named_modules() if name][-4:]
        cure = "ake the last map of the model a torch.nn.Linear, or x @ w, of its own"
        if not names:
            return f"M{cure}."
        examples = ", ".join(map(repr, names))
        return (
            "Name the module whose output are the features with layer= (for example "
            f"{examples}), or m{cure}."
        )


def _is_nothing(difference: Array, beside: Array) -> bool:
    return float(difference.abs().max()) <= _ROUNDING * float(beside.abs().max())


class _LinearCalls(Taps):
    """Keeps the inputs and outputs of linear maps and convolutions, in order."""

    def __init__(self, names: dict[int, str], samples: int) -> None:
        super().__init__(names, samples)
        self.seen: list[tuple[str, str | None, Array, Array]] = []
        self.used: list[str | None] = []

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        if func not in _PRODUCTS or kwargs or len(args) < 2:
            return super().__torch_function__(func, types, args, kwargs)
        *before, inputs, weight = args  # `addmm` is given what it adds first.
        # A parameter, or a view of one such as its transpose.
        name = self.name(weight) or self.name(getattr(weight, "_base", None))
        if name is None:
            return func(*args)
        made = func(*before, inputs, weight.detach())
        bias = before[0] if before else None
        return self._keep(made, inputs, name, bias)

    def record(
        self, output: Array, inputs: Array, weight: Any, bias: Any, *_: Any, **__: Any
    ) -> Array:
        name = self.name(weight)
        if name is None or weight.ndim < 2 or not inputs.is_floating_point():
            self.used.append(name)
            return output
        return self._keep(output, inputs, name, bias)

    def _keep(self, made: Array, inputs: Array, name: str, bias: object) -> Array:
        self.used.append(name)
        kept = inputs.detach().clone(), made.detach().clone()
        self.seen.append((name, self.name(bias), *kept))
        return made


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
