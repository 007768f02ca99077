"""Time full-rank verdicts against building Jacobians and numpy's matrix_rank.

    python benchmarks/heat_map.py | tee benchmarks/results/heat_map.txt

The peer is the way of the paper's experiments: every Jacobian n x (d1 d0 + d1) is built
and `numpy.linalg.matrix_rank` counts its singular values, in float64 and in float32. It
sees networks of the same draw, on one thread, in turns with ours; processor time, as
other programs share the machine. The verdicts of both are compared with the exact rank,
which no tolerance enters.
"""

import os
import statistics
import time

import numpy as np
from threadpoolctl import threadpool_limits

from widthwise.landscape import (
    FAMILY_A,
    FAMILY_B,
    activation_pattern,
    full_rank_probability,
    heat_map,
    jacobian_rank,
)
from widthwise.landscape.patterns._pieces import RECTIFIER
from widthwise.landscape.ranks._full_rank_trials import (
    Setting,
    draw_block,
    exact_verdicts,
)

CELLS = [(100, 5, 300), (100, 2, 300), (100, 1, 300), (50, 2, 90), (190, 95, 8)]
REPEATS = 7
SAMPLE = 300


def setting(n: int, d0: int, d1: int) -> Setting:
    return Setting(n, d0, d1, "cube", "pytorch", True, RECTIFIER)


def cell_ratio(n: int, d0: int, d1: int) -> tuple[float, float]:
    """Return seconds a trial, ours and the peer's: medians of interleaved repeats."""
    of = setting(n, d0, d1)
    points, weights = draw_block(of, 0, 0)
    exact_verdicts(of, 100, 0)
    ours, peer = [], []
    for repeat in range(REPEATS):
        began = time.process_time()
        full_rank_probability(n, d0, d1, 100)
        ours.append((time.process_time() - began) / 100)
        began = time.process_time()
        for trial in range(3):
            x = points[3 * repeat + trial].T
            active = (x @ weights[3 * repeat + trial].T > 0).astype(np.float64)
            jacobian = (active[:, :, None] * x[:, None, :]).reshape(n, -1)
            np.linalg.matrix_rank(jacobian)
        peer.append((time.process_time() - began) / 3)
    return statistics.median(ours), statistics.median(peer)


def disagreements() -> str:
    """Check a random sample of trials of both families against the exact rank."""
    generator = np.random.default_rng(0)
    wrong = {"ours": 0, "float64": 0, "float32": 0}
    for _ in range(SAMPLE):
        if generator.random() < 0.5:
            n = int(generator.integers(1, 6)) * 20 - 10
            ratio = float(generator.choice([0.25, 0.5, 1.0, 2.0]))
            d0, d1 = int(np.ceil(ratio * n)), int(generator.integers(1, 16))
        else:
            n, d0 = (
                int(generator.integers(1, 11)) * 10,
                int(generator.choice([1, 2, 3, 5])),
            )
            d1 = 30 * int(generator.integers(1, 11))
        of = setting(n, d0, d1)
        points, weights = draw_block(of, 0, 0)
        x = np.ascontiguousarray(points[0, :d0].T)
        w, b = weights[0, :, :d0].copy(), weights[0, :, d0].copy()
        pattern = activation_pattern(x, w, b)
        exact = jacobian_rank(pattern, x, biases=True) == n
        wrong["ours"] += (exact_verdicts(of, 1, 0)[0] > 0) != exact
        for precision in ("float64", "float32"):
            rank = jacobian_rank(
                pattern, x, exact=False, biases=True, precision=precision
            )
            wrong[precision] += (rank == n) != exact
    return ", ".join(f"{name} {count}" for name, count in wrong.items())


def family(maps: tuple, label: str) -> None:
    began = time.perf_counter()
    found = [heat_map(**each, workers=2) for each in maps]
    seconds = time.perf_counter() - began
    cells = [cell for each in found for row in each.cells for cell in row]
    print(
        f"\nfamily {label}: {len(cells)} cells x 100 trials, 2 threads: {seconds:.0f} s"
    )
    settled: dict[str, int] = {}
    for cell in cells:
        for name, count in cell.settled.items():
            settled[name] = settled.get(name, 0) + count
    print("  settled by: " + ", ".join(f"{k} {v}" for k, v in settled.items()))
    print(f"  chance of any error: below {sum(c.error_probability for c in cells):.0e}")
    for arguments, each in zip(maps, found, strict=True):
        kept = [t for t in each.thresholds() if t.value is not None]
        first = arguments.get("dimension") or f"{arguments['dimension_ratio']:g} n"
        text = f"  d0 = {first!s:7}{len(kept):>3} thresholds"
        if len(kept) > 1:
            line = each.trend()
            text += (
                f", last at d1 = {kept[-1].value:.1f} +- {kept[-1].standard_error:.1f}"
                f"; slope {line.slope:.4f} +- {line.slope_error:.4f} units a point"
            )
        print(text, flush=True)


def main() -> None:
    """Print one table, then what the maps show."""
    print(f"{os.cpu_count()} cores, one thread each; processor milliseconds a trial")
    print(f"{'n':>4}{'d0':>4}{'d1':>5}{'numpy':>9}{'ours':>9}{'ratio':>7}")
    for n, d0, d1 in CELLS:
        ours, peer = cell_ratio(n, d0, d1)
        row = f"{n:>4}{d0:>4}{d1:>5}{peer * 1e3:>9.2f}{ours * 1e3:>9.3f}"
        print(row + f"{peer / ours:>7.0f}", flush=True)
    print(f"\nverdicts that differ from the exact rank, of {SAMPLE}: {disagreements()}")
    print("\nthe float32 trap, d0 = 2, n = 100, d1 = 300, 100 trials:")
    for method in ("exact", "float64", "float32"):
        found = full_rank_probability(100, 2, 300, method=method)
        print(
            f"  {method:8} {found.estimate:.2f}  [{found.lower:.2f}, {found.upper:.2f}]"
        )
    family(FAMILY_A, "A (d0 = ceil(r n))")
    family(FAMILY_B, "B (fixed d0)")


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
