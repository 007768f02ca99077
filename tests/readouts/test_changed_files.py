"""Files that change, go missing or are damaged are not read as one matrix."""

import os

import numpy as np
import polars as pl
import pytest
import torch
import zarr

import widthwise as ww
from widthwise.errors import (
    DataError,
    MissingDataError,
)
from widthwise.readouts import (
    ridge_stream,
)

PHI = np.random.default_rng(0).standard_normal((12, 5))
Y = np.random.default_rng(1).standard_normal(12)


def ridge(phi, y, penalty):
    centred = phi - phi.mean(0)
    inner = centred.T @ centred + penalty * np.eye(phi.shape[1])
    return torch.from_numpy(np.linalg.solve(inner, centred.T @ (y - y.mean())))


def streamed(source, y=Y, penalty=0.3):
    return ridge_stream(source, y, [penalty]).solution(penalty)


@pytest.mark.parametrize("suffix", ["npy", "parquet", "zarr"])
def test_a_file_that_was_written_again_is_read_again(suffix, tmp_path, monkeypatch):
    def write(numbers, folder="."):
        path = tmp_path / folder / f"phi.{suffix}"
        if suffix == "npy":
            np.save(path, numbers)
        elif suffix == "parquet":
            pl.DataFrame(numbers).write_parquet(path)
        else:
            kept = zarr.open(path, mode="w", shape=numbers.shape, chunks=(7, 3))
            kept[:] = numbers
        return path

    for numbers in (PHI, PHI[::-1].copy(), PHI[:9, :3].copy()):
        path, y = write(numbers), Y[: len(numbers)]
        torch.testing.assert_close(streamed(path, y), ridge(numbers, y, 0.3))
    for folder, numbers in (("one", PHI), ("two", PHI[::-1].copy())):
        (tmp_path / folder).mkdir()
        write(numbers, folder)
        monkeypatch.chdir(tmp_path / folder)
        found = streamed(f"phi.{suffix}")
        torch.testing.assert_close(found, ridge(numbers, Y, 0.3))


@pytest.mark.parametrize("suffix", ["npy", "parquet"])
def test_a_file_that_changes_between_two_passes_is_not_read_as_one_matrix(
    suffix, tmp_path
):
    def write(path, numbers):
        if suffix == "npy":
            np.save(path, numbers)
        else:
            pl.DataFrame(numbers).write_parquet(path)

    path = tmp_path / f"phi.{suffix}"
    write(path, PHI)
    source = ww.readouts.streams.source_of(path)
    assert source.rows(0, 12).shape == (12, 5)
    then = path.stat()
    write(path, PHI[::-1].copy())
    assert path.stat().st_size == then.st_size
    os.utime(path, ns=(then.st_atime_ns, then.st_mtime_ns))
    with pytest.raises(DataError, match="has changed since"):
        source.rows(0, 12)


@pytest.mark.parametrize("suffix", ["npy", "parquet"])
def test_a_file_replaced_at_once_by_another_of_its_size_is_not_read(suffix, tmp_path):
    def write(path, numbers):
        if suffix == "npy":
            np.save(path, numbers)
        else:
            pl.DataFrame(numbers).write_parquet(path)

    path, other = tmp_path / f"phi.{suffix}", tmp_path / f"other.{suffix}"
    for _ in range(3):
        write(other, PHI[::-1].copy())
        write(path, PHI)
        source = ww.readouts.streams.source_of(path)
        other.replace(path)
        with pytest.raises(DataError, match="has changed since"):
            source.rows(0, 12)


def test_files_that_are_missing_or_damaged_are_named(tmp_path):
    for suffix in ("npy", "parquet", "zarr"):
        with pytest.raises(MissingDataError, match=f"There is no .*phi.{suffix}"):
            streamed(tmp_path / f"phi.{suffix}")
    cut = tmp_path / "cut.npy"
    np.save(cut, PHI)
    cut.write_bytes(cut.read_bytes()[:200])
    garbage = tmp_path / "garbage.npy"
    garbage.write_bytes(b"no numbers" * 20)
    objects = tmp_path / "objects.npy"
    np.save(objects, PHI.astype(object))
    table = tmp_path / "table.parquet"
    table.write_bytes(b"PAR1")
    for path in (cut, garbage, objects, table):
        with pytest.raises(DataError, match=f"{path.name} is damaged"):
            streamed(path)
    zarr.open_group(tmp_path / "group.zarr", mode="w")
    with pytest.raises(DataError, match="is a group of arrays"):
        streamed(tmp_path / "group.zarr")
    empty = tmp_path / "empty.parquet"
    pl.DataFrame(schema={"a": pl.Float64}).write_parquet(empty)
    with pytest.raises(DataError, match=r"shape of empty.parquet is \(0, 1\)"):
        streamed(empty, [])


@pytest.mark.parametrize(
    ("failure", "kind", "says"),
    [
        (ModuleNotFoundError(name="zarr"), MissingDataError, r"needs zarr.*\[store\]"),
        (PermissionError(13, "denied"), DataError, "may not be read"),
        (EOFError(), DataError, r"is damaged.*\(EOFError\)"),
    ],
)
def test_a_file_that_cannot_be_read_is_damaged_only_where_it_is(
    failure, kind, says, tmp_path, monkeypatch
):
    path = tmp_path / "phi.npy"
    np.save(path, PHI)

    def fail(*_given, **_named):
        raise failure

    monkeypatch.setattr(np, "load", fail)
    with pytest.raises(kind, match=says):
        streamed(path)
