import errno
import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import scipy.sparse
import torch
import zarr

from widthwise.errors import (
    DataError,
    MemoryBudgetError,
    OutputError,
    PrecisionLimitError,
)
from widthwise.readouts import (
    RowAccumulator,
    minimum_norm,
    ridge_path,
    ridge_stream,
    stream_plan,
)
from widthwise.readouts.streams import _kept, _row_work


def gaussian(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def close(found, expected, within=1e-11):
    size = float(expected.abs().max())
    torch.testing.assert_close(found, expected, rtol=0, atol=within * size)


def small_blocks(shape):
    """Return a budget that a single block of all rows or units would break."""
    shorter, longer = min(shape), max(shape)
    whole = stream_plan(np.empty(shape))
    least = stream_plan(np.empty((2 * shorter + 4, shorter)))
    assert longer > 3 * shorter
    return (whole.memory + 3 * least.memory) // 4


@pytest.mark.parametrize("shape", [(900, 7), (7, 900)])
@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("is_weighted", [False, True])
def test_a_stream_is_the_path_of_the_whole(shape, intercept, is_weighted):
    phi, y = 3.0 + gaussian(*shape), 1.0 + gaussian(shape[0], 2, seed=1)
    weights = None
    if is_weighted:
        weights = gaussian(shape[0], seed=2).square()
        weights[2] = 0.0
    budget = small_blocks(shape)
    assert stream_plan(phi, outputs=2, budget=budget).blocks > 2
    grid = [0.0, 1e-3, 1.0, 1e3]
    asked = {"intercept": intercept, "weights": weights}
    whole = ridge_path(phi, y, grid, **asked)
    found = ridge_stream(phi.numpy(), y, grid, budget=budget, **asked)
    close(found.leave_one_out_by_output, whole.leave_one_out_by_output)
    close(found.generalized_cross_validation, whole.generalized_cross_validation)
    assert (found.rank, found.best) == (whole.rank, whole.best)
    for penalty in grid:
        close(found.solution(penalty), whole.solution(penalty))
        close(1.0 + found.intercept(penalty), 1.0 + whole.intercept(penalty))
    close(found.residuals_left_out(), whole.residuals_left_out())
    each = torch.tensor([1e-3, 1.0], dtype=torch.float64)
    close(found.residuals_left_out(each), whole.residuals_left_out(each))
    close(found.leverage(1.0), whole.leverage(1.0))
    close(found.unreachable, whole.unreachable)


@pytest.mark.parametrize("shape", [(300, 7), (7, 300)])
def test_sparse_features_are_those_that_they_stand_for(shape):
    phi, y = gaussian(*shape), gaussian(shape[0], seed=1)
    phi[phi.abs() < 1.0] = 0.0
    whole = ridge_path(phi, y, [1e-3, 1.0])
    for kind in (scipy.sparse.csr_matrix, scipy.sparse.csc_array):
        found = ridge_stream(kind(phi.numpy()), y, [1e-3, 1.0])
        close(found.leave_one_out, whole.leave_one_out)
        close(found.solution(), whole.solution())


def test_rows_that_depend_and_rows_of_leverage_one_are_streamed_alike():
    phi, y = torch.round(8 * gaussian(300, 6)) / 8, gaussian(300, seed=1)
    phi[:, 5] = phi[:, 0] - phi[:, 2]
    phi[:, 4] = 0.0
    phi[17, 4] = 2.0
    whole, found = ridge_path(phi, y), ridge_stream(phi, y)
    assert found.rank == whole.rank == 5
    close(found.leave_one_out, whole.leave_one_out, 1e-8)


def test_files_of_three_kinds_are_read_in_parts(tmp_path):
    phi, y = gaussian(60, 5), gaussian(60, seed=1)
    expected = ridge_path(phi, y).leave_one_out
    np.save(tmp_path / "phi.npy", phi.numpy())
    names = [f"unit {k}" for k in range(5)]
    pl.DataFrame(phi.numpy(), schema=names).write_parquet(tmp_path / "phi.parquet")
    store = zarr.create_array(
        tmp_path / "phi.zarr", shape=(60, 5), chunks=(16, 5), dtype="float64"
    )
    store[:] = phi.numpy()
    for given in (
        tmp_path / "phi.npy",
        str(tmp_path / "phi.parquet"),
        tmp_path / "phi.zarr",
        store,
        np.load(tmp_path / "phi.npy", mmap_mode="r"),
        phi,
    ):
        found = ridge_stream(given, y)
        assert len(found.leave_one_out) == len(expected)
        close(found.leave_one_out, expected)
    (tmp_path / "phi.csv").write_text("1,2")
    with pytest.raises(DataError, match="no file of features"):
        ridge_stream(tmp_path / "phi.csv", y)
    pl.DataFrame({"a": ["x"]}).write_parquet(tmp_path / "text.parquet")
    with pytest.raises(DataError, match="every column is a unit"):
        ridge_stream(tmp_path / "text.parquet", [1.0])


@pytest.mark.parametrize("shape", [(900, 7), (7, 900)])
def test_what_is_not_finite_is_named_with_its_block(shape):
    phi = gaussian(*shape)
    place = (601, 3) if shape[0] > 7 else (3, 601)
    phi[place] = math.nan
    words = f"row {place[0]}, unit {place[1]}"
    with pytest.raises(DataError, match=words) as refusal:
        ridge_stream(phi, torch.ones(shape[0]), budget=small_blocks(shape))
    kind = "rows" if shape[0] > 7 else "units"
    assert f"The block of {kind}" in str(refusal.value)


def test_a_plan_is_told_first_and_a_budget_is_kept():
    told = []
    phi, y = gaussian(500, 4), gaussian(500)
    ridge_stream(phi, y, progress=lambda share, text: told.append((share, text)))
    said = str(stream_plan(phi).left(None)).split("operations, ")[0]
    assert told[0][0] == 0.0
    assert told[0][1].startswith(f"{said}operations, ")
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    with pytest.raises(MemoryBudgetError, match=r"Take at most \d+ units"):
        stream_plan(np.broadcast_to(0.0, (10**6, 10**4)), budget=10**8)
    plan = stream_plan(np.broadcast_to(0.0, (10**9, 100)), budget=10**11)
    assert plan.memory < 10**11
    assert plan.axis == "rows"
    assert "Q R of the blocks" in str(plan)
    assert 1e5 < plan.operations / plan.seconds < 1e15


@pytest.mark.parametrize("intercept", [False, True])
def test_blocks_of_rows_add_up(intercept):
    phi, y = gaussian(40, 6), gaussian(40, 2, seed=1)
    weights = gaussian(40, seed=2).square()
    held = RowAccumulator(intercept=intercept)
    with pytest.raises(DataError, match="No row"):
        held.solution()
    for start, stop in ((0, 1), (1, 4), (4, 30), (30, 40)):
        held.add(phi[start:stop], y[start:stop], weights[start:stop])
        part = minimum_norm(
            phi[:stop], y[:stop], intercept=intercept, weights=weights[:stop]
        )
        close(held.solution(), part.solution, 1e-10)
        close(held.intercept(), part.intercept, 1e-10) if intercept else None
    path = ridge_path(phi, y, [0.5, 3.0], intercept=intercept, weights=weights)
    close(held.solution(3.0), path.solution(3.0))
    close(
        held.generalized_cross_validation([0.5, 3.0]),
        path.generalized_cross_validation,
    )
    with pytest.raises(DataError, match="7 features"):
        held.add(gaussian(3, 7), gaussian(3, 2))
    with pytest.raises(DataError, match="one target"):
        held.add(gaussian(3, 6), gaussian(4, 2))
    close(held.solution(3.0), path.solution(3.0))


@pytest.mark.parametrize("scale", [1.0, 1e-7])
def test_rows_are_summed_by_their_gram_matrix_where_it_resolves_them(scale):
    generator = torch.Generator().manual_seed(0)
    phi = torch.randn(400, 6, generator=generator, dtype=torch.float64) + 5.0
    phi[:, 5] = phi[:, 4] + scale * phi[:, 5]
    y = torch.randn(400, 2, generator=generator, dtype=torch.float64)
    y = torch.cat([y, 1.0 - y.sum(1, keepdim=True)], 1)  # They add up to a constant.
    told = []
    found = ridge_stream(phi, y, [0.1, 1.0], progress=lambda _, text: told.append(text))
    held = ridge_path(phi, y, [0.1, 1.0])
    torch.testing.assert_close(
        found.leave_one_out, held.leave_one_out, rtol=1e-9, atol=0
    )
    torch.testing.assert_close(
        found.generalized_cross_validation,
        held.generalized_cross_validation,
        rtol=1e-9,
        atol=0,
    )
    torch.testing.assert_close(
        found.solution(0.1), held.solution(0.1), rtol=1e-8, atol=1e-10
    )
    assert told[-1].endswith("second pass")
    assert any("by qr" in each for each in told) == (scale < 1.0)


def test_a_gram_matrix_that_hides_digits_is_refused():
    phi = torch.tensor([[1.0, 1.0], [1.0, 1.0 + 1e-9], [2.0, 2.0], [3.0, 3.0]]).double()
    phi[1, 1] += 1e-9
    rows = RowAccumulator(intercept=False, method="gram")
    rows.add(phi, torch.ones(4).double())
    with pytest.raises(PrecisionLimitError, match="'qr'"):
        rows.solution()


class Counted:
    """Features that count how often a block of them is read."""

    def __init__(self, phi):
        self.phi, self.reads = phi.numpy(), 0
        self.shape, self.dtype = self.phi.shape, self.phi.dtype

    def __getitem__(self, key):
        self.reads += 1
        return self.phi[key]


@pytest.mark.parametrize("kind", ["rows by gram", "rows by qr", "units"])
def test_what_is_stopped_goes_on_to_the_same_bits(kind, tmp_path, monkeypatch):
    monkeypatch.setattr(_kept, "_SECONDS", 0.0)
    phi = gaussian(400, 7, seed=0)
    if kind == "rows by qr":
        phi[:, -1] = phi[:, 0] + 1e-6 * phi[:, -1]
    phi = phi.T.contiguous() if kind == "units" else phi
    y, grid, budget = gaussian(len(phi), 2, seed=1), [0.0, 0.1, 1.0], 60_000
    told = []
    whole = Counted(phi)
    expected = ridge_stream(
        whole, y, grid, budget=budget, progress=lambda *said: told.append(said)
    )
    fractions = [fraction for fraction, _ in told]
    assert len(told) > 4
    for stop in fractions[2 : -1 : max(1, len(told) // 3)]:

        def stopped(fraction, _text, stop=stop):
            if fraction >= stop:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            ridge_stream(phi, y, grid, budget=budget, folder=tmp_path, progress=stopped)
        assert list(tmp_path.iterdir())
        left = Counted(phi)
        found = ridge_stream(left, y, grid, budget=budget, folder=tmp_path)
        assert left.reads < whole.reads + 3  # The key takes two reads.
        assert not list(tmp_path.iterdir())
        assert torch.equal(found.leave_one_out, expected.leave_one_out)
        assert torch.equal(found.solution(), expected.solution())
        assert torch.equal(found.intercept(), expected.intercept())
    assert left.reads < whole.reads  # The last stop came late.


@pytest.mark.parametrize("kind", ["rows", "units"])
@pytest.mark.parametrize("stop_at", [0.2, 0.4, 0.9])
def test_data_that_changed_while_it_stood_still_are_summed_anew(
    kind, stop_at, tmp_path, monkeypatch
):
    monkeypatch.setattr(_kept, "_SECONDS", 0.0)
    phi = gaussian(400, 7, seed=0)
    phi = phi.T.contiguous() if kind == "units" else phi
    y, grid, budget = gaussian(len(phi), 2, seed=1), [0.1, 1.0], 60_000

    told, most = [], math.inf

    def stopped(_fraction, text):
        told.append(text)
        if len(told) >= most:
            raise KeyboardInterrupt

    ridge_stream(phi, y, grid, budget=budget, progress=stopped)
    most = len(told) + stop_at * len(told)
    with pytest.raises(KeyboardInterrupt):
        ridge_stream(phi, y, grid, budget=budget, folder=tmp_path, progress=stopped)
    changed = phi.clone()
    changed[[2, 3], 1:] = phi[[3, 2], 1:]
    found = ridge_stream(changed, y, grid, budget=budget, folder=tmp_path)
    expected = ridge_stream(changed, y, grid, budget=budget)
    assert torch.equal(found.leave_one_out, expected.leave_one_out)
    assert torch.equal(found.solution(), expected.solution())


def test_a_full_disk_is_said_and_leaves_what_was_saved(tmp_path, monkeypatch):
    monkeypatch.setattr(_kept, "_SECONDS", 0.0)
    phi, y = gaussian(400, 7, seed=0), gaussian(400, 1, seed=1)
    saved, save = [], np.savez

    def full(path, **arrays):
        if saved:
            Path(path).write_bytes(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")
        save(path, **arrays)
        saved.append(path)

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OutputError, match=r"No space left on device\. Free some space"):
        ridge_stream(phi, y, [0.1], budget=60_000, folder=tmp_path)
    monkeypatch.setattr(np, "savez", save)
    (left,) = tmp_path.iterdir()
    with np.load(left) as found:
        assert len(found["digests"]) == 1
    found = ridge_stream(phi, y, [0.1], budget=60_000, folder=tmp_path)
    expected = ridge_stream(phi, y, [0.1], budget=60_000)
    assert torch.equal(found.solution(), expected.solution())


@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("most", [0.4, 2.0])
def test_rows_that_are_read_a_third_time_are_those_of_the_path(
    most, intercept, monkeypatch
):
    # With 2 all of them are: no other row is left.
    monkeypatch.setattr(_row_work, "_DIGITS", 1e9)
    monkeypatch.setattr(_row_work, "_NEAR_ONE", most)
    generator = np.random.default_rng(5)
    phi, y = generator.normal(size=(20, 9)), generator.normal(size=(20, 2))
    weights = np.where(np.arange(20) % 7 == 3, 0.0, 1.0 + np.arange(20))
    options = {"intercept": intercept, "weights": weights}
    found = ridge_stream(phi, y, [0.0, 1.0], **options)
    whole = ridge_path(phi, y, [0.0, 1.0], **options)
    torch.testing.assert_close(
        found.leave_one_out_by_output, whole.leave_one_out_by_output, rtol=1e-9, atol=0
    )
    for asked in ("residuals_left_out", "leverage"):
        one, other = getattr(found, asked)(1.0), getattr(whole, asked)(1.0)
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-12)
