"""Tables of an experiment as files."""

import csv
import json

import polars as pl
import pytest

from widthwise.errors import DataError, OutputError
from widthwise.records import Record
from widthwise.report import experiment_tables
from widthwise.report.experiments._columns import file_names, flat


def test_every_table_is_read_back_as_it_was(experiment_record, tmp_path):
    paths = experiment_tables(experiment_record, tmp_path / "new")
    tables = experiment_record.content["tables"]
    assert len(paths) == 1 + 2 * len(tables)
    for name in ("phases", "descent", "growth"):
        for read, suffix in ((pl.read_parquet, "parquet"), (pl.read_csv, "csv")):
            assert read(tmp_path / f"new/{name}.{suffix}").to_dicts() == tables[name]


def test_the_verdicts_are_a_table_too(experiment_record, tmp_path):
    path, *_ = experiment_tables(experiment_record, tmp_path)
    assert path == tmp_path / "findings.csv"
    with path.open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == experiment_record.content["findings"]


def test_the_words_of_a_verdict_are_in_its_table_once(experiment_record, tmp_path):
    content = json.loads(experiment_record.to_json())
    content["findings"][0]["words"] = {"text": "At {}.", "numbers": [2.5e-9]}
    path, *_ = experiment_tables(Record(content), tmp_path)
    with path.open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == experiment_record.content["findings"]


def test_infinite_is_null_as_in_the_saved_record(experiment_record, tmp_path):
    experiment_tables(experiment_record, tmp_path)
    frame = pl.read_parquet(tmp_path / "conditioning.parquet")
    assert frame["median"].null_count() == 5
    assert frame["median"].is_infinite().sum() == 0


def test_files_stay_in_the_folder_whatever_the_tables_are_called(
    experiment_records, tmp_path
):
    folder = tmp_path / "in" / "here"
    paths = experiment_tables(experiment_records["hostile"], folder)
    assert {path.parent for path in paths} == {folder}
    assert sorted(folder.iterdir()) == sorted(paths)
    assert pl.read_parquet(folder / "empty.parquet").shape == (0, 0)


def test_file_names_are_plain_and_unequal():
    assert file_names(["a b", "a/b", "A_B", "", "κ", "x" * 99]) == [
        "a_b",
        "a_b_2",
        "A_B_3",
        "unnamed",
        "unnamed_2",
        "x" * 60,
    ]


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ([1, None, 3], [1, None, 3]),
        ([1, 2.5], [1.0, 2.5]),
        ([True, None], [True, None]),
        ([True, 1], ["true", "1"]),
        (["a", 1, [1, "é"]], ["a", "1", '[1, "é"]']),
        ([None, None], [None, None]),
    ],
)
def test_a_column_has_one_type(values, column):
    assert flat(values) == column


def test_a_folder_that_cannot_be_written_is_refused(experiment_record, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        experiment_tables(experiment_record, tmp_path / "file")


def test_a_record_of_another_kind_has_no_tables(record, tmp_path):
    with pytest.raises(DataError, match="kind 'diagnosis'"):
        experiment_tables(record, tmp_path)
    assert list(tmp_path.iterdir()) == []
