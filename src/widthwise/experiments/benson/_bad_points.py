"""Both layers trained on the bad points: the residual stops where it must."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from widthwise import activations
from widthwise.arrays import Array
from widthwise.datasets import synthetic_2
from widthwise.dynamics import train
from widthwise.estimates import Estimate, all_hold, is_below, mean
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
    picked,
    shown_steps,
    with_interval,
)
from widthwise.machine import limited_threads
from widthwise.networks import TwoLayer
from widthwise.prose import joined, say
from widthwise.seeds import derive
from widthwise.sources import BENSON_2020
from widthwise.spectra import rank_verdict

__all__ = ["EXPERIMENT"]

_NEAR = 0.01

_BOUND = Claim(
    name="residual_stays_above_the_bound",
    statement="With labels that meet the null vector no network of the rectifier "
    "without biases has zero loss: ‖f - y‖ >= |z·y| / ‖z‖, whatever is trained.",
    where="Corollary 2.4 and Theorem 3.3",
    measured="‖f - y‖ after both layers were trained by Adam",
    refuted_by="a run that ends below the bound",
    origin="paper",
)
_SWISH = Claim(
    name="swish_stops_there_too",
    statement="The same holds for swish.",
    where="Appendix A.2",
    measured=_BOUND.measured,
    refuted_by=_BOUND.refuted_by,
    origin="paper",
)
_REACHED = Claim(
    name="training_reaches_the_bound",
    statement="Joint training ends at the bound, within a hundredth of it.",
    where="Beyond Corollary 2.4: how near a real run comes",
    measured="‖f - y‖ over the bound, rectifier and swish",
    refuted_by="a mean whose interval lies above 1.01",
    origin="ours",
)
_BIAS = Claim(
    name="a_bias_lifts_the_bound",
    statement="With a constant appended to the points the same labels are fitted.",
    where="Remark 3.5 and Remark 2.6",
    measured="‖f - y‖ of the same training with the constant",
    refuted_by="a run that ends above 1e-3",
    origin="paper",
    cut_off="fitted is 1e-3, after so many steps",
)
_OTHERS = Claim(
    name="elu_fits_without_a_bias",
    statement="An activation whose odd part is no line, elu, fits them without a bias.",
    where="Theorem 3.6: its condition holds",
    measured="‖f - y‖ of the same training with elu",
    refuted_by="a run that ends at the rectifier's bound or above",
    origin="paper",
)
_PAPERS = Claim(
    name="the_papers_labels_are_fitted",
    statement="With equal labels at the bad points the bound is zero, and training "
    "goes on below that of other labels.",
    where="Section 3.5, Synthetic-2: its labels are orthogonal to the null vector",
    measured="|z·y| / ‖z‖, and ‖f - y‖ after the same training",
    refuted_by="a bound above zero, or a run that ends above 0.7",
    origin="paper",
)

_CLAIMS = (_BOUND, _SWISH, _REACHED, _BIAS, _OTHERS, _PAPERS)


def _variants(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"activation": name, "labels": "met", "bias": False}
        for name in dict.fromkeys(settings["activations"])
    ]
    return [
        *found,
        {"activation": "relu", "labels": "met", "bias": True},
        {"activation": "relu", "labels": "equal", "bias": False},
    ]


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    shared = picked(
        settings, "dimension", "uniform", "width", "epochs", "step", "decay"
    )
    return [
        {**variant, **shared, "trial": trial}
        for variant in _variants(settings)
        for trial in range(settings["trials"])
    ]


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    """Return the bound of the labels, and ‖f - y‖ along the training."""
    points, targets, bound = _problem(cell, seed)
    start = derive(seed, "experiments/benson_bad_points/weights", cell["trial"])
    act = activations.get(cell["activation"])
    network = TwoLayer(points.shape[1], cell["width"], act, law="sphere", seed=start)
    with limited_threads(1):
        run = train(
            network,
            points,
            targets,
            optimizer="adam",
            **picked(cell, "step", "epochs", "decay"),
            track=("loss",),
            progress=tell,
        )
    losses = run.loss
    kept = shown_steps(len(losses) - 1)
    return {
        "bound": bound,
        "steps": kept,
        "residuals": [float(2 * losses[place]) ** 0.5 for place in kept],
        "least": float(2 * min(losses.tolist())) ** 0.5,
    }


def _problem(cell: Cell, seed: int) -> tuple[Array, Array, float]:
    """Return points, labels and |z·y| / ‖z‖ of the rectifier's null vectors.

    The labels of the bad points are equal, and thus orthogonal to the null vector; they
    meet it once the label of one of them is changed.
    """
    drawn = derive(seed, "experiments/benson_bad_points", cell["trial"])
    data = synthetic_2(cell["uniform"], cell["dimension"], drawn)
    assert data.targets is not None
    points, targets = data.points, data.targets.clone()
    verdict = rank_verdict(points, "relu")
    if cell["labels"] == "met":
        row = int(verdict.null_vectors[0].abs().argmax())
        targets[row] = -targets[row]
    bound = float(verdict.residual_bound(targets))
    if cell["bias"]:
        lifted = torch.hstack([points, torch.ones_like(points[:, :1])])
        points = lifted / torch.linalg.vector_norm(lifted, dim=1, keepdim=True)
    return points, targets, bound


def _conclude(
    _settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    runs = [
        {
            "variant": _named(cell),
            **picked(cell, "activation", "labels", "bias", "trial"),
            "bound": found["bound"],
            "end": found["residuals"][-1],
            "least": found["least"],
        }
        for cell, found in zip(cells, results, strict=True)
    ]
    curves = [
        {
            "variant": _named(cell),
            "trial": cell["trial"],
            "step": step,
            "residual": residual,
            "bound": found["bound"],
        }
        for cell, found in zip(cells, results, strict=True)
        for step, residual in zip(found["steps"], found["residuals"], strict=True)
    ]
    return Measurement(
        {"runs": runs, "curves": curves, "variants": _variant_rows(cells, results)},
        _findings(runs),
        notes=(
            "With the paper's labels, all equal at the bad points, z·y = 0: the bound "
            "is zero, and the bad points alone forbid nothing.",
        ),
        charts=_CHARTS,
    )


def _named(cell: Cell) -> str:
    bias = "with" if cell["bias"] else "without"
    met = "meet" if cell["labels"] == "met" else "do not meet"
    return f"{cell['activation']} {bias} a bias, labels {met} the null vector"


def _variant_rows(
    cells: Sequence[Cell], results: Sequence[Mapping[str, Any]]
) -> list[Row]:
    rows = []
    for (name, labels, bias), own in gathered(
        cells, results, "activation", "labels", "bias"
    ).items():
        ends = [each["residuals"][-1] for each in own]
        rows.append(
            {
                "activation": name,
                "labels": labels,
                "bias": bias,
                "bound": own[0]["bound"],
                "least end": min(ends),
                "largest end": max(ends),
                "runs": len(ends),
            }
        )
    return rows


def _findings(runs: list[Row]) -> tuple[Finding, ...]:
    def of(**wanted: Any) -> list[Row]:
        return [row for row in runs if all(row[k] == v for k, v in wanted.items())]

    met = {"labels": "met", "bias": False}
    return (
        _above(_BOUND, of(activation="relu", **met)),
        _above(_SWISH, of(activation="swish", **met)),
        _reached({name: of(activation=name, **met) for name in ("relu", "swish")}),
        _below(_BIAS, of(activation="relu", labels="met", bias=True), 1e-3),
        _below(_OTHERS, of(activation="elu", **met), 0.7),
        _below(_PAPERS, of(labels="equal"), 0.7),
    )


def _above(claim: Claim, rows: list[Row]) -> Finding:
    if not rows:
        return claim.found("not decided", "0 runs were made.")
    low = [row["least"] / row["bound"] for row in rows]
    return claim.decided(
        min(low) >= 1 - 1e-12,
        say(
            f"The least ‖f - y‖ of {len(rows)} runs is {{:8}}; the bound is {{:8}}.",
            min(row["least"] for row in rows),
            rows[0]["bound"],
        ),
    )


def _reached(by: Mapping[str, list[Row]]) -> Finding:
    found: dict[str, Estimate] = {
        name: mean([row["end"] / row["bound"] for row in rows])
        for name, rows in by.items()
        if len(rows) > 1
    }
    if not found:
        return _REACHED.found("not decided", "Fewer than 2 runs were made.")
    said = [
        say("{}: {}", name, with_interval(each, "6")) for name, each in found.items()
    ]
    return _REACHED.decided(
        all_hold(is_below(each, 1 + _NEAR) for each in found.values()),
        say("Ends over the bound: {}.", joined(said, "; ")),
    )


def _below(claim: Claim, rows: list[Row], level: float) -> Finding:
    if not rows:
        return claim.found("not decided", "0 runs were made.")
    largest = max(row["end"] for row in rows)
    bound = 0.0 if claim is not _PAPERS else max(row["bound"] for row in rows)
    return claim.decided(
        largest <= level and bound <= 1e-12,
        say(f"The largest of {len(rows)} ends is {{}}.", largest),
    )


_CHARTS = (
    Chart(
        name="residuals",
        title="Where training both layers ends.",
        table="curves",
        x="step",
        y="residual",
        by="trial",
        panels="variant",
        reference="bound",
        log="y",
        x_label="step of Adam",
        y_label="‖f − y‖",
        caption="Dashed: the bound that the rectifier's null vector sets.",
    ),
)

EXPERIMENT = Experiment(
    name="benson_bad_points",
    title="Training both layers on the bad points",
    question="Does training both layers get below the residual bound of the bad "
    "points, and does a bias?",
    source=BENSON_2020,
    where="Corollary 2.4, Theorem 3.3, Remark 3.5",
    settings={
        "activations": Setting.name(
            "the activations without a bias",
            ("relu", "swish", "elu"),
            ("relu", "swish", "elu"),
            choices=("relu", "leaky_relu", "swish", "gelu", "softplus", "elu", "selu"),
        ),
        "dimension": Setting.whole("the dimension d", 10, 5, 3, 1000),
        "uniform": Setting.whole("points beside the eight", 92, 8, 8, 10_000),
        "width": Setting.whole("hidden units m", 400, 30, 1, 10**6),
        "epochs": Setting.whole("steps of Adam on all points", 8000, 100, 1, 10**7),
        "step": Setting.real("the initial step", 0.05, 0.05, 1e-12, 1e3),
        "decay": Setting.real(
            "what the step is multiplied by after each", 0.9995, 0.96, 0.5, 1.0
        ),
        "trials": Setting.whole("draws of points and weights", 3, 2, 2, 1000),
    },
    claims=_CLAIMS,
    assumptions=(
        "Synthetic-2 with 92 uniform and the eight bad points; all labels ±1. The "
        "paper's labels are equal at the bad points; one of these is changed, so that "
        "the labels meet the null vector: |z·y| / ‖z‖ = 1/√2.",
        "Both layers are trained in float64 by Adam on all points; its step falls by a "
        "factor after each step, so that the run settles.",
        "The bias is Remark 2.6's: a constant appended, then the sphere.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
