"""No file of another run, or of somebody else, is replaced unasked."""

import json

import pytest
from typer.testing import CliRunner

from widthwise.cli import app
from widthwise.cli._claim import claim
from widthwise.errors import OutputError

TABLE = "a,b,y\n" + "".join(f"{i % 7},{(i * i) % 11},{i % 3}\n" for i in range(8))


def recorded(folder, kind):
    folder.mkdir(exist_ok=True)
    (folder / "record.json").write_text(json.dumps({"kind": kind}))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("record.json", '{"kind": "landscape"}', r"earlier run \(landscape\)"),
        ("record.json", '{"my": 1}', "record.json that no run wrote"),
        ("record.json", "[" * 10**5, "that no run wrote"),
        ("record.json", "\xff", "that no run wrote"),
        ("report.html", "<p>mine</p>", "report.html that no run wrote"),
        ("arrays.npz", "", "arrays.npz that no run wrote"),
    ],
)
def test_a_foreign_file_is_refused_and_stays(tmp_path, name, content, said):
    (tmp_path / name).write_text(content, encoding="latin-1")
    with pytest.raises(OutputError, match=said):
        claim(tmp_path, "diagnosis", force=False)
    claim(tmp_path, "diagnosis", force=True)
    assert (tmp_path / name).read_text(encoding="latin-1") == content


def test_an_earlier_run_of_the_same_kind_and_other_files_are_no_obstacle(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    claim(tmp_path, "diagnosis", force=False)
    recorded(tmp_path, "diagnosis")
    claim(tmp_path, "diagnosis", force=False)


@pytest.mark.parametrize("command", ["diagnose", "landscape"])
def test_a_command_refuses_before_it_computes(tmp_path, command):
    table = tmp_path / "t.csv"
    table.write_text(TABLE)
    recorded(tmp_path / "out", "experiment")
    asked = [command, str(table), "--target", "y", "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 2
    assert "earlier run (experiment)" in done.stderr
    assert "--force" in done.stderr
    assert "done so far" not in done.stderr


def test_reproduce_refuses_a_page_that_it_did_not_write(tmp_path):
    (tmp_path / "index.html").write_text("<p>mine</p>")
    asked = ["reproduce", "benson", "3", "--quick", "--out", str(tmp_path)]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 2
    assert "index.html that no run wrote" in done.stderr
    assert (tmp_path / "index.html").read_text() == "<p>mine</p>"
    assert not (tmp_path / "store").exists()
