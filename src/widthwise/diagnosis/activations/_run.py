"""Diagnose activations on one data set: check, plan, gather evidence, judge."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from widthwise.activations import Activation
from widthwise.datasets import Dataset
from widthwise.diagnosis.activations._budget import LEAST_ROWS, SAVING, cost_of
from widthwise.diagnosis.activations._evidence import gather
from widthwise.diagnosis.activations._settings import Settings, resolve_settings
from widthwise.diagnosis.activations._table import Table
from widthwise.diagnosis.activations._verdicts import judge
from widthwise.diagnosis.study import (
    Budget,
    Cost,
    Diagnosis,
    Evidence,
    InterruptedDiagnosis,
    Progress,
    as_dataset,
    data_content,
    rows_within,
)
from widthwise.errors import DataError
from widthwise.laws import Law
from widthwise.records import SCHEMA, Record, environment

__all__ = ["Plan", "carry_out", "plan"]

_SERIAL_ROWS = 1000
"""Up to this many rows, factorizations are too small to gain from a second thread, and
threads that wait for one another lose much on a busy machine."""


class Plan:
    """A checked diagnosis that has not begun: the data, the settings, the cost."""

    def __init__(self, dataset: Dataset, settings: Settings, budget: Budget) -> None:
        rows, dimension = dataset.points.shape
        kept = rows_within(
            rows,
            budget,
            lambda count: cost_of(count, dimension, settings),
            least=LEAST_ROWS,
            saving=SAVING,
        )
        self.dataset = dataset
        self.sample = (
            dataset if kept == rows else dataset.sample_rows(kept, settings.seed)
        )
        self.settings = settings
        self.cost: Cost = cost_of(kept, dimension, settings)


def plan(
    X: Any,
    y: Any = None,
    *,
    activations: Sequence[str | Activation] | str | Activation | None = None,
    law: str | Law = "sphere",
    widths: Any = None,
    trials: int = 10,
    seed: int = 0,
    probability: float = 0.99,
    bias: bool = False,
    standardize: bool | None = None,
    budget: Budget | None = None,
    **reading: Any,
) -> Plan:
    """Read and check everything, and predict the cost, without computing.

    Takes what `diagnose` takes for activations.
    """
    dataset = as_dataset(X, y, bias=bias, standardize=standardize, reading=reading)
    count, dimension = dataset.points.shape
    if count < 2:
        raise DataError(
            f"{dataset.name} has {count} row; a diagnosis needs at least 2 distinct "
            "points. Give more rows."
        )
    if dimension < 2:
        raise DataError(
            f"{dataset.name} has one input column, and on the unit sphere of one "
            "dimension there are two points only. Append a constant coordinate with "
            "bias=True (--bias)."
        )
    settings = resolve_settings(
        points_count=count,
        dimension=dimension,
        activations=activations,
        law=law,
        widths=widths,
        trials=trials,
        seed=seed,
        probability=probability,
        bias=bias,
    )
    return Plan(dataset, settings, budget or Budget())


def carry_out(
    ready: Plan, *, progress: Progress | None = None, command: str | None = None
) -> Diagnosis:
    """Compute what was planned."""
    tell: Progress = progress or (lambda _fraction, _text: None)
    settings, sample, whole = ready.settings, ready.sample, ready.dataset
    table = Table(
        sample.points,
        sample.targets,
        whole.points,
        whole.targets,
        tuple(int(row) for row in whole.row_numbers),
    )
    found: list[Evidence] = []
    total = len(settings.activations)
    keys = _keys(settings.activations)
    threads = 1 if len(sample.points) <= _SERIAL_ROWS else None
    try:
        with threadpool_limits(limits=threads):
            for place, activation in enumerate(settings.activations):

                def advance(
                    fraction: float,
                    text: str,
                    place: int = place,
                    name: str = activation.name,
                ) -> None:
                    tell((place + fraction) / total, f"{name}: {text}")

                found.append(gather(table, activation, keys[place], settings, advance))
    except KeyboardInterrupt as interrupt:
        partial = _assemble(ready, found, command) if found else None
        raise InterruptedDiagnosis(partial) from interrupt
    return _assemble(ready, found, command)


def _assemble(ready: Plan, found: Sequence[Evidence], command: str | None) -> Diagnosis:
    settings = ready.settings
    data = data_content(ready.dataset, ready.sample)
    evidence = [each.content for each in found]
    around = environment()
    content: dict[str, Any] = {
        "kind": "diagnosis",
        "schema": SCHEMA,
        "widthwise": around["packages"]["widthwise"],
        "created": around.pop("created"),
        "environment": around,
        "command": command,
        "seed": settings.seed,
        "complete": len(found) == len(settings.activations),
        "data": data,
        "settings": {
            "law": settings.law.name,
            "widths": list(settings.widths),
            "training_width": settings.training_width,
            "trials": settings.trials,
            "probability": settings.probability,
            "tolerances": list(settings.tolerances),
            "bias": settings.bias,
            "epsilon": settings.epsilon,
        },
        "verdicts": [each.as_content() for each in judge(data, evidence)],
        "activations": evidence,
        "notes": _notes(ready, data, len(found)),
    }
    arrays: dict[str, np.ndarray] = {}
    for each in found:
        arrays.update(each.arrays)
    return Diagnosis(Record(content, arrays))


def _notes(ready: Plan, data: dict[str, Any], examined: int) -> list[str]:
    law = ready.settings.law.name
    notes = [
        "The network is f(x) = Σ v_r σ(w_r·x)/√m over m hidden units, without biases "
        f"other than a constant coordinate; its inner weights are random ({law} law) "
        "and stay fixed, its outer weights v are trained from zero.",
        "κ is the condition number of G = ΦΦᵀ, or of its infinite-width limit G_inf.",
        "A certificate is a theorem's width at the stated probability. An order of "
        "magnitude has an unknown constant and certifies nothing.",
        "The verdict is about fitting these rows, not about predicting new ones.",
    ]
    if examined < len(ready.settings.activations):
        notes.append(
            f"The run was interrupted: {examined} of "
            f"{len(ready.settings.activations)} activations were examined."
        )
    if data["constant_target"]:
        notes.append(
            "The labels are all equal: a constant fits them, no network is needed."
        )
    if data["sample_note"]:
        notes.append(data["sample_note"])
    return notes


def _keys(activations: Sequence[Activation]) -> list[str]:
    """Return a name for each activation's arrays, numbered where names repeat."""
    names = [each.name for each in activations]
    return [
        name if names.count(name) == 1 else f"{name}-{names[: place + 1].count(name)}"
        for place, name in enumerate(names)
    ]
