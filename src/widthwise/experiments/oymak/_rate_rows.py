"""Rows of the tables on the speed of gradient descent."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from widthwise.dynamics.by_layer import FollowedRun
from widthwise.estimates import mean
from widthwise.experiments.oymak._spectrum import DataNumbers
from widthwise.experiments.shared import (
    Row,
    grouped,
    kept_steps,
    picked,
    shown_steps,
)

__all__ = ["curve_rows", "mark_rows", "means", "run_row"]

_QUANTITIES: dict[str, Callable[[Row], float]] = {
    "rate over the rate of the Jacobian reached": lambda run: run["rate_over_end"],
    "rate over the order of the theorem": lambda run: run["rate_over_order"],
    "gap of the Jacobian to its mean": lambda run: abs(
        run["start_smallest_over_mean"] - 1
    ),
    "relative distance": lambda run: run["relative_distance"],
    "distance over the ball": lambda run: run["distance_over_ball"],
}


def run_row(path: FollowedRun, numbers: DataNumbers, count: int) -> Row:
    """Return what one run says; ‖v‖² is ‖y‖² / n, which is 1 for labels of ±1."""
    first, last = path.marks[0], path.marks[-1]
    rate = path.measured_rate
    misfit = float(path.residuals[0]) * math.sqrt(count)
    return {
        "steps": last.step,
        "predicted_steps": path.predicted_steps,
        "step_size": path.step_size,
        "rate": rate,
        "rate_from_start": path.predicted_rate(first),
        "rate_from_end": path.predicted_rate(last),
        "rate_over_start": rate / path.predicted_rate(first),
        "rate_over_end": rate / path.predicted_rate(last),
        "rate_over_order": rate / (path.step_size * numbers.smallest),
        "start_smallest_over_mean": first.smallest**2 / numbers.smallest,
        "least_smallest_ratio": min(mark.smallest for mark in path.marks)
        / first.smallest,
        "distance": last.distance,
        "relative_distance": last.distance / path.initial_norm,
        "distance_over_ball": last.distance * first.smallest / misfit,
        "kink_crossings": path.kink_crossings,
        "smallest": numbers.smallest,
        "khatri_rao_bound": numbers.bound,
        "mean_slope": numbers.slope,
    }


def mark_rows(marks: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    """Yield the Jacobian and the distance at each power of ten of the residual."""
    start = marks[0]
    for mark in marks:
        yield {
            **picked(mark, "decade", "step"),
            "smallest_singular_value": mark["smallest"],
            "largest_singular_value": mark["largest"],
            "smallest_over_start": mark["smallest"] / start["smallest"],
            "largest_over_start": mark["largest"] / start["largest"],
            "half": 0.5,
            "distance": mark["distance"],
        }


def curve_rows(found: Mapping[str, Any]) -> Iterator[Row]:
    """Yield about a hundred places of the residual of one run."""
    steps = kept_steps(found["steps"])
    for place in shown_steps(len(steps) - 1):
        yield {"step": steps[place], "residual": found["residuals"][place]}


def means(runs: Sequence[Row]) -> list[Row]:
    """Return the mean over trials of what the claims are about, by width."""
    rows: list[Row] = []
    for quantity, value in _QUANTITIES.items():
        for (name, width), own in grouped(runs, "activation", "width").items():
            some = [value(run) for run in own]
            found = mean(some)
            rows.append(
                {
                    "quantity": quantity,
                    "activation": name,
                    "width": width,
                    "trials": len(some),
                    "mean": found.value,
                    "low": found.low,
                    "high": found.high,
                    "least": min(some),
                    "most": max(some),
                    "one": 1.0,
                }
            )
    return rows
