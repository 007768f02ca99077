"""`widthwise diagnose --module` on a file of one's own."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from widthwise.cli import app

CODE = """
import torch

def make():
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Linear(2, 30), torch.nn.Tanh(), torch.nn.Linear(30, 1)
    )
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return the current folder, which holds a table and the code of a module."""
    points = np.random.default_rng(0).normal(size=(12, 3))
    np.savetxt(tmp_path / "a.csv", points, delimiter=",", header="u,v,t", comments="")
    (tmp_path / f"net_{tmp_path.name}.py").write_text(CODE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", list(__import__("sys").path))
    return tmp_path


def ask(folder, *more):
    module = f"net_{folder.name}:make"
    words = ["diagnose", "a.csv", "--target", "t", "--module", module, *more]
    return CliRunner().invoke(app, words)


def test_the_verdicts_and_the_report_of_a_module(folder):
    done = ask(folder, "--epochs", "5", "--out", "out")
    assert done.exit_code == 0, done.output
    assert "Train which layers?" in done.stdout
    assert {each.name for each in (folder / "out").iterdir()} == {
        "report.html",
        "record.json",
        "arrays.npz",
    }
    again = CliRunner().invoke(app, ["report", "out"])
    assert again.exit_code == 0, again.output


def test_json_holds_the_record_alone(folder):
    done = ask(folder, "--epochs", "0", "--json")
    content = json.loads(done.stdout)
    assert content["kind"] == "module-diagnosis"
    assert content["module"]["name"] == f"net_{folder.name}:make"
    assert content["curve"] is None


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--activation", "relu"], "--activation was given with --module"),
        (["--width", "10"], "--width was given with --module"),
        (["--bias"], "--bias was given with --module"),
        (["--trials", "3"], "--trials was given with --module"),
        (["--law", "gaussian"], "--law was given with --module"),
        (["--input-shape", "a"], "--input-shape is 'a'"),
        (["--epochs", "-1"], "epochs is -1"),
        (["--layer", "zzz"], "no module named 'zzz'"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_what_has_no_meaning_is_one_sentence(folder, more, said):
    done = ask(folder, *more)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "more",
    [["--layer", "0"], ["--input-shape", "1x2"], ["--epochs", "9"]],
    ids=lambda value: value[0],
)
def test_what_is_for_a_module_is_refused_without_one(tmp_path, more):
    table = tmp_path / "table.csv"
    table.write_text("a,b\n1,2\n3,5\n4,9\n")
    done = CliRunner().invoke(app, ["diagnose", str(table), *more])
    assert done.exit_code == 2
    assert f"{more[0]} was given without --module" in done.stderr
