"""The study of one module on one data set: its plan, its evidence, its record."""

import math
from dataclasses import dataclass, field
from typing import Any

import torch

from widthwise.arrays import Array
from widthwise.diagnosis.module._budget import (
    LIMITS,
    ModuleWork,
    module_cost,
    work_of,
)
from widthwise.diagnosis.module._curve import real_curve
from widthwise.diagnosis.module._data import module_table, targets_of
from widthwise.diagnosis.module._evidence import last_layer_part, tangent_part
from widthwise.diagnosis.module._knobs import TOLERANCES, ModuleKnobs
from widthwise.diagnosis.module._linearity import linearity
from widthwise.diagnosis.module._record import (
    LayerShare,
    ModuleAtAGlance,
    ModuleRecord,
    ModuleSettings,
    PartEvidence,
    RealCurve,
)
from widthwise.diagnosis.module._verdicts import judge
from widthwise.diagnosis.study import (
    Budget,
    Cost,
    DataSummary,
    Findings,
    Study,
    summary_of,
)
from widthwise.errors import DataError
from widthwise.features import (
    module_features,
    module_tangent_kernel,
    module_tangent_kernels_by_layer,
)
from widthwise.features.modules import (
    last_parameters,
    module_noise,
    prepared,
    trainable_parameters,
    undisturbed,
)
from widthwise.networks import Layer
from widthwise.progress import Progress, part
from widthwise.readouts import minimum_norm

__all__ = ["ModuleStudy"]


@dataclass
class _Found(Findings):
    """What has been found; all but the curve when it is worth keeping."""

    parts: list[PartEvidence] = field(default_factory=list)
    module: ModuleAtAGlance | None = None
    curve: RealCurve | None = None

    @property
    def is_worth_keeping(self) -> bool:
        return self.module is not None


class ModuleStudy(Study[_Found]):
    """A checked diagnosis of a module that has not begun.

    Attributes
    ----------
    table, targets
        The rows that are computed with, and their targets, (n, c) or None.
    outputs
        (n, c). What the module gives for them now.

    Examples
    --------
    >>> import widthwise as ww
    >>> data = ww.datasets.uniform_sphere(12, 3)
    >>> import torch
    >>> X, y = data.points, data.points[:, 0]
    >>> plan = ww.diagnosis.plan_module(torch.nn.Linear(3, 1), X, y)
    >>> isinstance(plan, ww.diagnosis.ModulePlan), plan.cost.rows
    (True, 12)
    """

    kind = "module-diagnosis"
    limits = LIMITS
    threads = None

    def __init__(
        self,
        module: Any,
        X: Any,
        y: Any,
        asked: ModuleKnobs,
        budget: Budget,
        reading: dict[str, Any],
        *,
        name: str | None = None,
    ) -> None:
        self.module, self.name = module, name or type(module).__name__
        self.asked, self.seed = asked, asked.seed
        table = module_table(
            X,
            y,
            input_shape=asked.input_shape,
            standardize=asked.standardize,
            reading=reading,
        )
        rows = len(table.inputs)
        if rows < 2:
            raise DataError(
                f"{table.dataset.name} has {rows} row; a diagnosis needs at least 2. "
                "Give more."
            )
        self.table = table
        self.outputs, self._work = _outputs_and_work(module, table.inputs)
        self.targets = targets_of(table, self.outputs.shape[1])
        self.fit_budget(table.dataset, budget)
        if self.sample is not self.dataset:
            self._keep_sample()
        last: tuple[str | None, str | None] = (None, None)
        if not asked.layer:
            last = last_parameters(module, self.table.inputs)
        self._last_weights, self._last_bias = last

    def _keep_sample(self) -> None:
        places = {row: place for place, row in enumerate(self.dataset.row_numbers)}
        kept = torch.tensor([places[row] for row in self.sample.row_numbers])
        self.table = self.table.rows(self.sample, kept)
        self.outputs = self.outputs[kept]
        self.targets = None if self.targets is None else self.targets[kept]

    def cost_of(self, rows: int) -> Cost:
        outputs, epochs = self.outputs.shape[1], self.asked.epochs
        return module_cost(rows, outputs, self._work, epochs)

    def begin(self) -> _Found:
        return _Found()

    def gather(self, found: _Found, tell: Progress) -> None:
        targets, inputs = self.targets, self.table.inputs
        residual = None if targets is None else targets - self.outputs
        if residual is not None and not bool((residual != 0).any()):
            raise DataError(
                f"The outputs of {self.name} are the labels already; there is nothing "
                "to train. Give other labels, or none."
            )
        tell(0.0, f"{self.name}: features of the last hidden layer")
        features = module_features(self.module, inputs, self.asked.layer)
        bias_scale = self._bias_scale()
        noise = module_noise(
            lambda some: module_features(self.module, some, self.asked.layer), inputs
        )
        last, arrays, _ = last_layer_part(
            features, bias_scale, residual, TOLERANCES, noise
        )
        found.arrays.update(arrays)
        tell(0.1, f"{self.name}: tangent kernel")
        kernel, traces = self._kernel_and_traces()
        tell(0.4, f"{self.name}: eigenvalues of the tangent kernel")
        # Of the trace; a single output has a part of it.
        noise = module_noise(
            lambda some: module_tangent_kernel(self.module, some, inputs[:2]),
            inputs,
            rows=2,
        ) / math.sqrt(self.outputs.shape[1])
        trained = trainable_parameters(self.module).values()
        every, arrays, run = tangent_part(
            kernel, residual, TOLERANCES, noise, sum(each.numel() for each in trained)
        )
        del kernel
        found.arrays.update(arrays)
        found.parts = [last, every]
        found.module = self._at_a_glance(features, bias_scale != 0.0, traces)
        if targets is not None and residual is not None and self.asked.epochs:
            tell(0.6, f"{self.name}: a real run")
            found.curve, arrays = real_curve(
                self.module,
                inputs,
                targets,
                residual,
                run,
                self.asked.epochs,
                part(tell, 0.6, 1.0, self.name),
            )
            found.arrays.update(arrays)

    def record(self, opening: dict[str, Any], found: _Found) -> ModuleRecord:
        assert found.module is not None  # the engine asks is_worth_keeping first
        shape = tuple(self.table.inputs.shape[1:])
        data = summary_of(self.dataset, self.sample, on_sphere=False, input_shape=shape)
        asked = self.asked
        return ModuleRecord(
            **opening,
            complete=found.is_complete,
            data=data,
            module=found.module,
            settings=ModuleSettings(
                asked.epochs, TOLERANCES, asked.layer, asked.input_shape
            ),
            verdicts=judge(data, found.module, found.parts, found.curve),
            parts=tuple(found.parts),
            curve=found.curve,
            notes=self._notes(data, found.module),
        )

    def _bias_scale(self) -> float:
        """Return what a trained bias of the last layer is multiplied by; 0 without."""
        bias = self._last_bias
        if bias is None or bias not in trainable_parameters(self.module):
            return 0.0
        last = self.module.get_submodule(bias.rpartition(".")[0])
        return last.bias_multiplier if isinstance(last, Layer) else 1.0

    def _kernel_and_traces(self) -> tuple[Array, dict[str, float]]:
        """Return the tangent kernel of all outputs, (n c, n c), its trace by layer."""
        inputs, outputs = self.table.inputs, self.outputs.shape[1]
        by_layer = module_tangent_kernels_by_layer(self.module, inputs)
        traces = {name: float(each.diagonal().sum()) for name, each in by_layer.items()}
        if outputs == 1:
            kernel = torch.zeros(len(inputs), len(inputs), dtype=torch.float64)
            for each in by_layer.values():
                kernel += each
            return kernel, traces
        full = module_tangent_kernel(self.module, inputs, outputs="full")
        return full.reshape(len(inputs) * outputs, -1), traces

    def _at_a_glance(
        self, features: Array, has_bias: bool, traces: dict[str, float]
    ) -> ModuleAtAGlance:
        linear, by = linearity(
            self.module, {self._last_weights, self._last_bias}, self.table.inputs
        )
        everything = dict(self.module.named_parameters())
        trained = trainable_parameters(self.module)
        total = sum(traces.values()) or 1.0
        counts = dict.fromkeys(traces, 0)
        for name, each in trained.items():
            owner = name.rpartition(".")[0] or name
            counts[owner] = counts.get(owner, 0) + each.numel()
        return ModuleAtAGlance(
            name=self.name,
            kind=type(self.module).__name__,
            parameters=sum(each.numel() for each in everything.values()),
            trainable=sum(each.numel() for each in trained.values()),
            outputs=self.outputs.shape[1],
            dtype=str(next(iter(trained.values())).dtype).removeprefix("torch."),
            layer=self._layer_name(),
            feature_width=features.shape[1],
            has_bias=has_bias,
            layers=tuple(
                LayerShare(name, counts[name], trace / total)
                for name, trace in traces.items()
            ),
            linear_in=linear,
            linear_by=by,
            affine_floor=self._affine_floor() if linear == "inputs" else None,
        )

    def _affine_floor(self) -> float:
        """Return what no affine function of the inputs gets below, over ‖y − f_0‖."""
        inputs = self.table.inputs.reshape(len(self.outputs), -1).to(torch.float64)
        columns = torch.cat([inputs, torch.ones_like(inputs[:, :1])], dim=1)
        if self.targets is None:
            found = minimum_norm(columns, inputs[:, 0])
            return float(found.rank < len(inputs))
        start = torch.linalg.vector_norm(self.targets - self.outputs)
        size = torch.linalg.vector_norm(self.targets)
        return minimum_norm(columns, self.targets).residual * float(size / start)

    def _layer_name(self) -> str:
        """Return the dotted name of the layer that the features belong to."""
        if self._last_weights is None:
            return self.asked.layer or ""
        return self._last_weights.rpartition(".")[0] or self._last_weights

    def _notes(self, data: DataSummary, module: ModuleAtAGlance) -> tuple[str, ...]:
        notes = [
            "Training starts from the module's present weights, on ½‖f − y‖² over all "
            "rows and outputs, and residuals are relative to the one at the start.",
            (
                f"The features are the inputs of the last layer, {module.layer!r}."
                if self.asked.layer is None
                else f"The features are the outputs of {module.layer!r}, as was asked, "
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
        if self.targets is not None and self.table.columns is None:
            count = self.targets.shape[1]
            if count > 1:
                notes.append(
                    f"The {count} classes of labels became {count} columns of 0 and 1."
                )
        if data.sample_note:
            notes.append(data.sample_note)
        return tuple(notes)


def _outputs_and_work(module: Any, inputs: Array) -> tuple[Array, ModuleWork]:
    """Return what the module gives now, (n, c), after every check of it, and costs."""
    with undisturbed(module), torch.no_grad():
        checked, (given,) = prepared(module, inputs)
        outputs = checked.outputs(given).detach()
        trained = trainable_parameters(checked.model)
        return outputs, work_of(checked.model, trained, given[:1])
