"""What depth does to the smallest eigenvalue of the tangent kernel."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from widthwise import activations
from widthwise.experiments.panigrahi._points import (
    DIMENSION,
    POINTS,
    activations_setting,
    cell_points,
    which_points,
)
from widthwise.experiments.panigrahi._smallest import (
    AHEAD,
    SMALLEST,
    eigenvalue_arrays,
    is_smooth,
    smallest_tables,
)
from widthwise.experiments.shared import (
    Cell,
    Claim,
    Experiment,
    Finding,
    Measurement,
    Progress,
    Row,
    Setting,
)
from widthwise.kernels import deep_kernels
from widthwise.prose import Prose, joined, say
from widthwise.sources import PANIGRAHI_2020
from widthwise.spectra import spectrum

__all__ = ["EXPERIMENT"]

_DEPTH_HELPS = Claim(
    name="depth_helps",
    statement=(
        "Depth makes the smallest eigenvalue large, for smooth activations and points "
        "of few dimensions too."
    ),
    where="The theorem on deep networks",
    measured="λ_min over the mean diagonal of the tangent kernel, by depth",
    refuted_by="a smooth activation whose value is smaller at the largest depth",
    origin="paper",
)
_GAP_CLOSES = Claim(
    name="gap_closes",
    statement="With depth the gap between relu and smooth activations closes.",
    where="The theorem on deep networks; the discussion of the experiments",
    measured="the ratio of that value for relu to that of a smooth activation",
    refuted_by="a ratio that is larger at the largest depth than at depth 1",
    origin="paper",
)


_CHARTS = (
    replace(
        SMALLEST,
        title="Depth lifts the smallest eigenvalue of smooth activations.",
        table="depth",
        x="depth",
        y="smallest_over_mean",
        x_label="hidden layers",
        y_label="λ_min / mean diagonal",
        caption="Depths at which float64 cannot tell λ_min from zero are left out.",
    ),
    replace(
        AHEAD,
        title="With depth the gap between relu and the others closes.",
        x="depth",
        x_label="hidden layers",
        caption=f"λ_min over the mean diagonal, each. {AHEAD.caption}",
    ),
)


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    points = which_points(settings["points"], settings["count"], settings["dimension"])
    return [
        {
            **points,
            "activation": name,
            "depth": depth,
            "weight_std": settings["weight_std"],
            "bias_std": settings["bias_std"],
        }
        for name in settings["activations"]
        for depth in settings["depths"]
    ]


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    tell(0.0, f"{cell['activation']}, {cell['depth']} hidden layers")
    points = cell_points(cell, seed)
    act = activations.for_dimension(cell["activation"], points.shape[1])
    _, tangent = deep_kernels(
        points, act, cell["depth"], cell["weight_std"], cell["bias_std"]
    )
    found = spectrum(tangent)
    low, high = (each / found.mean for each in found.smallest_interval)
    return {
        "smoothness": act.smoothness,
        "smallest_over_mean": found.smallest / found.mean,
        "low": low,
        "high": high,
        "condition": found.condition_number,
        "eigenvalues": found.eigenvalues.tolist(),
    }


def _conclude(
    _settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    tables = smallest_tables("depth", "smallest_over_mean", ["depth"], cells, results)
    rows = tables["depth"]
    return Measurement(
        tables,
        (_helps(rows), _closes(rows)),
        eigenvalue_arrays(cells, results, "activation", "depth"),
        charts=_CHARTS,
    )


def _ends(rows: list[Row], name: str) -> tuple[Row, Row]:
    """Return the rows of the least and the largest depth."""
    own = sorted(
        (row for row in rows if row["activation"] == name), key=lambda row: row["depth"]
    )
    return own[0], own[-1]


def _smooth(rows: list[Row]) -> list[str]:
    return sorted({row["activation"] for row in rows if is_smooth(row)})


def _helps(rows: list[Row]) -> Finding:
    grown: list[Prose] = []
    shrunk: list[Prose] = []
    open_cases: list[str] = []
    for name in _smooth(rows):
        first, last = _ends(rows, name)
        if last["low"] > first["high"]:
            grown.append(_from_to(name, first, last))
        elif last["high"] < first["low"]:
            shrunk.append(_from_to(name, first, last))
        else:
            open_cases.append(name)
    parts = (
        ("grows", grown),
        ("shrinks", shrunk),
        ("not resolved in float64", open_cases),
    )
    said = joined(
        [f"{word}: " + joined(which, ", ") for word, which in parts if which], "; "
    )
    if not (grown or shrunk):
        return _DEPTH_HELPS.found("not decided", (said or "No smooth activation") + ".")
    return _DEPTH_HELPS.decided(
        False if shrunk else None if open_cases else True, said + "."
    )


def _closes(rows: list[Row]) -> Finding:
    if not any(row["activation"] == "relu" for row in rows):
        return _GAP_CLOSES.found("not decided", "relu was not among the activations.")
    wide, narrow = (each["smallest_over_mean"] for each in _ends(rows, "relu"))
    said, verdicts = [], []
    for name in _smooth(rows):
        first, last = _ends(rows, name)
        if last["low"] <= 0:
            continue
        # The first ratio is at least this where the first eigenvalue is unresolved.
        least_before = wide / first["high"]
        after = narrow / last["smallest_over_mean"]
        verdicts.append(after < least_before)
        said.append(say("{} from at least {} to {}", name, least_before, after))
    if not verdicts:
        return _GAP_CLOSES.found("not decided", "No eigenvalue was resolved.")
    return _GAP_CLOSES.decided(
        all(verdicts), say("Ratio of relu to the others: {}.", joined(said, ", "))
    )


def _from_to(name: str, first: Row, last: Row) -> Prose:
    return say("{} from {} to {}", name, _shown(first), _shown(last))


def _shown(row: Row) -> Prose:
    if row["low"] <= 0:
        return say("at most {:1}", row["high"])
    return say("{}", row["smallest_over_mean"])


EXPERIMENT = Experiment(
    name="panigrahi_depth",
    title="Depth and the smallest eigenvalue of the tangent kernel",
    question="Does depth make up for a smooth activation on points of few dimensions?",
    source=PANIGRAHI_2020,
    where="The theorem on deep networks",
    settings={
        "points": POINTS,
        "count": Setting.whole("number of points n", 20, 10, 2, 2000),
        "dimension": DIMENSION,
        "activations": activations_setting("relu", "tanh"),
        "depths": Setting.whole(
            "numbers of hidden layers", (1, 2, 3, 4, 6, 8, 12, 16), (1, 2, 4), 1, 200
        ),
        "weight_std": Setting.real(
            "standard deviation of the weights", math.sqrt(2), math.sqrt(2), 1e-6, 1e3
        ),
        "bias_std": Setting.real(
            "standard deviation of the biases", 0.0, 0.0, 0.0, 1e3
        ),
    },
    claims=(_DEPTH_HELPS, _GAP_CLOSES),
    assumptions=(
        "The paper's constants are unknown; only growth is tested.",
        "NTK parametrization with weights of standard deviation √2, under which the "
        "variance of relu's arguments stays as it is from layer to layer.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
