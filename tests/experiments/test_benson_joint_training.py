"""Figure 4 as cells: they are shared between runs, and tables come from them alone."""

import json
import math

import pytest

from widthwise.experiments import CATALOG
from widthwise.experiments.benson._joint_claims import findings
from widthwise.experiments.benson._jointly_trained import JointRun

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
        assert set(found) == set(JointRun.__dataclass_fields__)
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
    assert found.claim.name == "condition_number_increases"
    assert found.verdict == verdict
