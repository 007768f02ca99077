"""Bad input gets one clear sentence, status 2, and leaves nothing behind."""

import numpy as np
import pytest
from typer.testing import CliRunner

from widthwise.cli import app

GOOD = "a,b,c,y\n" + "".join(
    f"{i % 7},{(i * i) % 11},{(3 * i) % 5},{i % 2}\n" for i in range(12)
)


def write(path, text):
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def refuse(tmp_path, arguments, *needed):
    """Run, and check status 2, one line on stderr with these words, no output."""
    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["diagnose", *arguments, "--out", str(out)])
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("widthwise: ")
    for words in needed:
        assert words in lines[0]
    assert not out.exists()


@pytest.mark.parametrize(
    ("text", "arguments", "needed"),
    [
        ("", [], ["empty"]),
        ("a,b\n", [], ["no rows"]),
        (GOOD, ["--target", "z"], ["'z'", "'y'"]),
        ("a,b\n" + "1,2\n" * 9, [], ["constant"]),
        ("a,b\n1,2\n3,\n5,6\n", [], ["missing", "'b'", "--drop-missing"]),
        ("a,b\n1,2\n3,inf\n5,6\n", [], ["inf", "'b'"]),
        ("a,b\n1,red\n3,blue\n5,red\n", [], ["'b'", "red", "--one-hot"]),
        ("a,b\n1,2\n", [], ["1 row"]),
        ("a,b\n1,2\n3,4,5\n6,7\n", [], ["3"]),
        ("a,b\n1,é\n3,4\n".encode("latin-1"), [], ["encoding"]),
        ("a,b\n-1,-1\n0,0\n1,1\n", [], ["--bias"]),
        ("a,y\n1,2\n3,4\n4,1\n", ["--target", "y"], ["--bias"]),
        (GOOD, ["--width", "0"], ["width", "0"]),
        (GOOD, ["--width", "-5"], ["width", "-5"]),
        (GOOD, ["--trials", "0"], ["trials"]),
        (GOOD, ["--seed", "-1"], ["seed"]),
        (GOOD, ["--probability", "1"], ["probability"]),
        (GOOD, ["--activation", "rleu"], ["'rleu'", "'relu'"]),
        (GOOD, ["--law", "cauchy"], ["'cauchy'", "gaussian"]),
        (GOOD, ["--law", "gaussian", "--activation", "wendland0"], ["wendland0"]),
        (GOOD, ["--rows", "0"], ["rows"]),
        (GOOD, ["--memory", "0.000001"], ["memory"]),
        (GOOD, ["--memory", "nan"], ["memory", "nan"]),
        (GOOD, ["--memory", "inf"], ["memory", "inf"]),
        (GOOD, ["--memory", "-1"], ["memory", "-1"]),
        (GOOD, ["--rows", "1"], ["rows", "1"]),
        (GOOD, ["--separator", "é"], ["é", "ASCII"]),
        (GOOD, ["--width", "99999999999999999999"], ["budget", "--seconds"]),
        (GOOD, ["--drop", "q"], ["'q'"]),
    ],
)
def test_one_sentence_and_status_two(tmp_path, text, arguments, needed):
    refuse(tmp_path, [write(tmp_path / "t.csv", text), *arguments], *needed)


def test_names_the_missing_file(tmp_path):
    write(tmp_path / "prostate_data.csv", GOOD)
    refuse(tmp_path, [str(tmp_path / "prostata_data.csv")], "prostate_data.csv")


def test_names_the_nearest_data_set(tmp_path):
    refuse(tmp_path, ["diabetis"], "diabetes")


def test_refuses_a_pickled_array(tmp_path):
    path = tmp_path / "t.npy"
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    refuse(tmp_path, [str(path)], "pickle")


def test_refuses_an_output_folder_that_cannot_be_written(tmp_path):
    data = write(tmp_path / "t.csv", GOOD)
    blocked = write(tmp_path / "file", "")
    done = CliRunner().invoke(app, ["diagnose", data, "--out", f"{blocked}/below"])
    assert done.exit_code == 2
    assert "Cannot write into" in done.stderr


def test_report_refuses_arrays_that_are_no_archive(tmp_path):
    data = write(tmp_path / "t.csv", GOOD)
    quick = ["--activation", "relu", "--width", "20", "--trials", "1"]
    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["diagnose", data, *quick, "--out", str(out)])
    assert done.exit_code == 0, done.stderr
    write(out / "arrays.npz", "x\n")
    done = CliRunner().invoke(app, ["report", str(out)])
    assert done.exit_code == 2
    assert "arrays.npz are not as one run wrote them" in done.stderr
    assert "pickle" not in done.stderr


def test_report_refuses_a_folder_without_a_record(tmp_path):
    done = CliRunner().invoke(app, ["report", str(tmp_path)])
    assert done.exit_code == 2
    assert "record.json" in done.stderr
