"""`widthwise compare` as a user runs it."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from widthwise.cli import app
from widthwise.records import Record


@pytest.fixture
def runs(tmp_path):
    def save(name, **changes):
        content = {"kind": "experiment", "schema": 1, "seed": 0, "value": 1.0}
        Record({**content, **changes}, {"x": np.arange(3.0)}).save(tmp_path / name)
        return str(tmp_path / name)

    return save


def compare(*arguments):
    return CliRunner().invoke(app, ["compare", *arguments])


def test_equal_runs_end_with_status_0(runs):
    done = compare(runs("a"), runs("b", created="2027-01-01T00:00:00+00:00"))
    assert done.exit_code == 0, done.output
    assert "Nothing changed" in done.stdout


def test_other_versions_alone_end_with_status_0_and_are_shown(runs):
    done = compare(runs("a", widthwise="0.1.0"), runs("b", widthwise="0.2.0"))
    assert done.exit_code == 0, done.output
    assert "0.2.0" in done.stdout
    assert "The results agree" in done.stdout


def test_a_record_steers_no_terminal(runs):
    """Neither by a value nor by a key, nor by the title of a topic's table."""
    hostile = "\x1b[2J\x1b]0;owned\x07\u202e\r[bold]"
    done = compare(runs("a"), runs("b", value=hostile, **{hostile: 1}))
    assert done.exit_code == 1
    assert "[bold]" in done.output
    assert not {"\x1b", "\x07", "\r", "\u202e"} & {*done.output}


def test_other_numbers_end_with_status_1(runs):
    done = compare(runs("a"), runs("b", value=1.001))
    assert done.exit_code == 1
    assert "value" in done.stdout
    assert "1.001" in done.stdout
    assert (
        compare(runs("a"), runs("b", value=1.001), "--tolerance", "0.01").exit_code == 0
    )


def test_json_holds_every_difference(runs):
    done = compare(runs("a"), runs("b", seed=1, value=2.0), "--json", "--show", "0")
    content = json.loads(done.stdout)
    assert [each["topic"] for each in content["differences"]] == ["seed", "numbers"]
    assert content["results_agree"] is False


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--tolerance", "-1"], "tolerance is -1"),
        (["--tolerance", "nan"], "tolerance is nan"),
        (["--show", "-2"], "--show is -2"),
    ],
    ids=["negative", "nan", "show"],
)
def test_wrong_options_are_one_sentence(runs, options, said):
    done = compare(runs("a"), runs("b"), *options)
    assert done.exit_code == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_folder_without_a_run_is_one_sentence(runs, tmp_path):
    done = compare(runs("a"), str(tmp_path / "nowhere"))
    assert done.exit_code == 2
    assert "nowhere" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
