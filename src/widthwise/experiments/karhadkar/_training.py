"""The rank of the Jacobian, and the activation pattern, along real training."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
import torch

from widthwise.arrays import Array
from widthwise.estimates import share
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
    grouped,
    interval,
    picked,
)
from widthwise.landscape import activation_pattern, jacobian_rank
from widthwise.prose import say
from widthwise.seeds import stream
from widthwise.sources import KARHADKAR_2024

__all__ = ["EXPERIMENT"]

_STAYS_FULL = Claim(
    name="rank_stays_full",
    statement="Where the Jacobian has full rank at the start, it keeps it in training.",
    where="Section 7, training",
    measured="exact rank of the Jacobian in the inner weights and biases, by epoch",
    refuted_by="a run that starts with full rank and loses it",
    origin="paper",
)
_FITS = Claim(
    name="training_fits",
    statement="A mildly over-parametrized network trains to a small loss.",
    where="Section 7, training",
    measured="‖f − y‖ / ‖y‖ after the last epoch",
    refuted_by="a run that ends above one tenth",
    origin="paper",
    cut_off="small is a tenth of ‖y‖",
)
_MOVES = Claim(
    name="regions_change",
    statement="Training passes through many regions: the activation pattern changes.",
    where="Section 7, training",
    measured="share of (unit, point) pairs that are not as they were at the start",
    refuted_by="a run that ends with less than one pair in a hundred changed",
    origin="paper",
    cut_off="many is one pair in a hundred",
)


_CHARTS = tuple(
    Chart(
        name=name,
        title=title,
        table="training",
        x="epoch",
        y=column,
        by="trial",
        panels="width",
        reference=reference,
        log=log,  # type: ignore[arg-type]
        x_label="epoch",
        y_label=label,
        caption=caption,
    )
    for name, title, column, reference, log, label, caption in (
        (
            "rank",
            "The rank of the Jacobian along training.",
            "rank",
            "n",
            "",
            "rank of the Jacobian",
            "Exact, in the inner weights and biases; dashed: n, full rank.",
        ),
        (
            "regions",
            "How much of the activation pattern has changed.",
            "changed",
            None,
            "",
            "share of (unit, point) pairs changed",
            "Against the pattern at the start.",
        ),
        (
            "residual",
            "The misfit along training.",
            "residual",
            None,
            "y",
            "‖f − y‖ / ‖y‖",
            "",
        ),
    )
)


@dataclass(frozen=True)
class _State:
    epoch: int
    inner: Array
    biases: Array
    residual: float


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    shared = picked(settings, "count", "dimension", "epochs", "step", "looks")
    return [
        {**shared, "width": width, "trial": trial}
        for width in settings["widths"]
        for trial in range(settings["trials"])
    ]


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    """Train one network and return what each look at it saw, column by column."""
    what = f"{cell['width']} units, run {cell['trial'] + 1}"
    points, targets = _problem(cell, seed)
    first: Array | None = None
    seen: dict[str, list[float]] = {
        name: [] for name in ("epoch", "rank", "changed", "residual")
    }
    for state in _run(points, targets, cell, seed):
        pattern = activation_pattern(points, state.inner, state.biases)
        first = pattern if first is None else first
        seen["epoch"].append(state.epoch)
        seen["rank"].append(jacobian_rank(pattern, points, biases=True))
        seen["changed"].append(float((pattern != first).double().mean()))
        seen["residual"].append(state.residual)
        tell(state.epoch / cell["epochs"], what)
    return seen


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    del settings
    rows = [
        {
            "width": cell["width"],
            "trial": cell["trial"],
            "epoch": epoch,
            "rank": rank,
            "n": cell["count"],
            "changed": changed,
            "residual": residual,
        }
        for cell, seen in zip(cells, results, strict=True)
        for epoch, rank, changed, residual in zip(
            seen["epoch"], seen["rank"], seen["changed"], seen["residual"], strict=True
        )
    ]
    runs = list(grouped(rows, "width", "trial").values())
    return Measurement(
        {"training": rows},
        (_stays_full(runs), _fits(runs), _moves(runs)),
        charts=_CHARTS,
    )


def _problem(cell: Cell, seed: int) -> tuple[Array, Array]:
    """Return points uniform on [-2, 2]^d and the values of a random quadratic."""
    draw = stream(seed, "karhadkar_training/problem", cell["trial"])
    points = draw.uniform(-2.0, 2.0, (cell["count"], cell["dimension"]))
    columns = [np.ones(len(points)), *points.T]
    pairs = combinations_with_replacement(range(cell["dimension"]), 2)
    columns += [points[:, i] * points[:, j] for i, j in pairs]
    targets = np.stack(columns, axis=1) @ draw.uniform(-1.0, 1.0, len(columns))
    return torch.from_numpy(points), torch.from_numpy(targets)


def _run(points: Array, targets: Array, cell: Cell, seed: int) -> Iterator[_State]:
    """Train both layers by Adam on the mean square, and yield at the looks."""
    width, dimension = cell["width"], cell["dimension"]
    draw = stream(seed, f"karhadkar_training/weights/{width}", cell["trial"])
    inner, biases, outer, offset = (
        torch.from_numpy(draw.uniform(-1.0, 1.0, shape) / math.sqrt(fan_in))
        for shape, fan_in in (
            ((width, dimension), dimension),
            (width, dimension),
            (width, width),
            (1, width),
        )
    )
    parameters = [each.requires_grad_() for each in (inner, biases, outer, offset)]
    optimizer = torch.optim.Adam(parameters, lr=cell["step"])
    looks = _looks(cell["epochs"], cell["looks"])
    size = float(torch.linalg.vector_norm(targets))
    for epoch in range(cell["epochs"] + 1):
        outputs = torch.relu(points @ inner.T + biases) @ outer + offset
        misfit = outputs - targets
        if epoch in looks:
            left = float(torch.linalg.vector_norm(misfit.detach())) / size
            yield _State(epoch, inner.detach().clone(), biases.detach().clone(), left)
        optimizer.zero_grad()
        misfit.square().mean().backward()  # type: ignore[no-untyped-call]
        optimizer.step()


def _looks(epochs: int, count: int) -> set[int]:
    """Return the epochs that are looked at: both ends, and evenly between."""
    return {round(each) for each in np.linspace(0, epochs, count)}


def _stays_full(runs: list[list[Row]]) -> Finding:
    full = [run for run in runs if run[0]["rank"] == run[0]["n"]]
    if not full:
        return _STAYS_FULL.found("not decided", "No run starts with full rank.")
    kept = sum(all(each["rank"] == each["n"] for each in run) for run in full)
    least = min(each["rank"] for run in full for each in run)
    return _STAYS_FULL.decided(
        kept == len(full),
        say(
            f"{kept} of {len(full)} runs that start with full rank keep it at every "
            f"look ({{}}); the least rank is {least} of {full[0][0]['n']}.",
            interval(share(kept, len(full))),
        ),
    )


def _fits(runs: list[list[Row]]) -> Finding:
    ends = [run[-1]["residual"] for run in runs]
    within = sum(each <= 0.1 for each in ends)
    return _FITS.decided(
        within == len(ends),
        say(
            f"{within} of {len(ends)} runs end at or below 0.1 ({{}}); the largest is "
            "{}.",
            interval(share(within, len(ends))),
            max(ends),
        ),
    )


def _moves(runs: list[list[Row]]) -> Finding:
    ends = [run[-1]["changed"] for run in runs]
    return _MOVES.decided(
        min(ends) >= 0.01,
        say(
            "Between {:%} and {:%} of the pairs have changed at the end.",
            min(ends),
            max(ends),
        ),
    )


EXPERIMENT = Experiment(
    name="karhadkar_training",
    title="Jacobian rank and activation regions along training",
    question="Does the Jacobian keep its full rank while a network trains?",
    source=KARHADKAR_2024,
    where="Section 7, training",
    settings={
        "count": Setting.whole("number of points n", 500, 60, 2, 5000),
        "dimension": Setting.whole("d", 10, 4, 1, 1000),
        "widths": Setting.whole("hidden units m", (48, 64, 96), (16, 32), 1, 10**5),
        "epochs": Setting.whole("steps over all points", 1_000, 300, 1, 10**7),
        "step": Setting.real("step of Adam", 0.01, 0.01, 1e-8, 10.0),
        "looks": Setting.whole("epochs that are looked at", 11, 6, 2, 10_000),
        "trials": Setting.whole("runs for each width", 3, 2, 1, 1000),
    },
    claims=(_STAYS_FULL, _FITS, _MOVES),
    assumptions=(
        "The batch size is lost: every step uses all points, with the mean square as "
        "the loss. Both layers are trained, from PyTorch's default initialization.",
        "The paper's network has 64 units; narrower and wider ones stand beside it.",
        "The rank is that of the Jacobian in the inner weights and biases, exact.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
