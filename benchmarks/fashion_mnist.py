"""Fashion-MNIST's 60,000 images: the infinite-width kernel, and 20,000 random features.

Run: WIDTHWISE_DATA=... python benchmarks/fashion_mnist.py [--part kernel|features]
     [--rows 60000] [--width 20000] [--budget 6] [--folder DIR]

Images are rows of norm 1. "kernel" interpolates with the conjugate kernel of relu, by
panels of a Cholesky factor on disk; "features" is a random-feature readout with its
penalties. Ten outputs, +1 for the class and -1 elsewhere; the accuracy is on the 10,000
test images. With --folder a stopped run goes on where it stopped.
"""

import argparse
import gzip
import os
import resource
import time
from pathlib import Path

import numpy as np
import torch

from widthwise.features import RandomFeatures
from widthwise.kernels import conjugate_kernel
from widthwise.readouts import blocked_readout, feature_source, gram_path

PENALTIES = np.logspace(-2, 1, 7)  # Of all 60,000 rows.


def images(name: str, count: int | None) -> tuple[torch.Tensor, np.ndarray]:
    folder = Path(os.environ["WIDTHWISE_DATA"]) / "fashion-mnist"
    with gzip.open(folder / f"{name}-images-idx3-ubyte.gz") as file:
        pixels = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 784)
    with gzip.open(folder / f"{name}-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    points = torch.from_numpy(pixels[:count].astype(np.float64))
    return torch.nn.functional.normalize(points), labels[:count].astype(int)


def one_of_ten(labels: np.ndarray) -> np.ndarray:
    return np.where(np.arange(10) == labels[:, None], 1.0, -1.0)


def relu(points: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    return conjugate_kernel(points, "relu", "gaussian", other)


class Clock:
    """Seconds since a start, told with each step."""

    def __init__(self) -> None:
        self.start = time.perf_counter()

    def tell(self, fraction: float, text: str) -> None:
        print(f"{self.seconds():8.1f} s {fraction:6.1%}  {text}", flush=True)

    def seconds(self) -> float:
        return time.perf_counter() - self.start


def said(title: str, clock: Clock, reason: str, outputs: torch.Tensor, labels) -> None:
    correct = float((outputs.argmax(1).numpy() == labels).mean())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{title}: {clock.seconds() / 60:.1f} min, {memory:.1f} GiB at most")
    print(reason)
    print(f"accuracy on {len(labels):,} test images: {correct:.2%}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=("kernel", "features"), default=None)
    parser.add_argument("--rows", type=int, default=60_000)
    parser.add_argument("--width", type=int, default=20_000)
    parser.add_argument("--budget", type=float, default=6.0, help="GB of the kernel's")
    parser.add_argument("--folder", type=Path, default=None)
    asked = parser.parse_args()
    points, labels = images("train", asked.rows)
    others, others_labels = images("t10k", None)
    y = one_of_ten(labels)
    if asked.part != "features":
        clock = Clock()
        found = blocked_readout(
            relu,
            points,
            y,
            folder=asked.folder,
            budget=int(asked.budget * 1e9),
            progress=clock.tell,
        )
        print(f"condition number at least {found.condition_number:.2g}")
        title = f"conjugate kernel of relu, {len(y):,} rows, interpolated"
        said(title, clock, found.reason, found.predict(others), others_labels)
    if asked.part != "kernel":
        clock = Clock()
        layer = RandomFeatures("relu", asked.width, "gaussian")
        wide = gram_path(
            feature_source(points, layer),
            y,
            PENALTIES * len(y) / 60_000,
            folder=asked.folder,
            budget=16 * 10**9,
            progress=clock.tell,
        )
        for penalty, score in zip(
            wide.penalties, wide.generalized_cross_validation, strict=True
        ):
            print(f"penalty {float(penalty):.2e}: cross-validation {float(score):.4f}")
        title = f"{asked.width:,} random features of relu, {len(y):,} rows"
        outputs = wide.predict(feature_source(others, layer))
        said(title, clock, wide.reason, outputs, others_labels)
