"""Figure 1: the numbers of the literature, its cells, and how claims are decided."""

import json
import math

import numpy as np
import pytest

from widthwise.errors import MissingDataError
from widthwise.estimates import is_less
from widthwise.experiments import CATALOG
from widthwise.experiments.benson import _points
from widthwise.experiments.benson._conditioning_claims import findings
from widthwise.experiments.benson._conditioning_tables import (
    Study,
    condition_rows,
    crossing_rows,
)
from widthwise.experiments.benson._medians import median

FIGURE = CATALOG["benson_conditioning"]
PROSTATE = {
    # κ(G_inf), λ_min and medians of κ(G) at widths 97, 200, 400, 1000, 5000, as
    # computed by others before; medians are given to one or two digits.
    "relu": (3.76323e5, 5.77945e-6, (5e8, 7.6e5, 4.8e5, 4.1e5, 3.8e5)),
    "swish": (5.196e9, 2.0673e-10, (5e12, 1.2e10, 7e9, 5.8e9, 5.3e9)),
    "wendland0": (8.86470e3, 7.03683e-8, (1e10, 7.9e5, 8.5e4, 3.0e4, 1.2e4)),
    "wendland2": (5.55590e3, 1.84469e-7, (1e11, 1.4e6, 6.6e4, 2.5e4, 6.8e3)),
}
WIDTHS = [97, 200, 400, 1000, 5000]


def quietly(_part, _what):
    return None


@pytest.mark.parametrize("name", list(PROSTATE))
def test_prostate_has_the_stored_limit(name, data_directory, monkeypatch):
    monkeypatch.setenv("WIDTHWISE_DATA", str(data_directory))
    cell = {"dataset": "prostate", "activation": name, "kernel": "infinite"}
    found = FIGURE.measure(cell, 0, quietly)
    condition, smallest, _ = PROSTATE[name]
    # Swish is stored to four digits, and known to 2e-4.
    assert found["condition_number"] == pytest.approx(condition, rel=3e-4)
    assert found["smallest"] == pytest.approx(smallest, rel=3e-4)
    assert found["at_least"] <= condition * (1 + 1e-4)
    assert found["exact_rank"] == found["points"] == 97


@pytest.mark.parametrize("name", list(PROSTATE))
def test_prostate_has_the_stored_medians(name, data_directory, monkeypatch):
    monkeypatch.setenv("WIDTHWISE_DATA", str(data_directory))
    cell = {"dataset": "prostate", "activation": name, "kernel": "finite"}
    trials = [
        FIGURE.measure({**cell, "widths": WIDTHS, "trial": trial}, 0, quietly)
        for trial in range(11)
    ]
    numbers = np.array([each["condition_number"] for each in trials])
    # All 11 trials on one side of a median have probability 2^-10; one digit is
    # rounded by up to a third (1e11), two digits by a twentieth.
    slack = np.array([1.5, 1.05, 1.07, 1.05, 1.05])
    stored = np.array(PROSTATE[name][2])
    assert (numbers.min(axis=0) <= stored * slack).all()
    assert (numbers.max(axis=0) >= stored / slack).all()


def test_a_larger_run_has_the_cells_of_a_smaller_one():
    small = FIGURE.resolved({"datasets": "synthetic_2", "trials": 2}, quick=True)
    large = {**small, "datasets": ("synthetic_1", "synthetic_2"), "trials": 5}
    cells = FIGURE.cells(large)
    assert all(cell in cells for cell in FIGURE.cells(small))
    assert len({json.dumps(cell, sort_keys=True) for cell in cells}) == len(cells)
    assert not any("trials" in cell for cell in cells)


def test_a_cell_has_the_same_numbers_alone_and_after_json():
    settings = {"datasets": ["synthetic_2"], "trials": 1, "high_trials": 0}
    chosen = FIGURE.resolved({**settings, "widths": [100, 300]}, quick=True)
    for cell in FIGURE.cells(chosen):
        again = json.loads(json.dumps(cell))
        first = FIGURE.measure(cell, 7, quietly)
        assert json.dumps(FIGURE.measure(again, 7, quietly)) == json.dumps(first)


def test_a_data_set_that_cannot_be_had_is_left_out_and_said(monkeypatch):
    real = _points._loaded.__wrapped__

    def loaded(name):
        if name == "prostate":
            raise MissingDataError("prostate.csv was looked for and is not there.")
        return real(name)

    monkeypatch.setattr(_points, "_loaded", loaded)
    record = FIGURE.run(
        {
            "datasets": ["synthetic_2", "prostate"],
            "activations": ["relu"],
            "widths": [100],
            "trials": 1,
            "high_trials": 0,
        }
    )
    assert any("prostate is left out" in note for note in record.content["notes"])
    assert {row["dataset"] for row in record.content["tables"]["conditioning"]} == {
        "synthetic_2"
    }
    with pytest.raises(MissingDataError, match="prostate"):
        FIGURE.run({"datasets": ["prostate"]})


def study(activation, numbers, *, limit=100.0, rank=10, chernoff=1e3, dimension=3):
    """Make up the trials of an activation, the same at each of three widths."""
    trials = tuple({"condition_number": [1e9, each, each]} for each in numbers)
    return Study(
        dataset="made_up",
        dimension=dimension,
        points=10,
        activation=activation,
        is_drawn=False,
        limit={
            "condition_number": limit,
            "at_least": limit if math.isfinite(limit) else 1e14,
            "exact_rank": rank,
            "chernoff_width": chernoff,
        },
        widths=(10, 20, 100),
        trials=trials,
    )


def verdicts(*studies, other=()):
    found = findings(studies, other, crossing_rows(studies))
    return {each.name: each.verdict for each in found}


NEAR = [100.0 + each for each in range(20)]
FAR = [1000.0 + each for each in range(20)]
BOTH = NEAR[:10] + FAR[:10]


def test_claims_of_order_follow_the_medians():
    holds = verdicts(study("wendland0", NEAR), study("relu", FAR, limit=1000.0))
    assert holds["wendland_better_conditioned"] == "holds"
    assert holds["better_from_a_small_multiple"] == "holds"
    assert holds["better_at_every_width"] == "not decided"  # equal at width 10
    fails = verdicts(study("wendland0", FAR), study("relu", NEAR))
    assert fails["wendland_better_conditioned"] == "fails"
    assert fails["better_from_a_small_multiple"] == "not decided"  # the ten is ours
    assert fails["better_at_every_width"] == "fails"
    open_ = verdicts(study("wendland0", BOTH), study("relu", NEAR))
    assert open_["wendland_better_conditioned"] == "not decided"


def test_one_regular_width_refutes_singularity():
    never = [math.inf] * 8
    singular = {"rank": 9, "limit": math.inf}
    made = study("relu", never, **singular)
    widths = tuple({"condition_number": [math.inf] * 3} for _ in never)
    always = Study(**{**vars(made), "trials": widths})
    assert verdicts(always)["singular_at_every_width"] == "holds"
    assert verdicts(always)["limit_is_singular"] == "holds"
    assert verdicts(made)["singular_at_every_width"] == "fails"


def test_convergence_is_about_the_ratio_to_the_limit():
    assert verdicts(study("relu", NEAR))["converges_to_the_limit"] == "holds"
    far = verdicts(study("relu", FAR), study("wendland0", FAR))
    assert far["converges_to_the_limit"] == "not decided"  # the factor of 1.5 is ours
    assert far["wendland_converges_too"] == "fails"  # and so is this claim
    unknown = study("relu", NEAR, limit=math.inf)
    assert verdicts(unknown)["converges_to_the_limit"] == "not decided"


def test_the_limits_of_the_claims_are_decided_too():
    found = verdicts(
        study("wendland2", NEAR, chernoff=1e6),
        study("relu", FAR),
        other=[study("wendland2", FAR, limit=1.0, dimension=20)],
    )
    assert found["smaller_condition_needs_less_width"] == "fails"
    assert found["limit_is_near_in_high_dimension"] == "fails"


def test_rows_count_the_singular_trials_and_say_no_number_for_them():
    numbers = [5.0, math.inf, math.inf]
    row = condition_rows([study("relu", numbers)])[-1]
    assert row["numerically_singular"] == 2
    assert row["median"] == math.inf
    assert row["tenth"] == 5.0


def test_a_median_has_the_interval_of_its_order_statistics():
    # P(Bin(20, 1/2) <= 5) = 0.0207, so the 6th and 15th of twenty.
    found = median([float(each) for each in range(1, 21)])
    assert (found.low, found.value, found.high) == (6.0, 10.0, 15.0)
    few = median([1.0, 2.0])
    assert (few.low, few.high) == (0.0, math.inf)
    assert is_less(median(NEAR), median(FAR)) is True
    assert is_less(median(FAR), median(NEAR)) is False
    assert is_less(median(NEAR), few) is None
