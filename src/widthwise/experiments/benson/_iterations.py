"""Other starts, other steps, single rows, and points off the sphere."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from widthwise.arrays import Array
from widthwise.dynamics import landweber
from widthwise.estimates import mean
from widthwise.experiments.benson._iteration_claims import (
    CLAIMS,
    ENOUGH,
    findings,
)
from widthwise.experiments.benson._points import (
    DIMENSION,
    available,
    data_cell,
    dataset_of,
    datasets_setting,
    left_out,
    weights_seed,
)
from widthwise.experiments.shared import (
    Cell,
    Chart,
    Experiment,
    Measurement,
    Progress,
    Row,
    Setting,
    gathered,
    picked,
)
from widthwise.features import RandomFeatures
from widthwise.kernels import conjugate_kernel
from widthwise.seeds import stream
from widthwise.sources import BENSON_2020
from widthwise.spectra import feature_spectrum, spectrum

__all__ = ["EXPERIMENT"]

_ROUNDS = (1, 5, 25, 125)
"""Passes after which the method of single rows is looked at."""

_ROUNDING = 1e-24
"""A squared distance, relative, below which a bound cannot be told from rounding."""


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            **data_cell(name, settings["points"], settings["dimension"]),
            **picked(settings, "width", "steps", "walks"),
            "activation": activation,
            "trial": trial,
        }
        for name in available(settings["datasets"])
        for activation in dict.fromkeys(settings["activations"])
        for trial in range(settings["trials"])
    ]


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    tell(0.0, f"{cell['dataset']}, {cell['activation']}")
    data = dataset_of(cell, seed)
    assert data.targets is not None
    points, y = data.points, data.targets.double()
    features = RandomFeatures(
        cell["activation"], cell["width"], "sphere", weights_seed(seed, cell["trial"])
    )
    phi = features.matrix(points)
    values = feature_spectrum(points, features).eigenvalues
    return {
        "condition": float(values[0] / values[-1]),
        **_started(phi, y, cell, seed),
        "over bound": _single_rows(phi, y, cell, seed),
        **_steps(phi, y, float(values[-1])),
        **(_off_the_sphere(points, seed) if cell["activation"] == "relu" else {}),
    }


def _started(phi: Array, y: Array, cell: Cell, seed: int) -> dict[str, Any]:
    """Run gradient descent from a random start, beside the closed form."""
    left, s, right = torch.linalg.svd(phi, full_matrices=False)
    name = f"benson_iterations/{cell['trial']}"
    drawn = stream(seed, name).standard_normal(phi.shape[1])
    start = torch.from_numpy(drawn) * float(torch.linalg.vector_norm(y / s.max()))
    step = float(2.0 / (s[0] ** 2 + s[-1] ** 2))
    v = start.clone()
    for _ in range(cell["steps"]):
        v -= step * (phi.T @ (phi @ v - y))
    kept = (1.0 - step * s**2) ** cell["steps"]
    inside = right @ start
    closed = right.T @ ((1.0 - kept) * (left.T @ y) / s + kept * inside)
    closed = closed + start - right.T @ inside
    nearest = right.T @ ((left.T @ y) / s) + start - right.T @ inside
    size = float(torch.linalg.vector_norm(nearest))

    def gap(a: Array, b: Array) -> float:
        return float(torch.linalg.vector_norm(a - b)) / size

    return {
        "gap to the filters": gap(v, closed),
        "gap to the nearest": gap(v, nearest),
        "left by the filters": gap(closed, nearest),
        "drift outside": gap(v - right.T @ (right @ v), start - right.T @ inside),
        "norm over the shortest": size
        / float(torch.linalg.vector_norm(right.T @ ((left.T @ y) / s))),
    }


def _single_rows(phi: Array, y: Array, cell: Cell, seed: int) -> list[float]:
    """Return mean ‖v_k - A⁺y‖² over its bound after each number of passes."""
    a, b = phi.numpy(), y.numpy()
    values = np.linalg.svd(a, compute_uv=False)
    shortest = np.linalg.lstsq(a, b, rcond=None)[0]
    squares = (a**2).sum(axis=1)
    contraction = 1.0 - values[-1] ** 2 / squares.sum()
    gram = a @ a.T
    n = len(b)
    draws = stream(seed, f"benson_iterations/rows/{cell['trial']}")
    whole = float(shortest @ shortest)
    sums = np.zeros(len(_ROUNDS))
    for _ in range(cell["walks"]):
        # v = aᵀu: a step changes one entry of u, and the residual by one Gram row.
        residual, u, done = b.copy(), np.zeros(n), 0
        for place, passes in enumerate(_ROUNDS):
            rows = draws.choice(n, (passes - done) * n, p=squares / squares.sum())
            for row in rows.tolist():
                change = residual[row] / squares[row]
                u[row] += change
                residual -= change * gram[row]
            done = passes
            rest = a.T @ u - shortest
            sums[place] += float(rest @ rest)
    shares = [contraction ** (passes * n) for passes in _ROUNDS]
    bounds = np.maximum(shares, _ROUNDING) * whole
    return list((sums / cell["walks"] / bounds).tolist())


def _steps(phi: Array, y: Array, smallest: float) -> dict[str, Any]:
    """Return the steps of the best step size, and of the earlier work's."""
    best = landweber(phi, y, step="optimal")
    n = len(y)
    # Earlier work trains an n-fold sum: its λ_min / n² is a step on the same loss.
    small = landweber(phi, y, step=smallest / n**2)
    return {
        "steps": float(best.steps_to(ENOUGH)),
        "earlier steps": float(small.steps_to(ENOUGH)),
    }


def _off_the_sphere(points: Array, seed: int) -> dict[str, Any]:
    """Return the eigenvalues of G_inf for rows of norm 1/2 to 2, beside the sphere's.

    relu is homogeneous, so G_inf is that of the directions between diagonal matrices.
    """
    drawn = stream(seed, "benson_iterations/norms").uniform(-1.0, 1.0, len(points))
    norms = torch.from_numpy(2.0**drawn)
    scaled = points * norms[:, None]
    on = spectrum(conjugate_kernel(points, "relu", "gaussian"))
    off = spectrum(conjugate_kernel(scaled, "relu", "gaussian"))
    return {
        "norms": [float(norms.min()), float(norms.max())],
        "sphere": [on.smallest, on.largest, on.rank],
        "scaled": [off.smallest, off.largest, off.rank],
    }


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    names = (
        "condition",
        "gap to the filters",
        "gap to the nearest",
        "left by the filters",
        "drift outside",
        "norm over the shortest",
        "steps",
        "earlier steps",
    )
    runs: list[Row] = [
        {**picked(cell, "dataset", "activation", "trial"), **picked(found, *names)}
        for cell, found in zip(cells, results, strict=True)
    ]
    rows: list[Row] = []
    for (name, activation), own in gathered(
        cells, results, "dataset", "activation"
    ).items():
        for place, passes in enumerate(_ROUNDS):
            found = mean([each["over bound"][place] for each in own])
            rows.append(
                {
                    "dataset": name,
                    "activation": activation,
                    "passes": passes,
                    "over bound": found.value,
                    "low": found.low,
                    "high": found.high,
                    "one": 1.0,
                }
            )
    norms: list[Row] = [
        {
            **picked(cell, "dataset"),
            "least norm": found["norms"][0],
            "largest norm": found["norms"][1],
            **{
                f"{of}, {where}": found[where][place]
                for where in ("sphere", "scaled")
                for place, of in enumerate(("λ_min", "λ_max", "rank"))
            },
        }
        for cell, found in zip(cells, results, strict=True)
        if "norms" in found and cell["trial"] == 0
    ]
    return Measurement(
        {"runs": runs, "single rows": rows, "norms": norms},
        findings(runs, rows, norms),
        notes=left_out(settings["datasets"], cells),
        charts=_CHARTS,
    )


_CHARTS = (
    Chart(
        name="single_rows",
        title="Steps on single rows, against their bound.",
        table="single rows",
        x="passes",
        y="over bound",
        by="activation",
        panels="dataset",
        low="low",
        high="high",
        reference="one",
        log="xy",
        x_label="passes over the rows",
        y_label="mean ‖v − A⁺y‖² / bound",
        caption="Bars: 95 % intervals over draws of the features.",
    ),
)

EXPERIMENT = Experiment(
    name="benson_iterations",
    title="Other starts, steps and rows",
    question="Where does descent end from another start, with single rows, with a "
    "smaller step, and off the sphere?",
    source=BENSON_2020,
    where="Proposition 4.1, Section 4.3, Remark 4.7, and footnote 1",
    settings={
        "datasets": datasets_setting(("prostate", "synthetic_1"), "synthetic_1"),
        "activations": Setting.name(
            "the activations",
            ("relu", "wendland2"),
            ("relu", "wendland2"),
            choices=("relu", "swish", "wendland0", "wendland2"),
        ),
        "points": Setting.whole("n of Synthetic-1", 100, 30, 8, 5000),
        "dimension": DIMENSION,
        "width": Setting.whole("hidden units m", 1000, 200, 1, 10**6),
        "steps": Setting.whole("steps from the random start", 2000, 300, 1, 10**7),
        "walks": Setting.whole("runs of single rows for each draw", 5, 2, 1, 10**5),
        "trials": Setting.whole("draws of the weights", 6, 3, 2, 1000),
    },
    claims=CLAIMS,
    assumptions=(
        "The start is normal, as long in each direction as ‖y‖ / s_1. Single rows are "
        "drawn with chances by their squared norms, with the full projection.",
        "The earlier step is λ_min(G) / n², its order with the constant 1.",
        "Off the sphere, norms are between 1/2 and 2, log-uniform, Gaussian weights.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
