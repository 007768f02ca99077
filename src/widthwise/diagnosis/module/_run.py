"""Diagnose one module on one data set: check, plan, gather evidence, judge."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn import Module

from widthwise.arrays import Array
from widthwise.datasets import Dataset
from widthwise.diagnosis.module._budget import LEAST_ROWS, SAVING, module_cost
from widthwise.diagnosis.module._curve import real_curve
from widthwise.diagnosis.module._data import (
    ModuleTable,
    module_table,
    targets_of,
)
from widthwise.diagnosis.module._evidence import last_layer_part, tangent_part
from widthwise.diagnosis.module._verdicts import judge_module
from widthwise.diagnosis.study import (
    Budget,
    Cost,
    Diagnosis,
    InterruptedDiagnosis,
    Progress,
    data_content,
    rows_within,
)
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.features import (
    module_features,
    module_last_layer,
    module_tangent_kernel,
    module_tangent_kernels_by_layer,
    prepared,
    trainable_parameters,
    undisturbed,
)
from widthwise.networks import Layer
from widthwise.records import SCHEMA, Record, environment

__all__ = ["ModulePlan", "carry_out_module", "plan_module"]

_TOLERANCES = (1e-2, 1e-6)


@dataclass(frozen=True)
class ModulePlan:
    """A checked diagnosis of a module that has not begun.

    Attributes
    ----------
    dataset
        All rows.
    table, targets
        The rows that are computed with, and their targets, (n, c) or None.
    outputs
        (n, c). What the module gives for them now.
    """

    module: Module
    name: str
    dataset: Dataset
    table: ModuleTable
    targets: Array | None
    outputs: Array
    layer: str | None
    last_weights: str | None
    input_shape: tuple[int, ...] | None
    epochs: int
    seed: int
    cost: Cost

    @property
    def sample(self) -> Dataset:
        """The rows that are computed with, as a table."""
        return self.table.dataset


def plan_module(
    module: Any,
    X: Any,
    y: Any = None,
    *,
    name: str | None = None,
    layer: str | None = None,
    input_shape: Sequence[int] | None = None,
    epochs: Any = 200,
    seed: int = 0,
    standardize: bool | None = None,
    budget: Budget | None = None,
    **reading: Any,
) -> ModulePlan:
    """Read and check everything, and predict the cost, without computing.

    Takes what `diagnose` takes for a module.
    """
    if isinstance(epochs, bool) or not isinstance(epochs, int) or epochs < 0:
        raise InvalidArgumentError(
            f"epochs is {epochs!r}; it must be a whole number, the steps of the real "
            "run, or 0 for none."
        )
    budget = budget or Budget()
    shape = None if input_shape is None else tuple(input_shape)
    table = module_table(
        X, y, input_shape=shape, standardize=standardize, reading=reading
    )
    dataset, rows = table.dataset, len(table.inputs)
    if rows < 2:
        raise DataError(
            f"{dataset.name} has {rows} row; a diagnosis needs at least 2. Give more."
        )
    outputs = _outputs(module, table.inputs)
    count = sum(each.numel() for each in trainable_parameters(module).values())
    kept = rows_within(
        rows,
        budget,
        lambda some: module_cost(some, outputs.shape[1], count, epochs),
        least=LEAST_ROWS,
        saving=SAVING,
    )
    targets = targets_of(table, outputs.shape[1])
    if kept < rows:
        smaller = dataset.sample_rows(kept, seed)
        places = {row: place for place, row in enumerate(dataset.row_numbers)}
        rest = torch.tensor([places[row] for row in smaller.row_numbers])
        table = table.rows(smaller, rest)
        outputs = outputs[rest]
        targets = None if targets is None else targets[rest]
    return ModulePlan(
        module=module,
        name=name or type(module).__name__,
        dataset=dataset,
        table=table,
        targets=targets,
        outputs=outputs,
        layer=layer,
        last_weights=None if layer else module_last_layer(module, table.inputs),
        input_shape=shape,
        epochs=epochs,
        seed=seed,
        cost=module_cost(kept, outputs.shape[1], count, epochs),
    )


def carry_out_module(
    ready: ModulePlan, *, progress: Progress | None = None, command: str | None = None
) -> Diagnosis:
    """Compute what was planned.

    Raises
    ------
    InterruptedDiagnosis
        On Ctrl-C; `partial` lacks the real run, or is None.
    """
    tell: Progress = progress or (lambda _fraction, _text: None)
    residual = None if ready.targets is None else ready.targets - ready.outputs
    if residual is not None and not bool((residual != 0).any()):
        raise DataError(
            f"The outputs of {ready.name} are the labels already; there is nothing to "
            "train. Give other labels, or none."
        )
    partial = None
    try:
        tell(0.0, f"{ready.name}: features of the last hidden layer")
        features = module_features(ready.module, ready.table.inputs, ready.layer)
        bias_scale = _bias_scale(ready)
        has_bias = bias_scale != 0.0
        last, _ = last_layer_part(features, bias_scale, residual, _TOLERANCES)
        tell(0.1, f"{ready.name}: tangent kernel")
        kernel, traces = _kernel_and_traces(ready)
        tell(0.4, f"{ready.name}: eigenvalues of the tangent kernel")
        every, run = tangent_part(kernel, residual, _TOLERANCES)
        del kernel
        found = {
            "parts": [last.content, every.content],
            "module": _module_content(ready, features, has_bias, traces),
        }
        arrays = {**last.arrays, **every.arrays}
        partial = _assemble(ready, found, None, arrays, command, complete=False)
        curve = None
        targets = ready.targets
        if targets is not None and residual is not None and ready.epochs:
            tell(0.6, f"{ready.name}: a real run")
            curve, drawn = real_curve(
                ready.module,
                ready.table.inputs,
                targets,
                residual,
                run,
                ready.epochs,
                lambda done, text: tell(0.6 + 0.4 * done, f"{ready.name}: {text}"),
            )
            arrays = {**arrays, **drawn}
    except KeyboardInterrupt as interrupt:
        raise InterruptedDiagnosis(partial) from interrupt
    return _assemble(ready, found, curve, arrays, command, complete=True)


def _outputs(module: Any, inputs: Array) -> Array:
    """Return what the module gives now, (n, c), after every check of it."""
    with undisturbed(module), torch.no_grad():
        checked, (given,) = prepared(module, inputs)
        return checked.outputs(given).detach()


def _bias_scale(ready: ModulePlan) -> float:
    """Return what a trained bias of the last layer is multiplied by; 0 without one."""
    if ready.last_weights is None:
        return 0.0
    owner = ready.last_weights.rpartition(".")[0]
    name = f"{owner}.bias" if owner else "bias"
    if name not in trainable_parameters(ready.module):
        return 0.0
    last = ready.module.get_submodule(owner)
    return last.bias_multiplier if isinstance(last, Layer) else 1.0


def _kernel_and_traces(ready: ModulePlan) -> tuple[Array, dict[str, float]]:
    """Return the tangent kernel of all outputs, (n c, n c), and its trace by layer."""
    inputs, outputs = ready.table.inputs, ready.outputs.shape[1]
    by_layer = module_tangent_kernels_by_layer(ready.module, inputs)
    traces = {name: float(each.diagonal().sum()) for name, each in by_layer.items()}
    if outputs == 1:
        kernel = torch.zeros(len(inputs), len(inputs), dtype=torch.float64)
        for each in by_layer.values():
            kernel += each
        return kernel, traces
    full = module_tangent_kernel(ready.module, inputs, outputs="full")
    return full.reshape(len(inputs) * outputs, -1), traces


def _module_content(
    ready: ModulePlan, features: Array, has_bias: bool, traces: dict[str, float]
) -> dict[str, Any]:
    """Return the record's "module" object."""
    everything = dict(ready.module.named_parameters())
    trained = trainable_parameters(ready.module)
    total = sum(traces.values()) or 1.0
    counts = dict.fromkeys(traces, 0)
    for name, each in trained.items():
        owner = name.rpartition(".")[0] or name
        counts[owner] = counts.get(owner, 0) + each.numel()
    return {
        "name": ready.name,
        "kind": type(ready.module).__name__,
        "parameters": sum(each.numel() for each in everything.values()),
        "trainable": sum(each.numel() for each in trained.values()),
        "outputs": ready.outputs.shape[1],
        "dtype": str(next(iter(trained.values())).dtype).removeprefix("torch."),
        "layer": _layer_name(ready),
        "feature_width": features.shape[1],
        "has_bias": has_bias,
        "layers": [
            {"name": name, "parameters": counts[name], "share": trace / total}
            for name, trace in traces.items()
        ],
    }


def _layer_name(ready: ModulePlan) -> str:
    """Return the dotted name of the layer that the features belong to."""
    if ready.last_weights is None:
        return ready.layer or ""
    return ready.last_weights.rpartition(".")[0] or ready.last_weights


def _assemble(
    ready: ModulePlan,
    found: dict[str, Any],
    curve: dict[str, Any] | None,
    arrays: dict[str, np.ndarray],
    command: str | None,
    complete: bool,
) -> Diagnosis:
    around = environment()
    data = data_content(ready.dataset, ready.sample, on_sphere=False)
    data["input_shape"] = list(ready.table.inputs.shape[1:])
    verdicts = judge_module(data, found["module"], found["parts"], curve)
    content: dict[str, Any] = {
        "kind": "module-diagnosis",
        "schema": SCHEMA,
        "widthwise": around["packages"]["widthwise"],
        "created": around.pop("created"),
        "environment": around,
        "command": command,
        "seed": ready.seed,
        "complete": complete,
        "data": data,
        "module": found["module"],
        "settings": {
            "epochs": ready.epochs,
            "tolerances": list(_TOLERANCES),
            "layer": ready.layer,
            "input_shape": None if ready.input_shape is None else [*ready.input_shape],
        },
        "verdicts": [each.as_content() for each in verdicts],
        "parts": found["parts"],
        "curve": curve,
        "notes": _notes(ready, data, found["module"]),
    }
    return Diagnosis(Record(content, arrays))


def _notes(
    ready: ModulePlan, data: dict[str, Any], module: dict[str, Any]
) -> list[str]:
    notes = [
        "Training starts from the module's present weights, on ½‖f − y‖² over all "
        "rows and outputs, and residuals are relative to the one at the start.",
        (
            f"The features are the inputs of the last layer, {module['layer']!r}."
            if ready.layer is None
            else f"The features are the outputs of {module['layer']!r}, as was asked, "
            "and the last layer is a new linear map of them without bias."
        )
        + " All layers means every parameter that requires a gradient.",
        "Everything but the real run is of the model linearised at its present "
        "weights. It is exact for the last layer alone; for all layers it holds as "
        "long as the weights stay near where they began.",
        "The real run takes half the largest stable step: the best step is so near "
        "the limit that a network that is not linear may leave it.",
        "The work was done in float64 on a copy; the module itself is as it was.",
    ]
    if ready.targets is not None and ready.table.columns is None:
        count = ready.targets.shape[1]
        if count > 1:
            notes.append(
                f"The {count} classes of labels became {count} columns of 0 and 1."
            )
    if data["sample_note"]:
        notes.append(data["sample_note"])
    return notes
