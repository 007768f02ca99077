"""What depth does to the smallest eigenvalue of the tangent kernel."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch

from widthwise import activations
from widthwise.activations import Activation
from widthwise.arrays import Array
from widthwise.estimates import Estimate, is_above
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
    Answer,
    Cell,
    Claim,
    Experiment,
    Finding,
    Measurement,
    Progress,
    Row,
    Setting,
    grouped,
    picked,
)
from widthwise.kernels import deep_kernels, dual, hermite_coefficients
from widthwise.laws import Gaussian
from widthwise.prose import Prose, say
from widthwise.sources import PANIGRAHI_2020
from widthwise.spectra import spectrum

__all__ = ["EXPERIMENT"]

_DEPTH_HELPS = Claim(
    name="depth_helps",
    statement=(
        "Depth makes the smallest eigenvalue large, for smooth activations and points "
        "of few dimensions too."
    ),
    where="The theorem on deep networks, whose activations are normalised",
    measured="λ_min over the mean diagonal of the tangent kernel, by depth, E φ = 0 "
    "and E φ² = 1",
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
_RAW = Claim(
    name="depth_helps_raw_activations",
    statement="Depth does so for activations as they are, with a mean of their own.",
    where="Beyond the theorem on deep networks: without its normalisation",
    measured="λ_min over the mean diagonal of the tangent kernel, by depth",
    refuted_by=_DEPTH_HELPS.refuted_by,
    origin="ours",
)
_ENOUGH = Claim(
    name="explicit_depth_suffices",
    statement="From log(1/2δ) / log(1 + γ/2) - log(2n) / log(1 - γ/2) layers on λ_min "
    "is above half the diagonal, δ the least 1 - |x·x'| and γ = 1 - E[g φ(g)]².",
    where="Beyond the theorem on deep networks: its depth with every constant known",
    measured="λ_min of the conjugate kernel at that depth over its diagonal",
    refuted_by="a value certainly below one half",
    origin="ours",
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
        panels="form",
        caption="Depths at which float64 cannot tell λ_min from zero are left out. "
        "Normalised: E φ = 0, E φ² = 1, as in the theorem.",
    ),
    replace(
        AHEAD,
        title="With depth the gap between relu and the others closes.",
        x="depth",
        panels="form",
        x_label="hidden layers",
        caption=f"λ_min over the mean diagonal, each. {AHEAD.caption}",
    ),
)


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    points = which_points(settings["points"], settings["count"], settings["dimension"])
    scales = {
        "raw": picked(settings, "weight_std", "bias_std"),
        "normalised": {"weight_std": 1.0, "bias_std": 0.0},
    }
    cells: list[dict[str, Any]] = []
    for form in dict.fromkeys(settings["forms"]):
        for name in settings["activations"]:
            place = {**points, "activation": name, "form": form, **scales[form]}
            cells += [{**place, "depth": depth} for depth in settings["depths"]]
            if form == "normalised":
                cells.append({**place, "depth": 0})  # as many as suffice
    return cells


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    tell(0.0, f"{cell['activation']}, {cell['depth']} hidden layers")
    points = cell_points(cell, seed)
    act = activations.for_dimension(cell["activation"], points.shape[1])
    smoothness = act.smoothness
    if cell["form"] == "normalised":  # Then the first arguments have variance 1 too.
        act = activations.normalized(act)
        points = points * math.sqrt(points.shape[1])
    depth = cell["depth"] or _enough(points, act)
    if cell["depth"]:
        _, tangent = deep_kernels(
            points, act, depth, cell["weight_std"], cell["bias_std"]
        )
        found = spectrum(tangent)
    else:
        found = spectrum(_correlations(points, act, depth))
    low, high = (each / found.mean for each in found.smallest_interval)
    return {
        "smoothness": smoothness,
        "layers": depth,
        "smallest_over_mean": found.smallest / found.mean,
        "low": low,
        "high": high,
        "condition": found.condition_number,
        "eigenvalues": found.eigenvalues.tolist(),
    }


def _cosines(points: Array) -> Array:
    unit = points / torch.linalg.vector_norm(points, dim=1, keepdim=True)
    found: Array = (unit @ unit.T).clamp(-1.0, 1.0)
    return found


def _correlations(points: Array, act: Activation, depth: int) -> Array:
    """Return the conjugate kernel of so many layers: the dual, time after time."""
    through, found = dual(act, Gaussian()), _cosines(points)
    for _ in range(depth):
        found = through(found).clamp(-1.0, 1.0)
        found.fill_diagonal_(1.0)
    return found


def _enough(points: Array, act: Activation) -> int:
    """Return the depth after which every correlation is below 1 / 2n."""
    cosines = _cosines(points).abs()
    cosines.fill_diagonal_(0.0)
    least = 1.0 - float(cosines.max())
    spread = 1.0 - float(hermite_coefficients(act, 1)[1]) ** 2
    layers = max(-math.log(2 * least), 0.0) / math.log1p(spread / 2)
    layers -= math.log(2 * len(points)) / math.log1p(-spread / 2)
    return math.ceil(layers)


def _conclude(
    _settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    pairs = list(zip(cells, results, strict=True))
    swept = [pair for pair in pairs if pair[0]["depth"]]
    tables = smallest_tables(
        "depth", "smallest_over_mean", ["form", "depth"], *_columns(swept)
    )
    by = grouped(tables["depth"], "form")
    enough = [
        {
            **picked(cell, "activation", "n"),
            **picked(found, "layers", "smallest_over_mean", "low", "high"),
        }
        for cell, found in pairs
        if not cell["depth"]
    ]
    return Measurement(
        {**tables, "enough": enough},
        (
            _helps(_DEPTH_HELPS, by.get("normalised", [])),
            _closes(by.get("normalised", [])),
            _helps(_RAW, by.get("raw", [])),
            _ENOUGH.together(
                [
                    (
                        is_above(_estimate(row), 0.5),
                        say(
                            f"{row['activation']}, {row['layers']} layers: {{}}",
                            row["smallest_over_mean"],
                        ),
                    )
                    for row in enough
                ],
                nothing="0 activations are normalised.",
            ),
        ),
        eigenvalue_arrays(*_columns(swept), "form", "activation", "depth"),
        charts=_CHARTS,
    )


def _columns(
    pairs: Sequence[tuple[Cell, Mapping[str, Any]]],
) -> tuple[list[Cell], list[Mapping[str, Any]]]:
    return [cell for cell, _ in pairs], [found for _, found in pairs]


def _estimate(row: Row) -> Estimate:
    return Estimate(row["smallest_over_mean"], row["low"], row["high"])


def _ends(rows: list[Row], name: str) -> tuple[Row, Row]:
    """Return the rows of the least and the largest depth."""
    own = sorted(
        (row for row in rows if row["activation"] == name), key=lambda row: row["depth"]
    )
    return own[0], own[-1]


def _smooth(rows: list[Row]) -> list[str]:
    return sorted({row["activation"] for row in rows if is_smooth(row)})


def _helps(claim: Claim, rows: list[Row]) -> Finding:
    answers: list[Answer] = []
    for name in _smooth(rows):
        first, last = _ends(rows, name)
        grows = True if last["low"] > first["high"] else None
        answer = False if last["high"] < first["low"] else grows
        closeness = first["high"] / last["low"] if answer else 0.0
        answers.append((answer, _from_to(name, first, last), 0.0, closeness))
    return claim.together(answers, nothing="No smooth activation.")


def _closes(rows: list[Row]) -> Finding:
    if not any(row["activation"] == "relu" for row in rows):
        return _GAP_CLOSES.found("not decided", "relu was not among the activations.")
    wide, narrow = (each["smallest_over_mean"] for each in _ends(rows, "relu"))
    answers: list[Answer] = []
    for name in _smooth(rows):
        first, last = _ends(rows, name)
        if last["low"] <= 0:
            continue
        # The first ratio is at least this where the first eigenvalue is unresolved.
        before, after = wide / first["high"], narrow / last["smallest_over_mean"]
        said = say("relu over {} from at least {} to {}", name, before, after)
        answers.append((after < before, said, 0.0, after / before))
    return _GAP_CLOSES.together(answers, nothing="No eigenvalue was resolved.")


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
        "forms": Setting.name(
            "activations as they are, or normalised",
            ("normalised", "raw"),
            ("normalised", "raw"),
            choices=("normalised", "raw"),
        ),
        "depths": Setting.whole(
            "numbers of hidden layers", (1, 2, 3, 4, 6, 8, 12, 16), (1, 2, 4), 1, 200
        ),
        "weight_std": Setting.real(
            "standard deviation of the weights of raw ones",
            math.sqrt(2),
            math.sqrt(2),
            1e-6,
            1e3,
        ),
        "bias_std": Setting.real(
            "standard deviation of their biases", 0.0, 0.0, 0.0, 1e3
        ),
    },
    claims=(_DEPTH_HELPS, _GAP_CLOSES, _RAW, _ENOUGH),
    assumptions=(
        "The paper's constants are unknown; its claims are tested as growth, for "
        "activations with E φ = 0 and E φ² = 1 and inputs of norm √d, weights of "
        "standard deviation 1: its normalisation.",
        "Raw activations stand beside them, in the NTK parametrization with weights of "
        "standard deviation √2, under which the variance of relu's arguments stays.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
    version=2,
)
