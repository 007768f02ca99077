"""The last layer: minimum norm and ridge paths, against scikit-learn and bare BLAS.

Run: WIDTHWISE_DATA=... python benchmarks/last_layer.py [--repeats 5] [--part wide|tall]

Wide: interpolation with 1000 rows and 8000 units; the floor is one dsyrk and one
Cholesky factorization. Tall: Fashion-MNIST's 60,000 x 784 pixels, ten outputs, 20
penalties chosen by rows left out. Each line's times are from one process, interleaved;
the ratio is the median of the rounds' ratios.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from scipy.linalg import blas, lapack
from sklearn.linear_model import Ridge, RidgeClassifierCV

from widthwise.datasets import load
from widthwise.features import RandomFeatures
from widthwise.readouts import minimum_norm, ridge_path

N, D, M = 1000, 20, 8000
GRID = np.logspace(-2, 4, 20)


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def floor(phi: np.ndarray) -> None:
    gram = blas.dsyrk(1.0, phi.T, trans=1, lower=1)
    lapack.dpotrf(gram, lower=1, overwrite_a=1)


def compared(title: str, ours: Callable[[], object], peers: dict, repeats: int) -> None:
    rounds = [
        {"widthwise": seconds(ours)} | {k: seconds(v) for k, v in peers.items()}
        for _ in range(repeats)
    ]
    mine = statistics.median(each["widthwise"] for each in rounds)
    for name in peers:
        theirs = statistics.median(each[name] for each in rounds)
        ratio = statistics.median(each[name] / each["widthwise"] for each in rounds)
        print(f"{title:<32}{name:<28}{mine:>10.2f}{theirs:>10.2f}{ratio:>12.2f}")


def wide(repeats: int) -> None:
    generator = torch.Generator().manual_seed(0)
    points = torch.randn(N, D, generator=generator, dtype=torch.float64)
    points = torch.nn.functional.normalize(points)
    y = torch.randn(N, generator=generator, dtype=torch.float64)
    phi = RandomFeatures("relu", M, "sphere").matrix(points)
    array, targets = phi.numpy(), y.numpy()
    peer = Ridge(alpha=0, fit_intercept=False)
    compared(
        "minimum norm, 1000 x 8000",
        lambda: minimum_norm(phi, y),
        {
            "dsyrk + Cholesky": lambda: floor(array),
            "Ridge(alpha=0)": lambda: peer.fit(array, targets),
        },
        repeats,
    )
    found = minimum_norm(phi, y)
    rest = np.linalg.norm(array @ peer.coef_ - targets) / np.linalg.norm(targets)
    print(
        f"relative residual {found.residual:.1e} (rank {found.rank}); Ridge {rest:.1e}"
    )


def tall(repeats: int) -> None:
    data = load("fashion_mnist", classes=None, count=None, components=None)
    x = np.asarray(data.points) / 255.0
    classes = np.asarray(data.targets).astype(int)
    y = np.where(np.arange(10) == classes[:, None], 1.0, -1.0)
    peer = RidgeClassifierCV(GRID)
    compared(
        f"ridge path, {x.shape[0]} x {x.shape[1]} x 10",
        lambda: ridge_path(x, y, GRID),
        {"RidgeClassifierCV": lambda: peer.fit(x, classes)},
        repeats,
    )
    found = ridge_path(x, y, GRID)
    print(f"best penalty {found.best:.6g}; RidgeClassifierCV {peer.alpha_:.6g}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--part", choices=("wide", "tall"), default=None)
    asked = parser.parse_args()
    print(f"{'work':<32}{'against':<28}{'ours s':>10}{'its s':>10}{'its / ours':>12}")
    if asked.part != "tall":
        wide(asked.repeats)
    if asked.part != "wide":
        tall(max(1, asked.repeats // 2))
