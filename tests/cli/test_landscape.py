"""`widthwise landscape` as a user runs it."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from widthwise import activations, landscape
from widthwise.cli import app
from widthwise.cli._names import (
    INITIALIZATIONS,
    TWO_SLOPES,
    initialization_names,
    two_slope_activation_names,
)
from widthwise.errors import InvalidArgumentError, OutsideDomainError

QUICK = ["--width", "6", "--width", "20", "--trials", "10"]


@pytest.fixture
def table(tmp_path):
    points = np.random.default_rng(0).normal(size=(14, 3))
    path = tmp_path / "table.csv"
    np.savetxt(path, points, delimiter=",", header="a,b,y", comments="")
    return str(path)


def run(*arguments):
    return CliRunner().invoke(app, ["landscape", *arguments])


def test_json_is_one_object_and_nothing_else(table):
    done = run(table, "--target", "y", "--json", *QUICK)
    assert done.exit_code == 0, done.output
    content = json.loads(done.stdout)
    assert content["kind"] == "landscape"
    assert content["settings"]["widths"] == [6, 20]
    assert content["data"]["target"] == "y"
    assert [each["question"] for each in content["verdicts"]] == [
        "full_rank",
        "obstacle",
        "theorem",
        "minimum",
    ]


def test_every_option_arrives(table):
    done = run(
        table,
        *("--json", "--no-biases", "--activation", "abs", "--seed", "3", "--rows", "9"),
        *("--initialization", "gaussian", "--probability", "0.9", "--no-standardize"),
        *("--drop", "y", *QUICK),
    )
    content = json.loads(done.stdout)
    assert content["settings"] == {
        "widths": [6, 20],
        "trials": 10,
        "initialization": "gaussian",
        "biases": False,
        "activation": "abs",
        "confidence": 0.95,
        "threshold_probability": 0.9,
        "subsets": True,
    }
    assert content["seed"] == 3
    assert content["data"]["rows"] == 9
    assert content["data"]["feature_names"] == ["a", "b"]
    assert "standardize" not in [each["name"] for each in content["data"]["steps"]]


def test_prints_the_verdicts_and_writes_a_page(table, tmp_path):
    out = tmp_path / "out"
    done = run(table, "--target", "y", "--out", str(out), *QUICK)
    assert done.exit_code == 0, done.output
    assert "Which rows hold it back?" in done.stdout
    assert {each.name for each in out.iterdir()} == {
        "report.html",
        "record.json",
        "arrays.npz",
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--width", "0"], "A width is 0"),
        (["--width", "x"], "--width is 'x'; a whole number was needed"),
        (["--trials", "0"], "trials is 0"),
        (["--seed", "-1"], "The seed is -1"),
        (["--initialization", "sphera"], "'sphere'"),
        (["--activation", "tanh"], "bends"),
        (["--activation", "wendland0"], "wendland0"),
        (["--probability", "2"], "probability is 2"),
        (["--target", "z"], "'z'"),
        (["--rows", "0"], "rows"),
        (["--memory", "nan"], "memory"),
        (["--out", ""], "--out is ''"),
        (["--law", "sphere"], "no option --law"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_has_no_meaning_is_one_sentence_and_status_2(table, arguments, said):
    done = run(table, *arguments)
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_ctrl_c_keeps_the_widths_that_are_done(table, monkeypatch):
    real = landscape.full_rank_probability_at

    def stopped(points, width, *more, **options):
        if width == 20:
            raise KeyboardInterrupt
        return real(points, width, *more, **options)

    monkeypatch.setattr(
        "widthwise.diagnosis.landscape._widths.full_rank_probability_at", stopped
    )
    done = run(table, "--json", *QUICK)
    assert done.exit_code == 130
    content = json.loads(done.stdout)
    assert content["complete"] is False
    assert content["probability"]["widths"] == [6]
    assert "what was finished is above" in done.stderr


def two_slopes(name):
    try:
        found = landscape.pieces(activations.get(name))
    except (InvalidArgumentError, OutsideDomainError):
        return False
    return len(set(found.slopes)) == 2


def test_completion_offers_the_initializations_and_activations_there_are():
    assert sorted(INITIALIZATIONS) == sorted(landscape.INITIALIZATIONS)
    assert initialization_names("he") == ["he_uniform", "he_normal"]
    assert two_slope_activation_names("a") == ["abs"]
    free = [
        name
        for name in activations.CATALOG
        if not any(each.is_required for each in activations.describe(name).parameters)
    ]
    assert sorted(TWO_SLOPES) == sorted(filter(two_slopes, free))
