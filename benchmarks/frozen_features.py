"""The last layer on frozen features, beside scikit-learn's and a trained one.

The features are the 1,280 of EfficientNet-Lite0, pretrained on ImageNet, of 2,000
training and 1,000 test images of CIFAR-10: `cifar10_effnetlite0_features.npz` in the
data directory, with x, y, x_test and y_test. Every method sees the same columns, of
mean 0 and deviation 1. "default" takes each as it comes; "tuned" searches: the
peers by three inner folds, ours by rows left out. After ± the standard error over test
rows. The time is that of the processor, of the fit with its search.

    WIDTHWISE_DATA=... python benchmarks/frozen_features.py [--rows 2000]
"""

import argparse
import os
import time
import warnings
from pathlib import Path

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression, RidgeClassifierCV
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import StandardScaler

from widthwise.estimators import NetworkKernelClassifier, ReadoutClassifier

FILE = "cifar10_effnetlite0_features.npz"
NAMES = [
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
]
RESISTING = 10


class LinearHead(ClassifierMixin, BaseEstimator):
    """A linear layer trained by AdamW on the cross entropy, as is usual."""

    def __init__(self, rate=1e-3, decay=1e-2, epochs=30, batch=128):
        self.rate, self.decay = rate, decay
        self.epochs, self.batch = epochs, batch

    def fit(self, x, y):
        torch.manual_seed(0)
        self.classes_, codes = np.unique(y, return_inverse=True)
        points, targets = torch.from_numpy(x).float(), torch.from_numpy(codes)
        self.layer_ = torch.nn.Linear(points.shape[1], len(self.classes_))
        optimizer = torch.optim.AdamW(
            self.layer_.parameters(), lr=self.rate, weight_decay=self.decay
        )
        for _ in range(self.epochs):
            for rows in torch.randperm(len(points)).split(self.batch):
                optimizer.zero_grad()
                loss = torch.nn.functional.cross_entropy(
                    self.layer_(points[rows]), targets[rows]
                )
                loss.backward()
                optimizer.step()
        return self

    @torch.no_grad()
    def predict(self, x):
        return self.classes_[self.layer_(torch.from_numpy(x).float()).argmax(1)]


def searched(model, grid):
    return GridSearchCV(model, grid, cv=3)


def methods():
    """Return (kind, name, estimator)."""
    yield "ours", "Readout, ridge by rows left out", ReadoutClassifier()
    yield "ours", "Readout, least norm", ReadoutClassifier("minimum_norm")
    yield (
        "ours",
        "NetworkKernel (conjugate)",
        NetworkKernelClassifier(kernel="conjugate", scale=None),
    )
    yield "default", "RidgeClassifierCV", RidgeClassifierCV()
    grid = np.logspace(-2, 6, 33)
    yield "tuned", "RidgeClassifierCV, 33 alphas", RidgeClassifierCV(grid)
    yield "default", "LogisticRegression", LogisticRegression()
    yield (
        "tuned",
        "LogisticRegression",
        searched(LogisticRegression(max_iter=300), {"C": np.logspace(-5, 0, 6)}),
    )
    yield "default", "linear head, AdamW", LinearHead()
    grid = {"rate": [1e-4, 1e-3, 1e-2], "epochs": [10, 30]}
    yield "tuned", "linear head, AdamW", searched(LinearHead(), grid)


def loaded(rows):
    folder = os.environ.get("WIDTHWISE_DATA")
    if folder is None:
        raise SystemExit(f"Set WIDTHWISE_DATA to the folder that holds {FILE}.")
    with np.load(Path(folder) / FILE) as file:
        x, y, x_test, y_test = (file[k] for k in ("x", "y", "x_test", "y_test"))
    return x[:rows], y[:rows], x_test, y_test


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=2000)
    given = asked.parse_args()
    warnings.simplefilter("ignore")
    x, y, x_test, y_test = loaded(given.rows)
    scaler = StandardScaler().fit(x)
    x, x_test = scaler.transform(x), scaler.transform(x_test)
    print(f"{len(x)} rows to fit, {len(x_test)} to test, {x.shape[1]} features\n")
    ours = None
    for kind, name, model in methods():
        start = time.process_time()
        model.fit(x, y)
        seconds = time.process_time() - start
        right = model.predict(x_test) == y_test
        spread = right.std() / len(right) ** 0.5
        left = getattr(model, "leave_one_out_", None)
        said = "" if left is None else f"   left out {1 - left.wrong:.4f}"
        print(
            f"{kind:8s}{name:34s}{right.mean():8.4f} ± {spread:.4f}{seconds:9.2f} s"
            f"{said}",
            flush=True,
        )
        ours = model if ours is None else ours
    print(f"\n{ours!r}\n{ours.verdict_.reason}\n")
    scores = ours.leave_one_out_.predictions
    named = scores.argmax(axis=1)
    rows = np.arange(len(y))
    margins = scores[rows, y] - scores[rows, named]
    print("Rows that resist: left out, they are given another class by most.")
    for row in margins.argsort()[:RESISTING]:
        print(
            f"  row {row:5d}, a {NAMES[y[row]]}: said to be a {NAMES[named[row]]}, "
            f"ahead by {-margins[row]:.2f} of 2"
        )


if __name__ == "__main__":
    main()
