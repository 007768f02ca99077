"""What a module is given: inputs in its own shape, and a column of targets each."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from widthwise.arrays import Array
from widthwise.datasets import Dataset, PreparationStep
from widthwise.diagnosis.study import read_data
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.prose import say

__all__ = ["ModuleTable", "module_table", "targets_of"]

_UNEVEN = 10.0


@dataclass(frozen=True)
class ModuleTable:
    """The rows that a module is diagnosed on.

    Attributes
    ----------
    dataset
        The rows as a table, for the record.
    inputs
        (n, ...): the same rows as the module takes them.
    columns
        (n, c) when targets were given as several columns, else None.
    """

    dataset: Dataset
    inputs: Array
    columns: Array | None

    def rows(self, dataset: Dataset, places: Array) -> "ModuleTable":
        """Return the rows at these places; `dataset` holds the same ones."""
        columns = None if self.columns is None else self.columns[places]
        return ModuleTable(dataset, self.inputs[places], columns)


def module_table(
    X: Any,
    y: Any,
    *,
    input_shape: Sequence[int] | None,
    standardize: bool | None,
    reading: dict[str, Any],
) -> ModuleTable:
    """Read the data as a module takes it: as it is, unless told to standardise.

    Parameters
    ----------
    X
        As for `diagnose`; a tensor or array may have any shape (n, ...), and integers
        stay integers.
    input_shape
        The shape of one row; by default as given.

    Raises
    ------
    DataError, InvalidArgumentError
        If it cannot be used, or the shape does not hold a row's numbers.
    """
    raw = _as_given(X)
    columns = _several_columns(y)
    labels = None if columns is not None else y
    flat = raw if raw is None else raw.reshape(len(raw), -1).to(torch.float64)
    dataset = read_data(X if flat is None else flat, labels, reading)
    if columns is not None:
        _check_rows(dataset, len(columns))
        named = f"{columns.shape[1]} columns"
        dataset = replace(dataset, targets=columns[:, 0], target_name=named)
    if standardize:
        if raw is not None and (raw.ndim != 2 or not raw.is_floating_point()):
            raise InvalidArgumentError(
                f"The inputs have shape {tuple(raw.shape)} and type {raw.dtype}, and "
                "standardize is True; only the columns of a table of real numbers are "
                "standardised. Scale them yourself."
            )
        dataset, raw = dataset.drop_constant_columns().standardize(), None
    elif raw is None or (raw.ndim == 2 and raw.is_floating_point()):
        dataset = _warned(dataset)
    inputs = dataset.points if raw is None else raw
    return ModuleTable(dataset, _shaped(inputs, input_shape), columns)


def _warned(dataset: Dataset) -> Dataset:
    """Return the data with a caution where its columns are far from a common scale."""
    points = dataset.points
    spread, mean = points.std(dim=0, correction=0), points.mean(dim=0).abs()
    size = torch.maximum(spread, mean)
    varying = spread > 0
    if not bool(varying.any()):
        return dataset
    ratio = float(size[varying].max() / size[varying].min())
    offset = float((mean / spread)[varying].max())
    if max(ratio, offset) <= _UNEVEN:
        return dataset
    note = PreparationStep(
        "uneven_columns",
        say(
            "The columns were taken as they are: their sizes differ by a factor of {}, "
            "and a mean is up to {} standard deviations. Standardising them "
            "(standardize=True, --standardize) can turn the verdicts.",
            ratio,
            offset,
        ),
        {"ratio": ratio, "offset": offset},
        is_caution=True,
    )
    return replace(dataset, steps=(*dataset.steps, note))


def targets_of(table: ModuleTable, outputs: int) -> Array | None:
    """Return the targets as (n, c) for a module of c outputs; None without labels.

    Labels of exactly c kinds become indicator columns where c > 1.

    Raises
    ------
    DataError
        If the labels do not fit the outputs.
    """
    if table.columns is not None:
        if table.columns.shape[1] != outputs:
            raise DataError(
                f"y has {table.columns.shape[1]} columns and the module {outputs} "
                "outputs. Give one column for each output."
            )
        return table.columns
    labels = table.dataset.targets
    if labels is None or outputs == 1:
        return None if labels is None else labels[:, None]
    kinds: Array = torch.unique(labels)
    if len(kinds) != outputs:
        raise DataError(
            f"The module has {outputs} outputs and the labels take {len(kinds)} "
            f"different values. Give y of shape (n, {outputs}), or labels of "
            f"{outputs} classes."
        )
    columns: Array = (labels[:, None] == kinds[None, :]).to(torch.float64)
    return columns


def _as_given(X: Any) -> Array | None:
    """Return arrays and tensors as a tensor; None for tables."""
    if isinstance(X, torch.Tensor):
        found = X.detach()
    elif isinstance(X, np.ndarray) and X.dtype.kind in "fiub":
        found = torch.from_numpy(np.ascontiguousarray(X))
    else:
        return None
    if found.ndim < 2:
        raise DataError(
            f"The inputs have shape {tuple(found.shape)}; they need one row for each "
            "point: (n, d) or (n, ...)."
        )
    if found.is_floating_point():
        found = found.to(torch.float64)
    return found


def _several_columns(y: Any) -> Array | None:
    """Return targets given as an (n, c) array, or None."""
    if isinstance(y, torch.Tensor | np.ndarray) and y.ndim == 2:
        found = torch.as_tensor(y).detach().to("cpu", torch.float64)
        bad = torch.nonzero(~torch.isfinite(found))
        if len(bad):
            raise DataError(
                f"y is {float(found[tuple(bad[0])])} in row {int(bad[0, 0])}, column "
                f"{int(bad[0, 1])}; every target must be finite."
            )
        return found
    return None


def _check_rows(dataset: Dataset, count: int) -> None:
    if len(dataset.points) != count:
        raise DataError(
            f"y has {count} rows and the inputs {len(dataset.points)}. Give one row of "
            "targets for each point."
        )


def _shaped(inputs: Array, shape: Sequence[int] | None) -> Array:
    if shape is None:
        return inputs
    size = math.prod(shape)
    per_row = inputs[0].numel()
    if size != per_row or any(each < 1 for each in shape):
        text = "x".join(str(each) for each in shape)
        raise InvalidArgumentError(
            f"The input shape {text} holds {size} numbers and a row has {per_row}. "
            "Give a shape that holds one row."
        )
    return inputs.reshape(len(inputs), *shape)
