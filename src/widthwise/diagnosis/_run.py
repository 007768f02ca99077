"""Diagnose one data set: check, plan, gather evidence, judge."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from widthwise.activations import Activation
from widthwise.datasets import Dataset
from widthwise.diagnosis._budget import Budget, Cost, cost_of, rows_within
from widthwise.diagnosis._data import as_dataset, data_content
from widthwise.diagnosis._diagnosis import Diagnosis
from widthwise.diagnosis._evidence import Evidence, gather
from widthwise.diagnosis._settings import Settings, resolve_settings
from widthwise.diagnosis._table import Table
from widthwise.diagnosis._verdicts import judge
from widthwise.errors import DataError
from widthwise.laws import Law
from widthwise.records import SCHEMA, Record, environment

__all__ = ["InterruptedDiagnosis", "Plan", "carry_out", "diagnose", "plan"]

_SERIAL_ROWS = 1000
"""Up to this many rows, factorizations are too small to gain from a second thread, and
threads that wait for one another lose much on a busy machine."""

Progress = Callable[[float, str], None]
"""Told the fraction of the whole diagnosis that is done, and what is being done."""


class InterruptedDiagnosis(KeyboardInterrupt):
    """Ctrl-C came; `partial` holds what was finished, or is None.

    Like every KeyboardInterrupt, it passes through `except Exception`.
    """

    def __init__(self, partial: Diagnosis | None) -> None:
        done = 0 if partial is None else len(partial.activations)
        super().__init__(f"Interrupted after {done} finished activations.")
        self.partial = partial


class Plan:
    """A checked diagnosis that has not begun: the data, the settings, the cost."""

    def __init__(self, dataset: Dataset, settings: Settings, budget: Budget) -> None:
        rows, dimension = dataset.points.shape
        kept = rows_within(rows, dimension, settings, budget)
        self.dataset = dataset
        self.sample = (
            dataset if kept == rows else dataset.sample_rows(kept, settings.seed)
        )
        self.settings = settings
        self.cost: Cost = cost_of(kept, dimension, settings)


def diagnose(
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
    progress: Progress | None = None,
    **reading: Any,
) -> Diagnosis:
    """Tell whether a two-layer network fits the data, how wide and how fast.

    Parameters
    ----------
    X
        The points: an array or tensor of shape (n, d), a pandas or polars frame, a
        `datasets.Dataset`, the path of a file, or the name of a data set.
    y
        The labels, shape (n,); or the name of the target column of a frame or file;
        or None, for a verdict on ANY labels.
    activations
        Catalog names or `Activation` objects; by default relu, elu, swish, wendland0
        and wendland2.
    law
        Of the hidden weights, "sphere" or "gaussian".
    widths
        Numbers of hidden units at which κ(G) is measured; by default about eight from
        n to 10,000. The last (by default 2000) is the one whose training is predicted.
    trials
        Random networks per width.
    seed
        Every random number follows from it.
    probability
        With which the widths found and certified are to be enough.
    bias
        Append a constant coordinate before projecting to the unit sphere.
    standardize
        Whether each column is brought to mean 0 and deviation 1 before rows are
        projected to the unit sphere. By default, unless every row has norm 1 already.
    budget
        Memory, nominal time and rows; a larger table is diagnosed on a random sample.
    progress
        Called with (fraction, what is being done).
    reading
        Passed to `datasets.read` (`one_hot`, `drop_missing`, `drop`, ...) or to
        `datasets.load`.

    Returns
    -------
    Diagnosis
        Verdicts, evidence, and ways to show them.

    Raises
    ------
    WidthwiseError
        For anything in the data or the arguments that has no meaning, in one sentence.
    InterruptedDiagnosis
        On Ctrl-C, with what was finished.

    Source
    ------
    Benson, Damle and Townsend (2020), arXiv:2010.15959, for the questions.
    Cost: O(trials · m · n²) time for the widest m, O(n²) memory.
    """
    ready = plan(
        X,
        y,
        activations=activations,
        law=law,
        widths=widths,
        trials=trials,
        seed=seed,
        probability=probability,
        bias=bias,
        standardize=standardize,
        budget=budget,
        **reading,
    )
    return carry_out(ready, progress=progress)


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

    Takes what `diagnose` takes.
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
