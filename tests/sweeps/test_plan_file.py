"""A plan's file says what the plan says, and each mistake in it is named."""

import pytest

from widthwise.errors import InvalidArgumentError, MissingDataError, UnknownNameError
from widthwise.sweeps import Plan

STUDY = "def fit(width, seed, act='relu', scale=1.0): return {'loss': width}\n"

GOOD = """
function = "study_of_files.py:fit"
trials = 3
seed = 7
timeout = 60
memory = "2 GB"
threads = 2
version = 4

[grid]
width = {from = 1, to = 100, count = 3, scale = "log"}
act = ["relu", "tanh"]

[fixed]
scale = 0.5
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "study_of_files.py").write_text(STUDY)
    return tmp_path


def read(folder, text):
    path = folder / "plan.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Plan.from_toml(path)


def test_the_file_is_the_plan(folder, monkeypatch):
    """Whatever the current folder: paths start at the plan."""
    monkeypatch.chdir("/")
    plan = read(folder, GOOD)
    same = Plan(
        function="study_of_files.py:fit",
        grid={"width": [1, 10, 100], "act": ["relu", "tanh"]},
        fixed={"scale": 0.5},
        trials=3,
        seed=7,
        version="4",
        folder=folder,
    )
    assert list(plan.trials()) == list(same.trials())
    assert (plan.timeout, plan.memory, plan.threads) == (60.0, 2 * 10**9, 2)
    assert plan.count == 18
    assert next(plan.trials()).run() == {"loss": 1}


def test_settings_is_another_word_for_fixed(folder):
    one = read(folder, GOOD)
    other = read(folder, GOOD.replace("[fixed]", "[settings]"))
    assert list(one.trials()) == list(other.trials())
    with pytest.raises(InvalidArgumentError, match="which mean the same"):
        read(folder, f"{GOOD}\n[settings]\nscale = 1.0\n")


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("function = \n", "line 1"),
        ('a = 1\nfunction = "x', "line 2"),
        (GOOD + "\n[grid]\nx = [1]\n", "line "),
        (b'function = "\xff"', "line 1 has the byte 0xff"),
        ("grid = 3\nfunction = 'x:y'", "a table was needed"),
        ("[fixed]\nx = " + "[" * 50_000, "nested too deep"),
        (GOOD.replace("0.5", "2024-01-01"), "holds a date"),
        (GOOD.replace('["relu", "tanh"]', "[]"), "no values"),
        (GOOD.replace("trials = 3", "trials = 0"), "trials is 0"),
        (GOOD.replace("study_of_files.py", "studdy.py"), "no file"),
        (GOOD.replace("act =", "activation ="), "unexpected keyword"),
        ("", "neither of experiment and function"),
        ("function = 3", "a name in quotation marks"),
        ("experiment = ['oymak_rate']", "a name in quotation marks"),
    ],
    ids=range(14),
)
def test_a_mistake_is_named(folder, text, needed):
    with pytest.raises(InvalidArgumentError, match=needed):
        read(folder, text)


@pytest.mark.parametrize(
    ("key", "near"), [("trails", "trials"), ("timeuot", "timeout"), ("sead", "seed")]
)
def test_an_unknown_key_is_refused_with_the_nearest(folder, key, near):
    with pytest.raises(UnknownNameError, match=f"Did you mean '?{near}"):
        read(folder, f"{key} = 3\n{GOOD}")


def test_a_plan_that_is_not_there_is_said_to_be_missing(tmp_path):
    with pytest.raises(MissingDataError, match="no plan at"):
        Plan.from_toml(tmp_path / "plan.toml")
    with pytest.raises(InvalidArgumentError, match="cannot be read"):
        Plan.from_toml(tmp_path)


def test_a_plan_too_long_to_be_one_is_refused(folder):
    with (folder / "plan.toml").open("wb") as file:
        file.truncate(2**30)
    with pytest.raises(InvalidArgumentError, match="longer than"):
        Plan.from_toml(folder / "plan.toml")
