"""Times on an accelerator over the floor that its own arithmetic and memory set.

Run: python benchmarks/gpu.py [--device cuda] [--small]
    [--part features|kernel|panels|readout]

The floor of a line is the larger of its operations over the rate of a float64 product
of matrices and of its bytes over the rate of a copy, both measured here first. Times
are the better of two calls after one that is not counted; data lie on the device.
"""

import argparse
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import torch

from widthwise.features import RandomFeatures
from widthwise.kernels import conjugate_kernel
from widthwise.numerics import linear_algebra as la
from widthwise.readouts import (
    blocked_readout,
    kernel_readout,
    minimum_norm,
    ridge_path,
)

GRID = np.logspace(-2, 4, 20)
OUTPUTS = 10


def waited(device: str) -> None:
    if device != "cpu":
        torch.cuda.synchronize(device)


def seconds(call: Callable[[], object], device: str, repeats: int = 2) -> float:
    call()
    best = float("inf")
    for _ in range(repeats):
        waited(device)
        start = time.perf_counter()
        call()
        waited(device)
        best = min(best, time.perf_counter() - start)
    return best


def drawn(*shape: int, device: str, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator(device).manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64, device=device)


def rates(device: str, size: int) -> tuple[float, float]:
    """Return operations a second of a product, and bytes a second of a copy."""
    one, two = drawn(size, size, device=device), drawn(size, size, device=device)
    product = seconds(lambda: one @ two, device, 5)
    copy = seconds(lambda: two.copy_(one), device, 5)
    return 2 * size**3 / product, 16 * size**2 / copy


class Table:
    """Lines of work, each over its floor."""

    def __init__(self, device: str, size: int) -> None:
        self.device = device
        self.flops, self.bandwidth = rates(device, size)
        name = torch.cuda.get_device_name(device) if device != "cpu" else "the CPU"
        print(
            f"{name}: {self.flops / 1e12:.1f} TFLOP/s in float64 ({size} x {size}), "
            f"{self.bandwidth / 1e9:.0f} GB/s copied (read and written)"
        )
        print(f"{'work':<52}{'seconds':>10}{'floor':>10}{'times it':>10}", flush=True)

    def line(
        self, title: str, call: Callable[[], object], flops: float, bytes_: float
    ) -> None:
        floor = max(flops / self.flops, bytes_ / self.bandwidth)
        try:
            took = seconds(call, self.device)
        except torch.cuda.OutOfMemoryError:
            print(f"{title:<52}{'no memory':>10}{floor:>10.4f}", flush=True)
            return
        row = f"{title:<52}{took:>10.4f}{floor:>10.4f}{took / floor:>10.1f}"
        print(row, flush=True)


def features(table: Table, n: int, d: int, m: int) -> None:
    device = table.device
    points = drawn(n, d, device=device) / d**0.5
    layer = RandomFeatures("relu", m, "gaussian")
    drawn_here = layer.weights(d)
    same = torch.equal(layer.weights(d, device=device).cpu(), drawn_here)
    print(f"weights the same bit for bit: {same}")
    title = f"weights, {m} x {d}, drawn on the CPU and moved"
    table.line(title, lambda: layer.weights(d, device=device), 0, 8 * m * d)
    title = f"features, {n} x {d} to {m}"
    table.line(title, lambda: layer.matrix(points), 2 * n * m * d, 8 * m * (n + d))
    title = f"Gram matrix, {n} rows, width {m}"
    work = n * n * m + 2 * n * m * d
    table.line(title, lambda: layer.gram(points), work, 8 * n * n)


def kernel(table: Table, n: int, small: int) -> None:
    device = table.device
    some = drawn(n, n + n // 4, device=device)
    gram = some @ some.T / n
    del some
    table.line(
        f"Cholesky, {n}, its residual checked",
        lambda: la.cholesky(gram),
        n**3 / 3,
        16 * n * n,
    )
    inner = gram[:small, :small].contiguous()
    work = 9 * small**3
    table.line(
        f"eigenvectors, {small}, their residual checked",
        lambda: la.eigh(inner),
        work,
        32 * small**2,
    )
    y = drawn(small, OUTPUTS, device=device)
    table.line(
        f"kernel readout, {small}, {OUTPUTS} outputs, 20 penalties, LOO",
        lambda: kernel_readout(inner, y, GRID),
        work + 2 * small**2 * (OUTPUTS + 1) * len(GRID),
        32 * small**2,
    )


def panels(table: Table, n: int, d: int) -> None:
    """Factors on disk, refined; the disk and the CPU's solves are in no floor."""
    device = table.device
    points = torch.nn.functional.normalize(drawn(n, d, device=device))
    y = points[:, :OUTPUTS].sin()

    def between(x: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        return conjugate_kernel(x, "relu", "sphere", z)

    table.line(
        f"kernel by panels on disk, {n}, {OUTPUTS} outputs",
        lambda: blocked_readout(between, points, y, 0.01, device=device),
        n**3 / 3,
        8 * n * n,
    )


def readout(table: Table, n: int, m: int) -> None:
    device = table.device
    phi, y = drawn(n, m, device=device), drawn(n, OUTPUTS, device=device, seed=1)
    low, high = min(n, m), max(n, m)
    work = low**2 * high * (1 if n < m else 3) + low**3 / 3
    title = f"minimum norm, {n} x {m}, {OUTPUTS} outputs"
    table.line(title, lambda: minimum_norm(phi, y), work, 8 * n * m)
    if n < m:
        return
    title = f"ridge path, {n} x {m}, {OUTPUTS} outputs, 20 penalties, LOO"
    work = 3 * n * m * m + 9 * m**3 + 2 * n * m * (OUTPUTS + 1) * len(GRID)
    table.line(title, lambda: ridge_path(phi, y, GRID), work, 24 * n * m)
    some, targets = phi[: m + 1000, : m // 4].contiguous(), y[: m + 1000]
    here = ridge_path(some.cpu(), targets.cpu(), GRID).leave_one_out
    there = ridge_path(some, targets, GRID).leave_one_out.cpu()
    off = float((there / here - 1).abs().max())
    print(f"errors of rows left out are within {off:.1e} of the CPU's", flush=True)


def drivers(device: str, m: int) -> None:
    """Singular values and vectors of one triangle by each of the vendor's methods."""
    triangle = drawn(m, m, device=device).triu_()
    for name in ("gesvd", "gesvdj"):
        call = partial(torch.linalg.svd, triangle, full_matrices=False, driver=name)
        took = seconds(call, device, 1)
        print(f"svd of a {m} x {m} triangle by {name}: {took:.2f} s", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--small", action="store_true", help="sizes to try it with")
    parser.add_argument(
        "--part", choices=("features", "kernel", "panels", "readout", "drivers")
    )
    asked = parser.parse_args()
    few = 50 if asked.small else 1
    if asked.part == "drivers":  # Not in the table: how long its slow part takes.
        drivers(asked.device, 784 // ((few > 1 and 4) or 1))
        drivers(asked.device, 4096 // few)
        raise SystemExit
    table = Table(asked.device, 512 if asked.small else 8192)
    if asked.part in (None, "features"):
        features(table, 20_000 // few, 784 // min(few, 8), 20_000 // few)
    if asked.part in (None, "kernel"):
        kernel(table, 20_000 // few, 8_192 // few)
    if asked.part in (None, "panels"):
        panels(table, 20_000 // few, 20)
    if asked.part in (None, "readout"):
        readout(table, 8_000 // few, 20_000 // few)
        readout(table, 60_000 // few, 784 // min(few, 8))
        readout(table, 20_000 // few, 4_096 // few)
