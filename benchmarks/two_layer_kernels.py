"""Time the two-layer conjugate and tangent kernel against the plain NumPy formula.

One table of ratios, every row measured in turn in the same process, median of the
rounds:

    python benchmarks/two_layer_kernels.py --points 6000 --dimension 50 \
        > benchmarks/results/two_layer_kernels.txt

The plain formula is ReLU's closed form, in place and in blocks of rows that stay in
cache, with every core in its matrix product.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch

from widthwise import activations
from widthwise.kernels import two_layer_kernels
from widthwise.laws import Gaussian

ACTIVATIONS = (
    "relu",
    "swish",
    "gelu",
    "elu",
    "tanh",
    "erf",
    "step",
    "hard_tanh",
    "exp",
)


def plain(points: np.ndarray, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """ReLU's two kernels under Gaussian weights, `rows` rows at a time."""
    count = len(points)
    conjugate, tangent = np.empty((count, count)), np.empty((count, count))
    for start in range(0, count, rows):
        some = slice(start, start + rows)
        cosine = points[some] @ points.T
        np.clip(cosine, -1.0, 1.0, out=cosine)
        slope, value = np.arccos(cosine), conjugate[some]
        np.subtract(np.pi, slope, out=slope)
        slope *= cosine
        np.multiply(cosine, cosine, out=value)
        np.subtract(1.0, value, out=value)
        np.sqrt(value, out=value)
        value += slope
        value /= 2 * np.pi
        slope /= 2 * np.pi
        np.add(value, slope, out=tangent[some])
    return conjugate, tangent


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--points", type=int, default=6000)
    options.add_argument("--dimension", type=int, default=50)
    options.add_argument("--rounds", type=int, default=7)
    chosen = options.parse_args()
    generator = np.random.default_rng(0)
    rows = generator.standard_normal((chosen.points, chosen.dimension))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    points = torch.from_numpy(rows)

    contenders: dict[str, Callable[[], object]] = {
        "plain NumPy, whole matrix": lambda: plain(rows, chosen.points),
        "plain NumPy, 64 rows at a time": lambda: plain(rows, 64),
    }
    errors: dict[str, float] = {}
    for name in ACTIVATIONS:
        sigma = activations.get(name)
        contenders[name] = lambda s=sigma: two_layer_kernels(points, s, Gaussian())
        label = two_layer_kernels(points[:2], sigma, Gaussian())[1]
        errors[name] = label.widthwise_provenance.entry_error  # type: ignore[attr-defined]
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for each in contenders.values():
        each()  # compiles, and builds the duals
    for _ in range(chosen.rounds):
        for name, each in contenders.items():
            start = time.perf_counter()
            each()
            seconds[name].append(time.perf_counter() - start)

    median = {name: statistics.median(times) for name, times in seconds.items()}
    fastest = min(median[name] for name in contenders if name.startswith("plain"))
    print(
        f"both kernels, n = {chosen.points}, d = {chosen.dimension}, Gaussian law, "
        f"float64, {len(os.sched_getaffinity(0))} cores, median of {chosen.rounds}"
    )
    print(f"{'':32}{'seconds':>9}{'speed-up':>10}{'/ relu':>8}{'entry error':>13}")
    for name, value in median.items():
        error = f"{errors[name]:13.1e}" if name in errors else ""
        print(
            f"{name:32}{value:9.3f}{fastest / value:10.2f}"
            f"{value / median['relu']:8.2f}{error}"
        )
    print("speed-up: against the faster plain formula")


if __name__ == "__main__":
    main()
