"""What the store costs a trial, against the file system's own price for the file.

Run: python benchmarks/store_overhead.py [--trials 20000] [--many 100000]

The first table interleaves two loops over the same bytes: the store's (`has`, `claim`,
`has`, `put`, release) and a bare one (write a temporary file, rename it, read it). The
second is one store of many trials, filled in a process of its own: opening it, listing
its keys, and the growth of the peak resident memory while it is read from end to end.
"""

import argparse
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from widthwise.sweeps import Store, Trial

RESULT = {"loss": 0.123456789, "steps": 1000, "curve": [k / 7 for k in range(20)]}


def trials(first: int, count: int) -> list[Trial]:
    target = "function:study:fit@1"
    return [Trial(target, {"x": x}) for x in range(first, first + count)]


def store_seconds(store: Store, some: list[Trial]) -> float:
    start = time.perf_counter()
    for trial in some:
        key = trial.key
        if not store.has(key):
            with store.claim(key):
                if not store.has(key):
                    store.put(trial, RESULT)
    return time.perf_counter() - start


def again_seconds(store: Store, some: list[Trial]) -> float:
    start = time.perf_counter()
    assert all(store.has(trial.key) for trial in some)
    return time.perf_counter() - start


def bare_seconds(folder: Path, some: list[Trial], length: int) -> float:
    folder.mkdir(exist_ok=True)
    content = b"x" * length
    start = time.perf_counter()
    for trial in some:
        temporary, path = folder / f"t{trial.seed}", folder / trial.key
        temporary.write_bytes(content)
        temporary.replace(path)
        path.read_bytes()
    return time.perf_counter() - start


def overhead(place: Path, count: int, repeats: int = 7) -> None:
    store, share = Store(place / "store"), count // repeats
    rows = []
    for repeat in range(repeats):
        some = trials(repeat * share, share)
        mine = store_seconds(store, some)
        length = next((place / "store" / "results").rglob("*.jsonl")).stat().st_size
        bare = bare_seconds(place / "bare", some, length)
        rows.append((mine / share, again_seconds(store, some) / share, bare / share))
    columns = [statistics.median(each) for each in zip(*rows, strict=True)]
    ratio = statistics.median(mine / bare for mine, _, bare in rows)
    print(f"{count} trials of {length} bytes, medians of {repeats} repeats, ms a trial")
    print(f"{'has+claim+put':>14}{'has, there':>12}{'bare file':>11}{'ratio':>7}")
    mine, again, bare = (1e3 * each for each in columns)
    print(f"{mine:>14.3f}{again:>12.3f}{bare:>11.3f}{ratio:>7.1f}")


def many(place: Path, count: int) -> None:
    """Print what opening and reading a store of many trials takes."""
    if not (place / "store.json").exists():
        store = Store(place)
        for first in range(0, count, 1000):
            store_seconds(store, trials(first, 1000))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    store = Store(place, create=False)
    next(store.keys())
    opened = time.perf_counter()
    assert sum(1 for _ in store.keys()) == count  # noqa: SIM118
    listed = time.perf_counter()
    assert sum(1 for _ in store.items()) == count
    read = time.perf_counter()
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) / 1024
    files = list((place / "results").rglob("*.jsonl"))
    held = sum(path.stat().st_size for path in files) / 1e6
    blocks = sum(path.stat().st_blocks for path in files) * 512 / 1e6
    print(f"\na store of {count} trials: {held:.0f} MB in {blocks:.0f} MB of blocks")
    print(
        f"{'first key s':>12}{'all keys s':>12}{'all results s':>15}{'memory MB':>11}"
    )
    print(
        f"{opened - start:>12.3f}{listed - opened:>12.3f}{read - listed:>15.1f}"
        f"{grown:>11.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=20_000)
    parser.add_argument("--many", type=int, default=100_000)
    parser.add_argument("--place", type=Path)
    chosen = parser.parse_args()
    if chosen.place is not None:
        many(chosen.place, chosen.many)
        return
    place = Path(tempfile.mkdtemp())
    try:
        overhead(place, chosen.trials)
        command = [sys.executable, __file__, "--place", str(place / "many")]
        command += ["--many", str(chosen.many)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        subprocess.run(command, check=True)
    finally:
        shutil.rmtree(place)


if __name__ == "__main__":
    main()
