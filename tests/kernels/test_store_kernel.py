"""Kernel matrices on disk: the right numbers, and what a stop leaves is used."""

import numpy as np
import pytest
import torch

from widthwise.errors import InvalidArgumentError, OutputError
from widthwise.kernels import (
    conjugate_kernel,
    deep_kernels,
    store_kernel,
    two_layer_kernels,
)
from widthwise.kernels.stored import _store_kernel


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(_store_kernel, "_ROWS", 256)


def rows(count, seed=0):
    normal = np.random.default_rng(seed).standard_normal((count, 4))
    return normal / np.linalg.norm(normal, axis=1, keepdims=True)


def relu(x, y):
    return conjugate_kernel(x, "relu", "gaussian", y)


@pytest.mark.parametrize("suffix", [".npy", ".zarr"])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_blocks_are_the_matrix_in_memory(tmp_path, suffix, dtype):
    points = rows(600)
    (found,) = store_kernel(relu, points, tmp_path / f"k{suffix}", dtype=dtype)
    matrix = np.asarray(found.open()[:])
    exact = conjugate_kernel(points, "relu", "gaussian").numpy()
    assert matrix.dtype == np.dtype(str(dtype).removeprefix("torch."))
    assert np.array_equal(matrix, matrix.T)
    assert np.abs(matrix - exact).max() <= 2 * found.provenance.entry_error <= 1e-6
    assert [each.name for each in tmp_path.iterdir()] == [f"k{suffix}"]


def test_two_sets_and_several_matrices_at_once(tmp_path):
    one, two = rows(300), rows(520, seed=1)
    paths = [tmp_path / "conjugate.npy", tmp_path / "tangent.zarr"]
    said = []
    found = store_kernel(
        lambda x, y: deep_kernels(x, "tanh", 2, other=y),
        one,
        paths,
        two,
        progress=lambda fraction, text: said.append((fraction, text)),
    )
    exact = deep_kernels(one, "tanh", 2, other=two)
    for each, truth in zip(found, exact, strict=True):
        assert each.shape == (300, 520)
        miss = np.abs(np.asarray(each.open()[:]) - truth.numpy()).max()
        assert miss <= 2 * each.provenance.entry_error
    assert [each.provenance.kernel for each in found] == [
        "deep_conjugate",
        "deep_tangent",
    ]
    assert said[-1] == (1.0, "block 6 of 6")
    assert len(said) == 6


@pytest.mark.parametrize("suffix", [".npy", ".zarr"])
def test_the_same_call_goes_on_where_it_was_stopped(tmp_path, suffix):
    points, calls = rows(700), []

    def stops(x, y):
        calls.append(len(x))
        if len(calls) == 4:
            raise KeyboardInterrupt
        return relu(x, y)

    path = tmp_path / f"k{suffix}"
    with pytest.raises(KeyboardInterrupt):
        store_kernel(stops, points, path)
    assert not path.exists()
    (found,) = store_kernel(stops, points, path)
    # Of six blocks two were there; each call looks at three rows first.
    assert len(calls) == 4 + 1 + 4
    exact = conjugate_kernel(points, "relu", "gaussian").numpy()
    assert np.abs(found.open()[:] - exact).max() <= 2 * found.provenance.entry_error


@pytest.mark.parametrize("change", ["points", "kernel", "dtype", "note"])
def test_what_another_question_left_is_not_used(tmp_path, change):
    points, path = rows(700), tmp_path / "k.npy"

    def stops(_fraction, _text):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store_kernel(relu, points, path, progress=stops)
    kernel, dtype = relu, torch.float64
    if change == "points":
        points = rows(700, seed=5)
    if change == "kernel":

        def kernel(x, y):
            return conjugate_kernel(x, "erf", "gaussian", y)

    if change == "dtype":
        dtype = torch.float32
    if change == "note":
        (tmp_path / ".k-partial.json").write_text("{not json", encoding="utf-8")
    (found,) = store_kernel(kernel, points, path, dtype=dtype)
    exact = kernel(torch.from_numpy(points), None).numpy()
    assert np.abs(found.open()[:] - exact).max() <= 2 * found.provenance.entry_error


def test_what_cannot_be_stored_is_refused(tmp_path):
    points = rows(9)
    with pytest.raises(InvalidArgumentError, match=r"must end in \.npy"):
        store_kernel(relu, points, tmp_path / "k.bin")
    with pytest.raises(InvalidArgumentError, match=r"returns 2 matrices.* 1 paths"):
        store_kernel(
            lambda x, y: two_layer_kernels(x, "relu", "gaussian", y),
            points,
            tmp_path / "k.npy",
        )
    with pytest.raises(InvalidArgumentError, match=r"shape \(3, 4\) for 3 and 3"):
        store_kernel(lambda x, _: x, points, tmp_path / "k.npy")
    (tmp_path / "k.npy").write_bytes(b"mine")
    with pytest.raises(OutputError, match="exists already"):
        store_kernel(relu, points, tmp_path / "k.npy")
    assert (tmp_path / "k.npy").read_bytes() == b"mine"


def test_a_disk_without_room_is_told_of_before_work(tmp_path, monkeypatch):
    usage = type("Usage", (), {"free": 10})
    monkeypatch.setattr(_store_kernel.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(OutputError, match="the disk has"):
        store_kernel(relu, rows(9), tmp_path / "k.npy")
