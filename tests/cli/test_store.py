"""`widthwise store`: what it prints, what it writes, and its exit status."""

import json

import polars as pl
import pytest
from typer.testing import CliRunner

from widthwise.cli import app
from widthwise.cli._store import _FORMATS
from widthwise.sweeps import FORMATS, Store, Trial

TARGET = "function:study:fit@1"


def trial(number):
    return Trial(TARGET, {"x": number}, 5)


def call(*arguments):
    return CliRunner().invoke(app, ["store", *map(str, arguments)])


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path / "store")
    for number in range(3):
        made.put(trial(number), {"a": number / 7})
    made.put_failure(trial(9), "raised", "ValueError: \x1b[31mred", "Trace\n  line 7")
    return made


def test_lists_results_and_failures_of_each_target(store):
    done = call("list", store.path)
    assert done.exit_code == 0
    assert done.stdout == f"{TARGET}  3 results, 1 failures\n"
    rows = json.loads(call("list", store.path, "--json").stdout)
    assert rows == [{"target": TARGET, "results": 3, "failures": 1}]


def test_lists_trials_one_a_line(store):
    lines = call("list", store.path, "--trials").stdout.splitlines()
    assert len(lines) == 3
    assert {line.split()[0] for line in lines} == {
        trial(number).key[:12] for number in range(3)
    }
    rows = json.loads(call("list", store.path, "--trials", "--json").stdout)
    assert sorted(row["arguments"]["x"] for row in rows) == [0, 1, 2]
    assert Trial(TARGET, rows[0]["arguments"], rows[0]["seed"]).key == rows[0]["key"]


def test_an_empty_store_is_said_to_be_empty(tmp_path):
    Store(tmp_path / "empty").make()
    assert call("list", tmp_path / "empty").stdout == "The store is empty.\n"
    assert call("failures", tmp_path / "empty").stdout == "No trial failed.\n"
    assert json.loads(call("failures", tmp_path / "empty", "--json").stdout) == []


def test_failures_are_told_without_what_could_steer_a_terminal(store):
    done = call("failures", store.path, "--traceback")
    assert trial(9).key[:12] in done.stdout
    assert "raised" in done.stdout
    assert "line 7" in done.stdout
    assert "\x1b" not in done.stdout
    (row,) = json.loads(call("failures", store.path, "--json").stdout)
    assert (row["kind"], row["arguments"]) == ("raised", {"x": 9})


def test_exports_by_ending_or_by_option(store, tmp_path):
    assert call("export", store.path, tmp_path / "x.parquet").exit_code == 0
    assert pl.read_parquet(tmp_path / "x.parquet").height == 3
    done = call("export", store.path, tmp_path / "x.txt", "--format", "csv")
    assert done.exit_code == 0
    assert pl.read_csv(tmp_path / "x.txt")["a"].to_list() == [0, 1 / 7, 2 / 7]
    assert FORMATS == _FORMATS


def test_merges_several_stores_into_a_new_one(store, tmp_path):
    other = Store(tmp_path / "other")
    other.put(trial(3), {"a": 1.0})
    done = call("merge", tmp_path / "all", store.path, other.path)
    assert done.exit_code == 0, done.output
    assert "3 results added, 0 were there, 1 failures added" in done.stdout
    assert len(list(Store(tmp_path / "all").keys())) == 4


def test_a_conflict_is_told_and_ends_with_status_1(store, tmp_path):
    other = Store(tmp_path / "other")
    other.put(trial(1), {"a": 1 / 7 + 1e-9})
    other.put(trial(3), {"a": 1.0})
    done = call("merge", store.path, other.path)
    assert done.exit_code == 1
    assert f"Conflict: {trial(1).key[:12]}" in done.stderr
    assert "7×10⁻⁹" in done.stderr
    assert store.get(trial(1).key) == {"a": 1 / 7}
    assert store.has(trial(3).key)


def test_a_check_names_what_is_damaged_and_ends_with_status_1(store):
    assert call("check", store.path).exit_code == 0
    path = store.path / "results" / trial(1).key[:2] / f"{trial(1).key}.jsonl"
    path.write_bytes(path.read_bytes()[:-5])
    done = call("check", store.path)
    assert done.exit_code == 1
    assert "2 results and 1 failures are intact" in done.stdout
    assert str(path) in done.stderr
    assert call("check", store.path, "--remove").exit_code == 1
    assert not path.exists()
    assert call("check", store.path).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (["list"], "widthwise store list needs the argument STORE"),
        (["lsit", "x"], "Did you mean 'list'"),
        (["list", "missing"], "no store at missing"),
        (["list", ""], "the name of a folder was needed"),
        (["list", "."], "is no store"),
        (["check", "missing", "--removed"], "Did you mean '--remove'"),
        (["merge", "new"], "argument OTHERS"),
        (["merge", "new", "missing"], "no store at missing"),
        (["export", "missing", "x.csv"], "no store at missing"),
    ],
    ids=" ".join,
)
def test_a_wrong_call_is_one_line_and_status_2(
    tmp_path, monkeypatch, arguments, needed
):
    (tmp_path / "thesis.tex").write_text("")
    monkeypatch.chdir(tmp_path)
    done = call(*arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("widthwise: ")
    assert needed in line
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.tex"]
