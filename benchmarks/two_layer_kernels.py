"""Time both two-layer kernels of every activation against filling their memory.

One table of ratios, every row measured in turn in the same process, the least of the
rounds:

    python benchmarks/two_layer_kernels.py --points 8192 --dimension 50 \
        > benchmarks/results/two_layer_kernels.txt

Matrices are written into the outputs of a first call, which are reused. "fill" puts a
number into the same two matrices. Every second round goes the other way round. Seconds
on the clock hang on who else uses the machine, so that ratios of processor seconds
stand beside them. The plain formula is ReLU's closed form in NumPy, in blocks of rows
that stay in cache.
"""

import argparse
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch

from widthwise import activations
from widthwise.arrays import provenance
from widthwise.kernels import deep_kernels, two_layer_kernels

GIVEN = {
    "polynomial": {"coefficients": (1.0, -0.5, 0.25, 2.0)},
    "hermite": {"degree": 5},
    "rectified_monomial": {"degree": 3},
}
STRIP = 256


def plain(points: np.ndarray, out: tuple[np.ndarray, np.ndarray]) -> None:
    """ReLU's two kernels under Gaussian weights, 64 rows at a time."""
    conjugate, tangent = out
    for start in range(0, len(points), 64):
        some = slice(start, start + 64)
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


def fill(out: tuple[np.ndarray, np.ndarray], threads: int) -> None:
    """Put a number into both matrices."""

    def strip(start: int) -> None:
        for each in out:
            each[start : start + STRIP] = 1.0

    with ThreadPoolExecutor(threads) as workers:
        list(workers.map(strip, range(0, len(out[0]), STRIP)))


def on_one_thread(call: Callable[[], object]) -> None:
    os.environ["LOKY_MAX_CPU_COUNT"] = "1"
    try:
        call()
    finally:
        del os.environ["LOKY_MAX_CPU_COUNT"]


def laid_out(
    points: np.ndarray, units: np.ndarray, out: tuple[np.ndarray, np.ndarray]
) -> dict[str, Callable[[], object]]:
    """Return what is timed, by its name in the table."""
    elsewhere = np.ones_like(out[0]), np.ones_like(out[1])
    small_pages = tuple(torch.ones(*each.shape, dtype=torch.float64) for each in out)
    cores = len(os.sched_getaffinity(0))

    def relu() -> object:
        return two_layer_kernels(units, "relu", "gaussian", out=out)

    found: dict[str, Callable[[], object]] = {
        "fill, one thread": lambda: fill(out, 1),
        f"fill, {cores} threads": lambda: fill(out, cores),
        "plain NumPy, relu": lambda: plain(units, out),
        "relu, new outputs": lambda: two_layer_kernels(units, "relu", "gaussian"),
        "relu, outputs of numpy.ones": lambda: two_layer_kernels(
            units, "relu", "gaussian", out=elsewhere
        ),
        "relu, outputs of torch.ones": lambda: two_layer_kernels(
            units, "relu", "gaussian", out=small_pages
        ),
        "relu, one thread": lambda: on_one_thread(relu),
    }
    roots = units * points.shape[1] ** 0.5
    for name in ("relu", "tanh", "gelu", "elu"):
        found[f"{name}, depth 3"] = lambda n=name: deep_kernels(roots, n, 3, out=out)
    for kind, rows in (("", units), (", any norms", points)):
        for name in activations.NAMES:
            if name.startswith("wendland"):
                continue  # Their law is the sphere's.
            act = activations.get(name, **GIVEN.get(name, {}))
            found[name + kind] = lambda a=act, r=rows: two_layer_kernels(
                r, a, "gaussian", out=out
            )
    for name in ("wendland0", "wendland2"):
        act = activations.get(name, dimension=points.shape[1])
        found[f"{name}, sphere"] = lambda a=act: two_layer_kernels(
            units, a, "sphere", out=out
        )
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--points", type=int, default=8192)
    options.add_argument("--dimension", type=int, default=50)
    options.add_argument("--rounds", type=int, default=5)
    chosen = options.parse_args()
    generator = np.random.default_rng(0)
    # Norms of two octaves, 2 to 5 at 50 columns.
    points = generator.standard_normal((chosen.points, chosen.dimension)) / 2
    units = points / np.linalg.norm(points, axis=1, keepdims=True)
    first = two_layer_kernels(units, "relu", "gaussian")
    contenders = laid_out(points, units, (np.asarray(first[0]), np.asarray(first[1])))

    errors: dict[str, float] = {}
    for name, call in contenders.items():
        made = call()  # Compiles, and finds the duals.
        if isinstance(made, tuple):
            label = provenance(made[1])
            assert label is not None
            largest = float(made[1].diagonal().max())
            errors[name] = label.entry_error / largest
    clock = dict.fromkeys(contenders, np.inf)
    busy = dict.fromkeys(contenders, np.inf)
    for done in range(chosen.rounds):
        for name, call in list(contenders.items())[:: -1 if done % 2 else 1]:
            start, used = time.perf_counter(), time.process_time()
            call()
            busy[name] = min(busy[name], time.process_time() - used)
            clock[name] = min(clock[name], time.perf_counter() - start)

    cores = len(os.sched_getaffinity(0))
    whole = clock[f"fill, {cores} threads"]
    load = os.getloadavg()[0]
    print(
        f"both kernels, n = {chosen.points}, d = {chosen.dimension}, Gaussian law, "
        f"float64, {cores} cores at a load of {load:.1f}, least of {chosen.rounds}"
    )
    heads = ("seconds", "/ fill", "cpu s", "/ relu", "error")
    print(f"{'':32}" + "".join(f"{head:>10}" for head in heads))
    for name, value in clock.items():
        error = f"{errors[name]:10.1e}" if name in errors else ""
        print(
            f"{name:32}{value:10.3f}{value / whole:10.2f}{busy[name]:10.3f}"
            f"{busy[name] / busy['relu']:10.2f}{error}"
        )
    print(
        f"two threads over one, relu: {clock['relu, one thread'] / clock['relu']:.2f}"
    )
    print(
        f"/ fill: on the clock, to both matrices filled by {cores} threads; / relu: "
        "processor seconds; error: stated, over the largest entry"
    )


if __name__ == "__main__":
    main()
