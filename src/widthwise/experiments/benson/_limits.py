"""What the spectrum of G_inf depends on: dimension, support, the closest pair."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch

from widthwise import activations, datasets, laws
from widthwise.activations import Activation
from widthwise.arrays import Array
from widthwise.bounds import CATALOG as BOUNDS
from widthwise.bounds import RANK_CATALOG
from widthwise.experiments.benson._limit_claims import CLAIMS, findings, tables_of
from widthwise.experiments.benson._points import (
    available,
    data_cell,
    dataset_of,
    left_out,
)
from widthwise.experiments.shared import (
    Cell,
    Chart,
    Experiment,
    Measurement,
    Progress,
    Setting,
)
from widthwise.features import RandomFeatures
from widthwise.kernels import conjugate_kernel
from widthwise.seeds import derive
from widthwise.sources import BENSON_2020
from widthwise.spectra import extended_smallest, nested_conditioning, spectrum

__all__ = ["EXPERIMENT"]

_FAILURE = 0.01


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = list(dict.fromkeys(settings["activations"]))
    found: list[dict[str, Any]] = [
        {
            "kind": "dimension",
            **data_cell(dataset, settings["points"], d),
            "activation": name,
        }
        for dataset in ("synthetic_1", "synthetic_2")
        for d in sorted(set(settings["dimensions"]))
        for name in names
    ]
    found += [
        {
            "kind": "support",
            **data_cell("synthetic_1", settings["points"], d),
            "activation": name,
            "alpha": alpha,
        }
        for d in sorted(set(settings["support_dimensions"]))
        for name in names
        if name.startswith("wendland")
        for alpha in sorted(set(settings["alphas"]))
    ]
    found += [
        {
            "kind": "angle",
            "n": settings["pair_count"],
            "activation": name,
            "angle": angle,
            "trial": trial,
        }
        for name in names
        for angle in sorted(set(settings["angles"]))
        for trial in range(settings["trials"])
    ]
    if settings["swish_width"]:
        found += [
            {
                "kind": "swish",
                **data_cell(name, settings["points"], 10),
                "width": settings["swish_width"],
            }
            for name in available(settings["datasets"])
        ]
    return found


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    tell(0.0, f"{cell['kind']}, {cell.get('activation', 'swish')}")
    if cell["kind"] == "swish":
        return _swish(cell, seed)
    if cell["kind"] == "angle":
        return _pair(cell, seed)
    points = dataset_of(cell, seed).points
    return _limit(points, _activation(cell, points.shape[1]))


def _activation(cell: Cell, dimension: int) -> Activation:
    if "alpha" in cell:
        return activations.get(
            cell["activation"], dimension=dimension, alpha=cell["alpha"]
        )
    return activations.for_dimension(cell["activation"], dimension)


def _limit(points: Array, act: Activation) -> dict[str, Any]:
    """Return λ_min and κ of G_inf, with what is certain of both."""
    found = spectrum(conjugate_kernel(points, act, laws.Sphere(points.shape[1])))
    low, high = found.smallest_interval
    return {
        "smallest": found.smallest,
        "smallest low": low,
        "smallest high": high,
        "smallest over mean": found.smallest / found.mean,
        "condition": found.condition_number,
        "at least": found.condition_interval[0],
        "at most": found.condition_interval[1],
    }


def _pair(cell: Cell, seed: int) -> dict[str, Any]:
    """Return λ_min, and widths, of uniform points of which two are this near."""
    drawn = derive(seed, "experiments/benson_limits/pair", cell["trial"])
    points = datasets.uniform_sphere(cell["n"], 10, drawn).points
    first, last = points[0], points[-1]
    across = last - (first @ last) * first
    across = across / torch.linalg.vector_norm(across)
    angle = cell["angle"]
    near: Array = math.cos(angle) * first + math.sin(angle) * across
    points = torch.vstack([points[:-1], near])
    name, law = cell["activation"], laws.Sphere(10)
    act = activations.for_dimension(name, 10)
    found = spectrum(conjugate_kernel(points, act, law))
    widths = {
        each: float(BOUNDS[each].width(found, _FAILURE).value)
        for each in ("benson_theorem_4_5", "benson_bernstein")
        if not found.is_singular
    }
    if name == "relu":
        rank = RANK_CATALOG["pair_rank"].width(points, act, law, _FAILURE)
        widths["pair_rank"] = float(rank.value)
    return {"smallest": found.smallest, "widths": widths}


def _swish(cell: Cell, seed: int) -> dict[str, Any]:
    """Return κ(G) of one wide layer, and κ(G_inf) with proved digits."""
    points = dataset_of(cell, seed).points
    law = laws.Sphere(points.shape[1])
    features = RandomFeatures(
        "swish", cell["width"], "sphere", derive(seed, "experiments/benson_limits")
    )
    (wide,) = nested_conditioning(points, features, [cell["width"]])
    limit = spectrum(conjugate_kernel(points, "swish", law))
    smallest = extended_smallest(points, "swish", law, digits=5)
    largest = float(limit.largest)
    return {
        "condition": wide.condition_number,
        "limit low": largest / smallest.upper,
        "limit high": largest / smallest.lower if smallest.lower > 0 else math.inf,
        "float64 limit": limit.condition_number,
    }


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    tables = tables_of(cells, results)
    with_data = [cell for cell in cells if "dataset" in cell]
    missing = (
        left_out(settings["datasets"], with_data) if settings["swish_width"] else ()
    )
    return Measurement(tables, findings(tables), notes=missing, charts=_CHARTS)


_CHARTS = (
    Chart(
        name="dimension",
        title="κ(G_inf) by the dimension of the synthetic points.",
        table="dimension",
        x="dimension",
        y="condition",
        by="activation",
        panels="dataset",
        log="xy",
        x_label="dimension d",
        y_label="κ(G_inf)",
        caption="Where float64 cannot tell G_inf from singular, no point is drawn.",
    ),
    Chart(
        name="support",
        title="κ(G_inf) over the range of supports of Theorem 3.9.",
        table="support",
        x="alpha",
        y="condition",
        by="activation",
        panels="dimension",
        log="y",
        x_label="support α",
        y_label="κ(G_inf)",
        caption="α = √2 is the support of ReLU, 2 the whole sphere.",
    ),
    Chart(
        name="angle",
        title="λ_min of G_inf as two points come together.",
        table="angle",
        x="angle",
        y="smallest",
        by="activation",
        log="xy",
        x_label="angle of the closest pair",
        y_label="λ_min of G_inf",
    ),
    Chart(
        name="widths",
        title="What that does to the widths that the theorems ask for.",
        table="pair widths",
        x="angle",
        y="width",
        by="theorem",
        panels="activation",
        log="xy",
        x_label="angle of the closest pair",
        y_label="width m",
    ),
)

EXPERIMENT = Experiment(
    name="benson_limits",
    title="What the limit G_inf depends on",
    question="How do λ_min and κ of G_inf depend on the dimension, on the support of a "
    "Wendland activation, and on the closest pair of points?",
    source=BENSON_2020,
    where="Theorem 3.9, Section 3.5, and the assumption that points are distinct",
    settings={
        "activations": Setting.name(
            "the activations",
            ("relu", "swish", "wendland0", "wendland2"),
            ("relu", "wendland2"),
            choices=("relu", "swish", "elu", "wendland0", "wendland2"),
        ),
        "points": Setting.whole("n of Synthetic-1", 500, 40, 8, 10_000),
        "dimensions": Setting.whole("d", (3, 5, 10, 20), (3,), 3, 1000),
        "support_dimensions": Setting.whole(
            "d where the support varies", (5, 10), (5,), 3, 1000
        ),
        "alphas": Setting.real(
            "supports α",
            (0.25, 0.5, 0.75, 1.0, 1.2, 2**0.5, 1.6, 1.8, 1.95),
            (0.5, 2**0.5),
            1e-3,
            1.999,
        ),
        "angles": Setting.real(
            "angles of the closest pair",
            (0.003, 0.01, 0.03, 0.1, 0.3),
            (0.01, 0.03, 0.1),
            1e-5,
            1.5,
        ),
        "pair_count": Setting.whole("n beside the closest pair", 50, 20, 2, 2000),
        "datasets": Setting.name(
            "data whose swish limit is proved",
            ("fashion_mnist",),
            ("synthetic_1",),
            choices=("prostate", "fashion_mnist", "synthetic_1"),
        ),
        "swish_width": Setting.whole(
            "width m of the layer beside it; 0 leaves it out", 20_000, 0, 0, 10**6
        ),
        "trials": Setting.whole("draws of the points with a pair", 5, 2, 2, 1000),
    },
    claims=CLAIMS,
    assumptions=(
        "The dimension of the synthetic points is lost, so it is swept. Weights are "
        "uniform on the sphere, at infinite width.",
        "Theorem 3.9's range 0 < α < 2 is deduced from the cases of its proof.",
        "An exponent of the closest angle is fitted to angles of at most 0.1.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
