"""`widthwise reproduce` as a user runs it."""

import json

import polars
import pytest
from typer.testing import CliRunner

from widthwise.cli import app
from widthwise.experiments import CATALOG
from widthwise.records import Record
from widthwise.report import differences

NAME = "panigrahi_depth"
SMALL = ["--set", "activations=relu,tanh", "--set", "depths=[1, 2]", "--quiet"]


def reproduce(*arguments):
    return CliRunner().invoke(app, ["reproduce", *arguments])


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """One small run, read by several tests."""
    folder = tmp_path_factory.mktemp("reproduction") / "out"
    result = reproduce(NAME, "--quick", "--out", str(folder), *SMALL)
    return result, folder


def test_a_run_ends_well_and_says_the_verdicts(done):
    result, _ = done
    assert result.exit_code == 0, result.output
    assert "index.html" in result.stdout
    for claim in CATALOG[NAME].claims:
        assert claim.statement.split()[0] in result.stdout


def test_the_folder_has_pages_record_tables_and_figures(done):
    _, folder = done
    own = folder / NAME
    assert (folder / "plotly.min.js").stat().st_size > 1e6
    for page in (folder / "index.html", own / "report.html"):
        assert 3e4 < page.stat().st_size < 1.5e6  # it reads the library beside it
    assert NAME in (folder / "index.html").read_text(encoding="utf-8")
    assert f"]({NAME}/report.html)" in (folder / "claims.md").read_text("utf-8")
    assert "<html" in (own / "report.html").read_text(encoding="utf-8")
    record = Record.load(own)
    assert record.content["settings"]["depths"] == [1, 2]
    assert record.content["quick"] is True
    for name, rows in record.content["tables"].items():
        assert polars.read_parquet(own / "tables" / f"{name}.parquet").height == len(
            rows
        )
        assert (own / "tables" / f"{name}.csv").is_file()
    charts = {chart["name"] for chart in record.content["charts"]}
    assert charts
    for kind in ("pdf", "png"):
        assert {path.stem for path in (own / "figures").glob(f"*.{kind}")} == charts


def test_the_engine_and_a_plain_call_give_the_same_bits(done, monkeypatch):
    _, folder = done
    for library in ("OMP", "OPENBLAS", "MKL"):
        monkeypatch.setenv(f"{library}_NUM_THREADS", "1")
    settings = {"activations": ["relu", "tanh"], "depths": [1, 2]}
    plain = CATALOG[NAME].run(settings, quick=True)
    found = differences(plain, Record.load(folder / NAME), tolerance=0)
    assert found.compared > 50
    assert found.found == ()


def test_a_second_run_measures_nothing_anew(done):
    _, folder = done
    results = sorted((folder / "store" / "results").rglob("*.*"))
    before = [path.stat().st_mtime_ns for path in results]
    took = Record.load(folder / NAME).content["seconds"]
    again = reproduce(NAME, "--quick", "--out", str(folder), "--json", *SMALL)
    assert again.exit_code == 0, again.output
    assert [path.stat().st_mtime_ns for path in results] == before
    assert set(json.loads(again.stdout)) == {NAME}
    assert Record.load(folder / NAME).content["seconds"] == took > 0


def test_a_damaged_record_is_left_out_of_the_summary_and_named(done):
    _, folder = done
    other = folder / "oymak_rate"
    other.mkdir()
    (other / "record.json").write_text("{", encoding="utf-8")
    again = reproduce(NAME, "--quick", "--quiet", "--out", str(folder), *SMALL)
    assert again.exit_code == 0, again.output
    assert "Left out of the summary" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bensen"], "Did you mean"),
        (["benson", "figure 77"], "no experiment or figure 'figure 77'"),
        ([NAME, "--set", "depth=3"], "Did you mean 'depths'"),
        ([NAME, "--set", "depths"], "NAME=VALUE"),
        ([NAME, "--set", "depths=0"], "must be a whole number"),
        ([NAME, "--set", "activations=relu,tan"], "'tan'"),
        ([NAME, "--seed", "-1"], "seed"),
        ([NAME, "--workers", "0", "--quick"], "workers"),
        ([NAME, "--timeout", "-3", "--quick"], "imeout"),
        ([NAME, "--memory", "-1", "--quick"], "memory"),
        ([NAME, "--out", " "], "--out"),
        ([NAME, "--cluster", "somewhere", "--quick"], "somewhere"),
    ],
)
def test_wrong_input_is_one_sentence_and_status_2(arguments, said, tmp_path):
    out = [] if "--out" in arguments else ["--out", str(tmp_path / "out")]
    refused = reproduce(*arguments, "--quiet", *out)
    assert refused.exit_code == 2, refused.output
    assert said in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    assert refused.stdout == ""


def test_a_part_that_fails_leaves_the_experiment_open_and_status_1(tmp_path):
    one = ["--set", "activations=relu", "--set", "depths=[1]", "--quiet"]
    ended = reproduce(
        NAME, "--quick", "--timeout", "1e-6", "--out", str(tmp_path), *one
    )
    assert ended.exit_code == 1
    assert "nothing is concluded" in ended.stderr
    assert "--retry-failures" in ended.stderr
    mended = reproduce(
        NAME, "--quick", "--retry-failures", "--out", str(tmp_path), *one
    )
    assert mended.exit_code == 0, mended.output
