"""What the sweep engine adds to its trials, and what two workers gain.

Run: python benchmarks/sweep_engine.py [--trials 100000] [--repeats 3]

The overhead is the time of trials that do nothing, through process, store and back: on
the clock, and as processor time of all processes together, which a busy machine does
not change. The gain of two workers over one is set against the gain that two bare
processes of the same work reach in the same minute: the machine's own limit. The peak
memory is that of the main process, run on its own.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from widthwise.sweeps import Trial, run

HERE = Path(__file__).resolve()
WORK, SIZE = 40, 120
PIECES = 150  # Long enough that starting the processes does not count.


def nothing(x: int) -> dict[str, int]:
    return {"x": x}


def work(x: int) -> dict[str, float]:
    """Return a number after about a tenth of a second on one thread."""
    matrix = np.random.default_rng(x).standard_normal((SIZE, SIZE))
    total = sum(np.linalg.svd(matrix + i, compute_uv=False)[0] for i in range(WORK))
    return {"total": float(total)}


def trials(name: str, count: int) -> Iterator[Trial]:
    target = f"function:{HERE.name}:{name}@1"
    for x in range(count):
        yield Trial(target, {"x": x}, folder=str(HERE.parent))


def in_new_store(carry_out: Callable[[str], object]) -> tuple[float, float]:
    """Return seconds on the clock and of all processors together."""
    folder = tempfile.mkdtemp(prefix="sweep-engine-")
    try:
        before, start = processor_seconds(), time.perf_counter()
        carry_out(folder)
        return time.perf_counter() - start, processor_seconds() - before
    finally:
        shutil.rmtree(folder)


def processor_seconds() -> float:
    used = [
        resource.getrusage(who)
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    return sum(each.ru_utime + each.ru_stime for each in used)


def overhead(count: int, **options: object) -> tuple[float, float]:
    """Return ms a trial, without the start: on the clock, and of all processors."""
    few, many = (
        in_new_store(lambda folder, n=n: run(trials("nothing", n), folder, **options))
        for n in (10, count + 10)
    )
    return tuple(1000 * (b - a) / count for a, b in zip(few, many, strict=True))


def engine_seconds(workers: int) -> float:
    return in_new_store(
        lambda folder: run(trials("work", PIECES), folder, workers=workers)
    )[0]


def bare_seconds(processes: int) -> float:
    start = time.perf_counter()
    command = [sys.executable, str(HERE), "--pieces", str(PIECES // processes)]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    started = [subprocess.Popen(command, env=environment) for _ in range(processes)]
    for each in started:
        each.wait()
    return time.perf_counter() - start


def gains(repeats: int) -> tuple[float, float]:
    """Return the median gains of two over one: of the engine, of bare processes."""
    engine, bare = [], []
    for _ in range(repeats):
        engine.append(engine_seconds(1) / engine_seconds(2))
        bare.append(bare_seconds(1) / bare_seconds(2))
    return statistics.median(engine), statistics.median(bare)


def peak(count: int) -> tuple[float, float]:
    """Return MB and seconds of a main process of its own."""
    done = subprocess.run(
        [sys.executable, str(HERE), "--peak", str(count)],
        capture_output=True,
        text=True,
        check=True,
    )
    megabytes, seconds = done.stdout.split()
    return float(megabytes), float(seconds)


def print_peak(count: int) -> None:
    seconds, _ = in_new_store(
        lambda folder: run(trials("nothing", count), folder, workers=2)
    )
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{kilobytes / 1024:.1f} {seconds:.1f}")


def row(what: str, found: str, limit: str) -> None:
    print(f"{what:<66}{found:>14}{limit:>16}", flush=True)


def table(count: int, repeats: int) -> None:
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load {load:.1f} before the start\n")
    row("", "found", "to hold")
    for label, options, size, limit in (
        ("local processes, 1 worker", {"workers": 1}, 1000, "< 5"),
        ("local processes, 2 workers", {"workers": 2}, 1000, "< 5"),
        ("Dask on this machine, 2 workers", {"cluster": "local:2"}, 300, ""),
    ):
        clock, processors = overhead(size, **options)
        row(f"ms a trial that does nothing, {label}", f"{clock:.2f}", limit)
        row("   the same in processor time of all processes", f"{processors:.2f}", "")
    engine, bare = gains(repeats)
    row("gain of 2 workers over 1, trials of 0.1 s", f"{engine:.2f}", ">= 1.7")
    row("   gain of 2 bare processes over 1", f"{bare:.2f}", "")
    row("   ratio of the two", f"{engine / bare:.2f}", "")
    few, _ = peak(1000)
    many, seconds = peak(count)
    row("peak MB of the main process, 1,000 trials", f"{few:.1f}", "")
    row(f"peak MB of the main process, {count:,} trials", f"{many:.1f}", "bounded")
    row(f"   seconds for the {count:,} trials", f"{seconds:.0f}", "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--pieces", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--peak", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.pieces:
        for x in range(given.pieces):
            work(x)
    elif given.peak:
        print_peak(given.peak)
    else:
        table(given.trials, given.repeats)


if __name__ == "__main__":
    main()
