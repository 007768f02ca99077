"""Figure 4 as cells: they are shared between runs, and tables come from them alone."""

import json
import math

import pytest
import torch

from widthwise.datasets import synthetic_1
from widthwise.experiments import CATALOG
from widthwise.experiments.benson._joint_claims import findings
from widthwise.laws import Sphere
from widthwise.networks import TwoLayer
from widthwise.seeds import derive

FIGURE = CATALOG["benson_joint_training"]
TINY = {
    "activations": ("relu", "elu"),
    "widths": (20,),
    "steps": (0.3,),
    "points": 12,
    "dimension": 4,
    "epochs": 2,
    "trials": 2,
}


CELL = {
    "activation": "relu",
    "width": 40,
    "law": "sphere",
    "precision": "float64",
    "optimizer": "momentum",
    "step": 0.1,
    "batch_size": 12,
    "momentum": 0.9,
    "weight_decay": 1e-3,
    "decay": 0.9,
    "epochs": 4,
    "track_every": 2,
    "points": 12,
    "dimension": 5,
    "trial": 3,
}


def quietly(_part, _what):
    return None


def settings(**changes):
    return FIGURE.resolved({**TINY, **changes}, quick=True)


def test_a_larger_run_has_the_cells_of_a_smaller_one():
    large = FIGURE.cells(settings(trials=4, widths=(20, 30), steps=(0.3, 0.1)))
    small = FIGURE.cells(settings())
    assert all(cell in large for cell in small)
    # Base, Adam, elu; then a width and a step more.
    assert (len(small), len(large)) == (3 * 2, 5 * 4)


def test_adam_takes_no_momentum_so_its_cells_have_none():
    for cell in FIGURE.cells(settings(momentum=0.5)):
        assert cell["momentum"] == (0.0 if cell["optimizer"] == "adam" else 0.5)


def test_tables_come_from_the_cells_in_any_process_and_order():
    chosen = settings()
    cells = [json.loads(json.dumps(cell)) for cell in FIGURE.cells(chosen)]
    measured = {}
    for place in reversed(range(len(cells))):
        found = FIGURE.measure(cells[place], 4, quietly)
        measured[place] = json.loads(json.dumps(found))
    found = [measured[place] for place in range(len(cells))]
    record = FIGURE.record(chosen, 4, cells, found, quick=True)
    whole = FIGURE.run(TINY, 4, quick=True)
    for name in ("tables", "findings", "notes", "charts"):
        assert json.dumps(record.content[name]) == json.dumps(whole.content[name])


def test_curves_are_the_medians_of_the_epochs():
    tables = FIGURE.run({**TINY, "trials": 3}, quick=True).content["tables"]
    for row in tables["curves"]:
        numbers = sorted(
            each["condition_number"]
            for each in tables["epochs"]
            if (each["variant"], each["epoch"]) == (row["variant"], row["epoch"])
        )
        assert [row["least"], row["median"], row["greatest"]] == numbers
        assert row["trials"] == 3


@pytest.mark.parametrize(
    ("growth", "verdict"),
    [
        ((0.1, 0.11, 0.12), "holds"),
        ((-0.1, -0.11, -0.12), "fails"),
        ((-0.1, 0.0, 0.1), "not decided"),
        ((0.1, 0.11, math.nan), "not decided"),
    ],
)
def test_the_interval_of_the_growth_decides(growth, verdict):
    runs = [
        {"variation": "base", "variant": "relu", "trial": trial, "log10_growth": each}
        for trial, each in enumerate(growth)
    ]
    (found,) = findings(runs)
    assert found.name == "condition_number_increases"
    assert found.verdict == verdict


def test_training_is_that_of_plain_pytorch():
    # One batch of all points, so that the order of the points does not matter.
    found = FIGURE.measure(CELL, 1, quietly)
    data = synthetic_1(12, 5, derive(1, "experiments/benson_joint/points", 3))
    drawn = derive(1, "experiments/benson_joint/weights", 3)
    start = TwoLayer(5, 40, "relu", law=Sphere(5), seed=drawn)
    inner = torch.nn.Parameter(start.inner.weight.detach().clone())
    outer = torch.nn.Parameter(start.outer.weight.detach().clone())
    peer = torch.optim.SGD([inner, outer], lr=0.1, momentum=0.9, weight_decay=1e-3)
    first = inner.detach().clone()
    for epoch in range(5):
        phi = torch.relu(data.points @ inner.T) / 40**0.5
        residual = phi @ outer - data.targets
        if epoch in (0, 2, 4):
            place = found["epochs"].index(epoch)
            values = torch.linalg.svdvals(phi.detach())
            assert found["condition_number"][place] == pytest.approx(
                float(values[0] / values[-1]) ** 2, rel=1e-8
            )
            size = residual.detach().norm() / data.targets.norm()
            assert found["residual"][place] == pytest.approx(float(size), rel=1e-9)
        peer.zero_grad()
        (residual.square().sum() / 2).backward()
        if epoch < 4:
            peer.step()
        peer.param_groups[0]["lr"] *= 0.9
    moved = (inner.detach() - first).norm() / first.norm()
    assert found["distance"] == pytest.approx(float(moved), rel=1e-9)
    assert found["epochs"] == [0, 2, 4]


def test_single_precision_is_near_double_precision():
    cell = {**CELL, "points": 30, "batch_size": 10}
    single = FIGURE.measure({**cell, "precision": "float32"}, 0, quietly)
    double = FIGURE.measure(cell, 0, quietly)
    assert single["residual"][-1] != double["residual"][-1]
    # Twelve steps, each with relative rounding errors of 1e-7 a weight.
    assert single["residual"][-1] == pytest.approx(double["residual"][-1], rel=1e-4)
