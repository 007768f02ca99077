"""Time predicted training curves against plain powers of the eigenvalues, in one run.

    OMP_NUM_THREADS=1 python benchmarks/predicted_curve.py \
        > benchmarks/results/predicted_curve.txt

2000 points, 200 numbers of steps up to 1e12, after the factorization: set-up of the
method and the relative residual at every count, on one thread, in processor time so
that other work on the machine does not count. The peer evaluates the
same filters as neural-tangents does, an exponential of counts times eigenvalues and a
product with the modes, in one piece of plain NumPy; for momentum it takes complex
powers of the roots, which lose their phase and meet overflow where ours does not.
"""

import os
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch

from widthwise import dynamics

POINTS, COUNTS, LAST, ROUNDS = 2000, 200, 1e12, 15


def problem() -> tuple[dynamics.LinearModel, np.ndarray]:
    """Return a model of condition number 1e10 and the step counts."""
    generator = torch.Generator().manual_seed(0)
    raw = torch.randn(POINTS, POINTS, generator=generator, dtype=torch.float64)
    basis = torch.linalg.qr(raw).Q
    scales = torch.logspace(0, -5, POINTS, dtype=torch.float64)
    targets = torch.randn(POINTS, generator=generator, dtype=torch.float64)
    model = dynamics.linear_model(basis * scales, targets)
    counts = np.unique(np.rint(np.geomspace(1, LAST, COUNTS + 12)))[-COUNTS:]
    return model, counts


def plain_flow(model: dynamics.LinearModel, counts: np.ndarray) -> np.ndarray:
    """Exponentials of all counts times all eigenvalues, and the norm of the modes."""
    eigenvalues = model.singular_values.numpy() ** 2
    modes = np.exp(-counts[:, None] * eigenvalues) * model.projections[:, 0].numpy()
    return np.linalg.norm(modes, axis=1)


def plain_powers(model: dynamics.LinearModel, counts: np.ndarray) -> np.ndarray:
    """Powers of one less the step times the eigenvalues."""
    eigenvalues = model.singular_values.numpy() ** 2
    step = 2 / (eigenvalues[0] + eigenvalues[-1])
    factors = np.abs(1 - step * eigenvalues)
    modes = factors ** counts[:, None] * model.projections[:, 0].numpy()
    return np.linalg.norm(modes, axis=1)


def plain_roots(model: dynamics.LinearModel, counts: np.ndarray) -> np.ndarray:
    """Complex powers of the two roots of every mode of heavy ball."""
    values = model.singular_values.numpy()
    total = values[0] + values[-1]
    momentum = ((values[0] - values[-1]) / total) ** 2
    x = (2 / total) ** 2 * values**2
    middle = (1 + momentum - x).astype(complex)
    root = np.sqrt(middle**2 - 4 * momentum)
    large, small = (middle + root) / 2, (middle - root) / 2
    k = counts[:, None]
    with np.errstate(all="ignore"):
        modes = large**k + (1 - x - large) * (large**k - small**k) / (large - small)
        modes = np.nan_to_num(modes.real) * model.projections[:, 0].numpy()
    return np.linalg.norm(modes, axis=1)


def main() -> None:
    """Print one table."""
    torch.set_num_threads(1)
    model, counts = problem()
    cases: dict[str, tuple[Callable, Callable]] = {
        "gradient flow": (dynamics.gradient_flow, plain_flow),
        "gradient descent": (dynamics.gradient_descent, plain_powers),
        "heavy ball": (dynamics.heavy_ball, plain_roots),
        "heavy ball, 0.9": (
            lambda given: dynamics.heavy_ball(given, "stable", 0.9),
            plain_roots,
        ),
        "nesterov": (dynamics.nesterov, plain_roots),
        "chebyshev": (dynamics.chebyshev_iteration, plain_roots),
        "ridge": (dynamics.ridge, plain_flow),
    }
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in cases}
    for _ in range(ROUNDS + 1):
        for name, (method, plain) in cases.items():
            plain(model, counts)  # not timed: the memory is the process's own now
            began = time.thread_time()
            method(model).relative_residual(counts)
            middle = time.thread_time()
            plain(model, counts)
            times[name].append((middle - began, time.thread_time() - middle))
    print(
        f"{os.cpu_count()} cores, processor time of one thread; {POINTS} points, "
        f"{len(counts)} counts up "
        f"to {counts[-1]:.0e}, {ROUNDS} rounds"
    )
    print(f"{'':<18}{'median ms':>11}{'least ms':>10}{'plain ms':>10}{'ratio':>7}")
    for name, pairs in times.items():
        ours, plain_times = zip(*pairs[1:], strict=True)
        middle, plain_middle = statistics.median(ours), statistics.median(plain_times)
        print(
            f"{name:<18}{1e3 * middle:>11.1f}{1e3 * min(ours):>10.1f}"
            f"{1e3 * plain_middle:>10.1f}{plain_middle / middle:>7.1f}"
        )


if __name__ == "__main__":
    main()
