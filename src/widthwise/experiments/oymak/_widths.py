"""How the widths of the theorems grow with n and d on random points."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from widthwise.bounds import CATALOG as BOUNDS
from widthwise.datasets import uniform_sphere
from widthwise.estimates import is_within
from widthwise.experiments.shared import (
    Answer,
    Cell,
    Chart,
    Claim,
    Experiment,
    Finding,
    Measurement,
    Progress,
    Row,
    Setting,
    exponent_estimate,
    exponent_rows,
    gathered,
    with_interval,
)
from widthwise.kernels import conjugate_kernel, tangent_kernel
from widthwise.prose import say
from widthwise.seeds import derive
from widthwise.sources import OYMAK_2020
from widthwise.spectra import khatri_rao_smallest, spectrum

__all__ = ["EXPERIMENT"]

_BOUNDED = 10.0

_RELU = Claim(
    name="relu_order",
    statement="On random points the width that the ReLU theorem asks for is at most of "
    "order n⁴ / d³.",
    where="Theorem on ReLU, and its corollary for random points",
    measured="exponents of n and d in n ‖X‖⁶ / λ(X)⁴, with the probability's factor",
    refuted_by="an exponent of n whose interval lies above 4, or of d above -3",
    origin="paper",
)
_SMOOTH = Claim(
    name="smooth_order",
    statement="There the smooth theorem asks for kd of order n²: its κ(X) is bounded.",
    where="Theorem 2.1 (smooth activations), and Section 2.1 on random points",
    measured="κ(X) = sqrt(d/n) ‖X‖ / σ_min(X * X)², for n up to d²/8",
    refuted_by=f"a κ(X) above {_BOUNDED:g}",
    origin="paper",
    cut_off=f"bounded is {_BOUNDED:g}",
)
_OUTER = Claim(
    name="output_layer_order",
    statement="For the output layer alone a width of at most order n, up to "
    "logarithms, is asked for.",
    where="Theorem on the output layer",
    measured="exponent of n in ‖X‖² / λ~(X)",
    refuted_by="an interval above 1",
    origin="paper",
)
_PLATEAU = Claim(
    name="lambda_is_constant",
    statement="λ(X) of the rectifier is a constant on random points, as the corollary "
    "takes it.",
    where="Beyond the corollary for random points: the step from λ(X) to its order",
    measured="exponents of n and d in λ(X)",
    refuted_by="an exponent whose interval lies outside 0 ± 0.25",
    origin="ours",
)

_CLAIMS = (_RELU, _SMOOTH, _OUTER, _PLATEAU)
_QUANTITIES = ("relu width", "κ(X)", "output width / log n", "λ(X)")


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"n": n, "d": d, "trial": trial}
        for n in sorted(set(settings["points"]))
        for d in sorted(set(settings["dimensions"]))
        for trial in range(settings["trials"])
        if d <= n <= d * d / 8
    ]


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    n, d = cell["n"], cell["d"]
    tell(0.0, f"n = {n}, d = {d}")
    drawn = derive(seed, f"experiments/oymak_widths/{n}/{d}", cell["trial"])
    points = uniform_sphere(n, d, drawn).points
    inner = spectrum(tangent_kernel(points, "relu", "gaussian", trained="inner"))
    outer = spectrum(conjugate_kernel(points, "relu", "gaussian"))
    norm = float(torch.linalg.matrix_norm(points, 2))
    relu: Any = BOUNDS["oymak_relu"]  # Whose widths take the points besides.
    output: Any = BOUNDS["oymak_output_layer"]
    wide = output.width(outer, 0.01, points=points).value
    return {
        "relu width": float(relu.width(inner, 0.01, points=points).value),
        "κ(X)": math.sqrt(d / n) * norm / khatri_rao_smallest(points),
        "output width / log n": float(wide) / math.log(n),
        "λ(X)": inner.smallest,
    }


def _conclude(
    _settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    rows: list[Row] = []
    for (n, d), own in gathered(cells, results, "n", "d").items():
        for name in _QUANTITIES:
            values = [each[name] for each in own]
            error = np.log(values).std(ddof=1) / math.sqrt(len(values))
            rows.append(
                {
                    "quantity": name,
                    "n": n,
                    "d": d,
                    "median": float(np.median(values)),
                    "least": min(values),
                    "most": max(values),
                    "log error": float(error),
                }
            )
    exponents = exponent_rows(
        rows, "quantity", variables=["n", "d"], value="median", log_error="log error"
    )
    return Measurement(
        {"exponents": exponents, "quantities": rows},
        _findings(rows, exponents),
        charts=_CHARTS,
    )


def _findings(rows: list[Row], exponents: list[Row]) -> tuple[Finding, ...]:
    nothing = "0 exponents could be fitted."

    def within(quantity: str, **bands: tuple[float, float]) -> list[Answer]:
        return [
            (
                is_within(exponent_estimate(row), *bands[row["of"]]),
                say(
                    "exponent of {} {}",
                    row["of"],
                    with_interval(exponent_estimate(row)),
                ),
            )
            for row in exponents
            if row["quantity"] == quantity and row["of"] in bands
        ]

    any_value = math.inf
    kappa = [row for row in rows if row["quantity"] == "κ(X)"]
    worst = max(kappa, key=lambda row: row["most"])
    flat = (-0.25, 0.25)
    return (
        _RELU.together(
            within("relu width", n=(-any_value, 4.0), d=(-any_value, -3.0)),
            nothing=nothing,
        ),
        _SMOOTH.decided(
            worst["most"] <= _BOUNDED,
            say(
                f"The largest κ(X) of {len(kappa)} sizes is {{}}, at n = {worst['n']}, "
                f"d = {worst['d']}.",
                worst["most"],
            ),
        ),
        _OUTER.together(
            within("output width / log n", n=(-any_value, 1.0)), nothing=nothing
        ),
        _PLATEAU.together(within("λ(X)", n=flat, d=flat), nothing=nothing),
    )


_CHARTS = (
    Chart(
        name="quantities",
        title="What the theorems' widths are made of, on random points.",
        table="quantities",
        x="n",
        y="median",
        by="d",
        panels="quantity",
        low="least",
        high="most",
        log="xy",
        x_label="points n",
        y_label="median of the draws",
        caption="Bars: least and most of the draws.",
    ),
)

EXPERIMENT = Experiment(
    name="oymak_widths",
    title="The orders of the theorems' widths on random points",
    question="Do the widths that the theorems ask for grow with n and d as their "
    "corollaries for random points say?",
    source=OYMAK_2020,
    where="Theorem 2.1, the theorems on ReLU and on the output layer, Section 2.1",
    settings={
        "points": Setting.whole(
            "numbers n of points", (50, 100, 200, 400), (50, 100), 2, 5000
        ),
        "dimensions": Setting.whole(
            "dimensions d; pairs with d ≤ n ≤ d²/8 are run",
            (20, 30, 40, 60, 80, 120),
            (20, 30, 40),
            2,
            1000,
        ),
        "trials": Setting.whole("draws of the points", 4, 2, 2, 1000),
    },
    claims=_CLAIMS,
    assumptions=(
        "The theorems' constants are lost and taken as 1; κ(X) has the power 2 of "
        "σ_min that the general theorem gives.",
        "An order from above: a fitted exponent of n may be smaller, as ‖X‖² is (n/d) "
        "(1 + sqrt(d/n))² and comes to n/d only for n far above d.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
