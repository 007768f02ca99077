"""Gram matrices streamed over the width, against the machine's own dsyrk rate.

Run: python benchmarks/gram_streaming.py [NAME ...] [--memory] [--repeats 7] [--all]
     [--units M] [--points N]

The rate table times `RandomFeatures.gram` (weights, products, activation and update)
and a bare accumulation of dsyrk on random blocks of the same total shape, interleaved,
and prints the median of the ratios, of wall seconds or, with `--processor`, of the
processor's, which other work on the machine moves less. The memory table runs each
width in a process of its own and prints how much its peak resident memory grew.
"""

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import torch
from scipy.linalg import blas

from widthwise import activations
from widthwise.features import RandomFeatures

N, D, M = 2000, 50, 30_000
GIVEN = {
    "polynomial": {"coefficients": (1.0, -0.5, 0.25, 2.0)},
    "hermite": {"degree": 5},
    "rectified_monomial": {"degree": 3},
}
REST = 0.1  # Seconds in which a library's threads that wait awake fall asleep.
BLOCK = 4096  # The fastest block for dsyrk itself, so the peak is not flattered.


def sphere_points(n: int, d: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    points = torch.randn(n, d, generator=generator, dtype=torch.float64)
    return torch.nn.functional.normalize(points)


def peak_seconds(n: int, m: int, clock) -> float:
    block = np.random.default_rng(0).standard_normal((n, BLOCK))
    total = np.zeros((n, n), order="F")
    time.sleep(REST)
    start = clock()
    for _ in range(m // BLOCK):
        blas.dsyrk(1.0, block.T, beta=1.0, c=total, trans=1, lower=1, overwrite_c=1)
    rate = m / (m // BLOCK * BLOCK)
    return (clock() - start) * rate


def gram_seconds(points: torch.Tensor, name: str, m: int, clock) -> float:
    given = GIVEN.get(name)
    act = activations.get(name, **given) if given else name
    features = RandomFeatures(act, m, "sphere")
    time.sleep(REST)
    start = clock()
    features.gram(points)
    return clock() - start


def rates(names: list[str], n: int, m: int, repeats: int, clock) -> None:
    points = sphere_points(n, D)
    operations = n * n * m
    print(f"n = {n}, d = {D}, m = {m}, median of {repeats} interleaved repeats")
    print(f"{'activation':<19}{'dsyrk s':>9}{'gram s':>9}{'GFLOP/s':>9}{'ratio':>8}")
    for name in names:
        gram_seconds(points, name, m // 4, clock)
        pairs = [
            (peak_seconds(n, m, clock), gram_seconds(points, name, m, clock))
            for _ in range(repeats)
        ]
        ratio = statistics.median(peak / whole for peak, whole in pairs)
        peak, whole = (statistics.median(column) for column in zip(*pairs, strict=True))
        speed = operations / whole / 1e9
        print(
            f"{name:<19}{peak:>9.3f}{whole:>9.3f}{speed:>9.1f}{ratio:>8.2f}", flush=True
        )


def growth(m: int) -> None:
    """Print seconds and the growth of the peak resident memory in MB."""
    points = sphere_points(N, D)
    RandomFeatures("relu", 512, "sphere").gram(points[:64])
    before = most_held()
    seconds = gram_seconds(points, "relu", m, time.perf_counter)
    print(f"{seconds:.1f} {(most_held() - before) / 1024:.0f}")


def most_held() -> int:
    """Return the peak resident memory in kB; getrusage counts the parent's, too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0])


def memory() -> None:
    print(f"\nn = {N}, d = {D}, relu: peak memory of gram beyond the start")
    print(f"{'m':>9}{'seconds':>10}{'MB':>7}{'features MB':>14}")
    for m in (10**4, 10**5, 10**6):
        done = subprocess.run(
            [sys.executable, __file__, "--growth", str(m)],
            capture_output=True,
            text=True,
            check=True,
        )
        seconds, megabytes = done.stdout.split()
        print(f"{m:>9}{seconds:>10}{megabytes:>7}{8 * N * m / 2**20:>14.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "names", nargs="*", help="activations; five where none is named"
    )
    parser.add_argument("--memory", action="store_true", help="the memory table, too")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--units", type=int, default=M)
    parser.add_argument("--points", type=int, default=N)
    parser.add_argument("--all", action="store_true", help="every activation")
    parser.add_argument("--processor", action="store_true", help="processor seconds")
    parser.add_argument("--growth", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.growth:
        growth(arguments.growth)
        return
    names = arguments.names or ["relu", "tanh", "gelu", "swish", "wendland0"]
    clock = time.process_time if arguments.processor else time.perf_counter
    rates(
        list(activations.NAMES) if arguments.all else names,
        arguments.points,
        arguments.units,
        arguments.repeats,
        clock,
    )
    if arguments.memory:
        memory()


if __name__ == "__main__":
    main()
