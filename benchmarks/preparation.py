"""Time the duals of an activation, of σ and of σ', with nothing kept.

Processor seconds on one thread, the least of the rounds, and the stated errors over
κ(1):

    python benchmarks/preparation.py > benchmarks/results/preparation.txt
"""

import argparse
import os
import time
from collections.abc import Iterator

import torch

from widthwise import activations
from widthwise.errors import InvalidArgumentError
from widthwise.kernels.duals._representation import represent
from widthwise.laws import Gaussian, Law, Sphere

Case = tuple[str, activations.Activation, Law]


def trapezoid(z: torch.Tensor) -> torch.Tensor:
    return torch.minimum((z + 0.8) / 0.5, (0.7 - z) / 0.4).clamp(0.0, 1.0)


def cases() -> Iterator[Case]:
    for name in ("relu", "gelu", "hard_tanh", "hard_swish"):
        for law in (Gaussian(), Sphere(3), Sphere(50)):
            yield name, activations.get(name), law
    for name in ("wendland0", "wendland2", "wendland4", "wendland6"):
        for d in (2, 3, 4, 5, 7, 10):
            yield name, activations.get(name, dimension=d), Sphere(d)
    for d in (3, 5):
        wide = activations.get("wendland0", dimension=d, alpha=1.9)
        yield "wendland0, alpha = 1.9", wide, Sphere(d)
    own = {
        "own: shifted relu": (lambda z: torch.relu(z - 0.3), (0.3,)),
        "own: trapezoid": (trapezoid, (-0.8, -0.3, 0.3, 0.7)),
        "own: tanh with a kink": (lambda z: z.tanh() + (z - 0.3).abs(), (0.3,)),
    }
    for name, (fn, kinks) in own.items():
        for law in (Gaussian(), Sphere(3), Sphere(10)):
            made = activations.from_callable(fn, name=name, breakpoints=kinks)
            yield name, made, law


def timed(case: Case, order: int, rounds: int) -> str:
    _, act, law = case
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        try:
            near, _, bound = represent(act, law, order)
        except InvalidArgumentError:
            return f"{'none':>10}{'':10}"
        best = min(best, time.process_time() - start)
    size = float(near(near.edges[:1])[0])
    return f"{best:10.3f}{bound / size:10.1e}"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=2)
    chosen = options.parse_args()
    print(f"processor seconds, least of {chosen.rounds}, load {os.getloadavg()[0]:.1f}")
    heads = "".join(f"{head:>10}" for head in ("κ", "error", "κ of σ'", "error"))
    print(f"{'':26}{'law':24}{heads}")
    for case in cases():
        found = "".join(timed(case, order, chosen.rounds) for order in (0, 1))
        print(f"{case[0]:26}{case[2]!s:24}{found}", flush=True)


if __name__ == "__main__":
    main()
