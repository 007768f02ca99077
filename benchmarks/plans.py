"""Seconds that plans say before work, beside the seconds that it takes.

Times are freed of what threads waited for a core, so that other work on the machine
leaves the ratio alone; the range in words is of the clock, and is kept by it or not. Of
short work nothing is timed, and only a bound is said.
"""

import argparse
import math
import os
from collections.abc import Callable, Iterator

import numpy as np
import torch

import widthwise as ww
from widthwise.machine import usable_cores
from widthwise.numerics.rate import Clock, Seconds
from widthwise.progress import Progress

Run = Callable[[Progress], object]


def cases(scale: float) -> Iterator[tuple[str, Run]]:
    """Yield every call that plans, at some sizes."""
    for n, m, penalties in ((8000, 1000, 7), (5000, 2000, 7), (20000, 3000, 4)):
        n, m = int(n * scale), int(m * scale)
        y, grid = numbers(n, 10), torch.logspace(-1, 2, penalties)
        layer = ww.features.RandomFeatures("relu", m, "gaussian")
        sources = {"array": numbers(n, m)}
        sources["features"] = ww.readouts.feature_source(numbers(n, 200), layer)
        for kind, phi in sources.items():
            yield (
                f"gram_path, {kind}, {n:,} x {m:,}",
                lambda tell, p=phi, y=y, g=grid: ww.readouts.gram_path(
                    p, y, g, progress=tell
                ),
            )
    for n, m, name in (
        (60000, 300, "Gram"),
        (40000, 800, "Gram"),
        (60000, 300, "Q R"),
        (20000, 800, "Q R"),
        (500, 30000, "units"),
        (1200, 12000, "units"),
    ):
        n, m = int(n * scale), int(m * scale)
        phi, y = numbers(n, m), numbers(n, 10)
        if name == "Q R":
            phi *= torch.logspace(0, -7, m, dtype=torch.float64)
        grid = torch.logspace(-1, 2, 20)
        yield (
            f"ridge_stream, {name}, {n:,} x {m:,}",
            lambda tell, p=phi, y=y, g=grid: ww.readouts.ridge_stream(
                p, y, g, progress=tell
            ),
        )
    for n, d, budget in ((4000, 50, None), (8000, 200, 3 * 10**8), (8000, 784, None)):
        n = int(n * scale)
        points, y = numbers(n, d), numbers(n, 10)
        yield (
            f"blocked_readout, {n:,} x {d}" + (", panels" if budget else ""),
            lambda tell, x=points, y=y, b=budget: ww.readouts.blocked_readout(
                kernel, x, y, 0.1, budget=b, progress=tell
            ),
        )


def kernel(points: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    return ww.kernels.conjugate_kernel(points, "relu", "gaussian", other)


def numbers(rows: int, columns: int) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(0).standard_normal((rows, columns)))


def measured(run: Run) -> tuple[Seconds, Seconds, Seconds]:
    """Return what was planned, what planning took, and what the rest took."""
    clocks, planning = list[Clock](), list[Seconds]()

    def tell(_share: float, _text: str) -> None:
        if not clocks:
            planning.append(before.seconds())
            clocks.append(Clock())

    before = Clock()
    said.clear()
    run(tell)
    return said[0], planning[0], clocks[0].seconds()


said = list[Seconds]()  # What a plan puts into words.


def main() -> None:
    """Print one row a call."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    words = Seconds.__str__

    def noted(found: Seconds) -> str:
        said.append(found)
        return words(found)

    Seconds.__str__ = noted  # type: ignore[method-assign]
    print(f"load {os.getloadavg()[0]:.1f}, {usable_cores()} cores")
    print("planned / taken without waits; range said; seconds taken; for the plan")
    for name, run in cases(asked.scale):
        if asked.only not in name:
            continue
        planned, before, taken = measured(run)
        ratio = planned.least / taken.least
        shown = f"{ratio:5.2f}" if planned.least else "    -"
        most = planned.most * 1.1 if planned.least else math.ceil(planned.most)
        held = planned.least / 1.1 <= taken.most <= most
        print(
            f"{name:48} {shown}  {words(planned):20} {taken.most:6.2f} s  "
            f"{before.most:5.2f} s  {'' if held else 'outside'}",
            flush=True,
        )


if __name__ == "__main__":
    main()
