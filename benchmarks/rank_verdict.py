"""Time rank verdicts against sorting the same rows, in one run.

    python benchmarks/rank_verdict.py | tee benchmarks/results/rank_verdict.txt

The verdict finds equal and opposite rows, so it cannot cost less than reading them in
order. Ten times the rows should take about ten times as long: nothing of size n x n.
"""

import os
import statistics
import time

import numpy as np
import torch

from widthwise import activations
from widthwise.datasets import project_to_sphere
from widthwise.spectra import rank_verdict

CASES = [(2_000, 8), (20_000, 8), (2_000, 50), (20_000, 50), (20_000, 784)]


def median_seconds(function, *arguments) -> float:
    """Return the median of five runs after one that is not counted."""
    times = []
    for _ in range(6):
        began = time.perf_counter()
        function(*arguments)
        times.append(time.perf_counter() - began)
    return statistics.median(times[1:])


def main() -> None:
    """Print one table."""
    print(f"{os.cpu_count()} cores; half the rows antipodal to the other half")
    header = f"{'n':>7}{'d':>5}{'lexsort s':>11}"
    print(header + f"{'relu s':>9}{'ratio':>7}{'elu s':>9}{'ratio':>7}")
    for n, d in CASES:
        generator = torch.Generator().manual_seed(0)
        half = project_to_sphere(
            torch.randn(n // 2, d, generator=generator, dtype=torch.float64)
        )
        points = torch.cat([half, -half])
        columns = np.ascontiguousarray(points.numpy().T)
        floor = median_seconds(np.lexsort, columns)
        row = f"{n:>7}{d:>5}{floor:>11.4f}"
        for name in ("relu", "elu"):
            found = median_seconds(rank_verdict, points, activations.get(name))
            row += f"{found:>9.3f}{found / floor:>7.1f}"
        print(row, flush=True)


if __name__ == "__main__":
    main()
