"""The memory that a plan promises, against the peak of a process that carries it out.

The peak is the system's own count of the most that a fresh process ever held.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="The peak is read from Linux"
)

PEAK = """
import sys
from pathlib import Path
def peak(name="VmHWM"):
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(each for each in lines if each.startswith(name)).split()[1]) * 1024
"""
READ = (
    PEAK
    + """
import polars, widthwise.numerics
from widthwise import datasets
before = peak("VmRSS")
print(datasets.read(sys.argv[1]).reading_bytes, peak() - before)
"""
)
DIAGNOSE = (
    PEAK
    + """
from widthwise.diagnosis import Budget, carry_out, plan
study = plan(sys.argv[1], budget=Budget(rows=50), activations="relu", trials=1,
             widths=(100,), probability=0.5)
carry_out(study)
print(study.cost.peak_bytes, peak())
"""
)


def measured(code: str, path: Path) -> tuple[int, int]:
    """Return what a fresh process predicted, and what it took."""
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    predicted, taken = map(int, done.stdout.split())
    return predicted, taken


def saved(path: Path, rows: int, columns: int, cell: str) -> Path:
    """Write a table, with cells of text as a format makes them."""
    kept = min(rows, 500)
    values = np.random.default_rng(0).random((kept, columns))
    if path.suffix in (".npy", ".npz"):
        array = np.tile(values, (-(-rows // kept), 1))[:rows]
        array += np.arange(rows)[:, None] * 1e-7
        np.save(path, array) if path.suffix == ".npy" else np.savez(path, x=array)
        return path
    lines = [",".join(cell % (10 * each) for each in row) for row in values]
    with path.open("w", encoding="ascii") as file:
        file.write(",".join(f"c{j}" for j in range(columns)) + "\n")
        for row in range(rows):
            file.write(lines[row % kept] + "\n")
    return path


@pytest.mark.parametrize(
    ("name", "rows", "columns", "cell"),
    [
        ("square.npy", 3000, 3000, ""),
        ("tall.npz", 2_000_000, 4, ""),
        ("short.csv", 60_000, 100, "%.0f"),
        ("long.csv", 20_000, 100, "%.18f"),
        ("tall.csv", 600_000, 3, "%.4f"),
        ("wide.csv", 60, 20_000, "%.4f"),
    ],
)
def test_reading_takes_what_is_counted_for_it(tmp_path, name, rows, columns, cell):
    path = saved(tmp_path / name, rows, columns, cell)
    predicted, taken = measured(READ, path)
    assert taken > 8 * rows * columns
    assert 0.7 * taken <= predicted <= 1.3 * taken + 2**24, (predicted, taken)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "rows", "columns"),
    [("tall.npy", 100_000, 200), ("wide.csv", 60, 20_000)],
)
def test_a_plan_promises_the_peak_of_the_whole_process(tmp_path, name, rows, columns):
    path = saved(tmp_path / name, rows, columns, "%.4f")
    predicted, taken = measured(DIAGNOSE, path)
    assert 0.7 * taken <= predicted <= 1.3 * taken, (predicted, taken)
