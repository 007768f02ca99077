"""Kernels that are factorized in float32 and refined, against float64 all the way.

Run: python benchmarks/single_factors.py [--rows 20000 40000] [--penalty 0.01]

ReLU's infinite layer on the sphere in 20 dimensions, three outputs, panels in 4 GiB.
Each line's two calls follow one another; a residual is a bound, of the targets' norm.
"""

import argparse
import time
from unittest.mock import patch

import torch

from widthwise.datasets import load
from widthwise.kernels import conjugate_kernel
from widthwise.readouts import BlockedReadout, _single_precision, blocked_readout


def kernel(points: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    return conjugate_kernel(points, "relu", "sphere", other)


def solved(rows: int, penalty: float) -> tuple[float, BlockedReadout]:
    points = load("uniform_sphere", count=rows, dimension=20).points
    y = torch.stack([torch.sin(3 * points[:, 0]), points[:, 1], points[:, 2] ** 2], 1)
    start = time.perf_counter()
    found = blocked_readout(kernel, points, y, penalty, budget=2**32)
    return time.perf_counter() - start, found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[20_000, 40_000])
    parser.add_argument("--penalty", type=float, default=0.01)
    asked = parser.parse_args()
    titles = f"{'float64 s':>10}{'float32 s':>10}{'ratio':>7}"
    print(f"{'rows':>8}{titles}{'residuals':>20}{'solutions differ by':>21}")
    for n in asked.rows:
        with patch.object(_single_precision, "_FROM", n + 1):
            slow, double = solved(n, asked.penalty)
        fast, single = solved(n, asked.penalty)
        gap = float((single.solution - double.solution).norm() / double.solution.norm())
        print(
            f"{n:>8}{slow:>10.1f}{fast:>10.1f}{fast / slow:>7.2f}"
            f"{double.residual:>10.1e}{single.residual:>10.1e}{gap:>21.1e}"
            f"  ({single.precision})",
            flush=True,
        )
