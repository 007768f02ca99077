"""What depth does to the smallest eigenvalue of the tangent kernel."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from widthwise import activations
from widthwise.experiments.panigrahi._points import (
    ACTIVATIONS,
    PIXELS,
    POINT_SETS,
    cell_points,
    which_points,
)
from widthwise.experiments.shared import (
    Cell,
    Chart,
    Claim,
    Experiment,
    Finding,
    Measurement,
    Progress,
    Setting,
)
from widthwise.kernels import deep_kernels
from widthwise.sources import PANIGRAHI_2020
from widthwise.spectra import spectrum

__all__ = ["PANIGRAHI_DEPTH"]

_DEPTH_HELPS = Claim(
    name="depth_helps",
    statement=(
        "Depth makes the smallest eigenvalue large, for smooth activations and points "
        "of few dimensions too."
    ),
    where="The theorem on deep networks",
    measured="λ_min over the mean diagonal of the tangent kernel, by depth",
    refuted_by="a smooth activation whose value is smaller at the largest depth",
)
_GAP_CLOSES = Claim(
    name="gap_closes",
    statement="With depth the gap between relu and smooth activations closes.",
    where="The theorem on deep networks; the discussion of the experiments",
    measured="the ratio of that value for relu to that of a smooth activation",
    refuted_by="a ratio that is larger at the largest depth than at depth 1",
)


_CHARTS = (
    Chart(
        name="smallest",
        title="Depth lifts the smallest eigenvalue of smooth activations.",
        table="depth",
        x="depth",
        y="smallest_over_mean",
        low="low",
        high="high",
        by="activation",
        only={"is_resolved": True},
        log="xy",
        x_label="hidden layers",
        y_label="λ_min / mean diagonal",
        caption="Depths at which float64 cannot tell λ_min from zero are left out.",
    ),
    Chart(
        name="gap",
        title="With depth the gap between relu and the others closes.",
        table="gap",
        x="depth",
        y="ratio",
        by="activation",
        reference="one",
        log="xy",
        x_label="hidden layers",
        y_label="λ_min of relu / λ_min of the other",
        caption="λ_min over the mean diagonal, each. Where the other's λ_min is not "
        "resolved, the ratio is drawn at the least it can be.",
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
    rows: list[dict[str, Any]] = []
    arrays: dict[str, np.ndarray] = {}
    for cell, found in zip(cells, results, strict=True):
        key = f"{cell['activation']}/{cell['depth']}"
        arrays[f"{key}/eigenvalues"] = np.array(found["eigenvalues"])
        rows.append(
            {
                "activation": cell["activation"],
                "smoothness": found["smoothness"],
                "depth": cell["depth"],
                "n": cell["n"],
                "smallest_over_mean": found["smallest_over_mean"],
                "low": found["low"],
                "high": found["high"],
                "is_resolved": found["low"] > 0,
                "condition": found["condition"],
            }
        )
    tables: dict[str, list[dict[str, Any]]] = {"depth": rows}
    gap = list(_gap(rows))
    if gap:
        tables["gap"] = gap
    charts = tuple(each for each in _CHARTS if each.table in tables)
    return Measurement(tables, (_helps(rows), _closes(rows)), arrays, charts=charts)


def _gap(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield relu's value over that of each other activation, by depth."""
    ours = {row["depth"]: row for row in rows if row["activation"] == "relu"}
    for row in rows:
        relu = ours.get(row["depth"])
        if relu is None or relu["low"] <= 0 or row["activation"] == "relu":
            continue
        below = row["smallest_over_mean"] if row["is_resolved"] else row["high"]
        yield {
            "activation": row["activation"],
            "depth": row["depth"],
            "ratio": relu["smallest_over_mean"] / below,
            "is_resolved": row["is_resolved"],
            "one": 1.0,
        }


def _ends(
    rows: list[dict[str, Any]], name: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the rows of the least and the largest depth."""
    own = sorted(
        (row for row in rows if row["activation"] == name), key=lambda row: row["depth"]
    )
    return own[0], own[-1]


def _smooth(rows: list[dict[str, Any]]) -> list[str]:
    return sorted({r["activation"] for r in rows if math.isinf(r["smoothness"])})


def _helps(rows: list[dict[str, Any]]) -> Finding:
    grown, shrunk, open_cases = [], [], []
    for name in _smooth(rows):
        first, last = _ends(rows, name)
        if last["low"] > first["high"]:
            grown.append(f"{name} from {_shown(first)} to {_shown(last)}")
        elif last["high"] < first["low"]:
            shrunk.append(f"{name} from {_shown(first)} to {_shown(last)}")
        else:
            open_cases.append(name)
    said = "; ".join(
        f"{word}: {', '.join(which)}"
        for word, which in (
            ("grows", grown),
            ("shrinks", shrunk),
            ("not resolved in float64", open_cases),
        )
        if which
    )
    if not said or not (grown or shrunk):
        return _DEPTH_HELPS.found("not decided", f"{said or 'No smooth activation'}.")
    return _DEPTH_HELPS.decided(
        False if shrunk else None if open_cases else True, f"{said}."
    )


def _closes(rows: list[dict[str, Any]]) -> Finding:
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
        said.append(f"{name} from at least {least_before:.3g} to {after:.3g}")
    if not verdicts:
        return _GAP_CLOSES.found("not decided", "No eigenvalue was resolved.")
    return _GAP_CLOSES.decided(
        all(verdicts), f"Ratio of relu to the others: {', '.join(said)}."
    )


def _shown(row: Mapping[str, Any]) -> str:
    if row["low"] <= 0:
        return f"at most {row['high']:.1g}"
    return f"{row['smallest_over_mean']:.3g}"


PANIGRAHI_DEPTH = Experiment(
    name="panigrahi_depth",
    title="Depth and the smallest eigenvalue of the tangent kernel",
    question="Does depth make up for a smooth activation on points of few dimensions?",
    source=PANIGRAHI_2020,
    where="The theorem on deep networks",
    settings={
        "points": Setting(
            "point set", "name", "half_circle", "half_circle", choices=POINT_SETS
        ),
        "count": Setting("number of points n", "whole", 20, 10, 2, 2000),
        "dimension": Setting("d of sphere and cifar10", "whole", 10, 5, 2, PIXELS),
        "activations": Setting(
            "activations",
            "name",
            ("relu", "elu", "selu", "tanh", "swish", "gelu"),
            ("relu", "tanh"),
            choices=ACTIVATIONS,
            is_list=True,
        ),
        "depths": Setting(
            "numbers of hidden layers",
            "whole",
            (1, 2, 3, 4, 6, 8, 12, 16),
            (1, 2, 4),
            1,
            200,
            is_list=True,
        ),
        "weight_std": Setting(
            "standard deviation of the weights",
            "real",
            math.sqrt(2),
            math.sqrt(2),
            1e-6,
            1e3,
        ),
        "bias_std": Setting(
            "standard deviation of the biases", "real", 0.0, 0.0, 0.0, 1e3
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
