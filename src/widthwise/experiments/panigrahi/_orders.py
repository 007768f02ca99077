"""How λ_min of the G-matrix depends on n, on the closest pair and on the span."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch

from widthwise import activations, features
from widthwise.activations import Activation
from widthwise.arrays import Array
from widthwise.datasets import uniform_sphere
from widthwise.experiments.panigrahi._order_claims import CLAIMS, findings
from widthwise.experiments.panigrahi._order_tables import tables_of
from widthwise.experiments.panigrahi._points import activations_setting, point_set
from widthwise.experiments.shared import (
    Cell,
    Chart,
    Experiment,
    Measurement,
    Progress,
    Setting,
)
from widthwise.kernels import feature_scale, tangent_kernel
from widthwise.laws import Gaussian
from widthwise.seeds import derive
from widthwise.sources import PANIGRAHI_2020
from widthwise.spectra import extended_smallest, rank_ceiling, spectrum

__all__ = ["EXPERIMENT"]

_POLYNOMIALS = {
    "z²": (0.0, 0.0, 1.0),
    "z³": (0.0, 0.0, 0.0, 1.0),
    "z + z²": (0.0, 1.0, 1.0),
    "(1 + z)³": (1.0, 3.0, 3.0, 1.0),
}
"""Ascending powers."""

_DIMENSION = 10
"""Of the points that are not on half a circle and have no span of their own."""

_DIGITS = 3
"""Proved digits of an eigenvalue that float64 could not tell from zero."""


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = list(dict.fromkeys(settings["activations"]))
    found: list[dict[str, Any]] = []
    for name in names:
        is_smooth = math.isinf(activations.get(name).smoothness)
        counts = settings["smooth_counts" if is_smooth else "counts"]
        found += [
            {"kind": "half circle", "activation": name, "n": n}
            for n in sorted(set(counts))
        ]
        if not is_smooth:
            found += [
                {
                    "kind": "pair",
                    "activation": name,
                    "n": settings["pair_count"],
                    "angle": angle,
                    "trial": trial,
                }
                for angle in sorted(set(settings["angles"]))
                for trial in range(settings["trials"])
            ]
        found += [
            {
                "kind": "span",
                "activation": name,
                "n": settings["span_count"],
                "span": span,
                "trial": trial,
            }
            for span in sorted(set(settings["spans"]))
            for trial in range(settings["trials"])
        ]
    found += [
        {
            "kind": "polynomial",
            "activation": name,
            "n": settings["polynomial_count"],
            "span": span,
            "width": settings["width"],
        }
        for name in _POLYNOMIALS
        for span in (2, 3)
    ]
    return found


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    """Return λ_min for E σ² = 1, or the ranks of a polynomial's G-matrix."""
    tell(0.0, f"{cell['activation']}, {cell['kind']}, n = {cell['n']}")
    points = _points(cell, seed)
    if cell["kind"] == "polynomial":
        return _ranks(cell, points, seed)
    act = activations.get(cell["activation"])
    scale = feature_scale(act) ** 2
    if math.isinf(act.smoothness):
        found = extended_smallest(
            points, act, Gaussian(), "tangent_inner", digits=_DIGITS
        )
        low, high = float(found.lower), float(found.upper)
    else:
        low, high = spectrum(
            tangent_kernel(points, act, Gaussian(), "inner")
        ).smallest_interval
    return {
        "smoothness": act.smoothness,
        "smallest": scale * (low + high) / 2,
        "low": scale * low,
        "high": scale * high,
    }


def _points(cell: Cell, seed: int) -> Array:
    n, kind = cell["n"], cell["kind"]
    if kind == "half circle":
        return point_set("half_circle", n, 2, seed)
    drawn = derive(seed, f"panigrahi_orders/{kind}", cell.get("trial", 0))
    if kind != "pair":
        return uniform_sphere(n, cell["span"], drawn).points
    points = uniform_sphere(n, _DIMENSION, drawn).points
    first, last = points[0], points[-1]
    across = last - (first @ last) * first
    across = across / torch.linalg.vector_norm(across)
    angle = cell["angle"]
    return torch.vstack(
        [points[:-1], math.cos(angle) * first + math.sin(angle) * across]
    )


def _ranks(cell: Cell, points: Array, seed: int) -> dict[str, Any]:
    """Return the exact ceiling, and ranks of the limit and of a network."""
    act: Activation = activations.get(
        "polynomial", coefficients=_POLYNOMIALS[cell["activation"]]
    )
    width = cell["width"]
    weights = Gaussian().weights(
        derive(seed, "panigrahi_orders"), points.shape[1], 0, width
    )
    outer = torch.full((width,), 1.0 / math.sqrt(width), dtype=torch.float64)
    network = features.tangent_kernel(points, weights, outer, act, trained="inner")
    return {
        "ceiling": rank_ceiling(act, cell["span"]),
        "limit": spectrum(tangent_kernel(points, act, Gaussian(), "inner")).rank,
        "network": spectrum(network, kernel="tangent_inner").rank,
    }


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    tables = tables_of(cells, results, settings["fitted_from"], settings["fitted_to"])
    return Measurement(tables, findings(tables), charts=_CHARTS)


_CHARTS = (
    Chart(
        name="half_circle",
        title="λ_min on half a circle, by the number of points.",
        table="half circle",
        x="n",
        y="smallest",
        by="activation",
        low="low",
        high="high",
        log="xy",
        x_label="points n",
        y_label="λ_min of the G-matrix",
        caption="Infinite width, E σ(g)² = 1; smooth ones in extended precision.",
    ),
    Chart(
        name="pair",
        title="λ_min as two points come together.",
        table="pair",
        x="angle",
        y="smallest",
        by="activation",
        low="least",
        high="most",
        log="xy",
        x_label="angle of the closest pair",
        y_label="λ_min of the G-matrix",
        caption="Median; bars: least and most of the draws.",
    ),
    Chart(
        name="span",
        title="λ_min by the dimension of the points' span.",
        table="span",
        x="span",
        y="smallest",
        by="activation",
        low="least",
        high="most",
        log="y",
        x_label="dimension of the span",
        y_label="λ_min of the G-matrix",
        caption="Median; bars: least and most of the draws.",
    ),
)

EXPERIMENT = Experiment(
    name="panigrahi_orders",
    title="What the smallest eigenvalue depends on, class by class",
    question="With which power of n, of the closest angle and of the span's dimension "
    "does λ_min of the G-matrix fall, for each class of activations?",
    source=PANIGRAHI_2020,
    where="Theorems on J_r, on smooth activations and on polynomials",
    settings={
        "activations": activations_setting("relu", "elu", "tanh"),
        "counts": Setting.whole(
            "n on half a circle, activations with a jump",
            (8, 12, 16, 24, 32, 48, 64, 96, 128),
            (8, 16, 24, 32, 48),
            2,
            2000,
        ),
        "smooth_counts": Setting.whole(
            "n on half a circle, smooth activations",
            (5, 8, 12, 17, 24, 32),
            (4, 6, 8),
            2,
            200,
        ),
        "fitted_from": Setting.whole(
            "the least n of a fitted exponent", 16, 16, 2, 2000
        ),
        "angles": Setting.real(
            "angles of the closest pair",
            (0.001, 0.003, 0.01, 0.03, 0.1, 0.3),
            (0.01, 0.03, 0.1),
            1e-5,
            1.5,
        ),
        "fitted_to": Setting.real(
            "the largest angle of a fitted exponent", 0.1, 0.1, 1e-5, 1.5
        ),
        "pair_count": Setting.whole("n beside the closest pair", 10, 6, 2, 500),
        "spans": Setting.whole(
            "dimensions of the span", (2, 3, 4, 6, 8, 12), (2, 4), 2, 100
        ),
        "span_count": Setting.whole("n there", 16, 6, 2, 200),
        "polynomial_count": Setting.whole("n of polynomials", 30, 30, 2, 500),
        "width": Setting.whole("hidden units m of polynomials", 2000, 500, 1, 10**6),
        "trials": Setting.whole("draws of random points", 5, 3, 2, 1000),
    },
    claims=CLAIMS,
    assumptions=(
        "G = t E σ'(u) σ'(v) at infinite width, Gaussian weights, E σ(g)² = 1. J_r has "
        "the activations whose r-th derivative jumps: relu and selu for r = 1, elu for "
        "r = 2.",
        "The exponents of the paper's lower bounds, δ/n³ for J_1 and δ³/n⁷ for J_2, "
        "and of its upper bound for smooth activations are recalled, not read.",
        "An exponent on half a circle is fitted from n = `fitted_from` on, one of the "
        "closest angle up to `fitted_to`: asymptotic statements, and a rule set before "
        "the run.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
