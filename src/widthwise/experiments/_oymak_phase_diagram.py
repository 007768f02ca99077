"""How wide a network must be for gradient descent to fit random labels."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from widthwise import activations
from widthwise.experiments._definition import Experiment, Measurement, Progress
from widthwise.experiments._oymak_cell import Budget, Cell, run_cell
from widthwise.experiments._oymak_phase_claims import CLAIMS, exponents, findings
from widthwise.experiments._oymak_points import DATA, trial_points, trial_targets
from widthwise.experiments._setting import Setting
from widthwise.experiments._success_threshold import success_threshold, wilson_interval
from widthwise.seeds import derive, stream
from widthwise.sources import OYMAK_2020

__all__ = ["OYMAK_PHASE_DIAGRAM"]

_RESAMPLES = 200

_SETTINGS = {
    "activations": Setting(
        "the activations",
        "name",
        ("relu", "softplus"),
        ("relu",),
        choices=(
            "relu",
            "leaky_relu",
            "softplus",
            "gelu",
            "swish",
            "elu",
            "tanh",
            "sigmoid",
            "erf",
        ),
        is_list=True,
    ),
    "trained": Setting(
        "which layers are trained",
        "name",
        ("inner", "outer", "both"),
        ("inner", "outer", "both"),
        choices=("inner", "outer", "both"),
        is_list=True,
    ),
    "data": Setting(
        "where the points come from", "name", "sphere", "sphere", choices=DATA
    ),
    "points": Setting(
        "the numbers n of points at the first dimension",
        "whole",
        (90, 135, 200, 300),
        (30, 45, 60),
        low=8,
        high=5000,
        is_list=True,
    ),
    "dimensions": Setting(
        "the dimensions d; the first goes with every n, the others with `fixed_points`",
        "whole",
        (20, 14, 28),
        (8, 12),
        low=2,
        high=784,
        is_list=True,
    ),
    "fixed_points": Setting("n where d varies", "whole", 200, 45, low=8, high=5000),
    "ratios": Setting(
        "trained weights per point, kd / n (or k / n for the outer layer)",
        "real",
        (0.5, 0.7, 0.85, 1.0, 1.2, 1.4, 1.7, 2.0, 2.8, 4.0),
        (0.5, 0.8, 1.2, 2.0, 4.0),
        low=0.01,
        high=1000,
        is_list=True,
    ),
    "trials": Setting("trials of a width", "whole", 12, 4, low=2, high=10_000),
    "steps": Setting(
        "steps of real gradient descent", "whole", 6000, 500, low=1, high=10**7
    ),
    "outer_steps": Setting(
        "steps of the outer layer, by the closed form", "real", 1e12, 1e12, 1, 1e300
    ),
    "tolerance": Setting(
        "the relative loss ‖f - y‖² / ‖y‖² that counts as success",
        "real",
        0.01,
        0.05,
        low=1e-12,
        high=0.5,
    ),
}

_ASSUMPTIONS = (
    "Points are uniform on the sphere (or images, see `data`); labels are +1 or -1 at "
    "random. The paper's sizes, labels, tolerance and number of steps are lost.",
    "Success is a relative loss ‖f - y‖² / ‖y‖² of at most `tolerance` within `steps` "
    "steps of gradient descent, so a threshold is one for this budget. The step is "
    "1/λ_max of the tangent kernel at the start, halved when the loss has risen over "
    "20 steps.",
    "A threshold that falls by more than its standard error between half of the steps "
    "and all of them is limited by the steps; an exponent from such thresholds decides "
    "nothing.",
    "f = s Σ a_r φ(w_r·x) with s = ‖y‖/sqrt(kn), a = ±1 alternating, k even, W_0 "
    "standard normal; the outer weights that the paper fixes are s a.",
    "When both layers are trained, W and a each have a step from their own part of the "
    "tangent kernel. With one step for W and s a, the outer part's eigenvalues are of "
    "order k larger, and W would hardly move.",
    "The outer layer alone starts from the same a and is followed by its closed form "
    "for `outer_steps` steps; 'outer, as many steps' is the same run after `steps`.",
    "A trial keeps its points, labels and weights over all widths: a narrower network "
    "is a part of a wider one.",
)


def _measure(settings: Mapping[str, Any], seed: int, progress: Progress) -> Measurement:
    # Many products of small matrices: threads that wait for one another cost more.
    with threadpool_limits(limits=1):
        return _diagram(settings, seed, progress)


def _diagram(settings: Mapping[str, Any], seed: int, progress: Progress) -> Measurement:
    cells: list[dict[str, Any]] = []
    thresholds: list[dict[str, Any]] = []
    sizes = _sizes(settings)
    total = len(sizes) * len(settings["activations"])
    trials = settings["trials"]
    resamples = stream(seed, "experiments/oymak/resamples").integers(
        0, trials, (_RESAMPLES, trials)
    )
    done = 0
    for count, dimension in sizes:
        for name in settings["activations"]:
            progress(done / total, f"{name}, {count} points in dimension {dimension}")
            by_layer = _cells_of_size(settings, name, count, dimension, seed)
            done += 1
            for layers, found in by_layer.items():
                place = {
                    "activation": name,
                    "trained": layers,
                    "n": count,
                    "d": dimension,
                }
                cells += list(_cell_rows(place, found, settings["tolerance"]))
                thresholds.append(
                    _threshold_row(place, found, settings["tolerance"], resamples)
                )
    progress(1.0, "done")
    fits = exponents(thresholds)
    return Measurement(
        tables={
            "thresholds": thresholds,
            "exponents": [
                {
                    "activation": name,
                    "trained": layers,
                    "of": variable,
                    "exponent": each.value,
                    "standard_error": each.error,
                    "low": each.low,
                    "high": each.high,
                }
                for (name, layers), found in fits.items()
                for variable, each in found.items()
            ],
            "cells": cells,
        },
        findings=findings(thresholds),
        arrays=_arrays(cells),
        notes=_notes(cells),
    )


def _sizes(settings: Mapping[str, Any]) -> list[tuple[int, int]]:
    first, *others = settings["dimensions"]
    sizes = [(count, first) for count in settings["points"]]
    sizes += [(settings["fixed_points"], each) for each in others]
    return list(dict.fromkeys(sizes))


def _cells_of_size(
    settings: Mapping[str, Any], name: str, count: int, dimension: int, seed: int
) -> dict[str, list[Cell]]:
    """Return the cells by what was trained, in order of width."""
    trials = settings["trials"]
    act = activations.get(name)
    points = trial_points(settings["data"], count, dimension, trials, seed)
    targets = trial_targets(count, trials, seed)
    seeds = [
        derive(seed, f"experiments/oymak/weights/{count}/{dimension}", trial)
        for trial in range(trials)
    ]
    budget = Budget(settings["steps"], settings["outer_steps"], settings["tolerance"])
    found: dict[str, list[Cell]] = {}
    for per_unit, layers in (
        (dimension, tuple(x for x in settings["trained"] if x != "outer")),
        (1, tuple(x for x in settings["trained"] if x == "outer")),
    ):
        widths = {
            2 * max(1, round(ratio * count / per_unit / 2))
            for ratio in settings["ratios"]
        }
        for width in sorted(widths) if layers else ():
            cell = run_cell(act, points, targets, width, seeds, layers, budget)
            for what in cell.relative_loss:
                found.setdefault(what, []).append(cell)
    return found


def _cell_rows(
    place: dict[str, Any],
    found: list[Cell],
    tolerance: float,
) -> Iterator[dict[str, Any]]:
    for cell in found:
        losses = cell.relative_loss[place["trained"]]
        successes, trials = int((losses <= tolerance).sum()), len(losses)
        low, high = wilson_interval(successes, trials)
        yield {
            **place,
            "width": cell.width,
            "weights_per_point": _per_point(place, cell.width),
            "trials": trials,
            "successes": successes,
            "low": low,
            "high": high,
            "median_relative_loss": float(np.median(losses)),
            "silent_share": cell.silent,
            "halvings": cell.halvings,
        }


def _threshold_row(
    place: dict[str, Any],
    found: list[Cell],
    tolerance: float,
    resamples: np.ndarray,
) -> dict[str, Any]:
    trained, widths = place["trained"], [cell.width for cell in found]
    outcomes = np.array([cell.relative_loss[trained] <= tolerance for cell in found])
    early = np.array([cell.fits_early[trained] for cell in found])
    fit = success_threshold(widths, outcomes.astype(float), resamples)
    half = success_threshold(widths, early.astype(float), resamples)
    return {
        **place,
        "width": fit.width if fit.was_found else None,
        "log_error": fit.log_error if fit.was_found else None,
        "weights_per_point": _per_point(place, fit.width) if fit.was_found else None,
        "steepness": fit.steepness if fit.was_found else None,
        "width_at_half_the_steps": half.width if half.was_found else None,
        "best_share": float(outcomes.mean(axis=1).max()),
    }


def _per_point(place: dict[str, Any], width: float | int) -> float:
    per_unit = 1 if place["trained"].startswith("outer") else place["d"]
    return float(width * per_unit / place["n"])


def _arrays(cells: list[dict[str, Any]]) -> dict[str, np.ndarray]:
    """Return n, d, width and share of success, for each activation and layer."""
    found = {}
    for key in dict.fromkeys((row["activation"], row["trained"]) for row in cells):
        name = f"{key[0]}/{key[1]}".replace(", ", "-").replace(" ", "-")
        found[name] = np.array(
            [
                [row["n"], row["d"], row["width"], row["successes"] / row["trials"]]
                for row in cells
                if (row["activation"], row["trained"]) == key
            ]
        )
    return found


def _notes(cells: list[dict[str, Any]]) -> tuple[str, ...]:
    silent = [row for row in cells if row["silent_share"] > 0.001]
    if not silent:
        return ()
    widest = max(row["width"] for row in silent)
    return (
        "A rectifier network of few units is silent at a share 2^-k of the points, "
        "where no gradient reaches an inner weight; that, rather than kd, limits the "
        f"narrowest networks (here up to {widest} units).",
    )


OYMAK_PHASE_DIAGRAM = Experiment(
    name="oymak_phase_diagram",
    title="How wide a network must be for gradient descent to fit random labels",
    question="At which width does training the inner layer, the outer one or both "
    "begin to succeed, and how does it grow with n and d?",
    source=OYMAK_2020,
    where="Section on numerical experiments",
    settings=_SETTINGS,
    claims=CLAIMS,
    assumptions=_ASSUMPTIONS,
    measure=_measure,
)
