"""Every kind of input gives the same numbers, or a clear refusal."""

import numpy as np
import pandas
import polars
import pytest
import torch

import widthwise as ww
from widthwise.errors import DataError, WidthwiseError

# Not homogeneous, so that a scale which is left in shows itself.
QUICK = {"activations": "elu", "widths": (30, 60), "trials": 2, "probability": 0.9}


@pytest.fixture(scope="module")
def data():
    generator = np.random.default_rng(1)
    points = generator.normal(size=(16, 3))
    return points, points[:, 0] - points[:, 1]


def numbers(found):
    return [
        (e["kernel"]["condition_number"], e["training"]["steps"]["0.01"])
        for e in found.activations
    ]


@pytest.fixture(scope="module")
def expected(data):
    return numbers(ww.diagnose(*data, **QUICK))


def test_arrays_tensors_and_frames_agree(data, expected):
    X, y = data
    frame = pandas.DataFrame(X, columns=["a", "b", "c"]).assign(y=y)
    for source, target in (
        (torch.from_numpy(X), torch.from_numpy(y)),
        (X.tolist(), y.tolist()),
        (frame[["a", "b", "c"]], frame["y"]),
        (frame, "y"),
        (polars.from_pandas(frame), "y"),
    ):
        assert numbers(ww.diagnose(source, target, **QUICK)) == expected


def test_float32_and_integers_are_taken_exactly():
    X = np.random.default_rng(2).integers(-9, 9, size=(14, 3))
    y = X[:, 0] ** 2
    expected = numbers(ww.diagnose(X.astype(float), y.astype(float), **QUICK))
    assert numbers(ww.diagnose(X, y, **QUICK)) == expected
    assert numbers(ww.diagnose(X.astype(np.float32), y, **QUICK)) == expected


@pytest.mark.parametrize("scale", [1e-300, 1e-10, 1e10, 1e300])
def test_the_unit_of_a_column_does_not_matter(data, expected, scale):
    X, y = data
    X, y = X / np.abs(X).max(), y / np.abs(y).max()
    for found in (
        ww.diagnose(scale * X, y, **QUICK),
        ww.diagnose(X, scale * y, **QUICK),
    ):
        for ours, theirs in zip(numbers(found), expected, strict=True):
            assert ours == pytest.approx(theirs, rel=1e-6)


def test_labels_in_words_are_coded():
    X = np.random.default_rng(5).normal(size=(12, 3))
    words = ["yes" if x > 0 else "no" for x in X[:, 0]]
    coded = np.where(X[:, 0] > 0, 1.0, -1.0)
    assert numbers(ww.diagnose(X, words, **QUICK)) == numbers(
        ww.diagnose(X, coded, **QUICK)
    )


def test_equal_labels_are_said_to_be_equal():
    X = np.random.default_rng(5).normal(size=(12, 3))
    found = ww.diagnose(X, np.full(12, 3.0), **QUICK)
    assert found.record.content["data"]["constant_target"]
    assert any("labels are all equal" in note for note in found.record.content["notes"])


def test_more_columns_than_rows():
    X = np.random.default_rng(3).normal(size=(8, 40))
    found = ww.diagnose(X, np.arange(8.0), **QUICK)
    assert found.verdict("fits").status == "yes"


@pytest.mark.parametrize(
    ("X", "y", "words"),
    [
        (np.ones((5, 3)), None, "constant"),
        (np.ones((1, 3)), None, "row"),
        (np.zeros((0, 3)), None, "row"),
        (np.eye(3), [1.0, 2.0], "2"),
        (np.eye(3), [1.0, np.nan, 0.0], "NaN"),
        (np.array([[1.0, np.nan], [2.0, 3.0]]), None, "missing"),
        (np.array([[1.0, np.inf], [2.0, 3.0]]), None, "inf"),
    ],
)
def test_refuses_clearly(X, y, words):
    with pytest.raises(DataError, match=words):
        ww.diagnose(X, y, **QUICK)


def test_refuses_what_is_no_data():
    with pytest.raises(WidthwiseError):
        ww.diagnose(object())


def test_a_large_table_is_sampled_and_says_so():
    X = np.random.default_rng(4).normal(size=(400, 3))
    found = ww.diagnose(X, X[:, 0], budget=ww.diagnosis.Budget(rows=60), **QUICK)
    content = found.record.content["data"]
    assert (content["rows"], content["rows_total"]) == (60, 400)
    assert "random sample of 60 of the 400" in content["sample_note"]
    assert content["sample_note"] in found.record.content["notes"]
    assert found.activations[0]["rank_verdict"]["rank"] == 400
    assert found.verdict("width").number >= 400
    for question in ("width", "speed", "activation"):
        assert "sample of 60 of the 400" in found.verdict(question).reason


def test_budget_of_time_and_memory_bounds_the_rows():
    X = np.random.default_rng(4).normal(size=(3000, 3))
    ready = ww.diagnosis.plan(
        X, budget=ww.diagnosis.Budget(seconds=20, bytes=2**29), activations="relu"
    )
    assert 50 <= len(ready.sample.points) < 3000
    assert ready.cost.seconds <= 20
    assert ready.cost.bytes <= 2**29
