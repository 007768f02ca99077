"""How much slower public calls get beside two busy processes, against NumPy's own.

Run: python benchmarks/busy_machine.py [--loops 2] [--repeats 3] [--small]

Each call is timed on the machine as it is, and again beside so many processes that do
nothing but count. The last column is the slow-down over that of `numpy.linalg.cond` in
the same run: at most 1.5 is asked. Start it on an idle machine.
"""

import argparse
import multiprocessing
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch

from widthwise.features import RandomFeatures
from widthwise.kernels import conjugate_kernel
from widthwise.readouts import kernel_readout, minimum_norm, ridge_path, ridge_stream
from widthwise.spectra import feature_spectrum, nested_conditioning, spectrum


def count(stop: multiprocessing.Event) -> None:
    number = 0
    while not stop.is_set():
        for _ in range(100_000):
            number += 1


def points_of(n: int, d: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    drawn = torch.randn(n, d, generator=generator, dtype=torch.float64)
    return torch.nn.functional.normalize(drawn)


def calls(few: int) -> dict[str, Callable[[], object]]:
    n = 500 // few
    points, wide = points_of(n, 20), RandomFeatures("relu", 50_000 // few, "sphere")
    phi = RandomFeatures("relu", 8_000 // few, "sphere").matrix(points_of(2 * n, 20))
    tall = phi.T.contiguous()
    y, tall_y = points_of(2 * n, 3), points_of(len(tall), 3)
    many = points_of(8 * n, 20)
    kernel = conjugate_kernel(points_of(3 * n, 20), "relu", "sphere")
    kernel_y = points_of(3 * n, 3)
    array = phi.numpy()
    return {
        "numpy.linalg.cond": lambda: np.linalg.cond(array),
        "feature_spectrum": lambda: feature_spectrum(points, wide),
        "nested_conditioning": lambda: nested_conditioning(
            points, wide, [2 * n, wide.width]
        ),
        "minimum_norm": lambda: minimum_norm(phi, y),
        "ridge_path, wide": lambda: ridge_path(phi, y),
        "ridge_path, tall": lambda: ridge_path(tall, tall_y),
        "ridge_stream": lambda: ridge_stream(tall, tall_y, [0.1, 1.0]),
        "kernel_readout": lambda: kernel_readout(kernel, kernel_y),
        "spectrum": lambda: spectrum(kernel),
        "conjugate_kernel": lambda: conjugate_kernel(many, "relu", "sphere"),
        "gram": lambda: wide.gram(points),
    }


def times(asked: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    found: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(repeats):
        for name, call in asked.items():
            start = time.perf_counter()
            call()
            found[name].append(time.perf_counter() - start)
    return {name: statistics.median(each) for name, each in found.items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loops", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--small", action="store_true")
    options = parser.parse_args()
    work = calls(5 if options.small else 1)
    times(work, 1)  # Compilation, and memory that is new.
    idle = times(work, options.repeats)
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    loops = [
        context.Process(target=count, args=(stop,), daemon=True)
        for _ in range(options.loops)
    ]
    for each in loops:
        each.start()
    time.sleep(2.0)
    busy = times(work, options.repeats)
    stop.set()
    for each in loops:
        each.join()
    numpys = busy["numpy.linalg.cond"] / idle["numpy.linalg.cond"]
    print(f"{'call':<24}{'alone s':>10}{'busy s':>10}{'slower':>10}{'/ numpy':>10}")
    for name in work:
        slower = busy[name] / idle[name]
        row = f"{name:<24}{idle[name]:>10.3f}{busy[name]:>10.3f}{slower:>10.2f}"
        print(f"{row}{slower / numpys:>10.2f}")
