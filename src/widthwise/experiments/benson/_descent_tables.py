"""Trials of gradient descent as tables: steps to a tolerance, and curves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from widthwise.estimates import Estimate
from widthwise.experiments.benson._descent_cell import STEP_SIZES, late_steps
from widthwise.experiments.benson._medians import bands, interval_columns, median
from widthwise.experiments.shared import Row, gathered

__all__ = [
    "Descents",
    "arrays_of",
    "condition_rows",
    "curve_rows",
    "descents_of",
    "step_rows",
]

_ROUNDING = 1e-15  # Real iterations stop falling there, and so do the curves.


@dataclass(frozen=True)
class Descents:
    """All trials of one activation on one data set at one width.

    Attributes
    ----------
    is_base
        Whether it is the width that the paper's claims are decided at.
    tolerances
        Relative residuals, the last one that of convergence.
    most_steps
        The end of the late curve.
    trials
        What each trial measured.
    """

    dataset: str
    activation: str
    width: int
    is_base: bool
    tolerances: tuple[float, ...]
    most_steps: int
    trials: tuple[Mapping[str, Any], ...]

    @property
    def points(self) -> int:
        """The number n of points."""
        return int(self.trials[0]["points"])

    @property
    def columns(self) -> Row:
        """What tells it from the others, as columns of a table."""
        return {
            "dataset": self.dataset,
            "points": self.points,
            "width": self.width,
            "activation": self.activation,
        }

    @property
    def condition_number(self) -> Estimate:
        """The median of κ(G)."""
        return median([each["condition_number"] for each in self.trials])

    def steps(self, which: int = -1, step: str = "optimal") -> Estimate:
        """Return the median number of steps to a tolerance."""
        return median([each[step]["steps"][which] for each in self.trials])

    def residuals(self, part: str, step: str = "optimal") -> np.ndarray:
        """Return the residuals of a part of the figure, shape (trials, steps)."""
        return np.array([each[step][part] for each in self.trials])

    def counts(self, part: str) -> list[int]:
        """Return the step counts of a part of the figure."""
        if part == "late":
            return late_steps(self.most_steps)
        return list(range(len(self.trials[0]["optimal"]["early"])))


def descents_of(
    cells: Sequence[Mapping[str, Any]], results: Sequence[Mapping[str, Any]]
) -> list[Descents]:
    """Gather the trials of each data set, width and activation."""
    first = cells[0]
    found = gathered(cells, results, "dataset", "activation", "width")
    return [
        Descents(
            dataset,
            activation,
            width,
            width == first["width"],
            tuple(first["tolerances"]),
            first["most_steps"],
            tuple(trials),
        )
        for (dataset, activation, width), trials in found.items()
    ]


def step_rows(descents: Sequence[Descents]) -> list[Row]:
    """Return the median steps to each tolerance, with its interval."""
    return [
        {
            **each.columns,
            "step_size": step,
            "tolerance": tolerance,
            **interval_columns(each.steps(which, step)),
            "trials": len(each.trials),
        }
        for each in descents
        for step in STEP_SIZES
        for which, tolerance in enumerate(each.tolerances)
    ]


def condition_rows(descents: Sequence[Descents]) -> list[Row]:
    """Return κ(G), and the share of the targets along the leading eigenvector."""
    return [
        {
            **each.columns,
            **interval_columns(each.condition_number),
            "leading_share": float(
                np.median([trial["leading_share"] for trial in each.trials])
            ),
            "iterated_gap": max(
                trial[step]["iterated_gap"]
                for trial in each.trials
                for step in STEP_SIZES
            ),
        }
        for each in descents
    ]


def curve_rows(descents: Sequence[Descents], part: str) -> list[Row]:
    """Return the median residual and the middle 80 % of the trials, by step.

    A curve ends where the median falls below 1e-15; its band stops there, too.
    """
    rows = []
    for each in descents:
        for step in STEP_SIZES:
            residuals = each.residuals(part, step)
            tenth, middle, ninetieth = bands(residuals)
            rows += [
                {
                    **each.columns,
                    "step_size": step,
                    "steps": count,
                    "residual": middle[k],
                    "tenth": max(tenth[k], _ROUNDING),
                    "ninetieth": ninetieth[k],
                }
                for k, count in enumerate(each.counts(part))
                if middle[k] > _ROUNDING
            ]
    return rows


def arrays_of(descents: Sequence[Descents]) -> dict[str, np.ndarray]:
    """Return the residuals of every trial, shape (trials, steps)."""
    found: dict[str, np.ndarray] = {}
    for each in descents:
        for part in ("early", "late"):
            found[f"{part}/steps"] = np.array(each.counts(part))
            for step in STEP_SIZES:
                name = f"{each.dataset}/{each.width}/{each.activation}/{step}/{part}"
                found[name] = each.residuals(part, step)
    return found
