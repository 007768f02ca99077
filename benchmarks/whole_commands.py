"""Time the commands a person waits for, as whole processes.

    python benchmarks/whole_commands.py | tee benchmarks/results/whole_commands.txt

Prints one table: the median of several runs, the limit that the project sets itself,
and their ratio. `python -c pass` in the same run is the machine's own floor. The
prostate row needs its file in WIDTHWISE_DATA.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WIDTHWISE = str(Path(sys.executable).with_name("widthwise"))
WIDTHS = [97, 200, 400, 1000, 2000, 5000, 10000]
FOUR = ["relu", "swish", "wendland0", "wendland2"]


def commands(out: str) -> dict[str, tuple[list[str], float, int]]:
    """Return what to run: name -> (command, limit in seconds, runs)."""
    prostate = [WIDTHWISE, "diagnose", "prostate", "--trials", "10", "--json"]
    prostate += [word for width in WIDTHS for word in ("--width", str(width))]
    prostate += [word for name in FOUR for word in ("--activation", name)]
    demo = [WIDTHWISE, "diagnose", "diabetes", "--out", out]
    return {
        "python -c pass": ([sys.executable, "-c", "pass"], float("nan"), 7),
        "import widthwise": ([sys.executable, "-c", "import widthwise"], 0.3, 7),
        "widthwise --help": ([WIDTHWISE, "--help"], 0.6, 7),
        "prostate, 4 activations, widths to 10,000, 10 trials": (prostate, 30.0, 3),
        "the demo's diagnosis (diabetes)": (demo, 60.0, 3),
    }


def seconds(command: list[str]) -> float:
    """Return the wall time of one run that must succeed."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    """Print the table."""
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}")
    print(f"{'command':<56}{'median s':>10}{'limit s':>10}{'ratio':>8}")
    with tempfile.TemporaryDirectory() as out:
        for name, (command, limit, runs) in commands(out).items():
            if "prostate" in command and "WIDTHWISE_DATA" not in os.environ:
                print(f"{name:<56}{'skipped: WIDTHWISE_DATA is not set':>28}")
                continue
            seconds(command)  # a warm-up: bytecode and the file cache
            median = statistics.median(seconds(command) for _ in range(runs))
            print(f"{name:<56}{median:>10.2f}{limit:>10.1f}{median / limit:>8.2f}")


if __name__ == "__main__":
    main()
