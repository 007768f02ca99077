"""Eigenvalues and filters of many trials as tables, and how they are drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import torch

from widthwise.dynamics import landweber_from_projections
from widthwise.estimates import Estimate
from widthwise.experiments.benson._medians import bands, interval_columns, median
from widthwise.experiments.shared import Chart, Row, gathered

__all__ = [
    "STEP_SIZES",
    "Spectra",
    "arrays_of",
    "charts_of",
    "decay_rows",
    "eigenvalue_rows",
    "filter_rows",
    "resolved_rows",
    "spectra_of",
]

STEP_SIZES = ("optimal", "stable")
"""As in `dynamics.landweber`: 2 / (s_1² + s_n²) and 1 / s_1²."""

_NEAR = 0.1


@dataclass(frozen=True)
class Spectra:
    """All trials of one activation on one data set.

    Attributes
    ----------
    filter_steps
        The step counts k of the filters.
    singular_values
        Those of the features, shape (trials, n), descending.
    """

    dataset: str
    activation: str
    filter_steps: tuple[int, ...]
    singular_values: np.ndarray

    @property
    def columns(self) -> Row:
        """What tells it from the others, as columns of a table."""
        return {"dataset": self.dataset, "activation": self.activation}

    @property
    def trials(self) -> int:
        """How many draws of the weights there are."""
        return len(self.singular_values)

    @cached_property
    def eigenvalues(self) -> np.ndarray:
        """Shape (trials, n), descending."""
        return np.asarray(np.square(self.singular_values))

    @cached_property
    def relative(self) -> np.ndarray:
        """The eigenvalues over the largest of their trial."""
        return np.asarray(self.eigenvalues / self.eigenvalues[:, :1])

    def filters(self, step: str) -> np.ndarray:
        """Return the filters, shape (trials, step counts, n)."""
        return self._filters[step]

    @cached_property
    def _filters(self) -> dict[str, np.ndarray]:
        values = torch.from_numpy(self.singular_values)
        return {
            step: np.stack(
                [
                    # Filters depend on singular values alone, whatever the targets.
                    landweber_from_projections(each, torch.ones_like(each), 0.0, step)
                    .filters(self.filter_steps)
                    .numpy()
                    for each in values
                ]
            )
            for step in STEP_SIZES
        }

    @property
    def places(self) -> dict[str, int]:
        """Where the decay is looked at: a quarter, half, three quarters, the end."""
        last = self.eigenvalues.shape[1] - 1
        return {
            name: round(share * last)
            for name, share in (
                ("a quarter", 0.25),
                ("half", 0.5),
                ("three quarters", 0.75),
                ("the end", 1.0),
            )
        }

    def decay(self, place: int) -> Estimate:
        """Return the median of λ_i / λ_1; `place` counts from 0."""
        return median(self.relative[:, place].tolist())

    def near_one(self, which: int, step: str = "optimal") -> Estimate:
        """Return the median share of filters near one, at a step count."""
        close = np.abs(self.filters(step)[:, which] - 1.0) <= _NEAR
        return median(close.mean(axis=1).tolist())


def spectra_of(
    settings: Mapping[str, Any],
    cells: Sequence[Mapping[str, Any]],
    results: Sequence[Mapping[str, Any]],
) -> list[Spectra]:
    """Gather the trials of each data set and activation."""
    steps = tuple(settings["filter_steps"])
    found = gathered(cells, results, "dataset", "activation")
    return [
        Spectra(
            dataset,
            activation,
            steps,
            np.array([trial["singular_values"] for trial in trials]),
        )
        for (dataset, activation), trials in found.items()
    ]


def decay_rows(spectra: Sequence[Spectra]) -> list[Row]:
    """Return λ_i / λ_1 at four places of the spectrum."""
    return [
        {
            **each.columns,
            "at": name,
            "index": place + 1,
            **interval_columns(each.decay(place)),
            "trials": each.trials,
        }
        for each in spectra
        for name, place in each.places.items()
    ]


def resolved_rows(spectra: Sequence[Spectra]) -> list[Row]:
    """Return the share of filters near one, and the leading filter."""
    return [
        {
            **each.columns,
            "step_size": step,
            "steps": count,
            **interval_columns(each.near_one(which, step)),
            "leading_filter": float(np.median(each.filters(step)[:, which, 0])),
            "trials": each.trials,
        }
        for each in spectra
        for step in STEP_SIZES
        for which, count in enumerate(each.filter_steps)
    ]


def eigenvalue_rows(spectra: Sequence[Spectra]) -> list[Row]:
    """Return each eigenvalue: median over trials, and the middle 80 % of them."""
    rows = []
    for each in spectra:
        whole, relative = bands(each.eigenvalues), bands(each.relative)
        rows += [
            {
                **each.columns,
                "index": place + 1,
                "eigenvalue": whole[1][place],
                "relative": relative[1][place],
                "tenth": relative[0][place],
                "ninetieth": relative[2][place],
            }
            for place in range(len(whole[1]))
        ]
    return rows


def filter_rows(spectra: Sequence[Spectra]) -> list[Row]:
    """Return each filter: median over trials, and the middle 80 % of them."""
    rows = []
    for each in spectra:
        for step in STEP_SIZES:
            for which, count in enumerate(each.filter_steps):
                low, middle, high = bands(each.filters(step)[:, which])
                rows += [
                    {
                        **each.columns,
                        "step_size": step,
                        "steps": count,
                        "index": place + 1,
                        "filter": middle[place],
                        "tenth": low[place],
                        "ninetieth": high[place],
                    }
                    for place in range(len(middle))
                ]
    return rows


def arrays_of(spectra: Sequence[Spectra]) -> dict[str, np.ndarray]:
    """Return the eigenvalues and filters of every trial."""
    found: dict[str, np.ndarray] = {}
    for each in spectra:
        name = f"{each.dataset}/{each.activation}"
        found[f"{name}/eigenvalues"] = each.eigenvalues
        for step in STEP_SIZES:
            found[f"{name}/filters/{step}"] = each.filters(step)
    return found


def charts_of(settings: Mapping[str, Any]) -> tuple[Chart, ...]:
    """Return the figures, the filters at the first step count."""
    steps = settings["filter_steps"]
    shown = {"steps": steps[0], "step_size": "optimal"}
    late = {"steps": steps[-1], "step_size": "optimal"}
    right = replace(_RIGHT, only=shown, caption=f"k = {steps[0]}. {_RIGHT.caption}")
    charts = [_LEFT, right]
    ours = replace(right, figure="")
    if len(steps) > 1:
        charts.append(
            replace(
                ours,
                name="later_filters",
                title="Filters later on.",
                only=late,
                caption=f"k = {steps[-1]}. {_RIGHT.caption}",
            )
        )
    other = {"steps": steps[0], "step_size": "stable"}
    charts.append(
        replace(
            ours,
            name="other_step_size",
            title="Early filters with half the step.",
            only=other,
            caption=f"k = {steps[0]} and η = 1 / s_1². {_BAND}",
        )
    )
    return tuple(charts)


_BAND = "Medians over the trials; the band holds the middle 80 % of them."
_LEFT = Chart(
    "figure_3_left",
    "Eigenvalues of G, over the largest.",
    "eigenvalues",
    "index",
    "relative",
    by="activation",
    panels="dataset",
    low="tenth",
    high="ninetieth",
    log="y",
    x_label="i",
    y_label="λ_i / λ_1",
    caption=_BAND,
    figure="Figure 3 (left)",
)
_RIGHT = Chart(
    "figure_3_right",
    "Landweber filters after the first steps.",
    "filters",
    "index",
    "filter",
    by="activation",
    panels="dataset",
    low="tenth",
    high="ninetieth",
    x_label="i",
    y_label="1 - (1 - η s_i²)^k",
    caption="The step of Lemma 4.3. " + _BAND,
    figure="Figure 3 (right)",
)
