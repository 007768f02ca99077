"""Test `widthwise diagnose` as a user runs it."""

import json
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from typer.testing import CliRunner

from widthwise.cli import app

ASKED = ["relu", "elu", "swish", "tanh", "gelu", "softplus", "selu"]
QUICK = ["--width=40", "--width=80", "--trials=2", "--probability=0.9"]


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    generator = np.random.default_rng(0)
    points = generator.normal(size=(20, 3))
    path = tmp_path_factory.mktemp("table") / "table.csv"
    rows = np.column_stack([points, points @ [1.0, -2.0, 0.5]])
    np.savetxt(path, rows, delimiter=",", header="a,b,c,y", comments="")
    return str(path)


def run(*arguments):
    return CliRunner().invoke(app, ["diagnose", *arguments])


@pytest.fixture(scope="module")
def saved(table, tmp_path_factory):
    """Return one run of two activations, and the folder that it wrote."""
    out = tmp_path_factory.mktemp("run") / "out"
    two = ["--activation", "relu", "--activation", "elu"]
    return run(table, "--target", "y", *QUICK, *two, "--out", str(out)), out


@pytest.fixture(scope="module")
def printed(table):
    """Return what one run of one activation prints as JSON, by its seed."""
    found = {}

    def of(seed):
        if seed not in found:
            only = ["--target", "y", "--activation", "relu", "--seed", seed]
            found[seed] = run(table, "--json", *only, *QUICK)
        return found[seed]

    return of


def test_prints_five_verdicts(saved):
    done, _ = saved
    assert done.exit_code == 0, done.stderr
    for title in ("Will it fit?", "How wide?", "How fast?", "Which activation?"):
        assert title in done.stdout


def test_json_is_one_object_and_nothing_else(printed):
    content = json.loads(printed("0").stdout)
    assert content["kind"] == "diagnosis"
    assert content["data"]["target"] == "y"
    finished = [each["name"] for each in content["activations"]]
    assert finished == ASKED[: len(finished)]
    assert 0 < len(finished) < len(ASKED)
    assert [each["question"] for each in content["verdicts"]] == [
        "fits",
        "width",
        "speed",
        "activation",
        "predicts",
    ]


def test_says_beforehand_what_memory_it_needs(saved):
    done, _ = saved
    assert "of memory" in done.stderr


def test_out_writes_a_record_from_which_report_redraws_the_page(saved):
    _, out = saved
    page = (out / "report.html").read_text()
    (out / "report.html").unlink()
    again = CliRunner().invoke(app, ["report", str(out)])
    assert again.exit_code == 0, again.stderr
    assert (out / "report.html").read_text() == page


def test_the_same_seed_gives_the_same_numbers(saved, printed):
    def numbers(text):
        return json.loads(text)["activations"][0]["conditioning"]

    _, out = saved
    assert numbers(printed("0").stdout) == numbers((out / "record.json").read_text())
    assert numbers(printed("0").stdout) != numbers(printed("4").stdout)


def test_any_labels_are_out_of_reach_of_a_network_narrower_than_n(table):
    done = run(table, "--drop", "y", "--activation", "relu", "--width", "10", "--json")
    training = json.loads(done.stdout)["activations"][0]["training"]
    assert training["worst_case"]
    assert training["rank"] <= 10
    assert training["steps"]["0.01"] is None
    assert training["floor"] == pytest.approx(1.0)


@pytest.mark.slow
def test_ctrl_c_saves_what_is_finished(table, tmp_path):
    """A real SIGINT to a real process: status 130 and a readable record."""
    out = tmp_path / "out"
    command = [sys.executable, "-m", "widthwise", "diagnose", table, "--out", str(out)]
    command += [word for name in ASKED for word in ("--activation", name)]
    with subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        for line in process.stderr:
            if line.startswith("elu:"):
                break
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 130, stderr
    content = json.loads((out / "record.json").read_text())
    assert content["complete"] is False
    finished = [each["name"] for each in content["activations"]]
    assert finished == ASKED[: len(finished)]
    assert 0 < len(finished) < len(ASKED)
    assert "Interrupted" in stderr
    assert "relu" in stdout


def test_harmless_duplicates_are_merged_and_conflicting_ones_are_told(tmp_path):
    X = np.random.default_rng(0).normal(size=(10, 3)).round(2)
    X[7], X[9] = X[2], X[4]
    table = tmp_path / "t.csv"

    def merged(*labels):
        y = np.arange(10.0)
        y[[7, 9]] = labels
        rows = np.column_stack([X, y])
        np.savetxt(table, rows, delimiter=",", header="a,b,c,y", comments="")
        asked = ["--target=y", "--activation=relu", *QUICK, "--json"]
        return run(str(table), "--merge-duplicates", *asked)

    done = merged(2.0, 4.0)
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["data"]["rows_total"] == 8
    step = next(s for s in found["data"]["steps"] if "merge" in s["name"])
    assert "2 rows" in step["detail"]["text"]
    assert found["verdicts"][0]["status"] == "yes"

    done = merged(2.0, 5.0)
    assert done.exit_code == 0, done.stderr
    step = next(
        s for s in json.loads(done.stdout)["data"]["steps"] if "merge" in s["name"]
    )
    said = "At 1 of the points the targets differed, by up to {:6}"
    assert said in step["detail"]["text"]
    assert step["detail"]["numbers"] == [1]
