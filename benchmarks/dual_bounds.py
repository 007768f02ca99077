r"""Hold duals of narrow, shifted and steep activations against mpmath.

κ(1) and κ(-1) of random activations and laws, by one integral in 40 digits; a value
that is off by more than its bound is printed:

    python benchmarks/dual_bounds.py --seed 1 --seconds 55 \
        > benchmarks/results/dual_bounds.txt
"""

import argparse
import sys
import time
from pathlib import Path

import mpmath as mp
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "kernels"))

from dual_truths import MORE_FAMILIES, case, generator_of

from widthwise.kernels import dual


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=150)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--seconds", type=float, default=float("inf"))
    chosen = options.parse_args()
    generator, begun = generator_of(chosen.seed), time.perf_counter()
    rows, broken, slowest = [], [], []
    for index in range(chosen.cases):
        if time.perf_counter() - begun > chosen.seconds:
            break
        text, activation, law, one, minus_one = case(generator, MORE_FAMILIES)
        start = time.process_time()
        kappa = dual(activation, law)
        slowest.append((time.process_time() - start, text))
        for place, exact in ((0.0, one), (np.pi, minus_one)):
            off = abs(mp.mpf(float(kappa.at_angle(place))) - exact)
            if off > kappa.error_bound:
                broken.append(
                    f"{index} {text} at {place:.2f}: off by {mp.nstr(off, 3)}"
                    f", bound {kappa.error_bound:.2g}"
                )
        rows.append(float(kappa.error_bound / one))
    bounds = np.sort(rows)
    print(f"{len(rows)} cases, {len(broken)} values beyond their bound")
    for line in broken:
        print(" ", line)
    middle, most = np.median(bounds), np.quantile(bounds, 0.9)
    print(f"bound over κ(1): median {middle:.1e}, nine in ten below {most:.1e}")
    print(f"largest {bounds[-1]:.1e}")
    print("slowest (processor seconds):")
    for seconds, text in sorted(slowest, reverse=True)[:5]:
        print(f"  {seconds:7.2f}  {text}")


if __name__ == "__main__":
    main()
