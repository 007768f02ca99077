"""Training at the paper's width of a million units, against the limit's kernel."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from widthwise import activations
from widthwise.estimates import Estimate, mean
from widthwise.experiments.panigrahi._limit_run import limit_run
from widthwise.experiments.panigrahi._points import (
    COUNTS,
    activations_setting,
    point_set,
)
from widthwise.experiments.panigrahi._smallest import is_smooth
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
    at_most,
    gathered,
    kept_steps,
    picked,
    shown_steps,
    with_interval,
)
from widthwise.prose import say
from widthwise.seeds import derive, stream
from widthwise.sources import PANIGRAHI_2020

__all__ = ["EXPERIMENT"]

_NEAR = 1.25

_FOLLOWS = Claim(
    name="the_whole_curve_follows",
    statement="At the paper's width the loss falls as the eigenvalues of the G-matrix "
    "say, at every step.",
    where="Section 2; Figure 1 (a), (b)",
    measured="the largest factor between the real residual and that of the infinite "
    "width, over all steps; mean over the networks",
    refuted_by=f"a mean factor whose interval lies above {_NEAR:g}",
    origin="paper",
    cut_off=f"a factor of {_NEAR:g}",
)
_FASTEST = Claim(
    name="relu_is_fastest_at_a_million_units",
    statement="relu trains faster than smooth activations on points of few dimensions.",
    where="Figure 1 (a), (b)",
    measured="‖y - f‖ / ‖y - f_0‖ after the last step 1/λ_max, relu's over that of a "
    "smooth activation with the same labels, geometric mean over the networks",
    refuted_by="an interval above 1",
    origin="paper",
)
_ELU = Claim(
    name="elu_is_next",
    statement="So does elu, whose second derivative jumps.",
    where="Beyond Figure 1 (a), (b): its order among the others",
    measured=_FASTEST.measured.replace("relu's", "elu's"),
    refuted_by=_FASTEST.refuted_by,
    origin="ours",
)

_CLAIMS = (_FOLLOWS, _FASTEST, _ELU)


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "n": n,
            "activation": name,
            "width": settings["width"],
            "steps": max(1, settings["work"] // n),
            "trial": trial,
        }
        for n in dict.fromkeys(settings["counts"])
        for name in dict.fromkeys(settings["activations"])
        for trial in range(settings["trials"])
    ]


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    """Return the real and the predicted relative residual, and the largest gap."""
    n, trial = cell["n"], cell["trial"]
    drawn = stream(seed, "panigrahi_wide_training/labels", trial).integers(0, 2, n)
    return limit_run(
        activations.for_dimension(cell["activation"], 2),
        point_set("half_circle", n, 2, seed),
        torch.from_numpy(drawn * 2.0 - 1.0),
        cell["width"],
        derive(seed, "panigrahi_wide_training", trial),
        cell["steps"],
        tell,
    )


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    rows: list[Row] = []
    curves: list[Row] = []
    gaps: list[Answer] = []
    ends: dict[tuple[int, str], np.ndarray] = {}
    for (n, name, steps), own in gathered(
        cells, results, "n", "activation", "steps"
    ).items():
        place = {"n": n, "activation": name}
        gap = mean([each["gap"] for each in own])  # Of logarithms, as is the end.
        ends[n, name] = np.log([each["end"] for each in own])
        said = say(f"{name}, n = {n}, {steps} steps: {{}}", with_interval(_power(gap)))
        gaps.append(at_most(gap, said, math.log(_NEAR)))
        rows.append(
            {
                **place,
                **picked(own[0], "smoothness"),
                "networks": len(own),
                "steps": steps,
                **_columns("gap", gap),
                "worst gap": math.exp(max(each["gap"] for each in own)),
                **_columns("end", mean(ends[n, name])),
            }
        )
        for which in ("real", "predicted"):
            average = np.exp(np.log([each[which] for each in own]).mean(axis=0))
            kept = kept_steps(steps)
            curves += [
                {
                    **place,
                    "run": which,
                    "step": kept[at],
                    "residual": float(average[at]),
                }
                for at in shown_steps(len(kept) - 1)
            ]
    return Measurement(
        {"training": rows, "curves": curves},
        (
            _FOLLOWS.together(gaps, before="Largest factors: "),
            _ahead(_FASTEST, "relu", rows, ends),
            _ahead(_ELU, "elu", rows, ends),
        ),
        charts=_charts(settings),
    )


def _power(found: Estimate) -> Estimate:
    """Return exp of an estimate."""
    value, low, high = (
        math.exp(min(each, 700.0)) for each in (found.value, found.low, found.high)
    )
    return Estimate(value, low, high, found.confidence)


def _columns(name: str, found: Estimate) -> Row:
    of = _power(found)
    return {name: of.value, f"{name} low": of.low, f"{name} high": of.high}


def _ahead(
    claim: Claim,
    ours: str,
    rows: list[Row],
    ends: Mapping[tuple[int, str], np.ndarray],
) -> Finding:
    """Compare an activation's ends with those of each smooth one, label by label."""
    answers = []
    for row in filter(is_smooth, rows):
        n, name = row["n"], row["activation"]
        if (n, ours) in ends:
            found = mean(ends[n, ours] - ends[n, name])
            said = say(
                f"n = {n}, {ours} over {name}: {{}}", with_interval(_power(found))
            )
            answers.append(at_most(found, said, 0.0))
    return claim.together(answers, nothing="0 pairs of activations were trained.")


def _charts(settings: Mapping[str, Any]) -> tuple[Chart, ...]:
    width = settings["width"]
    convergence = Chart(
        name="convergence",
        title=f"Training by activation, width {width:,}.",
        table="curves",
        x="step",
        y="residual",
        by="activation",
        panels="n",
        only={"run": "real"},
        log="y",
        caption="Geometric mean over the networks; steps 1/λ_max of the G-matrix.",
        figure="Figure 1 (a), (b)",
        x_label="step of gradient descent",
        y_label="‖y − f‖ / ‖y − f₀‖",
    )
    return (
        convergence,
        *(
            replace(
                convergence,
                name=f"prediction_{n}",
                title=f"Real training and the limit's kernel, n = {n}.",
                by="run",
                panels="activation",
                only={"n": n},
                figure="",
            )
            for n in dict.fromkeys(settings["counts"])
        ),
        Chart(
            name="gap",
            title="How far a real curve is from the limit's, at its worst step.",
            table="training",
            x="activation",
            y="gap",
            kind="points",
            low="gap low",
            high="gap high",
            by="n",
            x_label="activation",
            y_label="largest factor between the residuals",
            caption="Bars: 95 % intervals over networks.",
        ),
    )


EXPERIMENT = Experiment(
    name="panigrahi_wide_training",
    title="Training a million units",
    question="At the paper's width, does the whole curve of training follow the "
    "eigenvalues?",
    source=PANIGRAHI_2020,
    where="Figure 1 (a), (b)",
    settings={
        "counts": COUNTS,
        "activations": replace(
            activations_setting("relu", "tanh"),
            default=("relu", "elu", "tanh", "swish"),
        ),
        "width": Setting.whole("hidden units m", 1_000_000, 4_000, 2, 10**8),
        "work": Setting.whole(
            "steps of gradient descent times n", 3_000, 400, 1, 10**8
        ),
        "trials": Setting.whole("networks and labels", 10, 3, 2, 1000),
    },
    claims=_CLAIMS,
    assumptions=(
        "The paper's step of 10^-3 and its number of steps are lost; the step is "
        "1/λ_max of the limit's G-matrix, and there are 3,000 / n of them.",
        "Half a circle of points, labels ±1 at random, outer weights ±1 scaled to "
        "E σ(g)² = 1; only the hidden layer is trained, on all points at once.",
        "Units are streamed in float32 with sums in float64; the prediction is the "
        "limit's kernel applied to the residual at the start.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
