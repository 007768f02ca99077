"""Training at widths around the theorem's: where sqrt(kd) crosses n."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch

from widthwise import activations
from widthwise.dynamics.by_layer import descend, two_layer_on_data
from widthwise.estimates import share
from widthwise.experiments.oymak._points import trial_points, trial_targets
from widthwise.experiments.shared import (
    Cell,
    Chart,
    Claim,
    Experiment,
    Finding,
    Measurement,
    Progress,
    Row,
    Setting,
    gathered,
    interval,
    picked,
)
from widthwise.machine import limited_threads
from widthwise.prose import say
from widthwise.seeds import derive
from widthwise.sources import OYMAK_2020

__all__ = ["EXPERIMENT"]

_LOOK = 20
"""A run looks at its loss every so many steps."""

_BEYOND = Claim(
    name="beyond_the_crossing_training_fits",
    statement="Once the square root of the number of weights exceeds the number of "
    "points, sqrt(kd) >= n, gradient descent on the inner layer fits random labels.",
    where="Theorem 2.1 and its corollary for random points; the constant 1 is ours",
    measured="runs that come to the tolerance, over all n and d with sqrt(kd) >= n",
    refuted_by="a run that does not",
    origin="paper",
    cut_off="the constant of sqrt(kd) >= c n is 1, in the steps that were run",
)
_BEFORE = Claim(
    name="the_crossing_is_no_threshold",
    statement="Nothing happens at the crossing: runs with sqrt(kd) between n/4 and n "
    "fit as well.",
    where="Beyond Theorem 2.1: whether its width is needed",
    measured="runs that come to the tolerance with n/4 <= sqrt(kd) < n and kd >= 4n",
    refuted_by="a share whose interval lies below 0.9",
    origin="ours",
)
_FASTER = Claim(
    name="steps_do_not_grow_beyond",
    statement="Beyond the crossing the number of steps does not grow with the width.",
    where="Theorem 2.1: its rate does not depend on k",
    measured="median steps, known to 20, at the greatest width over those at the "
    "crossing, by size",
    refuted_by="a ratio above 1.25 at one n and d",
    origin="paper",
    cut_off="not growing is a factor of 1.25",
)

_CLAIMS = (_BEYOND, _FASTER, _BEFORE)


def _width(n: int, d: int, ratio: float) -> int:
    """Return the even k with kd nearest to ratio n²."""
    return 2 * max(1, round(ratio * n * n / d / 2))


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for n in sorted(set(settings["points"])):
        for d in sorted(set(settings["dimensions"])):
            for name in dict.fromkeys(settings["activations"]):
                for ratio in sorted(set(settings["ratios"])):
                    for trial in range(settings["trials"]):
                        cell = {
                            "n": n,
                            "d": d,
                            "activation": name,
                            "width": _width(n, d, ratio),
                            "trial": trial,
                            **picked(settings, "steps", "tolerance"),
                        }
                        found[tuple(cell.values())] = cell
    return list(found.values())


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    n, d, trial = cell["n"], cell["d"], cell["trial"]
    tell(0.0, f"{cell['activation']}, n = {n}, d = {d}, {cell['width']} units")
    with limited_threads(1):
        start = two_layer_on_data(
            activations.get(cell["activation"]),
            trial_points("sphere", n, d, trial, seed),
            trial_targets(n, trial, seed),
            cell["width"],
            derive(seed, f"experiments/oymak_crossing/{n}/{d}", trial),
        )
        run = descend(start, "inner", cell["steps"], cell["tolerance"])
    return {
        "loss": run.relative_loss,
        "steps": run.steps,
        "norm": float(torch.linalg.vector_norm(start.inner)),
    }


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    rows: list[Row] = []
    for (name, n, d, width), own in gathered(
        cells, results, "activation", "n", "d", "width"
    ).items():
        steps = sorted(each["steps"] for each in own if each["steps"] is not None)
        hits = sum(each["loss"] <= settings["tolerance"] for each in own)
        found = share(hits, len(own))
        rows.append(
            {
                "activation": name,
                "size": f"n = {n}, d = {d}",
                "n": n,
                "d": d,
                "width": width,
                "root over n": math.sqrt(width * d) / n,
                "weights per point": width * d / n,
                "trials": len(own),
                "fits": hits,
                "share": found.value,
                "low": found.low,
                "high": found.high,
                "median steps": float(steps[len(steps) // 2]) if steps else math.nan,
            }
        )
    return Measurement({"widths": rows}, _findings(rows), charts=_CHARTS)


def _findings(rows: list[Row]) -> tuple[Finding, ...]:
    # Widths are even, so a ratio of 1 may fall short of 1 by half of a pair.
    beyond = [row for row in rows if _crosses(row)]
    before = [
        row
        for row in rows
        if not _crosses(row)
        and row["root over n"] >= 0.25
        and row["weights per point"] >= 4
    ]
    return (_all_fit(beyond), _steps(beyond), _before(before))


def _crosses(row: Row) -> bool:
    return bool(row["width"] + 1 >= row["n"] ** 2 / row["d"])


def _all_fit(rows: list[Row]) -> Finding:
    if not rows:
        return _BEYOND.found("not decided", "0 widths lie beyond the crossing.")
    hits, trials = (sum(row[name] for row in rows) for name in ("fits", "trials"))
    return _BEYOND.decided(
        hits == trials,
        say(f"{hits} of {trials} runs fit ({{}}).", interval(share(hits, trials))),
    )


def _before(rows: list[Row]) -> Finding:
    if not rows:
        return _BEFORE.found("not decided", "0 widths lie there.")
    hits, trials = (sum(row[name] for row in rows) for name in ("fits", "trials"))
    found = share(hits, trials)
    holds = True if found.low >= 0.9 else False if found.high < 0.9 else None
    return _BEFORE.decided(
        holds, say(f"{hits} of {trials} runs fit ({{}}).", interval(found))
    )


def _steps(rows: list[Row]) -> Finding:
    ratios = []
    for name, size in dict.fromkeys((row["activation"], row["size"]) for row in rows):
        own = sorted(
            (row for row in rows if (row["activation"], row["size"]) == (name, size)),
            key=lambda row: row["width"],
        )
        if len(own) > 1 and own[0]["median steps"] > 0:
            most = own[-1]["median steps"] - _LOOK  # Steps are known to so many.
            ratios.append(most / own[0]["median steps"])
    if not ratios or any(math.isnan(each) for each in ratios):
        return _FASTER.found("not decided", f"{len(ratios)} sizes have two widths.")
    return _FASTER.decided(
        max(ratios) <= 1.25,
        say(
            f"{len(ratios)} ratios lie between {{}} and {{}}.", min(ratios), max(ratios)
        ),
    )


_CHARTS = (
    Chart(
        name="shares",
        title="Which runs fit, by sqrt(kd) over n.",
        table="widths",
        x="root over n",
        y="share",
        by="size",
        panels="activation",
        low="low",
        high="high",
        log="x",
        x_label="sqrt(kd) / n",
        y_label="share of runs that fit",
        caption="The theorem on smooth activations speaks of 1 and above, up to a "
        "constant.",
    ),
    Chart(
        name="steps",
        title="How many steps a run takes.",
        table="widths",
        x="root over n",
        y="median steps",
        by="size",
        panels="activation",
        log="xy",
        x_label="sqrt(kd) / n",
        y_label="median steps to the tolerance",
    ),
)

EXPERIMENT = Experiment(
    name="oymak_crossing",
    title="Where the square root of the number of weights crosses the number of points",
    question="Does training change where sqrt(kd) crosses n, in n and in d?",
    source=OYMAK_2020,
    where="Theorem 2.1, and Section 2.1 on random points",
    settings={
        "activations": Setting.name(
            "the activations",
            ("softplus", "relu"),
            ("softplus",),
            choices=("relu", "leaky_relu", "softplus", "gelu", "swish", "elu", "tanh"),
        ),
        "points": Setting.whole(
            "numbers n of points", (30, 60, 120), (12, 20), 4, 2000
        ),
        "dimensions": Setting.whole("dimensions d", (10, 20, 40), (6, 10), 2, 784),
        "ratios": Setting.real(
            "kd / n², the square of the ratio that crosses 1",
            (1 / 64, 1 / 16, 1 / 4, 1.0, 2.0),
            (1 / 16, 1 / 4, 1.0, 2.0),
            1e-4,
            100.0,
        ),
        "steps": Setting.whole("steps of gradient descent", 3000, 1000, 1, 10**7),
        "tolerance": Setting.real(
            "the relative loss ‖f - y‖² / ‖y‖² that counts as fitted",
            0.01,
            0.01,
            1e-12,
            0.5,
        ),
        "trials": Setting.whole("trials of each width", 4, 2, 1, 10_000),
    },
    claims=_CLAIMS,
    assumptions=(
        "The theorem's constant is lost; the crossing is taken with the constant 1. "
        "Points are uniform on the sphere, labels ±1 at random.",
        "The step is 1/λ_max of the tangent kernel at the start, halved when the loss "
        "has risen over 20 steps.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
