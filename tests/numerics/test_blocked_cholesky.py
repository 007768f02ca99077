import shutil
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest

from widthwise.errors import MemoryBudgetError, NotPositiveDefiniteError, OutputError
from widthwise.numerics import blocked_cholesky
from widthwise.numerics.blocked_cholesky import BlockedCholesky, Panels, panels_for

Usage = namedtuple("Usage", "total used free")


def positive(n, seed=0):
    drawn = np.random.default_rng(seed).standard_normal((n, 2 * n))
    return drawn @ drawn.T / n


@pytest.fixture(autouse=True)
def _few_rows(monkeypatch):
    monkeypatch.setattr(blocked_cholesky, "_ROWS", 13)


def factored(matrix, width, folder, key="one"):
    held = BlockedCholesky(
        lambda i, j: matrix[i, j], Panels(len(matrix), width), folder, key
    )
    held.factor()
    return held


@pytest.mark.parametrize(("n", "width"), [(1, 1), (40, 40), (40, 7), (41, 10)])
def test_panels_are_those_of_the_whole_factorization(tmp_path, n, width):
    matrix = positive(n)
    held = factored(matrix, width, tmp_path)
    whole = np.linalg.cholesky(matrix)
    for panel in range(held._panels.count):
        at = held._panels.columns(panel)
        np.testing.assert_allclose(held.panel(panel), whole[at.start :, at], atol=1e-13)
    right = np.random.default_rng(1).standard_normal((n, 3))
    np.testing.assert_allclose(
        held.solve(right), np.linalg.solve(matrix, right), rtol=1e-11, atol=1e-12
    )
    np.testing.assert_allclose(held.product(right), matrix @ right, atol=1e-12)
    np.testing.assert_allclose(whole @ held.half_solve(right), right, atol=1e-12)


def test_entries_are_asked_for_once_on_and_below_the_diagonal(tmp_path):
    matrix, asked = positive(30), np.zeros((30, 30), int)

    def entries(rows, columns):
        asked[rows, columns] += 1
        return matrix[rows, columns]

    BlockedCholesky(entries, Panels(30, 8), tmp_path, "k").factor()
    assert (asked[np.tril_indices(30)] == 1).all()
    assert asked.max() == 1


def test_a_stopped_factorization_goes_on_where_it_stopped(tmp_path):
    matrix, whole = positive(40), np.linalg.cholesky(positive(40))

    def stopping(rows, columns):
        if columns.start >= 20:
            raise KeyboardInterrupt
        return matrix[rows, columns]

    begun = BlockedCholesky(stopping, Panels(40, 10), tmp_path, "one")
    with pytest.raises(KeyboardInterrupt):
        begun.factor()

    def late(rows, columns):
        assert columns.start >= 20
        return matrix[rows, columns]

    again = BlockedCholesky(late, Panels(40, 10), tmp_path, "one")
    assert again.done == 2
    again.factor()
    np.testing.assert_allclose(again.panel(3), whole[30:, 30:], atol=1e-13)
    other = BlockedCholesky(late, Panels(40, 10), tmp_path, "another matrix")
    assert other.done == 0
    again.remove()
    assert not list(tmp_path.iterdir())


def test_a_later_call_keeps_the_width_of_an_earlier_one_where_it_fits(tmp_path):
    factored(positive(40), 10, tmp_path)
    assert panels_for(40, 10**6, 0, tmp_path, "one").width == 10
    assert panels_for(40, 10**6, 0, tmp_path, "other").width == 40


def test_a_singular_matrix_is_refused_with_its_rows(tmp_path):
    matrix = positive(30)
    matrix[25], matrix[:, 25] = matrix[3].copy(), matrix[:, 3].copy()
    with pytest.raises(NotPositiveDefiniteError, match="rows 0 to 29"):
        factored(matrix, 10, tmp_path)


def test_too_little_memory_and_a_full_disk_are_refused(tmp_path, monkeypatch):
    with pytest.raises(MemoryBudgetError, match="Panels of 256 columns of 100,000 row"):
        panels_for(100_000, 10**6, 0, tmp_path, "k")
    held = BlockedCholesky(lambda i, j: positive(30)[i, j], Panels(30, 8), tmp_path, "")
    monkeypatch.setattr(held, "_path", Path("/dev/full"))
    with pytest.raises(OutputError, match=r"panel 1 of 4.*goes on"):
        held.factor()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10, 10, 0))
    with pytest.raises(OutputError, match="the disk has 0 GB left"):
        BlockedCholesky(lambda i, j: positive(30)[i, j], Panels(30, 8), tmp_path, "")
