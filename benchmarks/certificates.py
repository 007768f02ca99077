"""Compare the widths that are proved with the one that networks need.

For each data set and activation: the width measured (90 % quantile of 20 networks), the
smallest certificate of `bounds.best` at 90 %, the textbook's (n C² / λ_min) log(n / δ),
and both over the measured one. Rows are standardised, put on the sphere and, beyond
200, sampled. Where the rank in float64 is not full though a theorem says it is in exact
arithmetic, no ratio is given.

    python benchmarks/certificates.py [DATA SET ...]
"""

import math
import sys

import numpy as np
import torch

from widthwise import bounds, datasets
from widthwise.activations import for_dimension
from widthwise.errors import WidthwiseError
from widthwise.kernels import conjugate_kernel
from widthwise.laws import Sphere
from widthwise.spectra import spectrum

DATA = {
    "prostate": {},
    "iris": {},
    "diabetes": {},
    "wine": {},
    "breast_cancer": {},
    "linnerud": {},
    "digits": {},
    "airfoil": {},
    "autompg": {},
    "concrete": {},
    "housing": {},
    "machine": {},
    "wine_quality": {},
    "synthetic_1": {},
    "uniform_sphere": {},
}
ACTIVATIONS = ("relu", "step", "elu", "tanh", "wendland2")
ROWS, DELTA, TRIALS = 200, 0.1, 20


def rows_of(name: str) -> np.ndarray:
    """Return distinct unit rows, at most 200 of them, none the opposite of another."""
    loaded = datasets.load(name)
    raw = np.asarray(loaded.points, dtype=float)
    spread = raw.std(axis=0)
    rows = (raw - raw.mean(axis=0))[:, spread > 0] / spread[spread > 0]
    rows = rows[np.linalg.norm(rows, axis=1) > 0]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    rows = rows[np.sort(np.unique(rows.round(10), axis=0, return_index=True)[1])]
    if len(rows) > ROWS:
        chosen = np.random.default_rng(0).choice(len(rows), ROWS, replace=False)
        rows = rows[np.sort(chosen)]
    return rows


def textbook(points: torch.Tensor, act: object, law: Sphere) -> float:
    """Return the width of Section 4.1 of Benson et al. with n C²."""
    found = spectrum(conjugate_kernel(points, act, law))
    return float(bounds.benson_full_rank.width(found, DELTA).value)


def ratio(value: float, measured: float) -> str:
    """Return how many times wider, or a dash."""
    both = math.isfinite(value) and math.isfinite(measured)
    return f"{value / measured:9.3g}" if both else "        -"


def main() -> None:
    """Print one line for each data set and activation."""
    print(
        f"{'data set':15} {'n':>4} {'d':>3} {'activation':>10} {'measured':>9} "
        f"{'proved':>9} {'by':16} {'textbook':>9} {'proved/m':>9} {'textbook/m':>10}"
    )
    for name in sys.argv[1:] or DATA:
        points = torch.from_numpy(rows_of(name))
        n, d = points.shape
        law = Sphere(d)
        for label in ACTIVATIONS:
            act = for_dimension(label, d)
            best = bounds.best(points, act, law, failure_probability=DELTA)
            proved = best.certificate.value if best.certificate else math.inf
            try:
                old = textbook(points, act, law)
            except WidthwiseError:
                old = math.inf
            seen = bounds.minimum_width(
                points, act, law, 1 - DELTA, trials=TRIALS, widest=20_000
            ).estimate
            print(
                f"{name:15} {n:4d} {d:3d} {label:>10} {seen:9.6g} {proved:9.6g} "
                f"{best.name or 'none':16} {old:9.3g} {ratio(proved, seen)} "
                f" {ratio(old, seen)}",
                flush=True,
            )


if __name__ == "__main__":
    main()
