"""Errors and fit times of estimators on tables, beside scikit-learn's.

Every method sees the same folds, behind the same StandardScaler. "default" takes each
as it comes; "tuned" searches a grid for the peers by three inner folds, while ours have
chosen by rows left out already. Regression: mean squared error over the variance of the
labels. Classes: the share of wrong rows. After ± the standard error over test rows. The
time is that of the processor, of a mean fit, the whole search where there is one.

    WIDTHWISE_DATA=... python benchmarks/estimators_tables.py --rows 500 --folds 3
    ... --tables mnist fashion_mnist --rows 1000 --folds 2
    ... --tables mnist --rows 12000 --holdout 2000 --only NetworkKernel SVC
"""

import argparse
import time
import warnings

import numpy as np
from sklearn.base import ClassifierMixin, is_classifier
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.kernel_approximation import Nystroem, RBFSampler
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Ridge, RidgeClassifier
from sklearn.model_selection import (
    GridSearchCV,
    KFold,
    ShuffleSplit,
    StratifiedKFold,
    StratifiedShuffleSplit,
)
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

import widthwise as ww
from widthwise import datasets

REGRESSION = (
    "airfoil",
    "autompg",
    "concrete",
    "housing",
    "machine",
    "wine_quality",
    "diabetes",
    "prostate",
)
CLASSES = ("iris", "wine", "breast_cancer", "digits")
IMAGES = ("mnist", "fashion_mnist")
IMAGE_GAMMAS = [1e-4, 3e-4, 1e-3, 3e-3]  # About one over the columns.
ALPHAS = [1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0]
GAMMAS = [0.01, 0.03, 0.1, 0.3]


def searched(pipeline, grid):
    return GridSearchCV(pipeline, grid, cv=3)


class KernelClassifier(ClassifierMixin, KernelRidge):
    """Kernel ridge regression of each class against the rest."""

    def fit(self, points, labels):
        self.classes_ = np.unique(labels)
        return super().fit(points, 2.0 * (labels[:, None] == self.classes_) - 1.0)

    def predict(self, points):
        return self.classes_[super().predict(points).argmax(axis=1)]


def regressors():
    """Return (kind, name, estimator)."""
    made = ww.estimators
    alpha = {"ridge__alpha": ALPHAS}
    noisy = ConstantKernel() * RBF() + WhiteKernel()
    yield "ours", "RandomFeatures (auto)", made.RandomFeaturesRegressor()
    yield (
        "ours",
        "RandomFeatures gaussian",
        made.RandomFeaturesRegressor(law="gaussian"),
    )
    yield "ours", "NetworkKernel (tangent)", made.NetworkKernelRegressor()
    deep = made.NetworkKernelRegressor(depth=3)
    yield "ours", "NetworkKernel, depth 3", deep
    yield "ours", "Readout (linear)", made.ReadoutRegressor()
    yield "default", "Ridge", Ridge()
    for name, step in (
        ("RBFSampler", RBFSampler(random_state=0)),
        ("Nystroem", Nystroem(random_state=0)),
    ):
        both = make_pipeline(step, Ridge())
        yield "default", f"{name} + Ridge", both
        grid = {**alpha, f"{name.lower()}__gamma": GAMMAS}
        more = make_pipeline(step.set_params(n_components=500), Ridge())
        yield "tuned", f"{name} (500) + Ridge", searched(more, grid)
    yield "default", "KernelRidge rbf", KernelRidge(kernel="rbf")
    grid = {"alpha": ALPHAS, "gamma": GAMMAS}
    yield "tuned", "KernelRidge rbf", searched(KernelRidge(kernel="rbf"), grid)
    yield "default", "GaussianProcess", GaussianProcessRegressor()
    yield (
        "tuned",
        "GaussianProcess + noise",
        GaussianProcessRegressor(noisy, normalize_y=True),
    )
    yield "default", "MLP", MLPRegressor(random_state=0)
    yield (
        "default",
        "HistGradientBoosting",
        HistGradientBoostingRegressor(random_state=0),
    )


def classifiers(gammas):
    made = ww.estimators
    yield "ours", "RandomFeatures (auto)", made.RandomFeaturesClassifier()
    yield (
        "ours",
        "RandomFeatures gaussian",
        made.RandomFeaturesClassifier(law="gaussian"),
    )
    yield "ours", "NetworkKernel (tangent)", made.NetworkKernelClassifier()
    yield "ours", "NetworkKernel, depth 3", made.NetworkKernelClassifier(depth=3)
    yield "ours", "Readout (linear)", made.ReadoutClassifier()
    yield "default", "Ridge", RidgeClassifier()
    for name, step in (
        ("RBFSampler", RBFSampler(random_state=0)),
        ("Nystroem", Nystroem(random_state=0)),
    ):
        yield "default", f"{name} + Ridge", make_pipeline(step, RidgeClassifier())
        more = make_pipeline(step.set_params(n_components=500), RidgeClassifier())
        grid = {"ridgeclassifier__alpha": ALPHAS, f"{name.lower()}__gamma": gammas}
        yield "tuned", f"{name} (500) + Ridge", searched(more, grid)
    yield "default", "KernelRidge rbf", KernelClassifier(kernel="rbf")
    grid = {"alpha": [1e-2, 0.1, 1.0], "gamma": gammas}
    yield "tuned", "KernelRidge rbf", searched(KernelClassifier(kernel="rbf"), grid)
    yield "default", "SVC rbf", SVC()
    grid = {"C": [0.1, 1.0, 10.0, 100.0], "gamma": gammas}
    yield "tuned", "SVC rbf", searched(SVC(), grid)
    yield "default", "MLP", MLPClassifier(random_state=0)
    yield (
        "default",
        "HistGradientBoosting",
        HistGradientBoostingClassifier(random_state=0),
    )


def loaded(name, rows):
    options = {}
    if name in IMAGES:
        options = {
            "classes": None,
            "count": -(-rows // 10),
            "components": None,
            "seed": 0,
        }
    found = datasets.load(name, **options)
    if len(found.points) > rows:
        found = found.sample_rows(rows)
    return found.points.numpy(), found.targets.numpy()


def splits(folds, holdout, classes):
    if holdout:
        kind = StratifiedShuffleSplit if classes else ShuffleSplit
        return kind(1, test_size=holdout, random_state=0)
    kind = StratifiedKFold if classes else KFold
    return kind(folds, shuffle=True, random_state=0)


def measured(estimator, points, targets, parts):
    """Return the error, its standard error, and the mean time of a fit."""
    misses, seconds = [], []
    classes = is_classifier(estimator)
    for train, test in parts.split(points, targets):
        model = make_pipeline(StandardScaler(), estimator)
        start = time.process_time()
        model.fit(points[train], targets[train])
        seconds.append(time.process_time() - start)
        found = model.predict(points[test])
        gap = found != targets[test] if classes else (found - targets[test]) ** 2
        misses.append(gap)
    every = np.concatenate(misses).astype(float)
    unit = 1.0 if classes else targets.var()
    error = np.sqrt(every.var() / len(every))
    return every.mean() / unit, error / unit, np.mean(seconds)


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=500)
    asked.add_argument("--folds", type=int, default=3)
    asked.add_argument("--tables", nargs="*", default=[*REGRESSION, *CLASSES])
    asked.add_argument("--holdout", type=int, default=0, help="rows, instead of folds")
    asked.add_argument("--only", nargs="*", default=[""], help="parts of their names")
    given = asked.parse_args()
    warnings.simplefilter("ignore")
    counts = {}
    for table in given.tables:
        classes = table in CLASSES + IMAGES
        points, targets = loaded(table, given.rows)
        print(f"\n{table}: {len(points)} rows, {points.shape[1]} columns", flush=True)
        found = []
        gammas = IMAGE_GAMMAS if table in IMAGES else GAMMAS
        methods = classifiers(gammas) if classes else regressors()
        parts = splits(given.folds, given.holdout, classes)
        for kind, name, estimator in methods:
            if not any(part in f"{kind} {name}" for part in given.only):
                continue
            found.append(
                (
                    kind,
                    name,
                    *measured(estimator, points, targets, parts),
                )
            )
            *_, error, spread, seconds = found[-1]
            print(
                f"  {kind:8s}{name:26s}{error:10.4f} ± {spread:.4f}{seconds:9.2f} s",
                flush=True,
            )
        if given.only != [""]:
            continue
        others = [each for each in found if each[0] != "ours" and _is_alike(each[1])]
        for kind, name, error, spread, _ in found:
            counted = counts.setdefault(name, [0, 0]) if kind == "ours" else [0, 0]
            least = min(each[2] for each in others if each[0] == "default")
            counted[0] += error <= least + spread
            counted[1] += error <= min(each[2] for each in others) + spread
    if not counts:
        return
    total = len(given.tables)
    print(
        f"\nOf {total} tables, how often each of ours is better than, or within one "
        "standard error of,\nthe best kernel, random-feature or linear peer: at its "
        "defaults, and tuned."
    )
    for name, (plain, tuned) in counts.items():
        print(f"  {name:26s}{plain:4d}{tuned:4d}")


def _is_alike(name):
    return not name.startswith(("MLP", "Hist"))


if __name__ == "__main__":
    main()
