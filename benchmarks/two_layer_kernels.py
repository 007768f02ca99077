"""Time the two-layer kernels against the plain NumPy formula, in one run.

    python benchmarks/two_layer_kernels.py | tee benchmarks/results/two_layer_kernels.txt

Both kernels (conjugate and tangent, both layers) of n points in R^50, float64. The plain
formula is the closed form of the rectifier in NumPy, with outputs allocated once and
reused, in place wherever it can be. The runs alternate, and a ratio is the median of the
ratios within each round, so that a machine that slows down slows both.
"""

import argparse
import os
import statistics
import time

import numpy as np
import torch

from widthwise import activations
from widthwise.kernels import dual, dual_of_derivative, two_layer_kernels
from widthwise.laws import Sphere

SKIPPED = ("step", "wendland0")
"""A step's tangent kernel is its conjugate kernel; wendland0 has no Lipschitz constant."""


def plain(points: np.ndarray, t: np.ndarray, angle: np.ndarray, tangent: np.ndarray):
    """Fill t with the conjugate and `tangent` with the tangent kernel of relu."""
    d = points.shape[1]
    np.matmul(points, points.T, out=t)
    np.clip(t, -1.0, 1.0, out=t)
    np.arccos(t, out=angle)
    np.subtract(np.pi, angle, out=angle)
    np.multiply(angle, t, out=tangent)  # t (π - θ)
    np.square(t, out=t)
    np.subtract(1.0, t, out=t)
    np.sqrt(t, out=t)
    np.add(t, tangent, out=t)
    t /= 2 * np.pi * d
    tangent /= 2 * np.pi
    tangent += t
    return t, tangent


def timed(function, *arguments) -> float:
    began = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - began


def main() -> None:
    """Print one table of ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", type=int, default=6000)
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    n, d = asked.points, 50
    generator = torch.Generator().manual_seed(0)
    points = torch.randn(n, d, generator=generator, dtype=torch.float64)
    points /= points.norm(dim=1, keepdim=True)
    buffers = [np.empty((n, n)) for _ in range(3)]
    law = Sphere(d)
    catalog = [
        activations.for_dimension(family(**family.example), d)
        for name, family in activations.CATALOG.items()
        if name not in SKIPPED
    ]
    for each in catalog:  # built once per process; not part of the evaluation
        dual(each, law), dual_of_derivative(each, law)
    relu = activations.get("relu")
    expected = plain(points.numpy(), *buffers)
    found = two_layer_kernels(points, relu, law)
    error = max(
        float(np.abs(a - b.numpy()).max()) for a, b in zip(expected, found, strict=True)
    )
    del found
    numpy_times, relu_times = [], []
    for _ in range(asked.rounds):
        numpy_times.append(timed(plain, points.numpy(), *buffers))
        relu_times.append(timed(two_layer_kernels, points, relu, law))
    speedups = [a / b for a, b in zip(numpy_times, relu_times, strict=True)]
    print(f"n = {n}, d = {d}, float64, {os.cpu_count()} cores, {asked.rounds} rounds")
    print(f"plain NumPy, relu         {statistics.median(numpy_times):8.3f} s")
    print(f"widthwise, relu           {statistics.median(relu_times):8.3f} s")
    print(f"NumPy / widthwise, relu   {statistics.median(speedups):8.2f}   (2.2 asked)")
    print(f"largest difference        {error:8.1e}   (NumPy's arccos near t = 1)")
    print(f"\n{'activation':<20}{'time / relu':>12}   (1.6 allowed)")
    for each in catalog:
        if each == relu:
            continue
        ratios = []
        for _ in range(max(3, asked.rounds // 2)):
            other = timed(two_layer_kernels, points, each, law)
            ratios.append(other / timed(two_layer_kernels, points, relu, law))
        print(f"{each.name:<20}{statistics.median(ratios):>12.2f}", flush=True)


if __name__ == "__main__":
    main()
