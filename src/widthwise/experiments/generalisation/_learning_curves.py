"""Test error of kernel regression against rows: measured, and from the spectrum."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from widthwise.dynamics import linear_model_from_kernel, ridge
from widthwise.estimates import Estimate, mean
from widthwise.experiments.generalisation._compared import (
    compared,
    curves,
    ratio_answers,
)
from widthwise.experiments.generalisation._populations import (
    DIMENSION,
    KERNELS,
    POPULATIONS,
    Draw,
    cell_population,
    where_from,
)
from widthwise.experiments.shared import (
    Answer,
    Cell,
    Chart,
    Claim,
    Experiment,
    Measurement,
    Progress,
    Row,
    Setting,
    gathered,
    grouped,
    with_interval,
    within,
)
from widthwise.machine import limited_threads
from widthwise.prose import say
from widthwise.readouts import expected_error
from widthwise.seeds import stream
from widthwise.sources import SIMON_2023

__all__ = ["EXPERIMENT"]

_FOREVER = 1e300
"""The time of a fit without a penalty."""

_WHERE = "Beyond the paper: these kernels, small n, noise, tables"
_PARTS = ("degree 1", "degree 2")

_PREDICTED = Claim(
    "curve_is_predicted",
    "The test error of kernel ridge regression is the predicted one at every number of "
    "rows, within a fifth.",
    _WHERE,
    "mean test error over the predicted one, at each n and positive penalty",
    "a ratio whose interval lies outside 0.8 to 1.2",
    origin="ours",
    cut_off="a fifth; the deterministic equivalent has no bound",
)
_MINIMUM = Claim(
    "minimum_norm_is_predicted",
    "So is that of the minimum-norm fit, within a half.",
    _WHERE,
    "the same without a penalty",
    "a ratio whose interval lies outside 0.5 to 1.5",
    origin="ours",
    cut_off="a half",
)
_LEARNED = Claim(
    "parts_are_learned_as_predicted",
    "The share of each part of the target that the fit has learned from n rows is its "
    "mode's λ/(λ + γ), within 0.05.",
    _WHERE,
    "projection of the fit on each harmonic of the target on new rows, less λ/(λ + γ)",
    "a difference whose interval lies outside -0.05 to 0.05",
    origin="ours",
    cut_off="0.05",
)
_ORDER = Claim(
    "large_modes_are_learned_first",
    "At every n more is learned of the harmonic of degree 1, whose eigenvalue is "
    "larger, than of degree 2.",
    _WHERE,
    "learned share of degree 1 less that of degree 2, in the same trials",
    "an interval below 0",
    origin="ours",
)

_SETTINGS = {
    "data": POPULATIONS,
    "dimension": DIMENSION,
    "kernels": Setting.name("relu's kernels", KERNELS, ("conjugate",), choices=KERNELS),
    "counts": Setting.whole(
        "numbers n of rows", (10, 20, 40, 80, 160, 320), (20, 40), 2, 2_000
    ),
    "penalties": Setting.real(
        "ridge penalties δ beside none", (0.01, 0.1, 1.0), (0.1,), 1e-8, 1e8
    ),
    "trials": Setting.whole("draws of rows and noise", 40, 4, 2, 10**5),
}


def _cells(settings: Mapping[str, Any]) -> list[Row]:
    return [
        {
            **where_from(data, settings["dimension"]),
            "kernel": kernel,
            "n": count,
            "penalties": [0.0, *sorted(settings["penalties"])],
            "trial": trial,
        }
        for data in settings["data"]
        for kernel in settings["kernels"]
        for count in sorted(settings["counts"])
        for trial in range(settings["trials"])
    ]


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    tell(0.0, f"{cell['data']}, n = {cell['n']}, trial {cell['trial']}")
    name = f"generalisation/curves/{cell['data']}/{cell['n']}"
    with limited_threads(1):
        population = cell_population(cell)
        drawn = population.draw(stream(seed, name, cell["trial"]), cell["n"])
        model = linear_model_from_kernel(
            population.kernel(drawn.points, drawn.points),
            drawn.targets,
            test_kernel=population.kernel(drawn.tested, drawn.points),
        )
        times = [1.0 / each if each else _FOREVER for each in cell["penalties"]]
        told = ridge(model).test(times)
    return {
        "errors": [
            float((each - drawn.truth).square().mean()) + population.noise
            for each in told
        ],
        "learned": [_learned(drawn, each) for each in told],
    }


def _learned(drawn: Draw, outputs: Any) -> list[float]:
    """Return the share of each part in the outputs: least squares on new rows."""
    if drawn.parts is None:
        return []
    found = np.linalg.lstsq(drawn.parts.numpy(), outputs.numpy(), rcond=None)[0]
    return [float(each) for each in found]


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    rows: list[Row] = []
    parts: list[Row] = []
    orders: list[Answer] = []
    seen = {(each["data"], each["kernel"], each["n"]): each for each in cells}
    for place, own in gathered(cells, results, "data", "kernel", "n").items():
        cell = seen[place]
        population = cell_population(cell)
        for column, penalty in enumerate(cell["penalties"]):
            case = {
                "data": cell["data"],
                "kernel": cell["kernel"],
                "n": cell["n"],
                "penalty": penalty,
            }
            expected = expected_error(
                population.modes, cell["n"], penalty=penalty, noise=population.noise
            )
            found = mean([each["errors"][column] for each in own])
            rows.append({**case, **compared(found, expected.error)})
            learned = np.array([each["learned"][column] for each in own])
            parts += [
                _part_row(case, part, mean(each), float(expected.learnability[degree]))
                for degree, (part, each) in enumerate(
                    zip(_PARTS, learned.T, strict=False), start=1
                )
            ]
            if learned.size and penalty:
                orders.append(_order(case, learned))
    told = curves(rows, "data", "kernel", "n", "penalty")
    nothing = "None of the 4 kinds of data that were run has known parts."
    findings = (
        _PREDICTED.together(_ratios([row for row in rows if row["penalty"]], 0.2)),
        _MINIMUM.together(_ratios([row for row in rows if not row["penalty"]], 0.5)),
        _LEARNED.together(_shares(parts), nothing=nothing),
        _ORDER.together(orders, nothing=nothing),
    )
    tables = {"errors": rows, "curves": told, "parts": parts}
    least = min(settings["penalties"])
    return Measurement(tables, findings, charts=_charts(least))


def _part_row(case: Row, part: str, found: Estimate, predicted: float) -> Row:
    return {
        **case,
        "part": part,
        "learned": found.value,
        "low": found.low,
        "high": found.high,
        "predicted": predicted,
    }


def _ratios(rows: Sequence[Row], share: float) -> list[Answer]:
    by = ("data", "kernel", "penalty")
    return ratio_answers(rows, 1 - share, 1 + share, by=by, along="n")


def _shares(parts: Sequence[Row]) -> list[Answer]:
    answers: list[Answer] = []
    for (data, kernel, part), own in grouped(parts, "data", "kernel", "part").items():
        worst = max(own, key=lambda row: abs(row["learned"] - row["predicted"]))
        gap = Estimate(
            *(worst[key] - worst["predicted"] for key in ("learned", "low", "high"))
        )
        said = say(
            f"{data}, {kernel} kernel, {part}, the farthest at n = {worst['n']} and "
            f"penalty {worst['penalty']:g}: {{}}",
            with_interval(gap),
        )
        answers.append(within(gap, said, -0.05, 0.05))
    return answers


def _order(case: Row, learned: np.ndarray) -> Answer:
    found = mean(learned[:, 0] - learned[:, 1])
    said = say(
        f"{case['data']}, {case['kernel']} kernel, n = {case['n']}, penalty "
        f"{case['penalty']:g}: {{}}",
        with_interval(found),
    )
    return within(found, said, low=0)


def _charts(least: float) -> tuple[Chart, ...]:
    return (
        Chart(
            name="curves",
            title="Learning curves, measured and predicted from the spectrum.",
            table="curves",
            x="n",
            y="error",
            low="low",
            high="high",
            by="which",
            panels="data",
            only={"kernel": "conjugate", "penalty": least},
            log="xy",
            x_label="rows n",
            y_label="test error",
            caption=f"Penalty {least:g}, relu's conjugate kernel: mean over the trials "
            "with its 95 % interval, and the prediction.",
        ),
        Chart(
            name="penalties",
            title="Measured over predicted, by penalty.",
            table="errors",
            x="n",
            y="ratio",
            by="penalty",
            panels="data",
            only={"kernel": "conjugate"},
            reference="one",
            log="x",
            x_label="rows n",
            y_label="measured / predicted",
            caption="Relu's conjugate kernel; means over the trials.",
        ),
        Chart(
            name="parts",
            title="Degree 1 is learned from fewer rows than degree 2.",
            table="parts",
            x="n",
            y="learned",
            low="low",
            high="high",
            by="part",
            panels="data",
            only={"kernel": "conjugate", "penalty": least},
            log="x",
            x_label="rows n",
            y_label="share that is learned",
            caption=f"Penalty {least:g}; mean over the trials, 95 % interval.",
        ),
    )


EXPERIMENT = Experiment(
    name="generalisation_learning_curves",
    title="Learning curves of kernel regression, measured and predicted",
    question="Does the spectrum of a kernel foretell the test error at every number of "
    "rows, and which parts of the target are learned from how many?",
    source=SIMON_2023,
    where="Sections on learnability and the omniscient risk estimate",
    settings=_SETTINGS,
    claims=(_PREDICTED, _MINIMUM, _LEARNED, _ORDER),
    assumptions=(
        "The kernels are those of relu units with standard normal weights, at infinite "
        "width; data and targets are those of generalisation_double_descent.",
        "A harmonic's share in a fit is found by least squares on 400 new rows.",
        "Of a table as many rows are fitted as asked for, and the rest tested.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
