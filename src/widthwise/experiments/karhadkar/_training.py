"""The rank of the Jacobian, and the activation pattern, along real training."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from widthwise.arrays import Array
from widthwise.experiments.karhadkar._training_claims import CLAIMS, findings
from widthwise.experiments.shared import (
    Cell,
    Chart,
    Experiment,
    Measurement,
    Progress,
    Row,
    Setting,
    picked,
)
from widthwise.landscape import (
    TARGETS,
    activation_pattern,
    jacobian_rank,
    pattern_jacobian,
)
from widthwise.seeds import stream
from widthwise.sources import KARHADKAR_2024

__all__ = ["EXPERIMENT"]

_CHARTS = tuple(
    Chart(
        name=name,
        title=title,
        table="training",
        x="epoch",
        y=column,
        by="trial",
        panels="variant",
        reference=reference,
        log=log,  # type: ignore[arg-type]
        x_label="epoch",
        y_label=label,
        caption=caption,
        figure="The training of Section 7",
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
    outer: Array
    residual: float


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    shared = picked(settings, "count", "dimension", "epochs", "step", "looks")
    first = settings["outer"][0]
    return [
        {**shared, "width": width, "outer": outer, "trial": trial}
        for width in dict.fromkeys(settings["widths"])
        for outer in dict.fromkeys(settings["outer"])
        if outer == first or width == settings["widths"][0]
        for trial in range(settings["trials"])
    ]


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    """Train one network and return what each look at it saw, column by column."""
    what = f"{cell['width']} units, run {cell['trial'] + 1}"
    points, targets = _problem(cell, seed)
    first: Array | None = None
    seen: dict[str, list[float]] = {
        name: [] for name in ("epoch", "rank", "float32 rank", "changed", "residual")
    }
    for state in _run(points, targets, cell, seed):
        pattern = activation_pattern(points, state.inner, state.biases)
        first = pattern if first is None else first
        jacobian = pattern_jacobian(pattern, points, state.outer, biases=True)
        seen["epoch"].append(state.epoch)
        seen["rank"].append(jacobian_rank(pattern, points, biases=True))
        rank = np.linalg.matrix_rank(jacobian.numpy().astype(np.float32))
        seen["float32 rank"].append(int(rank))
        seen["changed"].append(float((pattern != first).double().mean()))
        seen["residual"].append(state.residual)
        tell(state.epoch / cell["epochs"], what)
    return seen


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    rows: list[Row] = [
        {
            "width": cell["width"],
            "outer": cell["outer"],
            "variant": f"{cell['width']} units, outer layer {cell['outer']}",
            "trial": cell["trial"],
            "n": cell["count"],
            **{name: column[look] for name, column in seen.items()},
        }
        for cell, seen in zip(cells, results, strict=True)
        for look in range(len(seen["epoch"]))
    ]
    return Measurement(
        {"training": rows},
        findings(rows, settings["widths"][0], settings["outer"][0]),
        charts=_CHARTS,
    )


def _problem(cell: Cell, seed: int) -> tuple[Array, Array]:
    """Return points uniform on [-2, 2]^d and a polynomial summed over coordinates."""
    draw = stream(seed, "karhadkar_training/problem", cell["trial"])
    points = draw.uniform(-2.0, 2.0, (cell["count"], cell["dimension"]))
    targets = TARGETS["polynomial"](draw, points, cell["width"])
    return torch.from_numpy(points), torch.from_numpy(targets)


def _run(points: Array, targets: Array, cell: Cell, seed: int) -> Iterator[_State]:
    """Train by Adam on the mean square of all points, and yield at the looks.

    The outer layer is normal and frozen, without a bias; or PyTorch's, and trained.
    """
    width, dimension = cell["width"], cell["dimension"]
    draw = stream(seed, f"karhadkar_training/weights/{width}", cell["trial"])

    def uniform(*shape: int, fan_in: int) -> Array:
        return torch.from_numpy(draw.uniform(-1.0, 1.0, shape) / math.sqrt(fan_in))

    inner = uniform(width, dimension, fan_in=dimension).requires_grad_()
    biases = uniform(width, fan_in=dimension).requires_grad_()
    parameters = [inner, biases]
    offset: Array = torch.zeros(1, dtype=torch.float64)
    if cell["outer"] == "frozen":
        outer = torch.from_numpy(draw.standard_normal(width))
    else:
        outer = uniform(width, fan_in=width).requires_grad_()
        offset = uniform(1, fan_in=width).requires_grad_()
        parameters += [outer, offset]
    optimizer = torch.optim.Adam(parameters, lr=cell["step"])
    looks = _looks(cell["epochs"], cell["looks"])
    size = float(torch.linalg.vector_norm(targets))
    for epoch in range(cell["epochs"] + 1):
        outputs = torch.relu(points @ inner.T + biases) @ outer + offset
        misfit = outputs - targets
        if epoch in looks:
            left = float(torch.linalg.vector_norm(misfit.detach())) / size
            seen = [each.detach().clone() for each in (inner, biases, outer)]
            yield _State(epoch, seen[0], seen[1], seen[2], left)
        optimizer.zero_grad()
        misfit.square().mean().backward()  # type: ignore[no-untyped-call]
        optimizer.step()


def _looks(epochs: int, count: int) -> set[int]:
    """Return the epochs that are looked at: both ends, and evenly between."""
    return {round(each) for each in np.linspace(0, epochs, count)}


EXPERIMENT = Experiment(
    name="karhadkar_training",
    title="Jacobian rank and activation regions along training",
    question="Does the Jacobian keep its full rank while a network trains?",
    source=KARHADKAR_2024,
    where="Section 7, training",
    settings={
        "count": Setting.whole("number of points n", 500, 40, 2, 5000),
        "dimension": Setting.whole("d", 10, 4, 1, 1000),
        "widths": Setting.whole(
            "hidden units m; the first is the paper's", (64, 48, 96), (16,), 1, 10**5
        ),
        "outer": Setting.name(
            "the outer layer: the first at every width, others at the first width",
            ("frozen", "trained"),
            ("frozen", "trained"),
            choices=("frozen", "trained"),
        ),
        "epochs": Setting.whole("steps over all points", 1_000, 100, 1, 10**7),
        "step": Setting.real("step of Adam", 0.01, 0.01, 1e-8, 10.0),
        "looks": Setting.whole("epochs that are looked at", 11, 4, 2, 10_000),
        "trials": Setting.whole("runs for each width", 10, 2, 1, 1000),
    },
    claims=CLAIMS,
    assumptions=(
        "As in the published settings: 500 points uniform on [-2, 2]^10, a polynomial "
        "of degree 2 summed over the coordinates, 64 units with biases in PyTorch's "
        "default initialization, a frozen standard normal outer layer without a bias, "
        "and Adam on the mean square of all points, with step 0.01 for 1000 epochs.",
        "Beside it: other widths, and both layers trained, with an output bias.",
        "The rank is that of the Jacobian in the inner weights and biases, exact; the "
        "published runs take numpy's matrix_rank in float32, which stands beside it.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
    version=2,
)
