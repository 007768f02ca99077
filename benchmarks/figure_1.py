"""Figure 1 of Benson et al. in full (19,200 spectra), against the plain way.

Run: OMP_NUM_THREADS=1 python benchmarks/figure_1.py [--trials 3]

The figure has 1,600 cells: 4 data sets x 4 activations x 100 trials, each with its 12
widths up to 20,000. A sample, some trials of every data set and activation, is measured
in one thread of one process, three ways in turn:

- experiment: the cell as `benson_conditioning` measures it (Gram matrices where their
  error bound resolves κ, singular values of the features where it does not);
- features: `feature_spectra` at every width, which resolves κ everywhere;
- plain: the whole feature matrix from the same weights, and `numpy.linalg.cond` of its
  first m columns at each width m >= n.

Times are processor seconds of a cell, means over the sample; the last row extrapolates
to the figure. "made up" counts the finite numbers that the plain way gives where G is
numerically singular. A data set whose file is missing is left out.
"""

import argparse
import math
import os
import time
from collections.abc import Callable
from statistics import mean
from typing import Any

import numpy as np
import torch

import widthwise.experiments.benson._points as cells_data
from widthwise import activations
from widthwise.experiments import CATALOG
from widthwise.features import RandomFeatures
from widthwise.spectra import feature_spectra

FIGURE = CATALOG["benson_conditioning"]
WAYS = ("experiment", "features", "plain")


def features_of(cell: dict[str, Any]) -> tuple[torch.Tensor, RandomFeatures]:
    points = cells_data.dataset_of(cell, 0).points
    seed = cells_data.weights_seed(0, cell["trial"])
    return points, RandomFeatures(
        cell["activation"], cell["widths"][-1], "sphere", seed
    )


def experiment(cell: dict[str, Any]) -> list[float]:
    found = FIGURE.measure(cell, 0, lambda _part, _what: None)
    return list(found["condition_number"])


def by_features(cell: dict[str, Any]) -> list[float]:
    points, features = features_of(cell)
    found = feature_spectra(points, features, cell["widths"])
    return [each.condition_number for each in found.values()]


def plain(cell: dict[str, Any]) -> list[float]:
    points, features = features_of(cell)
    n, d = points.shape
    act = activations.for_dimension(cell["activation"], d)
    matrix = act(points @ features.weights(d).T).numpy()
    return [
        float(np.linalg.cond(matrix[:, :m])) ** 2 if m >= n else math.inf
        for m in cell["widths"]
    ]


def timed(
    way: Callable[[dict[str, Any]], list[float]], cell: dict[str, Any]
) -> tuple[float, list[float]]:
    start = time.process_time()
    found = way(cell)
    return time.process_time() - start, found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=3)
    sampled = parser.parse_args().trials
    torch.set_num_threads(1)
    settings = FIGURE.resolved()
    sample: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for cell in FIGURE.cells({**settings, "trials": sampled, "high_trials": 0}):
        if cell["kernel"] == "finite":
            place = (cell["dataset"], cell["activation"])
            sample.setdefault(place, []).append(cell)
    started = time.perf_counter()
    print(
        f"{sampled} of 100 trials of {len(sample)} curves; load "
        f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )
    print(
        f"{'data set':<15}{'activation':<12}"
        + "".join(f"{name + ' s':>14}" for name in WAYS)
        + f"{'plain / ours':>14}{'worst gap':>11}{'made up':>9}"
    )
    totals = dict.fromkeys(WAYS, 0.0)
    made_up = 0
    for (dataset, activation), cells in sample.items():
        times: dict[str, list[float]] = {name: [] for name in WAYS}
        gap, invented = 0.0, 0
        for cell in cells:
            answers = {}
            for name, way in zip(WAYS, (experiment, by_features, plain), strict=True):
                seconds, answers[name] = timed(way, cell)
                times[name].append(seconds)
            for ours, theirs in zip(
                answers["experiment"], answers["features"], strict=True
            ):
                if math.isfinite(ours):
                    gap = max(gap, abs(ours / theirs - 1))
            invented += sum(
                math.isinf(ours) and math.isfinite(theirs)
                for ours, theirs in zip(
                    answers["experiment"], answers["plain"], strict=True
                )
            )
        made_up += invented
        for name in WAYS:
            totals[name] += 100 * mean(times[name])
        print(
            f"{dataset:<15}{activation:<12}"
            + "".join(f"{mean(times[name]):>14.3f}" for name in WAYS)
            + f"{sum(times['plain']) / sum(times['experiment']):>14.1f}"
            + f"{gap:>11.0e}{invented:>9}"
        )
    print(
        f"{'the figure':<15}{'processor s':<12}"
        + "".join(f"{totals[name]:>14.0f}" for name in WAYS)
        + f"{totals['plain'] / totals['experiment']:>14.1f}{'':>11}{made_up:>9}"
    )
    print(
        f"{'':<15}{'min, 2 cores':<12}"
        + "".join(f"{totals[name] / 120:>14.1f}" for name in WAYS)
    )
    print(f"The sample took {time.perf_counter() - started:.0f} s of wall time.")


if __name__ == "__main__":
    main()
