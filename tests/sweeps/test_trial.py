"""A trial's key depends on what it computes, and on nothing else."""

import hashlib
import math
import pickle
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from widthwise import experiments
from widthwise.errors import DataError, InvalidArgumentError, UnknownNameError
from widthwise.sweeps import Trial
from widthwise.sweeps.plan._target import function_named, name_below

TARGET = "function:study:fit@1"
SIMPLE = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
ARGUMENTS = st.dictionaries(
    st.text(max_size=4), SIMPLE | st.lists(SIMPLE, max_size=3), max_size=4
)


def test_the_key_is_the_hash_of_the_canonical_text():
    trial = Trial(TARGET, {"b": 1.0, "a": [1, "é", math.inf]}, 3)
    text = (
        '{"arguments":{"a":[1,"\\u00e9",{"$float":"inf"}],"b":1.0},"seed":3,'
        '"target":"function:study:fit@1"}'
    )
    assert trial.text == text
    assert trial.key == hashlib.sha256(text.encode()).hexdigest()


@given(ARGUMENTS, st.integers(0, 2**64 - 1))
def test_a_trial_comes_back_from_its_text_and_from_a_pickle(arguments, seed):
    trial = Trial(TARGET, arguments, seed)
    for again in (Trial.from_text(trial.text), pickle.loads(pickle.dumps(trial))):
        assert again == trial
        assert again.key == trial.key
        assert hash(again) == hash(trial)


def test_the_order_and_the_container_of_arguments_do_not_matter():
    one = Trial(TARGET, {"a": (1, 2), "b": np.float64(0.5)})
    assert one == Trial(TARGET, {"b": 0.5, "a": [1, 2]})
    assert one.arguments["a"] == [1, 2]


@pytest.mark.parametrize(
    "other",
    [
        Trial(TARGET, {"a": 1.0}),
        Trial(TARGET, {"a": True}),
        Trial(TARGET, {"a": "1"}),
        Trial(TARGET, {"a": 1, "b": None}),
        Trial(TARGET, {"a": 1}, 1),
        Trial("function:study:fit@2", {"a": 1}),
    ],
    ids=range(6),
)
def test_whatever_differs_gives_another_key(other):
    assert other != Trial(TARGET, {"a": 1})
    assert other.key != Trial(TARGET, {"a": 1}).key


def test_the_folder_is_no_part_of_the_key():
    assert Trial(TARGET, {"a": 1}, folder="/x") == Trial(TARGET, {"a": 1})


@pytest.mark.parametrize("word", ["$array", '"$array":', "$float"])
def test_a_word_that_looks_like_a_mark_is_a_word(word):
    assert Trial(TARGET, {"a": word, word: [word]}).arguments["a"] == word


def test_later_changes_of_the_arguments_do_not_reach_the_trial():
    arguments = {"a": [1]}
    trial = Trial(TARGET, arguments)
    arguments["a"].append(2)
    assert trial.arguments == {"a": [1]}


@pytest.mark.parametrize(
    "target",
    [
        "",
        "fit",
        "study:fit@1",
        "function:study:fit",
        "function:@1",
        "experiment:x@",
        "experiment:x@a b",
        "experiment:x@" + "1" * 65,
    ],
)
def test_a_target_of_another_form_is_refused(target):
    with pytest.raises(InvalidArgumentError):
        Trial(target, {})


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_a_seed_out_of_range_is_refused(seed):
    with pytest.raises(InvalidArgumentError, match="The seed is"):
        Trial(TARGET, {}, seed)


@pytest.mark.parametrize("value", [np.zeros(2), object(), 1j])
def test_an_argument_that_is_no_number_or_text_is_refused(value):
    with pytest.raises(InvalidArgumentError, match="trial's arguments"):
        Trial(TARGET, {"a": value})


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"arguments":{},"seed":0}'])
def test_what_is_no_text_of_a_trial_is_refused(text):
    with pytest.raises(DataError):
        Trial.from_text(text)


STUDY = """
from dataclasses import dataclass
from sibling_of_the_study import FACTOR

calls = 0

@dataclass(frozen=True)
class Box:
    x: int

class Group:
    @staticmethod
    def inner(x):
        return x * FACTOR

def fit(x, seed, names=()):
    names.append("changed")
    return {"x": Box(x).x, "seed": seed}

def plain(x):
    return x / 2

async def later(x):
    return x

def steps(x):
    yield x

notes = "no function"
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "my_study.py").write_text(STUDY)
    (tmp_path / "sibling_of_the_study.py").write_text("FACTOR = 10\n")
    (tmp_path / "broken.py").write_text("import sys\n\nx = 1 / 0\n")
    (tmp_path / "needy.py").write_text("import no_such_module_anywhere\n")
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield str(tmp_path)
    for name in ("my_study", "sibling_of_the_study", "broken", "needy"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize("place", ["my_study.py", "./my_study.py", "my_study"])
def test_a_function_is_found_by_file_and_by_module(folder, place):
    trial = Trial(f"function:{place}:plain@1", {"x": 3}, folder=folder)
    assert trial.run() == {"value": 1.5}


def test_a_function_that_takes_a_seed_gets_it(folder):
    trial = Trial("function:my_study.py:fit@1", {"x": 3, "names": []}, 9, folder=folder)
    assert trial.run() == {"x": 3, "seed": 9}
    assert trial.run() == {"x": 3, "seed": 9}
    assert trial.arguments["names"] == []


def test_a_dotted_name_reaches_into_a_class(folder):
    assert function_named("my_study.py:Group.inner", folder)(2) == 20


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("fit", "package.module:function"),
        (":fit", "package.module:function"),
        ("nowhere.py:fit", "There is no file"),
        ("my_study.py:fitt", "Did you mean 'fit'"),
        ("my_study.py:Group.outer", "nothing named 'outer'"),
        ("my_study.py:notes", "type str, which cannot be called"),
        ("my_study.py:later", "coroutine"),
        ("my_study.py:steps", "generator"),
        ("broken.py:x", "ZeroDivisionError"),
        ("broken:x", "ZeroDivisionError"),
        ("needy.py:x", "no_such_module_anywhere"),
        ("needy:x", "no_such_module_anywhere"),
        ("no_such_package.part:x", "no Python module 'no_such_package'"),
    ],
)
def test_a_function_that_cannot_be_had_is_refused(folder, name, needed):
    with pytest.raises(InvalidArgumentError, match=needed):
        function_named(name, folder)


def test_one_file_has_one_name(tmp_path):
    folder = str(tmp_path)
    names = ["a/b.py:f", "./a/b.py:f", "a/../a/b.py:f", f"{tmp_path}/a/b.py:f"]
    assert {name_below(name, folder) for name in names} == {"a/b.py:f"}
    assert name_below("../b.py:f", folder) == "../b.py:f"
    assert name_below("/elsewhere/./b.py:f", folder) == "/elsewhere/b.py:f"
    assert name_below("package.module:f", folder) == "package.module:f"


def test_an_unknown_experiment_is_refused_with_the_nearest():
    name = next(iter(experiments.CATALOG))
    with pytest.raises(UnknownNameError, match=name):
        Trial(f"experiment:{name}x@1", {}).run()


def test_an_experiment_of_another_version_is_refused():
    name = next(iter(experiments.CATALOG))
    with pytest.raises(InvalidArgumentError, match=r"version 0\.5"):
        Trial(f"experiment:{name}@0.5", {}).run()
