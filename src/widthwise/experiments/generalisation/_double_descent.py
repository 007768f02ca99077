"""Test error against width: measured, and predicted from the spectrum alone."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from widthwise.dynamics import gradient_flow, linear_model, ridge
from widthwise.estimates import mean
from widthwise.experiments.generalisation._compared import compared, curves
from widthwise.experiments.generalisation._descent_charts import CHARTS
from widthwise.experiments.generalisation._descent_claims import CLAIMS, findings
from widthwise.experiments.generalisation._populations import (
    DIMENSION,
    POPULATIONS,
    cell_population,
    where_from,
)
from widthwise.experiments.shared import (
    Cell,
    Experiment,
    Measurement,
    Progress,
    Row,
    Setting,
    gathered,
)
from widthwise.features import RandomFeatures
from widthwise.machine import limited_threads
from widthwise.readouts import expected_error, expected_stopping
from widthwise.seeds import derive, stream
from widthwise.sources import SIMON_2024

__all__ = ["EXPERIMENT"]

_FOREVER = 1e300
"""The time of a fit without a penalty."""

_SETTINGS = {
    "data": POPULATIONS,
    "dimension": DIMENSION,
    "points": Setting.whole("rows n that are fitted", 100, 40, 2, 400),
    "widths": Setting.whole(
        "hidden units m; n is one of them",
        (20, 40, 60, 80, 90, 110, 130, 170, 250, 500, 1_000),
        (20, 80),
        1,
        10**5,
    ),
    "penalties": Setting.real(
        "ridge penalties δ beside none",
        (1e-3, 1e-2, 0.1, 1.0),
        (0.01, 0.1),
        1e-8,
        1e8,
    ),
    "times": Setting.real(
        "times at which descent is stopped", (1.0, 10.0, 100.0), (10.0,), 1e-8, 1e8
    ),
    "trials": Setting.whole("draws of rows, noise and weights", 40, 4, 2, 10**5),
}


def _widths(settings: Mapping[str, Any]) -> list[int]:
    return sorted({*settings["widths"], settings["points"]})


def _levels(settings: Mapping[str, Any]) -> list[tuple[str, float]]:
    """Return the readouts that are compared: what each is, and its number."""
    return [
        ("minimum norm", 0.0),
        *(("penalty", each) for each in sorted(settings["penalties"])),
        *(("stopped", each) for each in sorted(settings["times"])),
    ]


def _cells(settings: Mapping[str, Any]) -> list[Row]:
    return [
        {
            **where_from(data, settings["dimension"]),
            "n": settings["points"],
            "widths": _widths(settings),
            "penalties": sorted(settings["penalties"]),
            "times": sorted(settings["times"]),
            "trial": trial,
        }
        for data in settings["data"]
        for trial in range(settings["trials"])
    ]


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    tell(0.0, f"{cell['data']}, trial {cell['trial']}")
    name = f"generalisation/{cell['data']}"
    generator, trial = stream(seed, name, cell["trial"]), cell["trial"]
    with limited_threads(1):
        population = cell_population(cell)
        drawn = population.draw(generator, cell["n"])
        widest = RandomFeatures(
            "relu", max(cell["widths"]), population.law, seed=derive(seed, name, trial)
        )
        fitted, tested = widest.matrix(drawn.points), widest.matrix(drawn.tested)
        errors = []
        for width in cell["widths"]:
            scale = (widest.width / width) ** 0.5  # A narrow layer is a prefix.
            model = linear_model(
                scale * fitted[:, :width],
                drawn.targets,
                test_features=scale * tested[:, :width],
            )
            times = [_FOREVER, *(1.0 / each for each in cell["penalties"])]
            told = [
                *ridge(model).test(times),
                *gradient_flow(model).test(cell["times"]),
            ]
            errors.append(
                [
                    float((each - drawn.truth).square().mean()) + population.noise
                    for each in told
                ]
            )
    return {"errors": errors}


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    rows: list[Row] = []
    errors: dict[str, np.ndarray] = {}
    first = {cell["data"]: cell for cell in reversed(cells)}
    for (data,), own in gathered(cells, results, "data").items():
        errors[data] = np.array([each["errors"] for each in own])
        for place, width in enumerate(_widths(settings)):
            for column, (kind, level) in enumerate(_levels(settings)):
                found = mean(errors[data][:, place, column])
                predicted = _predicted(first[data], width, kind, level)
                rows.append(
                    {
                        "data": data,
                        "n": settings["points"],
                        "width": width,
                        "readout": f"{kind} {level:g}" if level else kind,
                        "kind": kind,
                        "level": level,
                        **compared(found, predicted),
                    }
                )
    told = curves(rows, "data", "n", "width", "readout")
    decided = findings(rows, errors, _widths(settings), _levels(settings))
    arrays = {f"{data}/errors": each for data, each in errors.items()}
    return Measurement({"errors": rows, "curves": told}, decided, arrays, charts=CHARTS)


def _predicted(cell: Cell, width: int, kind: str, level: float) -> float:
    population = cell_population(cell)
    modes, noise = population.modes, population.noise
    if kind == "stopped":
        told = expected_stopping(modes, cell["n"], [level], width=width, noise=noise)
        return float(told[0])
    return expected_error(
        modes, cell["n"], width=width, penalty=level, noise=noise
    ).error


EXPERIMENT = Experiment(
    name="generalisation_double_descent",
    title="Test error against width, measured and predicted",
    question="Does the spectrum of the kernel foretell the test error at every width, "
    "the peak at m = n, and what a penalty or an early stop does to it?",
    source=SIMON_2024,
    where="Section 3, random-feature ridge regression",
    settings=_SETTINGS,
    claims=CLAIMS,
    assumptions=(
        "sphere and gaussian: relu units with standard normal weights on points that "
        "are uniform on the sphere or standard normal, a target of degree 1 and 2 and "
        "noise of variance 0.1; a fit is tested on 400 new rows against the truth.",
        "diabetes and breast_cancer: the rows of the table, standardised, with a bias "
        "and on the sphere, are the population; n of them are fitted and the rest "
        "tested, so that rows are drawn without replacement.",
        "A table's targets have mean 0 and variance 1, and their noise is what no mode "
        "of the kernel on its rows carries.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
