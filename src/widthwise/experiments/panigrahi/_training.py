"""Real training of the hidden layer against what the eigenvalues predict."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from widthwise import activations, features
from widthwise.arrays import Array
from widthwise.dynamics import Landweber, landweber_from_svd, train
from widthwise.experiments.panigrahi._curves import charts, curve_rows
from widthwise.experiments.panigrahi._points import (
    COUNTS,
    DIMENSION,
    POINTS,
    activations_setting,
    cell_points,
    which_points,
)
from widthwise.experiments.panigrahi._smallest import is_smooth
from widthwise.experiments.shared import (
    Cell,
    Claim,
    Experiment,
    Finding,
    Measurement,
    Progress,
    Row,
    Setting,
    grouped,
    kept_steps,
    picked,
)
from widthwise.kernels import feature_scale
from widthwise.networks import TwoLayer
from widthwise.numerics.linear_algebra import eigh
from widthwise.prose import as_prose, say
from widthwise.seeds import derive, stream
from widthwise.sources import PANIGRAHI_2020

__all__ = ["EXPERIMENT"]

_NEAR = math.log(1.25)

_FOLLOWS = Claim(
    name="training_follows",
    statement=(
        "A wide network's loss falls as the eigenvalues of the G-matrix at "
        "initialization say."
    ),
    where="Section 2; Figure 1 (a), (b)",
    measured=(
        "relative residual of the real run over the predicted one, at the end and at "
        "the largest width"
    ),
    refuted_by="a ratio outside [0.8, 1.25] that does not get nearer with the width",
    origin="paper",
    cut_off="a factor of 1.25",
)
_NEARER = Claim(
    name="wider_is_nearer",
    statement="The wider the network, the nearer its loss is to the predicted one.",
    where="Section 2; the proof for wide networks",
    measured="|log(real residual / predicted)|, at the least and the largest width",
    refuted_by="a case whose gap at the largest width is not the smaller one",
    origin="paper",
)
_RELU_FASTEST = Claim(
    name="relu_is_fastest",
    statement="relu trains faster than smooth activations on points of few dimensions.",
    where="Figure 1 (a), (b)",
    measured=(
        "relative residual after the same number of stable steps, at the largest width"
    ),
    refuted_by="a smooth activation with a smaller residual than relu",
    origin="paper",
)


def _cells(settings: Mapping[str, Any]) -> list[Row]:
    return [
        {
            **which_points(settings["points"], count, settings["dimension"]),
            "activation": name,
            "width": width,
            "epochs": settings["epochs"],
        }
        for count in settings["counts"]
        for name in settings["activations"]
        for width in sorted(settings["widths"])
    ]


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    points, epochs = cell_points(cell, seed), cell["epochs"]
    network = _network(points, cell["activation"], cell["width"], seed)
    labels = _labels(len(points), seed)
    real, run, residual = _real_run(network, points, labels, epochs, tell)
    steps = kept_steps(epochs)
    values = run.singular_values.square()
    return {
        "smoothness": network.act.smoothness,
        "step": run.step,
        "smallest_over_largest": float(values[-1] / values[0]),
        "start_over_labels": residual,
        "real": real[steps].tolist(),
        "predicted": run.relative_residual(steps).tolist(),
    }


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    rows: list[Row] = []
    curves: list[Row] = []
    steps = kept_steps(settings["epochs"])
    arrays = {"steps": np.array(steps)}
    for cell, found in zip(cells, results, strict=True):
        place = picked(cell, "n", "activation", "width")
        for which in ("real", "predicted"):
            key = f"{cell['n']}/{cell['activation']}/{cell['width']}/{which}"
            arrays[key] = np.array(found[which])
            curves += [
                {**place, "run": which, **row}
                for row in curve_rows(steps, found[which])
            ]
        rows.append(
            {
                **picked(cell, "n", "activation"),
                **picked(found, "smoothness"),
                "width": cell["width"],
                **picked(found, "step", "smallest_over_largest"),
                "steps": cell["epochs"],
                "real": found["real"][-1],
                "predicted": found["predicted"][-1],
                "gap": abs(math.log(found["real"][-1] / found["predicted"][-1])),
                "start_over_labels": found["start_over_labels"],
            }
        )
    findings = (_follows(rows), _nearer(rows), _fastest(rows))
    tables = {"training": rows, "curves": curves}
    return Measurement(tables, findings, arrays, charts=charts(rows))


def _labels(count: int, seed: int) -> Array:
    """Return random labels ±1."""
    signs = stream(seed, "panigrahi/labels").integers(0, 2, count) * 2 - 1
    return torch.from_numpy(signs.astype(np.float64))


def _network(points: Array, name: str, width: int, seed: int) -> TwoLayer:
    """Return the network with E σ² = 1 whose hidden layer is trained."""
    act = activations.for_dimension(name, points.shape[1])
    return TwoLayer(
        points.shape[1],
        width,
        act,
        seed=derive(seed, "panigrahi/network"),
        trained="inner",
        outer="signs",
        outer_std=feature_scale(act),
    )


def _real_run(
    network: TwoLayer, points: Array, labels: Array, epochs: int, tell: Progress
) -> tuple[np.ndarray, Landweber, float]:
    """Return the real relative residuals, the predicted run, ‖y − f_0‖ / ‖y‖."""
    with torch.no_grad():
        residual = labels - network(points)
    outer = network.outer.weight.detach().reshape(-1) * network.outer.multiplier
    kernel = features.tangent_kernel(
        points, network.inner.weight.detach(), outer, network.act, trained="inner"
    )
    ascending, vectors = eigh(kernel)
    values = ascending.flip(0).clamp(min=0.0).sqrt()
    largest = float(ascending[-1])
    run = landweber_from_svd(values, vectors.flip(1), residual, 1.0 / largest)
    trajectory = train(
        network, points, labels, step=1.0 / largest, epochs=epochs, progress=tell
    )
    start = float(torch.linalg.vector_norm(residual))
    real = np.sqrt(2.0 * np.asarray(trajectory.loss)) / start
    return real, run, start / float(torch.linalg.vector_norm(labels))


def _gaps(rows: list[Row]) -> dict[tuple[str, int], list[float]]:
    """Return |log(real / predicted)| of each activation and n, by ascending width."""
    ascending = sorted(rows, key=lambda row: row["width"])
    return {
        case: [row["gap"] for row in own]
        for case, own in grouped(ascending, "activation", "n").items()
    }


def _follows(rows: list[Row]) -> Finding:
    gaps = _gaps(rows)
    outside = {case: gap for case, gap in gaps.items() if gap[-1] > _NEAR}
    said = as_prose(
        f"At width {max(row['width'] for row in rows)} after {rows[0]['steps']} steps "
        f"{len(gaps) - len(outside)} of {len(gaps)} cases are within"
    )
    if not outside:
        return _FOLLOWS.found("holds", said + ".")
    name, n = max(outside, key=lambda case: outside[case][-1])
    gap = math.exp(outside[name, n][-1])
    said += say(f"; the farthest is {name}, n = {n}, by {{}}", gap)
    shrinking = all(len(gap) > 1 and gap[-1] < gap[0] for gap in outside.values())
    if shrinking:
        return _FOLLOWS.found(
            "not decided",
            said + ". Every gap still shrinks with the width, so wider ones decide.",
        )
    return _FOLLOWS.found("fails", said + ".")


def _nearer(rows: list[Row]) -> Finding:
    widths = sorted({row["width"] for row in rows})
    if len(widths) < 2:
        return _NEARER.found("not decided", "One width was run.")
    gaps = _gaps(rows)
    grown = [f"{name}, n = {n}" for (name, n), gap in gaps.items() if gap[-1] >= gap[0]]
    said = f"From width {widths[0]} to {widths[-1]} the gap "
    return _NEARER.decided(
        not grown,
        f"{said}grows for {'; '.join(grown)}."
        if grown
        else f"{said}shrinks in all {len(gaps)} cases.",
    )


def _fastest(rows: list[Row]) -> Finding:
    widest = max(row["width"] for row in rows)
    last = [row for row in rows if row["width"] == widest]
    ours = {row["n"]: row["real"] for row in last if row["activation"] == "relu"}
    smooth = [row for row in last if is_smooth(row) and row["n"] in ours]
    if not smooth:
        return _RELU_FASTEST.found("not decided", "There was nothing to compare.")
    ahead = [
        f"{row['activation']}, n = {row['n']}"
        for row in smooth
        if row["real"] < ours[row["n"]]
    ]
    return _RELU_FASTEST.decided(
        not ahead,
        f"At width {widest} relu is behind {'; '.join(ahead)}."
        if ahead
        else f"At width {widest} relu has the smaller residual in all {len(smooth)} "
        "comparisons.",
    )


EXPERIMENT = Experiment(
    name="panigrahi_training",
    title="Training of the hidden layer against the eigenvalues",
    question="Does a real run follow the eigenvalues at initialization?",
    source=PANIGRAHI_2020,
    where="Figure 1 (a), (b)",
    settings={
        "points": POINTS,
        "counts": COUNTS,
        "dimension": DIMENSION,
        "activations": activations_setting("relu", "tanh"),
        "widths": Setting.whole(
            "hidden units m", (1_250, 5_000, 20_000), (250, 1_000), 1, 10**7
        ),
        "epochs": Setting.whole("steps of gradient descent", 1_000, 100, 1, 10**7),
    },
    claims=(_FOLLOWS, _NEARER, _RELU_FASTEST),
    assumptions=(
        "The paper's width of 10^6 and step of 10^-3 are replaced by a width that a "
        "laptop trains and by the step 1/λ_max, which is the same fraction of the "
        "largest stable step for every activation.",
        "Labels are random ±1, outer weights ±1 scaled to E σ(g)² = 1, g standard "
        "normal; only the hidden layer is trained, by full-batch gradient descent.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
