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

QUICK = ["--width", "40", "--width", "80", "--trials", "2"]


@pytest.fixture
def table(tmp_path):
    generator = np.random.default_rng(0)
    points = generator.normal(size=(20, 3))
    path = tmp_path / "table.csv"
    rows = np.column_stack([points, points @ [1.0, -2.0, 0.5]])
    np.savetxt(path, rows, delimiter=",", header="a,b,c,y", comments="")
    return str(path)


def run(*arguments):
    return CliRunner().invoke(app, ["diagnose", *arguments])


def test_prints_four_verdicts(table):
    done = run(table, "--target", "y", *QUICK)
    assert done.exit_code == 0, done.stderr
    for title in ("Will it fit?", "How wide?", "How fast?", "Which activation?"):
        assert title in done.stdout


def test_json_is_one_object_and_nothing_else(table):
    done = run(table, "--target", "y", "--json", "--activation", "relu", *QUICK)
    content = json.loads(done.stdout)
    assert content["kind"] == "diagnosis"
    assert content["data"]["target"] == "y"
    assert [each["name"] for each in content["activations"]] == ["relu"]
    assert [each["question"] for each in content["verdicts"]] == [
        "fits",
        "width",
        "speed",
        "activation",
    ]


def test_says_beforehand_what_memory_it_needs(table):
    done = run(table, *QUICK, "--activation", "relu")
    assert "of memory" in done.stderr


def test_out_writes_a_record_from_which_report_redraws_the_page(table, tmp_path):
    out = tmp_path / "out"
    done = run(table, "--target", "y", *QUICK, "--out", str(out))
    assert done.exit_code == 0, done.stderr
    page = (out / "report.html").read_text()
    (out / "report.html").unlink()
    again = CliRunner().invoke(app, ["report", str(out)])
    assert again.exit_code == 0, again.stderr
    assert (out / "report.html").read_text() == page


def test_the_same_seed_gives_the_same_numbers(table):
    def numbers(seed):
        done = run(table, "--json", *QUICK, "--activation", "elu", "--seed", seed)
        return json.loads(done.stdout)["activations"][0]["conditioning"]

    assert numbers("3") == numbers("3")
    assert numbers("3") != numbers("4")


def test_any_labels_are_out_of_reach_of_a_network_narrower_than_n(table):
    done = run(table, "--drop", "y", "--activation", "relu", "--width", "10", "--json")
    training = json.loads(done.stdout)["activations"][0]["training"]
    assert training["worst_case"]
    assert training["rank"] <= 10
    assert training["steps"]["0.01"] is None
    assert training["floor"] == pytest.approx(1.0)


@pytest.mark.slow
def test_ctrl_c_saves_what_is_finished(tmp_path):
    """A real SIGINT to a real process: status 130 and a readable record."""
    out = tmp_path / "out"
    command = [
        sys.executable, "-m", "widthwise", "diagnose", "synthetic_1",
        "--activation", "relu", "--activation", "elu", "--activation", "swish",
        "--trials", "40", "--seconds", "4000", "--out", str(out),
    ]  # fmt: skip
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
    assert [each["name"] for each in content["activations"]] == ["relu"]
    assert "Interrupted" in stderr
    assert "relu" in stdout
