"""The frame has a row for each trial and the type that each column's values share."""

import json
import math

import numpy as np
import polars as pl
import pytest

from widthwise.errors import InvalidArgumentError, OutputError, UnknownNameError
from widthwise.sweeps import FORMATS, Store, Trial
from widthwise.sweeps.plan._codec import loads

TARGET = "function:study:fit@1"


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def put(store, result, seed=0, **arguments):
    trial = Trial(TARGET, arguments, seed)
    store.put(trial, result)
    return trial


def test_a_row_holds_the_trial_its_arguments_and_its_result(store):
    trial = put(store, {"loss": 0.5}, seed=2**64 - 1, width=3, name="relu")
    frame = store.frame()
    assert frame.to_dicts() == [
        {
            "key": trial.key,
            "target": TARGET,
            "seed": 2**64 - 1,
            "name": "relu",
            "width": 3,
            "loss": 0.5,
        }
    ]


def test_rows_are_ordered_by_arguments_then_seed(store):
    for width in (30, 4, 100):
        for seed in (9, 1):
            put(store, {"a": 1}, seed=seed, width=width)
    assert store.frame().select("width", "seed").rows() == [
        (4, 1),
        (4, 9),
        (30, 1),
        (30, 9),
        (100, 1),
        (100, 9),
    ]


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([True, False, None], pl.Boolean),
        ([1, 2, None], pl.Int64),
        ([1, 2.5, math.inf], pl.Float64),
        (["a", None, "é"], pl.String),
        ([[1, 2], [3], []], pl.List(pl.Int64)),
        ([[1.0, None], None, [math.nan]], pl.List(pl.Float64)),
        ([[[1.0]], [[2], [3]], []], pl.String),
        ([[[1.0]], [[2], [3]], [[]]], pl.List(pl.List(pl.Float64))),
        ([["a"], ["b", "c"], []], pl.List(pl.String)),
        ([1, "a", None], pl.String),
        ([1, True, None], pl.String),
        ([2**70, 1, 2], pl.String),
        ([None, None, None], pl.Null),
        ([[{"k": 1}], [], None], pl.String),
    ],
    ids=repr,
)
def test_a_column_has_the_type_that_its_values_share(store, values, dtype):
    for number, value in enumerate(values):
        put(store, {"v": value}, x=number)
    column = store.frame()["v"]
    assert column.dtype == dtype
    found = column.to_list()
    if dtype == pl.String and not all(isinstance(v, str | None) for v in values):
        found = [None if each is None else loads(each) for each in found]
    for one, other in zip(found, values, strict=True):
        assert one == other or np.allclose(
            np.array(one, float), np.array(other, float), equal_nan=True
        )


def test_arrays_are_lists_and_nested_names_are_dotted(store):
    put(store, {"curve": np.array([1.0, 2.0]), "fit": {"a": {"b": 1}, "c": 2}}, x=1)
    row = store.frame().to_dicts()[0]
    assert row["curve"] == [1.0, 2.0]
    assert row["fit.a.b"] == 1
    assert row["fit.c"] == 2


def test_names_that_meet_are_told_apart(store):
    put(store, {"seed": 5, "x": 6, "a.b": 7, "a": {"b": 8}}, seed=1, x=2, key=3)
    row = store.frame().to_dicts()[0]
    assert (row["seed"], row["x"], row["argument.key"]) == (1, 2, 3)
    assert (row["result.seed"], row["result.x"]) == (5, 6)
    assert {row["a.b"], row["a.b.2"]} == {7, 8}


def test_what_a_trial_lacks_is_null(store):
    put(store, {"a": 1}, x=1)
    put(store, {"b": 2.0}, x=2, y="only here")
    frame = store.frame()
    assert frame["a"].to_list() == [1, None]
    assert frame["b"].to_list() == [None, 2.0]
    assert frame["y"].to_list() == [None, "only here"]


def test_a_table_in_the_results_becomes_rows(store):
    put(store, {"runs": [{"k": 1, "v": 0.5}, {"k": 2, "v": math.inf}]}, x=1)
    put(store, {"runs": [{"k": 3, "v": 1.5}], "other": 1}, x=2)
    frame = store.frame("runs")
    assert frame.select("x", "row", "k", "v").rows() == [
        (1, 0, 1, 0.5),
        (1, 1, 2, math.inf),
        (2, 0, 3, 1.5),
    ]
    with pytest.raises(UnknownNameError, match=r"Did you mean 'runs'\?"):
        store.frame("run")


def test_an_empty_store_gives_an_empty_frame(store):
    assert store.frame().columns == ["key", "target", "seed"]
    assert store.frame().height == 0


def test_text_that_is_no_unicode_is_shown_with_a_question_mark(store):
    put(store, {"a": "x\ud800"}, **{"n\udc00": 1})
    assert store.get(next(store.keys()))["a"] == "x\ud800"
    assert store.frame().to_dicts()[0]["a"] == "x?"


@pytest.fixture
def filled(store):
    for width in (1, 2):
        put(
            store,
            {"loss": width / 7, "curve": [1.0, math.nan], "M": np.eye(2), "n": None},
            width=width,
        )
    return store


def test_parquet_is_the_frame(filled, tmp_path):
    path = filled.export(tmp_path / "out" / "results.parquet")
    assert pl.read_parquet(path).equals(filled.frame(), null_equal=True)


def test_csv_has_each_number_and_lists_as_text(filled, tmp_path):
    path = filled.export(tmp_path / "results.CSV")
    found = pl.read_csv(path)
    assert found["loss"].to_list() == [1 / 7, 2 / 7]
    assert loads(found["M"][0]) == [[1.0, 0.0], [0.0, 1.0]]
    assert math.isnan(loads(found["curve"][0])[1])


def test_json_lines_lose_nothing(filled, tmp_path):
    path = filled.export(tmp_path / "results.txt", "jsonl")
    lines = path.read_text().splitlines()
    for line, (trial, result) in zip(lines, filled.items(), strict=True):
        json.loads(line)
        found = loads(line)
        assert Trial(**found["trial"]) == trial
        assert found["key"] == trial.key
        assert found["result"]["loss"] == result["loss"]
        assert np.array_equal(found["result"]["M"], result["M"])


def test_every_format_can_be_written(filled, tmp_path):
    for form in FORMATS:
        assert filled.export(tmp_path / f"x.{form}").exists()
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(
        ["store", *(f"x.{form}" for form in FORMATS)]
    )


def test_an_unknown_format_is_refused(filled, tmp_path):
    with pytest.raises(UnknownNameError, match=r"parquet"):
        filled.export(tmp_path / "results.parket")
    with pytest.raises(UnknownNameError, match="xls"):
        filled.export(tmp_path / "results.csv", "xls")


def test_a_place_that_cannot_be_written_is_named_and_nothing_is_left(filled, tmp_path):
    (tmp_path / "file").write_text("")
    for form in ("parquet", "csv", "jsonl", "zarr"):
        with pytest.raises(OutputError, match="Cannot write"):
            filled.export(tmp_path / "file" / f"x.{form}")
    (tmp_path / "x.csv").mkdir()
    with pytest.raises(OutputError, match="Cannot write"):
        filled.export(tmp_path / "x.csv")
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "file",
        "store",
        "x.csv",
    ]


def test_an_existing_folder_is_not_overwritten_by_zarr(filled, tmp_path):
    (tmp_path / "x.zarr").mkdir()
    (tmp_path / "x.zarr" / "precious").write_text("")
    with pytest.raises(InvalidArgumentError, match="exists already"):
        filled.export(tmp_path / "x.zarr")
    assert (tmp_path / "x.zarr" / "precious").exists()
