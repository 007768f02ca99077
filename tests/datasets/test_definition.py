"""A data set does what its steps say, and refuses what it cannot do."""

import json
from dataclasses import FrozenInstanceError

import pytest
import torch

from widthwise.datasets import Dataset
from widthwise.errors import DataError, InvalidArgumentError


def dataset(rows, targets=None, **more):
    return Dataset(
        "table",
        torch.tensor(rows, dtype=torch.float64),
        None if targets is None else torch.tensor(targets, dtype=torch.float64),
        **more,
    )


@pytest.fixture
def table():
    generator = torch.Generator().manual_seed(3)
    points = torch.randn(30, 4, generator=generator, dtype=torch.float64) * 5 + 2
    return Dataset("table", points, points[:, 0].clone())


def test_names_and_row_numbers_have_defaults(table):
    assert table.feature_names == ("x0", "x1", "x2", "x3")
    assert table.row_numbers == tuple(range(30))


def test_it_cannot_be_changed(table):
    with pytest.raises(FrozenInstanceError):
        table.name = "other"


def test_prepare_is_drop_standardize_project(table):
    ready = table.prepare()
    points = table.points
    z = (points - points.mean(dim=0)) / points.std(dim=0, correction=0)
    expected = z / z.norm(dim=1, keepdim=True)
    torch.testing.assert_close(ready.points, expected, rtol=1e-13, atol=1e-14)
    assert [step.name for step in ready.steps] == ["standardize", "to_sphere"]
    assert torch.equal(ready.targets, table.targets)


def test_prepare_with_bias_appends_one_before_projecting(table):
    ready = table.prepare(bias=True)
    z = table.standardize().points
    longer = torch.cat([z, torch.ones(30, 1, dtype=torch.float64)], dim=1)
    expected = longer / longer.norm(dim=1, keepdim=True)
    torch.testing.assert_close(ready.points, expected, rtol=1e-14, atol=0)
    assert ready.feature_names[-1] == "bias"
    assert (ready.points[:, -1] > 0).all()  # so no two points are antipodal


def test_prepare_without_sphere_leaves_the_norms(table):
    assert torch.equal(table.prepare(sphere=False).points, table.standardize().points)
    assert (table.prepare(sphere=False, bias=True).points[:, -1] == 1).all()


def test_prepare_leaves_columns_that_share_a_unit():
    rows = [[0.0, 1.0, 0.0], [0.6, 0.8, 0.0], [0.0, -1.0, 0.0]]
    ready = dataset(rows, columns_share_unit=True).prepare()
    torch.testing.assert_close(ready.points, torch.tensor(rows, dtype=torch.float64))
    assert ready.points.shape == (3, 3)
    told = dataset([*rows, [1.0, 0.0, 0.0]], columns_share_unit=True)
    assert told.prepare(standardize=True).points.shape == (4, 2)


def test_constant_columns_are_dropped_and_named():
    found = dataset([[1.0, 7.0, 2.0], [2.0, 7.0, 5.0]]).drop_constant_columns()
    assert found.feature_names == ("x0", "x2")
    assert found.points.tolist() == [[1.0, 2.0], [2.0, 5.0]]
    assert found.steps[0].numbers == {"columns": ["x1"]}


@pytest.mark.parametrize("call", ["drop_constant_columns", "prepare"])
@pytest.mark.parametrize("shares_unit", [True, False])
def test_all_columns_constant_is_refused(call, shares_unit):
    same = dataset([[1.0, 7.0]] * 3, columns_share_unit=shares_unit)
    with pytest.raises(DataError, match=r"All 2 feature columns.*constant"):
        getattr(same, call)()


def test_standardize_refuses_a_constant_column():
    with pytest.raises(DataError, match=r"'x1'.*drop_constant_columns"):
        dataset([[1.0, 7.0], [2.0, 7.0]]).standardize()


def test_a_zero_row_is_named_by_its_number_in_the_source():
    rows = dataset([[0.0, 0.0], [1.0, 0.0]], row_numbers=(12, 15))
    with pytest.raises(DataError, match=r"Row 12 of table.*--bias"):
        rows.to_sphere()
    assert rows.to_sphere(bias=True).points[0].tolist() == [0.0, 0.0, 1.0]


def test_a_row_equal_to_the_means_up_to_rounding_is_a_zero_row():
    rows = [[0.1, 0.7], [0.3, 0.1], [0.2, 0.4]]  # the third is the mean of the others
    standard = dataset(rows).standardize()
    with pytest.raises(DataError, match=r"Row 2 of table.*column means"):
        standard.to_sphere()
    assert dataset(rows).prepare(bias=True).points.shape == (3, 3)


def test_tiny_rows_are_not_zero_rows():
    found = dataset([[1e300, 0.0], [0.0, 1e-300]]).to_sphere()
    assert found.points.tolist() == [[1.0, 0.0], [0.0, 1.0]]


@pytest.mark.parametrize("scale", [1e-300, 1e300])
def test_prepare_does_not_see_the_scale(table, scale):
    scaled = Dataset("scaled", table.points * scale)
    torch.testing.assert_close(
        scaled.prepare().points, table.prepare().points, rtol=1e-12, atol=1e-14
    )


def test_more_columns_than_rows_are_prepared():
    wide = Dataset("wide", torch.randn(5, 40, dtype=torch.float64)).prepare()
    norms = wide.points.norm(dim=1)
    torch.testing.assert_close(norms, torch.ones_like(norms))


def test_a_sample_is_sorted_nested_and_repeatable(table):
    small, large = table.sample_rows(7, seed=5), table.sample_rows(20, seed=5)
    assert small.row_numbers == tuple(sorted(small.row_numbers))
    assert set(small.row_numbers) < set(large.row_numbers)
    assert torch.equal(small.points, table.points[list(small.row_numbers)])
    assert torch.equal(small.targets, table.targets[list(small.row_numbers)])
    assert small.row_numbers == table.sample_rows(7, seed=5).row_numbers
    assert small.row_numbers != table.sample_rows(7, seed=6).row_numbers
    assert "7 of 30" in small.steps[-1].detail


def test_a_sample_of_all_rows_is_the_data_set(table):
    assert table.sample_rows(30) is table


def test_every_row_is_equally_likely_in_a_sample():
    table = Dataset("t", torch.randn(10, 2, dtype=torch.float64))
    counts = torch.zeros(10)
    for seed in range(400):
        counts[list(table.sample_rows(3, seed=seed).row_numbers)] += 1
    # Each row: Binomial(400, 0.3), deviation 9.2; five deviations for ten rows.
    assert ((counts - 120).abs() < 46).all()


def test_a_sample_of_one_row_is_refused(table):
    with pytest.raises(InvalidArgumentError, match="at least 2"):
        table.sample_rows(1)


def test_row_numbers_survive_a_chain(table):
    chained = table.sample_rows(10, seed=1).prepare().sample_rows(4, seed=2)
    position = chained.row_numbers[2]
    z = table.sample_rows(10, seed=1).standardize()
    row = z.points[z.row_numbers.index(position)]
    torch.testing.assert_close(chained.points[2], row / row.norm())


def test_steps_can_be_written_as_json(table):
    ready = table.sample_rows(10).prepare(bias=True).merge_duplicates()
    for step in ready.steps:
        assert json.loads(json.dumps(step.numbers)) == step.numbers
        assert step.detail.endswith(".")


def test_the_repr_is_one_line(table):
    shown = repr(table.prepare())
    assert "30 points in dimension 4" in shown
    assert "\n" not in shown


@pytest.mark.parametrize(
    ("rows", "targets", "more", "message"),
    [
        ([[1.0, 2.0]], None, {}, "1 row; at least 2"),
        ([[], []], None, {}, "no feature column"),
        ([[1.0], [float("nan")]], None, {}, "of the points of table holds"),
        ([[1.0], [2.0]], [1.0, float("inf")], {}, "of the targets of table holds"),
        ([[1.0], [2.0]], [1.0], {}, "2 rows and 1 targets"),
        ([[1.0], [2.0]], None, {"feature_names": ("a", "b")}, "2 feature names"),
        ([[1.0], [2.0]], None, {"row_numbers": (1, 2, 3)}, "3 row numbers"),
    ],
)
def test_what_cannot_be_a_data_set_is_refused(rows, targets, more, message):
    with pytest.raises(DataError, match=message):
        dataset(rows, targets, **more)


def test_float32_becomes_float64():
    found = Dataset("t", torch.ones(3, 2), torch.ones(3))
    assert found.points.dtype == found.targets.dtype == torch.float64
