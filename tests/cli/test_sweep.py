"""`widthwise sweep`: what it says, what it refuses, and how it ends."""

import sys

import pytest
from typer.testing import CliRunner

from widthwise.cli import app
from widthwise.cli._sweep_progress import sentence, showing
from widthwise.experiments import CATALOG
from widthwise.records import Record
from widthwise.sweeps import Plan, Store, SweepProgress

FUNCTION = """
def double(x):
    if x == 13:
        raise ValueError("not this one")
    return {"y": 2 * x}
"""


@pytest.fixture
def plan(tmp_path):
    (tmp_path / "study.py").write_text(FUNCTION)
    path = tmp_path / "plan.toml"
    path.write_text('function = "study.py:double"\n[grid]\nx = [1, 2, 13]\n')
    return path


def sweep(*arguments):
    return CliRunner().invoke(app, ["sweep", *map(str, arguments)])


def test_a_dry_run_counts_and_makes_nothing(plan):
    said = sweep(plan, "--dry-run")
    assert said.exit_code == 0
    assert "3 trials of function:study.py:double@1; 0 are in" in said.output
    assert '"arguments":{"x":1}' in said.output
    assert sorted(each.name for each in plan.parent.iterdir() if each.suffix) == [
        "plan.toml",
        "study.py",
    ]


@pytest.mark.parametrize(
    "line", ["raise SystemExit(7)", 'open("ran", "w")', "import no_such"]
)
def test_a_dry_run_runs_nothing_of_the_plan(plan, line):
    (plan.parent / "study.py").write_text(f"{line}\n{FUNCTION}")
    said = sweep(plan, "--dry-run")
    assert said.exit_code == 0, said.output
    assert "3 trials of function:study.py:double@1; 0 are in" in said.output
    assert not (plan.parent / "ran").exists()
    assert "study" not in sys.modules


def test_a_dry_run_knows_the_seeds_that_a_run_gives(plan):
    (plan.parent / "study.py").write_text(
        "def double(x, *, seed, scale=2):\n    return {'y': scale * x + seed % 2}\n"
    )
    plan.write_text(plan.read_text().replace("[grid]", "trials = 2\n[grid]"))
    dry, real = (Plan.from_toml(plan, is_looked_at=each) for each in (True, False))
    assert [each.key for each in dry.trials()] == [each.key for each in real.trials()]


def test_a_dry_run_refuses_what_the_text_of_a_function_refuses(plan):
    plan.write_text(plan.read_text().replace("x = [", "z = ["))
    said = sweep(plan, "--dry-run")
    assert said.exit_code == 2
    assert "study.py:double(x) cannot be called" in said.stderr


def test_a_dry_run_says_what_only_an_import_would_tell(plan):
    (plan.parent / "study.py").write_text("double = lambda x: {'y': x}\n")
    said = sweep(plan, "--dry-run")
    assert said.exit_code == 0
    assert "3 trials of function:study.py:double@1. How many" in said.output


def test_the_store_lies_beside_the_plan_and_failures_are_told(plan):
    said = sweep(plan, "--workers", "1")
    assert said.exit_code == 1
    assert "3 trials: 2 finished now, 0 were there, 1 failed" in said.stdout
    assert "1 process" in said.stderr
    assert "1 trials have no result. `widthwise store failures" in said.stderr
    store = Store(plan.with_suffix(".store"), create=False)
    assert {each["y"] for _, each in store.items()} == {2, 4}
    again = sweep(plan, "--dry-run")
    assert "2 are in" in again.output


def test_quiet_shows_no_progress(plan):
    plan.write_text(plan.read_text().replace(", 13", ""))
    said = sweep(plan, "--quiet", "--workers", "1")
    assert said.exit_code == 0
    assert said.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere.toml"], "nowhere.toml"),
        ([""], "PLAN is ''"),
        (["PLAN", "--workers", "0"], "number of workers is 0"),
        (["PLAN", "--threads", "-1"], "number of threads is -1"),
        (["PLAN", "--timeout", "0"], "timeout of a trial is 0"),
        (["PLAN", "--memory", "-1"], "memory budget is -1 GiB"),
        (["PLAN", "--cluster", "here"], "the address of a Dask scheduler"),
        (["PLAN", "--store", ""], "--store"),
        (["PLAN", "--out", "records"], "concluded from experiments only"),
    ],
    ids=[
        "file",
        "empty",
        "workers",
        "threads",
        "time",
        "memory",
        "cluster",
        "store",
        "out",
    ],
)
def test_wrong_input_is_one_sentence_and_status_2(plan, arguments, says):
    said = sweep(*(plan if each == "PLAN" else each for each in arguments))
    assert said.exit_code == 2
    assert says in said.stderr
    assert said.stderr.startswith("widthwise: ")
    assert len(said.stderr.splitlines()) == 1
    assert not plan.with_suffix(".store").exists()


@pytest.mark.slow
def test_the_records_of_a_grid_are_those_of_the_experiment_itself(tmp_path):
    plan = tmp_path / "plan.toml"
    plan.write_text(
        'experiment = "panigrahi_depth"\nquick = true\nseed = 3\n'
        "[grid]\ncount = [6, 8]\n"
    )
    said = sweep(plan, "--out", tmp_path / "out", "--workers", "1")
    assert said.exit_code == 0, said.output
    study = CATALOG["panigrahi_depth"]
    for index, count in enumerate((6, 8)):
        found = Record.load(tmp_path / "out" / f"{index:04d}-count={count}")
        alone = study.run({"count": count}, 3, quick=True)
        alone.save(tmp_path / "alone")
        expected = Record.load(tmp_path / "alone")
        for name in ("settings", "seed", "tables", "findings", "notes"):
            assert found.content[name] == expected.content[name]


def progress(**changes):
    known = {
        "total": 1000,
        "there": 100,
        "finished": 30,
        "failed": 20,
        "failed_now": 10,
        "running": 2,
        "seconds": 20.0,
        "place": "2 processes",
    }
    return SweepProgress(**{**known, **changes})


def test_a_line_of_progress_has_the_counts_the_rate_and_the_time_left():
    """In this run 40 trials took 20 s; 850 are left."""
    assert sentence(progress()) == (
        "150 of 1,000 trials, 20 failed, 2 a second, 7 min 5 s left"
    )
    assert sentence(progress(total=None, failed=0)) == "130 of ? trials, 2 a second"
    assert sentence(progress(finished=0, failed=0, failed_now=0)) == (
        "100 of 1,000 trials"
    )
    assert "2 h 20 min left" in sentence(progress(total=150 + 2 * 8400))


def test_without_a_terminal_lines_come_more_and_more_seldom(capsys):
    with showing("plan.toml") as show:
        for second in range(301):
            show(progress(seconds=float(second), finished=second))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "plan.toml: 2 processes"
    assert len(lines) == 9
    assert all(line.startswith("plan.toml: ") for line in lines)


def test_a_terminal_shows_a_bar(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    with showing("plan.toml") as show:
        show(progress())
    assert "2 processes" in capsys.readouterr().err


def test_quiet_progress_is_none():
    with showing(quiet=True) as show:
        assert show is None
