"""How many steps gradient descent on the last layer takes, by activation."""

from collections.abc import Mapping, Sequence
from typing import Any

from widthwise.experiments.benson._descent_cell import descent_cell
from widthwise.experiments.benson._descent_charts import charts_of
from widthwise.experiments.benson._descent_claims import CLAIMS, findings
from widthwise.experiments.benson._descent_tables import (
    arrays_of,
    condition_rows,
    curve_rows,
    descents_of,
    step_rows,
)
from widthwise.experiments.benson._points import (
    ACTIVATIONS,
    DIMENSION,
    POINTS,
    available,
    data_cell,
    datasets_setting,
    left_out,
)
from widthwise.experiments.shared import (
    Cell,
    Experiment,
    Measurement,
    Progress,
    Setting,
)
from widthwise.sources import BENSON_2020

__all__ = ["EXPERIMENT"]

_SETTINGS = {
    "datasets": datasets_setting(("prostate",), "prostate", "synthetic_1"),
    "activations": ACTIVATIONS,
    "widths": Setting.whole(
        "hidden units m; the paper's claims are decided at the first",
        (5000, 2000, 200),
        (2000, 200),
        1,
        10**6,
    ),
    "tolerances": Setting.real(
        "relative residuals to be reached; the last one counts as convergence",
        (1e-2, 1e-6),
        (1e-2, 1e-6),
        1e-12,
        0.5,
    ),
    "points": POINTS,
    "dimension": DIMENSION,
    "most_steps": Setting.whole(
        "steps in the left part of the figure", 10**7, 10**7, 100, 10**15
    ),
    "early_steps": Setting.whole(
        "steps in the right part of the figure", 40, 40, 40, 10**4
    ),
    "iterated": Setting.whole("steps that are also done for real", 200, 50, 1, 10**6),
    "trials": Setting.whole("independent draws of the weights", 20, 6, 1, 10**4),
}

_ASSUMPTIONS = (
    "The width of the paper's Figure 2 is lost. The claims are decided at the first of "
    "the widths; the others show how much they depend on it.",
    "The figure's relative error is read as ‖Φv_k - y‖ / ‖y‖, from v_0 = 0, and "
    "convergence as the last of the tolerances; the paper's criterion is lost.",
    "The step is that of Lemma 4.3, η = 2 / (s_1² + s_n²). A second run with "
    "η = 1 / s_1² is ours.",
    "Weights are uniform on the sphere; the columns of the prostate data are z-scored "
    "and its rows projected to the sphere; y is the log of the antigen level, not "
    "centred.",
    "Residuals at every step are exact (Lemma A.8), from singular values with a "
    "relative error of 1e-9 or less; the first steps are also iterated.",
)


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            **data_cell(name, settings["points"], settings["dimension"]),
            "activation": activation,
            "width": width,
            "trial": trial,
            "tolerances": list(settings["tolerances"]),
            "most_steps": settings["most_steps"],
            "early_steps": settings["early_steps"],
            "iterated": settings["iterated"],
        }
        for name in available(settings["datasets"])
        for width in dict.fromkeys(settings["widths"])
        for activation in dict.fromkeys(settings["activations"])
        for trial in range(settings["trials"])
    ]


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    tell(0.0, f"{cell['dataset']}, {cell['activation']}, width {cell['width']}")
    return descent_cell(cell, seed)


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    descents = descents_of(cells, results)
    return Measurement(
        tables={
            "steps": step_rows(descents),
            "conditioning": condition_rows(descents),
            "late": curve_rows(descents, "late"),
            "early": curve_rows(descents, "early"),
        },
        findings=findings(descents),
        arrays=arrays_of(descents),
        notes=left_out(settings["datasets"], cells),
        charts=charts_of(settings),
    )


EXPERIMENT = Experiment(
    name="benson_gradient_descent",
    title="How many steps gradient descent on the last layer takes",
    question="How do the steps to a small residual, and the residual after the first "
    "few, depend on the activation, the width and the step size?",
    source=BENSON_2020,
    where="Section 4.3, Figure 2",
    settings=_SETTINGS,
    claims=CLAIMS,
    assumptions=_ASSUMPTIONS,
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
