"""The dataset has the grid's names as dimensions, and each result in its place."""

import math
import sys

import numpy as np
import pytest
import xarray

from widthwise.errors import InvalidArgumentError, MemoryBudgetError, MissingDataError
from widthwise.numerics import memory
from widthwise.sweeps import Plan, Store, Trial

TARGET = "function:study:fit@1"

STUDY = """
def fit(width, act, seed, scale=1.0):
    return {"loss": width * scale, "seed_used": seed}
"""


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


@pytest.fixture
def plan(tmp_path):
    (tmp_path / "study_of_datasets.py").write_text(STUDY)
    return Plan(
        function="study_of_datasets.py:fit",
        grid={"width": [8, 2, 4], "act": ["tanh", "relu"]},
        fixed={"scale": 0.5},
        trials=3,
        folder=tmp_path,
    )


def fill(store, trials):
    for trial in trials:
        store.put(trial, trial.run())


def test_a_plans_dataset_has_its_grid_in_its_order(store, plan):
    fill(store, plan.trials())
    found = store.dataset(plan)
    assert dict(found.sizes) == {"width": 3, "act": 2, "trial": 3}
    assert found["width"].values.tolist() == [8, 2, 4]
    assert found["act"].values.tolist() == ["tanh", "relu"]
    assert found.attrs == {"target": plan.target, "scale": 0.5}
    for trial in plan.trials():
        place = {name: trial.arguments[name] for name in ("width", "act")}
        here = found.sel(place)
        assert trial.seed in here["seed"].values
        assert set(here["loss"].values) == {trial.arguments["width"] * 0.5}
    assert (found["seed"] == found["seed_used"]).all()


def test_what_is_missing_of_a_plan_is_nan(store, plan):
    trials = list(plan.trials())
    fill(store, trials[1:])
    found = store.dataset(plan)
    first = found.sel(width=8, act="tanh", trial=0)
    assert math.isnan(first["loss"])
    assert first["seed"] == 0
    assert int(found["loss"].isnull().sum()) == 1


def test_a_longer_plan_keeps_the_trials_of_a_shorter_one(store, plan, tmp_path):
    fill(store, plan.trials())
    longer = Plan(
        function=plan.function,
        grid={"width": [2, 4, 8, 16], "act": ["relu", "tanh"]},
        fixed={"scale": 0.5},
        trials=5,
        folder=tmp_path,
    )
    keys = {trial.key for trial in longer.trials()}
    assert {trial.key for trial in plan.trials()} <= keys
    one, other = store.dataset(plan), store.dataset(longer).isel(trial=slice(3))
    again = other.sel(width=one["width"], act=one["act"])
    assert np.array_equal(again["seed"], one["seed"])
    assert np.array_equal(again["loss"], one["loss"])


def test_without_a_plan_the_arguments_that_vary_are_the_dimensions(store, plan):
    fill(store, plan.trials())
    found = store.dataset()
    assert dict(found.sizes) == {"act": 2, "width": 3, "trial": 3}
    assert found["width"].values.tolist() == [2, 4, 8]
    assert found.attrs["scale"] == 0.5
    assert (found["loss"] == found["width"] * 0.5).all()


def test_arrays_have_dimensions_of_their_own_filled_up_with_nan(store):
    for width in (1, 2, 3):
        trial = Trial(TARGET, {"width": width})
        result = {"eigenvalues": np.arange(width) + 1.0, "matrix": np.eye(2)}
        store.put(trial, result)
    found = store.dataset()
    assert found["eigenvalues"].dims == ("width", "trial", "eigenvalues_0")
    assert found["matrix"].shape == (3, 1, 2, 2)
    assert np.array_equal(
        found["eigenvalues"].values[:, 0],
        [[1, math.nan, math.nan], [1, 2, math.nan], [1, 2, 3]],
        equal_nan=True,
    )
    assert found["matrix"].dtype == float


def test_kinds_are_kept_where_nothing_is_missing(store):
    for x in (1, 2):
        result = {"n": x, "ok": x == 1, "f": x / 2, "word": "a" * x, "mixed": [x, "a"]}
        store.put(Trial(TARGET, {"x": x}), {**result, **({"part": 1} if x > 1 else {})})
    found = store.dataset()
    kinds = {name: each.dtype.kind for name, each in found.data_vars.items()}
    assert kinds == {
        "n": "i",
        "ok": "b",
        "f": "f",
        "word": "U",
        "mixed": "U",
        "part": "f",
    }
    assert found["mixed"].values[0, 0] == '[1,"a"]'
    assert np.array_equal(found["part"].values[:, 0], [math.nan, 1.0], equal_nan=True)


def test_an_argument_named_trial_is_a_dimension(store):
    for trial in range(3):
        store.put(Trial(TARGET, {"trial": trial}, 5), {"a": trial})
    found = store.dataset()
    assert dict(found.sizes) == {"trial": 3, "repetition": 1}


def test_values_of_several_kinds_are_labelled_by_their_text(store):
    for value in (None, [1, 2], "a"):
        store.put(Trial(TARGET, {"x": value}), {"a": 1})
    assert sorted(store.dataset()["x"].values) == ['"a"', "[1,2]", "null"]


def test_several_targets_must_be_told_apart(store):
    for version in "12":
        store.put(Trial(f"function:study:fit@{version}", {"x": 1}), {"a": version})
    with pytest.raises(InvalidArgumentError, match="2 targets"):
        store.dataset()
    assert store.dataset(target=TARGET)["a"].item() == "1"


def test_no_results_are_an_error(store, plan):
    for call in (store.dataset, lambda: store.dataset(plan)):
        with pytest.raises(InvalidArgumentError):
            call()


def test_a_grid_too_sparse_for_the_memory_is_refused(store, monkeypatch):
    for number in range(40):
        store.put(Trial(TARGET, {f"x{k}": number for k in range(6)}), {"a": 1.0})
    monkeypatch.setattr(memory, "available_bytes", lambda: 2**32)
    with pytest.raises(MemoryBudgetError, match="Take the frame"):
        store.dataset()


def test_zarr_gives_the_dataset_back(store, plan, tmp_path):
    fill(store, plan.trials())
    path = store.export(tmp_path / "results.zarr")
    with xarray.open_zarr(path) as found:
        assert found.identical(store.dataset())


@pytest.mark.parametrize("missing", ["xarray", "zarr"])
def test_a_missing_library_is_named_with_its_command(
    store, plan, tmp_path, monkeypatch, missing
):
    fill(store, plan.trials())
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingDataError, match=r"pip install 'widthwise\[store\]'"):
        store.export(tmp_path / "x.zarr")
    assert store.frame().height == plan.count
