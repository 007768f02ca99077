"""The last layer: minimum norm and ridge paths, against scikit-learn and bare BLAS.

Run: WIDTHWISE_DATA=... python benchmarks/last_layer.py [--repeats 5]
    [--part wide|tall|growth]

Wide: interpolation with 1000 rows and 8000 units; the floor is one dsyrk and one
Cholesky factorization. Tall: Fashion-MNIST's 60,000 x 784 pixels, ten outputs, 20
penalties chosen by rows left out. Each line's times are from one process, interleaved;
the ratio is the median of the rounds' ratios. A call rests before, until threads that
wait awake for more of the last one sleep, and one of less than a second is made twice
and timed the second time: some virtual machines take memory and code away that was not
in use for a tenth of a second. Growth: processor seconds while rows or units double,
and the exponent between the last two.
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
from widthwise.kernels import conjugate_kernel
from widthwise.readouts import kernel_readout, minimum_norm, ridge_path

N, D, M = 1000, 20, 8000
REST = 0.1  # Seconds; BLAS's threads wait awake for some 30 ms.
GRID = np.logspace(-2, 4, 20)


def seconds(call: Callable[[], object]) -> float:
    time.sleep(REST)
    taken = timed(call)
    return timed(call) if taken < 1.0 else taken


def timed(call: Callable[[], object]) -> float:
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


def grown(title: str, sizes: tuple[int, ...], work: Callable, repeats: int) -> None:
    """Print what `work(size)()` takes at each size, and the last exponent."""
    taken = []
    for size in sizes:
        call = work(size)
        call()
        rounds = []
        for _ in range(repeats):
            start = time.process_time()
            call()
            rounds.append(time.process_time() - start)
        taken.append(min(rounds))
    shown = "".join(f"{each:>10.3f}" for each in taken)
    exponent = np.log2(taken[-1] / taken[-2])
    print(f"{title:<34}{' '.join(map(str, sizes)):<18}{shown}{exponent:>10.2f}")


def growth(repeats: int) -> None:
    def norm(n: int, m: int) -> Callable[[], object]:
        generator = torch.Generator().manual_seed(0)
        phi = torch.randn(n, m, generator=generator, dtype=torch.float64)
        y = torch.randn(n, generator=generator, dtype=torch.float64)
        return lambda: minimum_norm(phi, y)

    def path(n: int) -> Callable[[], object]:
        points = torch.randn(n, D, generator=torch.Generator().manual_seed(0))
        points = torch.nn.functional.normalize(points.double())
        kernel = conjugate_kernel(points, "relu", "sphere")
        return lambda: kernel_readout(kernel, points[:, 0], GRID)

    print(f"\n{'growth':<34}{'sizes':<18}{'processor s':>30}{'exponent':>10}")
    wide = (4000, 8000, 16_000)
    grown("minimum norm, n = 500, m", wide, lambda m: norm(500, m), repeats)
    tall = (500, 1000, 2000)
    grown("minimum norm, m = 8000, n", tall, lambda n: norm(n, 8000), repeats)
    grown("ridge path of a kernel, n", (750, 1500, 3000), path, repeats)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--part", choices=("wide", "tall", "growth"), default=None)
    asked = parser.parse_args()
    if asked.part != "growth":
        titles = f"{'ours s':>10}{'its s':>10}{'its / ours':>12}"
        print(f"{'work':<32}{'against':<28}{titles}")
    if asked.part in (None, "wide"):
        wide(asked.repeats)
    if asked.part in (None, "tall"):
        tall(max(1, asked.repeats // 2))
    if asked.part in (None, "growth"):
        growth(asked.repeats)
