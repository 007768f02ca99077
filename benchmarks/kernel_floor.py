"""Measure what the time of both ReLU kernels is made of, part by part.

Processor seconds on one thread, the least of some rounds of all parts, n = 8192,
d = 50, outputs reused:

    python benchmarks/kernel_floor.py > benchmarks/results/kernel_floor.txt
"""

import argparse
import time

import numpy as np
import scipy.linalg
import torch

from widthwise.kernels import dual, dual_of_derivative, two_layer_kernels
from widthwise.kernels.duals import smooth
from widthwise.kernels.duals._table import table
from widthwise.kernels.two_layer import NEARLY_PARALLEL, TILE
from widthwise.kernels.two_layer._smooth_tiles import fill_smooth_tile
from widthwise.kernels.two_layer._triangle import Room
from widthwise.machine import limited_blas
from widthwise.numerics.aligned import aligned
from widthwise.numerics.panels.products import packed
from widthwise.numerics.panels.writing import write_tile


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=8192)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    n, d = chosen.rows, 50
    points = np.random.default_rng(0).standard_normal((n, d))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    one, two = (aligned((n, n)) for _ in range(2))
    lower = np.empty((n, n), order="F")
    product, value, both = Room().tiles(TILE, TILE)
    duals = [make("relu", "gaussian") for make in (dual, dual_of_derivative)]
    sums = smooth(
        tuple(duals), NEARLY_PARALLEL**0.5, tuple(each.fitting_error for each in duals)
    )
    assert sums is not None
    tiles = [
        (top, left) for top in range(0, n, TILE) for left in range(0, top + 1, TILE)
    ]
    pieces, panels = table(tuple(duals)), packed(points)
    places = pieces.first, pieces.right, pieces.scale, pieces.shift
    given = *sums.arrays, *places, pieces.coefficients, 3, np.empty(0), value, both
    nowhere = (1, one, two)  # A window that the tiles below are not in.

    def fill() -> None:
        one.fill(1.0)
        two.fill(2.0)

    def rank_k() -> None:
        scipy.linalg.blas.dsyrk(1.0, points.T, trans=1, c=lower, overwrite_c=1)

    def products() -> None:
        for top, left in tiles:
            np.dot(points[top : top + TILE], points[left : left + TILE].T, out=product)

    def polynomials(others: np.ndarray) -> None:
        for _ in tiles:
            start = product, others, points, TILE, 1, NEARLY_PARALLEL
            fill_smooth_tile(*start, *given, *nowhere)

    def write() -> None:
        for top, left in tiles:
            write_tile(value, one, top, left, 0)
            write_tile(both, two, top, left, 0)

    def whole() -> None:
        outputs = tuple(torch.from_numpy(each) for each in (one, two))
        two_layer_kernels(points, "relu", "gaussian", out=outputs)

    terms = 6 * int(sums.counts.sum())
    parts = {
        "fill both matrices": fill,
        "products, dsyrk": rank_k,
        "products, tile by tile": products,
        f"polynomials, {terms} terms": lambda: polynomials(panels[:0]),
        f"products and {terms} terms": lambda: polynomials(panels),
        "write tiles and their mirror images": write,
        "both kernels, relu": whole,
    }
    least = dict.fromkeys(parts, np.inf)
    with limited_blas(1):
        for round_ in range(chosen.rounds + 1):
            for name, part in parts.items():
                begun = time.process_time()
                part()
                spent = time.process_time() - begun
                if round_:  # The first one compiles and touches memory.
                    least[name] = min(least[name], spent)
    print(f"n = {n}, d = {d}, float64, processor seconds, least of {chosen.rounds}")
    for name, spent in least.items():
        ratio = spent / least["fill both matrices"]
        print(f"{name:<40} {spent:7.3f} {ratio:7.2f} of a fill")


if __name__ == "__main__":
    main()
