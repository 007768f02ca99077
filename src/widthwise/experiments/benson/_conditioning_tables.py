"""κ(G) of many trials as tables: by width, at its limit, and where curves cross."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from widthwise.estimates import Estimate, is_less
from widthwise.experiments.benson._medians import bands, interval_columns, median
from widthwise.experiments.shared import Row, picked

__all__ = [
    "Study",
    "arrays_of",
    "condition_rows",
    "crossing_rows",
    "limit_rows",
    "method_note",
    "studies_of",
]


@dataclass(frozen=True)
class Study:
    """All trials of one activation on one data set.

    Attributes
    ----------
    dataset, dimension, points, activation
        Where; d and n.
    is_drawn
        Whether the points are drawn by a rule, in any dimension.
    limit
        What was measured at infinite width.
    widths, trials
        m, and for each trial what was measured at each.
    """

    dataset: str
    dimension: int
    points: int
    activation: str
    is_drawn: bool
    limit: Mapping[str, Any]
    widths: tuple[int, ...]
    trials: tuple[Mapping[str, Any], ...]

    @property
    def columns(self) -> Row:
        """What tells it from the others, as columns of a table."""
        return {
            "dataset": self.dataset,
            "dimension": self.dimension,
            "points": self.points,
            "activation": self.activation,
        }

    def is_of_the_figure(self, settings: Mapping[str, Any]) -> bool:
        """Whether it belongs to the paper's figure, not to the other dimension."""
        if self.is_drawn and self.dimension != int(settings["dimension"]):
            return False
        return self.dataset in settings["datasets"]

    @cached_property
    def condition_numbers(self) -> np.ndarray:
        """κ(G), shape (trials, widths)."""
        return np.array([each["condition_number"] for each in self.trials])

    def at(self, place: int) -> Estimate:
        """Return the median of κ(G) at the width of that place in `widths`."""
        return median(self.condition_numbers[:, place].tolist())

    @property
    def places(self) -> list[int]:
        """The places of the widths that are not below n, where κ(G) can be finite."""
        return [k for k, width in enumerate(self.widths) if width >= self.points]

    @property
    def is_singular_everywhere(self) -> bool:
        """Whether no trial has a finite κ(G) at any width."""
        return not bool(np.isfinite(self.condition_numbers).any())

    @property
    def limit_condition(self) -> float:
        """κ(G_inf); inf if it cannot be told from singular."""
        return float(self.limit["condition_number"])


def studies_of(
    cells: Sequence[Mapping[str, Any]], results: Sequence[Mapping[str, Any]]
) -> list[Study]:
    """Gather the cells of each data set and activation, in the cells' order."""
    gathered: dict[tuple[Any, ...], dict[str, Any]] = {}
    for cell, found in zip(cells, results, strict=True):
        place = (cell["dataset"], cell.get("dimension"), cell["activation"])
        kept = gathered.setdefault(place, {"trials": [], "widths": ()})
        if cell["kernel"] == "infinite":
            kept["limit"] = found
        else:
            kept["widths"] = tuple(cell["widths"])
            kept["trials"].append(found)
    return [
        Study(
            dataset,
            kept["limit"]["dimension"],
            kept["limit"]["points"],
            activation,
            dimension is not None,
            kept["limit"],
            kept["widths"],
            tuple(kept["trials"]),
        )
        for (dataset, dimension, activation), kept in gathered.items()
    ]


def condition_rows(studies: Sequence[Study]) -> list[Row]:
    """Return the median of κ(G) by width, with its interval and its limit."""
    rows = []
    for study in studies:
        for place, width in enumerate(study.widths):
            found, numbers = study.at(place), study.condition_numbers[:, place]
            tenth, _, ninetieth = bands(numbers)
            rows.append(
                {
                    **study.columns,
                    "width": width,
                    **interval_columns(found),
                    "tenth": tenth,
                    "ninetieth": ninetieth,
                    "limit": study.limit_condition,
                    "numerically_singular": int(np.isinf(numbers).sum()),
                    "trials": len(study.trials),
                }
            )
    return rows


def limit_rows(studies: Sequence[Study]) -> list[Row]:
    """Return the spectrum of G at infinite width, and what Lemma 2.8 makes of it."""
    return [
        {
            **study.columns,
            "condition_number": study.limit_condition,
            **picked(study.limit, "at_least", "at_most"),
            "smallest": _smallest(study),
            "smallest_at_most": study.limit["largest"] / study.limit["at_least"],
            "largest": study.limit["largest"],
            "mean": study.limit["mean"],
            "smallest_over_mean": _smallest(study) / study.limit["mean"],
            **picked(study.limit, "exact_rank", "chernoff_width"),
        }
        for study in studies
    ]


def _smallest(study: Study) -> float:
    """Return λ_min of G_inf: 0 if it is exactly that, NaN if it is not resolved."""
    if study.limit["exact_rank"] < study.points:
        return 0.0
    return (
        float(study.limit["smallest"])
        if math.isfinite(study.limit_condition)
        else math.nan
    )


def crossing_rows(studies: Sequence[Study]) -> list[Row]:
    """Return from which width on each Wendland activation beats each other one."""
    rows = []
    for study in studies:
        if not study.activation.startswith("wendland"):
            continue
        for other in studies:
            is_rival = not other.activation.startswith("wendland")
            if is_rival and other.dataset == study.dataset:
                width = _better_from(study, other)
                rows.append(
                    {
                        "dataset": study.dataset,
                        "points": study.points,
                        "activation": study.activation,
                        "against": other.activation,
                        "from_width": width,
                        "over_points": width / study.points,
                    }
                )
    return rows


def _better_from(study: Study, other: Study) -> float:
    """Return the least width from which on the intervals are apart; inf if none."""
    found = math.inf
    for place in reversed(study.places):
        if is_less(study.at(place), other.at(place)) is not True:
            break
        found = float(study.widths[place])
    return found


def arrays_of(studies: Sequence[Study]) -> dict[str, np.ndarray]:
    """Return κ(G) and λ_min of every trial, shape (trials, widths), by study."""
    found: dict[str, np.ndarray] = {}
    for study in studies:
        if not study.trials:
            continue
        name = f"{study.dataset}/{study.dimension}/{study.activation}"
        found[f"{name}/condition_number"] = study.condition_numbers
        found[f"{name}/smallest"] = np.array(
            [each["smallest"] for each in study.trials]
        )
        found[f"{name}/widths"] = np.array(study.widths)
    return found


def method_note(studies: Sequence[Study]) -> str:
    """Say how κ(G) was computed."""
    methods = [
        method
        for study in studies
        for trial in study.trials
        for method in trial["method"]
    ]
    return (
        f"Of {len(methods)} spectra {methods.count('gram')} are eigenvalues of G, and "
        f"{methods.count('features')}, where G would not resolve κ, squares of the "
        f"features' singular values; {methods.count('width below n')} are of widths "
        "below n, where G is singular and nothing is computed."
    )
