"""Rows that collide after preparation in exact arithmetic do so after ours."""

import random
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import torch

from widthwise.datasets import Dataset, read
from widthwise.datasets.points import widest_doubt
from widthwise.diagnosis.study import as_dataset
from widthwise.spectra import rank_verdict

EPS = 2.0**-52


def planted(spread, seed, *, opposite, columns=4, rows=30):
    """Return whole numbers whose rows 0 and 1 are c and −2c, or 2c and 5c, less means.

    The column means are a/3, and the first two rows 0 and a, or a and 2a.
    """
    draw = random.Random(seed)
    found = []
    for _ in range(columns):
        a = draw.randint(1, 9)
        column = [0, a] if opposite else [a, 2 * a]
        column += [draw.randint(-spread, spread) for _ in range(rows - 3)]
        found.append([*column, rows * a // 3 - sum(column)])
    table = [list(row) for row in zip(*found, strict=True)]
    means = [Fraction(sum(column), rows) for column in found]
    first, second = (
        [x - m for x, m in zip(table[i], means, strict=True)] for i in (0, 1)
    )
    factors = (2, -1) if opposite else (5, 2)
    assert [factors[0] * x for x in first] == [factors[1] * x for x in second]
    return table


def angle(first, second):
    apart = np.linalg.norm(first - second)
    return 2 * np.arctan2(apart, np.linalg.norm(first + second))


@pytest.mark.parametrize("opposite", [True, False])
@pytest.mark.parametrize("spread", [10, 10**5, 10**6, 10**8, 10**10, 10**12])
@pytest.mark.parametrize("scale", [1.0, 2.0**-30])
def test_planted_rows_collide_to_rounding(opposite, spread, scale):
    for seed in range(5):
        table = torch.tensor(planted(spread, seed, opposite=opposite)).double() * scale
        points = Dataset("planted", table).prepare().points.numpy()
        # Each entry carries three roundings, of half an ε.
        other = -points[1] if opposite else points[1]
        assert angle(points[0], other) <= 3 * EPS


@pytest.mark.parametrize("opposite", [True, False])
def test_collisions_of_offset_columns_are_found(opposite):
    """Means far from zero: the offsets cancel and leave no digit behind."""
    offset = np.array([10**9, -(10**12), 7, 10**14])
    table = np.array(planted(1000, 0, opposite=opposite)) + offset
    points = (
        Dataset("planted", torch.from_numpy(table).double()).prepare().points.numpy()
    )
    other = -points[1] if opposite else points[1]
    assert angle(points[0], other) <= 3 * EPS


def exact_rows(table):
    """Return the rows of standardised decimals, with 60 digits."""
    with mpmath.workdps(60):
        columns = list(zip(*[[Fraction(x) for x in row] for row in table], strict=True))
        found = []
        for column in columns:
            mean = sum(column) / len(column)
            centred = [x - mean for x in column]
            square = sum(x * x for x in centred) / len(column)
            deviation = mpmath.sqrt(
                mpmath.mpf(square.numerator) / mpmath.mpf(square.denominator)
            )
            found.append(
                [mpmath.mpf(x.numerator) / x.denominator / deviation for x in centred]
            )
        return mpmath.matrix(found).T


@pytest.mark.parametrize("digits", [1, 2, 6])
def test_decimals_turn_rows_by_no_more_than_is_said(tmp_path, digits):
    worst = 0.0
    for seed in range(6):
        whole = planted(10**5, seed, opposite=seed % 2 == 0, columns=3)
        table = [[f"{x / 10**digits + 3:.{digits}f}" for x in row] for row in whole]
        path = tmp_path / "t.csv"
        path.write_text("\n".join(["a,b,c", *(",".join(row) for row in table)]))
        found = read(path).prepare()
        true = exact_rows(table)
        with mpmath.workdps(60):
            for i, point in enumerate(found.points.numpy()):
                row = mpmath.matrix(true[i, :])
                row /= mpmath.norm(row)
                turned = float(mpmath.norm(row - mpmath.matrix([list(point)])))
                bound = float(found.row_errors[i])
                assert turned <= bound + 3 * EPS
                worst = max(worst, turned / bound)
    assert worst > 0.05  # and not by far less


def test_rows_near_the_means_are_said_to_be_vague(tmp_path):
    table = planted(10**6, 3, opposite=True)
    lines = [",".join(f"{x / 100:.2f}" for x in row) for row in table]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["a,b,c,d", *lines]))
    step = read(path).prepare().steps[-1]
    assert step.numbers["vague_rows"] == [0, 1]
    assert step.is_caution
    assert 1e-12 < step.numbers["direction_error"] < 1e-9
    assert "Rows 0 and 1 are so near the column means" in step.detail
    whole = as_dataset(np.array(table), None, bias=False, standardize=None, reading={})
    assert "vague_rows" not in whole.steps[-1].numbers


def test_a_sample_keeps_the_errors_of_its_rows():
    found = Dataset("t", torch.rand(30, 2, dtype=torch.float64)).prepare()
    sample = found.sample_rows(10)
    kept = list(sample.row_numbers)
    assert torch.equal(sample.row_errors, found.row_errors[kept])


def test_rows_of_one_ray_are_merged_when_that_is_asked():
    table = np.array(planted(10**6, 0, opposite=False), dtype=float)
    options = {"bias": False, "standardize": None}
    asked = {"merge_duplicates": True}
    assert len(as_dataset(table, None, reading={}, **options).points) == 30
    found = as_dataset(table, np.arange(30.0), reading=asked, **options)
    assert found.row_numbers == (0, *range(2, 30))
    assert found.targets[0] == 0.5
    assert found.steps[-1].numbers["conflicting_points"] == 1


@pytest.mark.parametrize("opposite", [True, False])
def test_rows_that_may_collide_leave_the_verdict_open(tmp_path, opposite):
    """Decimals: the floats' rows do not collide, those that were written do."""
    whole = planted(10**6, 3, opposite=opposite, columns=3)
    lines = [",".join(f"{x / 100:.2f}" for x in row) for row in whole]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["a,b,c", *lines]))
    found = read(path).prepare()
    doubt = widest_doubt(found)
    points = found.points.numpy()
    turned = angle(points[0], -points[1] if opposite else points[1])
    assert turned == pytest.approx(doubt, rel=1e-3)
    assert doubt > 1e-12
    verdict = rank_verdict(found.points, "tanh", tolerance=doubt)
    assert verdict.can_fit_any_labels is None
    assert rank_verdict(found.points, "tanh").can_fit_any_labels  # which was too sure
    given = torch.tensor(whole, dtype=torch.float64)
    assert widest_doubt(Dataset("whole", given).prepare()) == 0.0


def test_rows_without_a_partner_raise_no_doubt():
    table = np.round(np.random.default_rng(0).random((200, 3)) + 10**6, 2)
    assert widest_doubt(Dataset("t", torch.from_numpy(table)).prepare()) == 0.0
