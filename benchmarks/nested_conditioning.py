"""κ(G) at twelve nested widths to 50,000, against NumPy's condition number of each.

Run: python benchmarks/nested_conditioning.py [--points 500] [--threads 1]

One pass over the widest layer gives the Gram matrix at each width; where its rounding
leaves κ uncertain by more than 1e-4, a second gives the singular values. NumPy's
`linalg.cond` of the features, squared, has them in memory already.
"""

import argparse
import time

import numpy as np
import torch

from widthwise.features import RandomFeatures
from widthwise.machine import limited_threads
from widthwise.spectra import nested_conditioning

WIDEST = 50_000
CASES = (("relu", 20), ("swish", 20), ("relu", 5), ("tanh", 5))


def compared(name: str, dimension: int, count: int) -> None:
    generator = torch.Generator().manual_seed(0)
    points = torch.randn(count, dimension, generator=generator, dtype=torch.float64)
    points = torch.nn.functional.normalize(points)
    widths = np.unique(np.geomspace(1.2 * count, WIDEST, 12).round().astype(int))
    layer = RandomFeatures(name, WIDEST, "sphere")
    start = time.perf_counter()
    found = nested_conditioning(points, layer, widths.tolist())
    ours = time.perf_counter() - start
    phi = layer.matrix(points).numpy()
    start = time.perf_counter()
    theirs = [np.linalg.cond(phi[:, :width]) ** 2 for width in widths]
    numpys = time.perf_counter() - start
    pairs = zip(found, theirs, strict=True)
    off = max(abs(each.condition_number / other - 1) for each, other in pairs)
    methods = sorted({each.method for each in found})
    print(
        f"{name:<8}{dimension:>4}{theirs[0]:>10.1e}{theirs[-1]:>10.1e}"
        f"{'+'.join(methods):>16}{ours:>9.2f}{numpys:>9.2f}{ours / numpys:>9.3f}"
        f"{off:>10.1e}",
        flush=True,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=500)
    parser.add_argument("--threads", type=int, default=None)
    asked = parser.parse_args()
    print(
        f"{'σ':<8}{'d':>4}{'κ first':>10}{'κ last':>10}{'method':>16}{'ours s':>9}"
        f"{'numpy s':>9}{'ratio':>9}{'differ':>10}"
    )
    with limited_threads(asked.threads):
        for activation, dimension in CASES:
            compared(activation, dimension, asked.points)
