"""A plan's trials are those of its grid, each once, and wrong plans are refused."""

import itertools
import json
import math
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest

from widthwise import experiments
from widthwise.errors import InvalidArgumentError, UnknownNameError
from widthwise.experiments import Experiment, Measurement, Setting
from widthwise.sources import BENSON_2020
from widthwise.sweeps import Plan, Trial
from widthwise.sweeps.plan._grid import grid_values

STUDY = """
def fit(width, act="relu", seed=0, *, scale=1.0):
    return {"loss": width * scale}

def plain(x):
    return x

def anything(**arguments):
    return arguments
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "study_of_plans.py").write_text(STUDY)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return tmp_path


@pytest.fixture
def plan(folder):
    def make(**arguments):
        return Plan(
            **{"function": "study_of_plans.py:fit", "folder": folder, **arguments}
        )

    return make


def test_the_trials_are_all_combinations_in_order(plan):
    made = plan(grid={"width": [4, 2], "act": ["a", "b"]}, fixed={"scale": 0.5})
    found = [trial.arguments for trial in made.trials()]
    assert found == [
        {"width": width, "act": act, "scale": 0.5}
        for width, act in itertools.product([4, 2], ["a", "b"])
    ]
    assert made.count == 4
    assert {trial.target for trial in made.trials()} == {
        "function:study_of_plans.py:fit@1"
    }


def test_repetitions_differ_in_their_seeds_only(plan):
    made = plan(grid={"width": [1, 2]}, trials=50)
    found = list(made.trials())
    assert len({trial.key for trial in found}) == made.count == 100
    assert len({trial.seed for trial in found}) == 100
    assert found == list(plan(grid={"width": [1, 2]}, trials=50).trials())


def test_seeds_follow_from_content_so_a_larger_grid_keeps_the_trials(plan):
    small = set(plan(grid={"width": [1, 2]}, trials=2).trials())
    large = set(plan(grid={"act": ["relu"], "width": [3, 2, 1]}, trials=4).trials())
    by_content = {(trial.arguments["width"], trial.seed) for trial in small} & {
        (trial.arguments["width"], trial.seed) for trial in large
    }
    assert not by_content  # "act" is named now: other arguments, other seeds
    again = set(plan(grid={"width": [3, 2, 1]}, trials=4).trials())
    assert small < again


@pytest.mark.parametrize(
    "change", [{"seed": 1}, {"version": "2"}, {"fixed": {"scale": 2.0}}], ids=str
)
def test_seeds_change_with_all_that_matters(plan, change):
    one = {trial.seed for trial in plan(grid={"width": [1]}, trials=9).trials()}
    other = plan(grid={"width": [1]}, trials=9, **change)
    assert not one & {trial.seed for trial in other.trials()}


def test_a_function_without_a_seed_has_one_trial_whatever_the_plans_seed(plan):
    one, other = (
        plan(function="study_of_plans.py:plain", grid={"x": [1]}, seed=seed)
        for seed in (1, 2)
    )
    assert list(one.trials()) == list(other.trials())


def test_a_value_twice_is_one_trial(plan):
    made = plan(grid={"width": [1, 2, 1, np.int64(2), 1.0]})
    assert [trial.arguments["width"] for trial in made.trials()] == [1, 2, 1.0]
    assert made.count == 3


def test_an_empty_grid_is_one_point(plan):
    assert plan(fixed={"width": 1}).count == 1


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"from": 1, "to": 9, "count": 5}, [1, 3, 5, 7, 9]),
        ({"from": 1, "to": 1000, "count": 4, "scale": "log"}, [1, 10, 100, 1000]),
        ({"from": 1, "to": 4, "count": 9}, [1, 2, 3, 4]),
        ({"from": 0.0, "to": 1, "count": 5}, [0.0, 0.25, 0.5, 0.75, 1]),
        ({"from": 0.1, "to": 0.5, "count": 5}, [0.1, 0.2, 0.3, 0.4, 0.5]),
        ({"from": 1e-3, "to": 10.0, "count": 5, "scale": "log"}, None),
        ({"from": 9, "to": 1, "count": 3}, [9, 5, 1]),
        ({"from": 2**60, "to": 2**60 + 2, "count": 3}, [2**60 + k for k in range(3)]),
        ({"from": 5, "to": 5, "count": 1}, [5]),
        (range(2, 8, 3), [2, 5]),
        (np.array([0.5, 1.5]), [0.5, 1.5]),
        ((1, None, "a"), [1, None, "a"]),
    ],
    ids=str,
)
def test_a_range_has_both_ends_and_round_numbers(plan, given, expected):
    values = plan(grid={"width": given}).grid["width"]
    assert values == (expected or [1e-3, 1e-2, 0.1, 1.0, 10.0])
    if expected:
        assert [type(each) for each in values] == [type(each) for each in expected]


WRONG = [
    ({"grid": {"width": []}}, "'width' has no values"),
    ({"grid": {"width": 3}}, "a list of values was needed"),
    ({"grid": {"width": "abc"}}, "a list of values was needed"),
    ({"grid": {"width": {"from": 1, "to": 2}}}, "lacks count"),
    ({"grid": {"width": {"from": 1, "to": 2, "count": 0}}}, "from 1 to 1000000"),
    ({"grid": {"width": {"from": 1, "to": 2, "count": 10**9}}}, "from 1 to 1000000"),
    ({"grid": {"width": {"from": 1, "to": 2, "count": 1}}}, "two ends"),
    ({"grid": {"width": {"from": "1", "to": 2, "count": 2}}}, "from = '1'"),
    ({"grid": {"width": {"from": 1, "to": math.inf, "count": 2}}}, "to = inf"),
    (
        {"grid": {"width": {"from": 0, "to": 2, "count": 2, "scale": "log"}}},
        "above 0",
    ),
    (
        {"grid": {"width": {"from": 1, "to": 2, "count": 2, "scale": "cubic"}}},
        "'cubic'; it must be 'linear' or 'log'",
    ),
    ({"grid": {"width": range(10**7)}}, "10000000 values"),
    ({"grid": {"width": range(10**4), "act": range(10**4)}}, "100000000 trials"),
    (
        {
            "function": "study_of_plans.py:anything",
            "grid": {f"x{k}": range(10) for k in range(90)},
        },
        "more than 10",
    ),
    ({"fixed": {"width": object()}}, "fixed holds a object"),
    ({"grid": {"width": [1]}, "fixed": {"width": 2}}, "both in the plan's grid"),
    ({"grid": {"width": [1]}, "trials": 0}, "trials is 0"),
    ({"grid": {"width": [1]}, "trials": 2.5}, "trials is 2.5"),
    ({"grid": {"width": [1]}, "trials": True}, "trials is True"),
    ({"grid": {"width": [1]}, "trials": 10**9}, "trials is 1000000000"),
    ({"grid": {"width": [1]}, "seed": -1}, "seed is -1"),
    ({"grid": {"width": [1]}, "quick": True}, "quick = true"),
    ({"grid": {"width": [1]}, "quick": "yes"}, "true or false"),
    ({"grid": {"width": [1]}, "timeout": 0}, "timeout of a trial is 0"),
    ({"grid": {"width": [1]}, "timeout": math.inf}, "timeout of a trial is inf"),
    ({"grid": {"width": [1]}, "timeout": "5 min"}, "number of seconds"),
    ({"grid": {"width": [1]}, "memory": "lots"}, "memory of a trial is 'lots'"),
    ({"grid": {"width": [1]}, "memory": "2 GiBs"}, "such as"),
    ({"grid": {"width": [1]}, "memory": 5}, "from 1 MB"),
    ({"grid": {"width": [1]}, "memory": "9e9 GB"}, "from 1 MB"),
    ({"grid": {"width": [1]}, "threads": 0}, "threads is 0"),
    ({"grid": {"width": [1]}, "version": 2}, "must be a text"),
    ({"grid": {"width": [1]}, "version": "a@b"}, "letters, digits"),
    ({"grid": {"wdth": [1]}}, "missing a required argument: 'width'"),
    ({"grid": {"width": [1], "depth": [2]}}, "unexpected keyword argument 'depth'"),
    ({"grid": {"width": [1], "seed": [2]}}, "argument named seed"),
    ({"function": None}, "neither of experiment and function"),
    ({"experiment": "oymak_rate"}, "both of experiment and function"),
    ({"function": "study_of_plans.py:plain", "grid": {"x": [1]}, "trials": 2}, "seed"),
    ({"function": lambda width: width}, "cannot be imported by name"),
]


@pytest.mark.parametrize(("arguments", "needed"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_plan_is_refused_before_anything_runs(plan, arguments, needed):
    with pytest.raises(InvalidArgumentError, match=needed):
        plan(**arguments)


def test_a_grid_that_is_no_table_is_refused():
    with pytest.raises(InvalidArgumentError, match="a table was needed"):
        grid_values([1])


def test_an_unknown_key_of_a_range_is_refused_with_the_nearest(plan):
    with pytest.raises(UnknownNameError, match="Did you mean 'count'"):
        plan(grid={"width": {"from": 1, "to": 2, "cuont": 2}})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 GB", 2 * 10**9),
        ("1.5GiB", 3 * 2**29),
        ("512 mb", 512 * 10**6),
        (10**9, 10**9),
        (None, None),
    ],
)
def test_a_size_of_memory_may_have_a_unit(plan, text, expected):
    assert plan(grid={"width": [1]}, memory=text).memory == expected


def test_a_function_itself_may_be_given():
    made = Plan(function=json.dumps, grid={"obj": [1, 2]})
    assert made.target == "function:json:dumps@1"
    assert [trial.run() for trial in made.trials()] == [{"value": "1"}, {"value": "2"}]


SCRIPT = """
from widthwise.sweeps import Plan

def fit(x, seed):
    return x + seed

{guard}plan = Plan(function=fit, grid={{"x": [1]}}, trials=2)
{guard}print([t.target for t in plan.trials()], [t.run() for t in plan.trials()])
"""


@pytest.mark.parametrize("is_guarded", [True, False])
def test_a_script_may_sweep_its_own_function_under_a_guard(tmp_path, is_guarded):
    script = tmp_path / "my_script.py"
    guard = 'if __name__ == "__main__": ' if is_guarded else ""
    script.write_text(SCRIPT.format(guard=guard))
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False
    )
    if is_guarded:
        assert "function:my_script.py:fit@1" in done.stdout, done.stderr
    else:
        assert "makes a plan while it is imported" in done.stderr


def test_a_hundred_thousand_trials_take_little_memory(plan):
    """The iterator holds one trial at a time: 500 of them would be 500 kB."""
    made = plan(grid={"width": range(1000), "act": list("abcdefghij")}, trials=10)
    assert made.count == 100_000
    tracemalloc.start()
    for _ in itertools.islice(made.trials(), 500):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200_000


def cells(settings):
    return [
        {"width": width, "trial": trial}
        for width in settings["widths"]
        for trial in range(settings["trials"])
    ]


@pytest.fixture
def experiment(monkeypatch):
    """Enter an experiment of six cells by default, three of them when quick."""
    made = Experiment(
        name="tiny_study",
        title="A study",
        question="Is it?",
        source=BENSON_2020,
        where="nowhere",
        settings={
            "widths": Setting("widths", "whole", (1, 2), (1,), 1, 100, is_list=True),
            "trials": Setting("trials", "whole", 3, 3, 1, 10),
        },
        claims=(),
        assumptions=(),
        cells=cells,
        measure=lambda cell, seed, tell: {"a": cell["width"] + seed},  # noqa: ARG005
        conclude=lambda *_: Measurement(tables={}),
        version=7,
    )
    monkeypatch.setitem(experiments.CATALOG, made.name, made)
    return made


def test_an_experiments_cells_are_trials_with_the_plans_seed(experiment):
    made = Plan(experiment=experiment.name, seed=5)
    found = list(made.trials())
    assert made.count == len(found) == 6
    assert found[0] == Trial("experiment:tiny_study@7", {"width": 1, "trial": 0}, 5)
    assert found[0].run() == {"a": 6}
    assert Plan(experiment=experiment.name, quick=True).count == 3


def test_cells_that_grid_points_share_come_once(experiment):
    made = Plan(
        experiment=experiment.name,
        grid={"trials": [1, 2, 3], "widths": [1, [1, 2]]},
    )
    assert made.count == 6
    assert set(made.trials()) == set(Plan(experiment=experiment.name).trials())


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        ({"grid": {"trials": [1, "two"]}}, "whole number from 1 to 10"),
        ({"grid": {"trials": [1, 11]}}, "whole number from 1 to 10"),
        ({"fixed": {"widths": [0]}}, "whole number from 1 to 100"),
        ({"fixed": {"widths": 1.5}}, "is 1.5; it must be a whole number"),
        ({"grid": {"width": [1]}}, "Did you mean 'widths'"),
        ({"trials": 5}, r"Write it under \[fixed\]: tiny_study has widths, trials"),
        ({"version": "2"}, "brings its own"),
    ],
    ids=str,
)
def test_a_wrong_setting_is_refused_with_its_range(experiment, arguments, needed):
    with pytest.raises((InvalidArgumentError, UnknownNameError), match=needed):
        Plan(experiment=experiment.name, **arguments)


def test_an_unknown_experiment_is_refused_with_the_nearest(experiment):
    with pytest.raises(UnknownNameError, match=f"Did you mean '{experiment.name}'"):
        Plan(experiment="tiny_studdy")
