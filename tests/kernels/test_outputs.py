"""Kernels written into memory that is given, in float64 or float32."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from widthwise.arrays import provenance
from widthwise.errors import InvalidArgumentError
from widthwise.kernels import (
    HiddenLayer,
    conjugate_kernel,
    deep_kernels,
    tangent_kernel,
    two_layer_kernels,
)


def rows(count, dimension=6, seed=1, *, unit=True):
    normal = np.random.default_rng(seed).standard_normal((count, dimension))
    norms = np.linalg.norm(normal, axis=1, keepdims=True)
    return normal / (norms if unit else norms / 1.5)


LAYERS = [HiddenLayer("erf", 1.2, 0.1), HiddenLayer("relu", 1.5, 0.3)]
WAYS = {
    "two layers": lambda points, **given: two_layer_kernels(
        points, "gelu", "gaussian", **given
    ),
    "any norms": lambda points, **given: two_layer_kernels(
        points * np.linspace(1, 1.9, len(points))[:, None], "erf", "gaussian", **given
    ),
    "homogeneous": lambda points, **given: two_layer_kernels(
        points * np.linspace(1, 9, len(points))[:, None], "relu", "gaussian", **given
    ),
    "deep": lambda points, **given: deep_kernels(points * 2, "tanh", 3, **given),
    "deep homogeneous": lambda points, **given: deep_kernels(
        points * np.linspace(1, 9, len(points))[:, None], "relu", 3, **given
    ),
    "layers": lambda points, **given: deep_kernels(points * 2, LAYERS, **given),
}


@pytest.mark.parametrize("count", [40, 730])
@pytest.mark.parametrize("way", WAYS)
def test_reused_outputs_hold_the_same_bits(way, count):
    if count > 700 and way in ("any norms", "layers"):
        count = 130  # Their tiles are the same for any size, and slow.
    points = rows(count)
    fresh = WAYS[way](points)
    given = (
        torch.full((count, count), torch.nan, dtype=torch.float64),
        np.empty((count, count)),
    )
    found = WAYS[way](points, out=given)
    assert found[0] is given[0] or found[0].data_ptr() == given[0].data_ptr()
    assert found[1].data_ptr() == given[1].ctypes.data
    for one, other in zip(fresh, found, strict=True):
        assert torch.equal(one, other)
        assert provenance(one) == provenance(other)


@pytest.mark.parametrize("count", [40, 730])
@pytest.mark.parametrize("way", WAYS)
def test_float32_is_the_rounded_kernel_and_says_its_error(way, count):
    if count > 700 and way in ("any norms", "layers"):
        count = 130
    points = rows(count)
    exact = WAYS[way](points)
    for one, other in zip(exact, WAYS[way](points, dtype=torch.float32), strict=True):
        assert other.dtype == torch.float32
        miss = float((one - other.double()).abs().max())
        said = provenance(other).entry_error
        assert miss + provenance(one).entry_error <= said <= 30 * miss


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("way", WAYS)
def test_a_kernel_of_one_set_is_its_own_transpose_bit_for_bit(way, dtype):
    for found in WAYS[way](rows(90), dtype=dtype):
        assert torch.equal(found, found.T)


def test_one_matrix_between_two_sets_is_written_too():
    one, two = rows(30), rows(20, seed=2)
    out = np.empty((30, 20), np.float32)
    found = conjugate_kernel(one, "relu", "sphere", two, out=out)
    assert found.dtype == torch.float32
    assert np.array_equal(found.numpy(), out)
    again = tangent_kernel(one, "relu", "sphere", "outer", two, dtype=torch.float32)
    assert torch.equal(again, found)


def test_a_memory_mapped_file_is_an_output(tmp_path):
    path, points = tmp_path / "kernel.npy", rows(50)
    out = np.lib.format.open_memmap(path, "w+", np.float64, (50, 50))
    conjugate_kernel(points, "tanh", "gaussian", out=out)
    out.flush()
    expected = conjugate_kernel(points, "tanh", "gaussian").numpy()
    assert np.array_equal(np.load(path), expected)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"out": torch.empty(9, 8).double()}, r"shape \(9, 8\).*\(9, 9\)"),
        ({"out": torch.empty(9, 9, dtype=torch.float16)}, "float16"),
        ({"out": torch.empty(9, 18).double()[:, ::2]}, "contiguous"),
        ({"out": torch.empty(9, 9, requires_grad=True)}, "requires gradients"),
        ({"dtype": torch.int64}, "torch.float64 or torch.float32"),
    ],
)
def test_what_cannot_be_written_into_is_refused(given, says):
    with pytest.raises(InvalidArgumentError, match=says):
        conjugate_kernel(rows(9), "relu", "gaussian", **given)


def test_outputs_that_share_memory_are_refused():
    out = torch.empty(9, 9, dtype=torch.float64)
    with pytest.raises(InvalidArgumentError, match="share memory"):
        two_layer_kernels(rows(9), "relu", "gaussian", out=(out, out))


PEAK = """
import resource, sys
import numpy as np, torch
from widthwise.kernels import deep_kernels, two_layer_kernels
points = np.random.default_rng(0).standard_normal((4500, 10))
points /= np.linalg.norm(points, axis=1, keepdims=True)
call = {
    "flat": lambda x: two_layer_kernels(x, "gelu", "gaussian", dtype=DTYPE),
    "deep": lambda x: deep_kernels(x, "gelu", 3, dtype=DTYPE),
}["KIND"]
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
call(points[:1000])
before = peak()
call(points)
print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="peaks are counted in kB on Linux")
@pytest.mark.parametrize(("kind", "size"), [("flat", 8), ("flat", 4), ("deep", 8)])
def test_the_peak_of_memory_is_the_outputs_and_a_tenth(kind, size):
    code = PEAK.replace("KIND", kind).replace("DTYPE", f"torch.float{8 * size}")
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) <= 1.1 * 2 * size * 4500**2


@pytest.mark.parametrize("given", [{"dtype": torch.float32}, {"out": np.empty((9, 9))}])
def test_a_kernel_with_gradients_is_a_new_matrix_of_float64(given):
    points = torch.from_numpy(rows(9)).requires_grad_()
    with pytest.raises(InvalidArgumentError, match=r"points\.detach"):
        conjugate_kernel(points, "relu", "gaussian", **given)


def test_entries_beyond_the_range_of_float32_are_refused():
    points = np.array([[1e25, 0.0], [3.0, 1.0]])
    with (
        np.errstate(over="ignore"),
        pytest.raises(InvalidArgumentError, match="float32"),
    ):
        conjugate_kernel(points, "relu", "gaussian", dtype=torch.float32)
