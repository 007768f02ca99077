"""What tracking at every epoch adds to training, quantity by quantity.

Run: OMP_NUM_THREADS=1 python benchmarks/tracker_overhead.py
     [--repeats 5] [--dimensions 20 784]

Two-layer ReLU network, NTK parametrization, n = 500 points of the sphere, width 4096,
both layers trained by SGD with batches of 10, momentum 0.9 and weight decay 1e-5, as in
section A.3 of Benson, Damle and Townsend. Each round runs the training with nothing
tracked, and then with each quantity. The table has medians over the rounds, of the
processor time of the process, which depends less on other jobs than the clock:

every epoch  beyond that of training, in per cent of it, measured at every epoch
measured     milliseconds of one measurement
auto         beyond that of training, in per cent of it, with track_every="auto"; beside
             it the epochs between two measurements
gram         (last row) one product A Aᵀ by syrk, 500 x 4096, in milliseconds: what no
             way to measure κ at every epoch can be faster than
"""

import argparse
import os
import statistics
import time

import numpy as np
import torch
from scipy.linalg import blas
from threadpoolctl import threadpool_info

from widthwise.dynamics import QUANTITIES, train
from widthwise.networks import TwoLayer

N, M, BATCH = 500, 4096, 10
NEVER = 10**9
ROWS = (
    "loss",
    "distance",
    "pattern_changes",
    "condition_number",
    "tangent_smallest",
    "kernel_drift",
    "residual_alignment",
)


def sphere_points(n: int, d: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    points = torch.randn(n, d, generator=generator, dtype=torch.float64)
    return torch.nn.functional.normalize(points)


def epoch_time(
    network: TwoLayer,
    points: torch.Tensor,
    track: tuple[str, ...],
    epochs: int,
    every: int | str = 1,
) -> float:
    """Return milliseconds of processor time an epoch, after the first."""
    clocks: list[float] = []

    def read(_fraction: float = 0.0, _text: str = "") -> None:
        clocks.append(time.process_time())

    train(
        network,
        points,
        points.sum(dim=1),
        optimizer="sgd",
        batch_size=BATCH,
        momentum=0.9,
        weight_decay=1e-5,
        decay=0.99,
        step=0.02,
        epochs=epochs + 1,
        track=track,
        track_every=every if track else NEVER,
        progress=read,
    )
    read()
    return 1e3 * (clocks[-1] - clocks[0]) / epochs


def auto_interval(
    network: TwoLayer, points: torch.Tensor, track: tuple[str, ...]
) -> int:
    run = train(
        network,
        points,
        points.sum(dim=1),
        optimizer="sgd",
        batch_size=BATCH,
        step=0.02,
        epochs=1,
        track=track,
        track_every="auto",
    )
    found = run.record.content["settings"]["track_every"]
    return int(found)


def gram_milliseconds() -> float:
    block, total = np.ones((N, M)), np.zeros((N, N))
    times = []
    for _ in range(7):
        start = time.thread_time()
        blas.dsyrk(1.0, block.T, 0.0, total.T, trans=1, lower=1, overwrite_c=1)
        times.append(1e3 * (time.thread_time() - start))
    return statistics.median(times)


def table(d: int, epochs: int, repeats: int) -> None:
    points = sphere_points(N, d)
    network = TwoLayer(d, M, "relu", law="sphere", seed=0)
    epoch_time(network, points, (), epochs)
    rows = {name: (name,) for name in ROWS} | {"all of them": tuple(QUANTITIES)}
    intervals = {k: auto_interval(network, points, each) for k, each in rows.items()}
    rounds: dict[str, list[list[float]]] = {name: [] for name in rows}
    plain_times = []
    for _ in range(repeats):
        for name, track in rows.items():
            plain = epoch_time(network, points, (), epochs)
            always = epoch_time(network, points, track, epochs)
            length = max(epochs, 2 * intervals[name])
            untracked = epoch_time(network, points, (), length)
            seldom = epoch_time(network, points, track, length, "auto")
            plain_times.append(plain)
            rounds[name].append(
                [
                    100 * (always / plain - 1),
                    always - plain,
                    100 * (seldom / untracked - 1),
                ]
            )
    headings, units = ("every epoch", "measured", "auto"), ("%", "ms", "%")
    heads = "".join(f"{each:>12}" for each in headings)
    print(f"\n{f'd = {d}':<20}{heads}")
    print(" " * 20 + "".join(f"{each:>12}" for each in units))
    for name, found in rounds.items():
        medians = [statistics.median(column) for column in zip(*found, strict=True)]
        shown = "".join(f"{each:>12.1f}" for each in medians)
        print(f"{name:<20}{shown}   every {intervals[name]}")
    print(f"{'nothing, ms':<20}{statistics.median(plain_times):>12.1f}")
    print(f"{'gram, ms':<20}{gram_milliseconds():>12.1f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--dimensions", type=int, nargs="+", default=[20, 784])
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    kernels = {each["architecture"] for each in _blas()}
    print(
        f"n = {N}, width {M}, batches of {BATCH}, every epoch; one thread of BLAS, "
        f"kernels of OpenBLAS: {', '.join(sorted(kernels))}\n"
        f"median of {arguments.repeats} interleaved rounds; {os.cpu_count()} cores, "
        f"jobs waiting or running before: {os.getloadavg()[0]:.1f}"
    )
    for d in arguments.dimensions:
        table(d, 8 if d < 100 else 2, arguments.repeats)
    print(f"\njobs waiting or running after: {os.getloadavg()[0]:.1f}")


def _blas() -> list[dict[str, str]]:
    return [each for each in threadpool_info() if each["user_api"] == "blas"]


if __name__ == "__main__":
    main()
