"""Minibatch gradient descent on the inner layer, against all points at once."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from widthwise.dynamics import train
from widthwise.estimates import Estimate, is_within, mean
from widthwise.experiments.oymak._points import trial_points, trial_targets
from widthwise.experiments.shared import (
    Answer,
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
    picked,
    with_interval,
)
from widthwise.features import tangent_kernel
from widthwise.machine import limited_threads
from widthwise.networks import TwoLayer
from widthwise.numerics.linear_algebra import eigenvalues
from widthwise.prose import say
from widthwise.seeds import derive
from widthwise.sources import OYMAK_2020

__all__ = ["EXPERIMENT"]

_GEOMETRIC = Claim(
    name="minibatches_fit_geometrically",
    statement="Stochastic gradient descent with a step as for all points drives the "
    "misfit to zero geometrically too.",
    where="Theorem on stochastic gradient descent",
    measured="‖f - y‖ / ‖y‖ after the last epoch, over the trials",
    refuted_by="a batch size whose mean misfit did not fall below a hundredth of the "
    "first",
    origin="paper",
    cut_off="to zero is a hundredth, in the epochs that were run",
)
_ORDER = Claim(
    name="rate_in_expectation",
    statement="Per epoch its rate is at least of the order of the deterministic one.",
    where="Theorem on stochastic gradient descent: (1 - η α² / 2n) a step",
    measured="rate per epoch of the mean square misfit over that of all points",
    refuted_by="an interval below one quarter",
    origin="paper",
    cut_off="the order is a factor of 1/4; the paper's constant is lost",
)
_SAME = Claim(
    name="rate_is_the_same",
    statement="Per epoch the rates are equal, whatever the batch.",
    where="Beyond the theorem on stochastic gradient descent: the ratio itself",
    measured="the same ratio",
    refuted_by="an interval outside 0.8 to 1.25",
    origin="ours",
)
_BALL = Claim(
    name="iterates_stay_near",
    statement="The iterates stay in the ball 4 ‖r_0‖ / σ_min(J_0) around the start.",
    where="The general theorem behind the proofs, for single points",
    measured="largest ‖W - W_0‖ σ_min(J_0) / ‖r_0‖ over all runs",
    refuted_by="a run that ends above 4",
    origin="paper",
)

_CLAIMS = (_GEOMETRIC, _ORDER, _SAME, _BALL)


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    shared = {
        "n": settings["points"],
        "d": settings["dimension"],
        **picked(settings, "width", "epochs"),
    }
    batches = dict.fromkeys((settings["points"], *settings["batches"]))
    return [
        {**shared, "activation": name, "batch": batch, "trial": trial}
        for name in dict.fromkeys(settings["activations"])
        for batch in batches
        if batch <= settings["points"]
        for trial in range(settings["trials"])
    ]


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    """Return the relative misfit after each epoch, and how far W went."""
    n, d, trial = cell["n"], cell["d"], cell["trial"]
    points = trial_points("sphere", n, d, trial, seed)
    targets = trial_targets(n, trial, seed)
    start = derive(seed, "experiments/oymak_stochastic", trial)
    network = TwoLayer(
        d,
        cell["width"],
        cell["activation"],
        seed=start,
        trained="inner",
        outer="signs",
    )
    with limited_threads(1):
        run = train(
            network,
            points,
            targets,
            optimizer="gd" if cell["batch"] == n else "sgd",
            step="stable",
            epochs=cell["epochs"],
            batch_size=None if cell["batch"] == n else cell["batch"],
            seed=start,
            track=("loss", "distance"),
            progress=tell,
        )
    outer = network.outer.weight.detach().reshape(-1) * network.outer.multiplier
    kernel = tangent_kernel(
        points, network.inner.weight.detach(), outer, network.act, trained="inner"
    )
    smallest = math.sqrt(max(float(eigenvalues(kernel)[0]), 0.0))
    misfit = np.sqrt(2 * np.asarray(run.loss))
    return {
        "residuals": (misfit / math.sqrt(n)).tolist(),
        "in balls": float(run.distance[-1]) * smallest / float(misfit[0]),
        "stopped": run.stopped,
    }


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    full = settings["points"]
    rates: dict[tuple[str, int], list[float]] = {}
    rows: list[Row] = []
    curves: list[Row] = []
    for (name, batch), own in gathered(cells, results, "activation", "batch").items():
        residuals = np.array([each["residuals"] for each in own])
        rates[name, batch] = [_rate(each) for each in residuals]
        average = np.sqrt((residuals**2).mean(axis=0))
        place = {"activation": name, "batch": batch}
        curves += [
            {**place, "epoch": epoch, "residual": float(value)}
            for epoch, value in enumerate(average)
            if value > 0
        ]
        ratio = _ratio(rates[name, batch], rates[name, full])
        rows.append(
            {
                **place,
                "trials": len(own),
                "first": float(average[0]),
                "last": float(average[-1]),
                "rate": float(np.mean(rates[name, batch])),
                "ratio": ratio.value,
                "low": ratio.low,
                "high": ratio.high,
                "in balls": max(each["in balls"] for each in own),
            }
        )
    return Measurement(
        {"batches": rows, "curves": curves}, _findings(rows, full), charts=_CHARTS
    )


def _rate(residuals: np.ndarray) -> float:
    """Return -d log ‖r‖² per epoch over the second half of the fall, in logarithms."""
    logs = np.log(np.maximum(residuals, 1e-14))
    beyond = np.flatnonzero(logs <= logs[0] + 0.5 * (logs.min() - logs[0]))
    first = int(beyond[0])
    last = max(int(np.flatnonzero(logs <= logs.min() + 0.1)[0]), first + 1)
    last = min(last, len(logs) - 1)
    first = min(first, last - 1)
    return float(-2 * (logs[last] - logs[first]) / (last - first))


def _ratio(own: list[float], full: list[float]) -> Estimate:
    """Return the mean ratio, trial by trial: both have the same points and weights."""
    return mean([a / b for a, b in zip(own, full, strict=True)])


def _findings(rows: list[Row], full: int) -> tuple[Finding, ...]:
    small = [row for row in rows if row["batch"] != full]
    worst = max(small, key=lambda row: row["last"] / row["first"])
    far = max(rows, key=lambda row: row["in balls"])

    def ratios(low: float, high: float) -> list[Answer]:
        answers: list[Answer] = []
        for row in small:
            found = Estimate(row["ratio"], row["low"], row["high"])
            holds = is_within(found, low, high)
            said = say(
                f"{row['activation']}, {row['batch']} points a step: {{}}",
                with_interval(found),
            )
            answers.append((holds, said))
        return answers

    return (
        _GEOMETRIC.decided(
            worst["last"] <= 0.01 * worst["first"],
            say(
                f"Of {len(small)} cases the slowest, {worst['activation']} with "
                f"{worst['batch']} points a step, comes from {{}} to {{}}.",
                worst["first"],
                worst["last"],
            ),
        ),
        _ORDER.together(ratios(0.25, math.inf)),
        _SAME.together(ratios(0.8, 1.25)),
        _BALL.decided(
            far["in balls"] <= 4,
            say(
                f"The largest is {{}} ({far['activation']}, {far['batch']} points a "
                "step).",
                far["in balls"],
            ),
        ),
    )


_CHARTS = (
    Chart(
        name="curves",
        title="The misfit by epoch and points in a step.",
        table="curves",
        x="epoch",
        y="residual",
        by="batch",
        panels="activation",
        log="y",
        x_label="epoch",
        y_label="‖f − y‖ / ‖y‖, root mean square",
        caption="The step is the same for all, 1/λ_max of the tangent kernel.",
    ),
    Chart(
        name="ratios",
        title="The rate per epoch over that of all points at once.",
        table="batches",
        x="batch",
        y="ratio",
        by="activation",
        low="low",
        high="high",
        log="x",
        x_label="points in a step",
        y_label="rate / rate of all points",
        caption="Bars: 95 % intervals of the mean over trials.",
    ),
)

EXPERIMENT = Experiment(
    name="oymak_stochastic",
    title="Minibatches against all points at once",
    question="Does stochastic gradient descent fit at the rate of gradient descent, "
    "and stay as near to its start?",
    source=OYMAK_2020,
    where="Theorem on stochastic gradient descent",
    settings={
        "activations": Setting.name(
            "the activations",
            ("relu", "softplus"),
            ("softplus",),
            choices=("relu", "leaky_relu", "softplus", "gelu", "swish", "elu", "tanh"),
        ),
        "points": Setting.whole("the number n of points", 40, 12, 2, 2000),
        "dimension": Setting.whole("the dimension d", 20, 8, 2, 784),
        "width": Setting.whole("hidden units k", 512, 128, 2, 10**6),
        "batches": Setting.whole("points in a step", (1, 5, 20), (1, 4), 1, 2000),
        "epochs": Setting.whole("passes over the points", 300, 60, 2, 10**6),
        "trials": Setting.whole("trials", 6, 3, 2, 1000),
    },
    claims=_CLAIMS,
    assumptions=(
        "Points are uniform on the sphere, labels ±1 at random, W_0 standard normal, "
        "the outer weights ±1/√k fixed. A step follows the gradient of half the sum of "
        "squares of its own points; the points are shuffled in each epoch.",
        "All batch sizes have the step 1/λ_max of the tangent kernel at the start, far "
        "above the theorem's, whose constant is lost.",
        "A rate is the slope of log ‖r‖² per epoch over the second half of its fall.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
