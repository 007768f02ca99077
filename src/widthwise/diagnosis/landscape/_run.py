"""Study the landscape of one data set: check, plan, draw networks, judge."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from widthwise.activations import Activation
from widthwise.datasets import Dataset
from widthwise.diagnosis.landscape._budget import (
    LEAST_ROWS,
    NARROWER,
    SAVING,
    landscape_cost,
)
from widthwise.diagnosis.landscape._data import Obstacle, landscape_dataset
from widthwise.diagnosis.landscape._minima import minima_content
from widthwise.diagnosis.landscape._pictures import (
    Picture,
    line_picture,
    loss_slice,
    plane_picture,
    subset_arrays,
)
from widthwise.diagnosis.landscape._rows import rows_content
from widthwise.diagnosis.landscape._settings import (
    LandscapeSettings,
    resolve_landscape_settings,
)
from widthwise.diagnosis.landscape._theorems import theorems_content
from widthwise.diagnosis.landscape._verdicts import enough_at, judge_landscape
from widthwise.diagnosis.landscape._widths import (
    measured_probability,
    probability_content,
    widths_to_measure,
)
from widthwise.diagnosis.study import (
    Budget,
    Cost,
    Diagnosis,
    InterruptedDiagnosis,
    Progress,
    data_content,
    rows_within,
)
from widthwise.landscape import FullRankProbability
from widthwise.landscape.patterns import PiecewiseNetwork, random_network
from widthwise.landscape.ranks import (
    FullRankCurve,
    RowDependencies,
    necessary_width,
    row_dependencies,
)
from widthwise.records import SCHEMA, Record, environment

__all__ = ["LandscapePlan", "carry_out_landscape", "plan_landscape"]

_ROWS_NAMED = 20
_SERIAL_ROWS = 1000
_LINE_UNITS, _PLANE_UNITS = 40, 24


@dataclass(frozen=True)
class LandscapePlan:
    """A checked study that has not begun.

    Attributes
    ----------
    dataset
        All rows but those of the obstacles.
    sample
        The rows that are computed with.
    obstacles
        Rows that no width keeps apart; the first of each is kept.
    """

    dataset: Dataset
    sample: Dataset
    obstacles: tuple[Obstacle, ...]
    settings: LandscapeSettings
    cost: Cost


@dataclass
class _Found:
    """What has been found so far."""

    widths: tuple[int, ...] = ()
    measured: list[tuple[int, FullRankProbability]] = field(default_factory=list)
    blame: RowDependencies | None = None
    rows_were_studied: bool = False
    theorems: list[dict[str, Any]] | None = None
    minima: dict[str, Any] | None = None
    pictures: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    is_complete: bool = False

    @property
    def probability(self) -> dict[str, Any]:
        return probability_content(self.measured)


def plan_landscape(
    X: Any,
    y: Any = None,
    *,
    widths: Any = None,
    trials: Any = 100,
    initialization: str = "pytorch",
    biases: bool = True,
    activation: str | Activation = "relu",
    seed: Any = 0,
    probability: float | int = 0.95,
    confidence: float | int = 0.95,
    subsets: bool = True,
    standardize: bool | None = None,
    budget: Budget | None = None,
    **reading: Any,
) -> LandscapePlan:
    """Read and check everything, and predict the cost, without computing.

    Takes what `diagnose_landscape` takes.
    """
    settings = resolve_landscape_settings(
        widths=widths,
        trials=trials,
        initialization=initialization,
        biases=biases,
        activation=activation,
        seed=seed,
        probability=probability,
        confidence=confidence,
        subsets=subsets,
    )
    dataset, obstacles = landscape_dataset(
        X, y, standardize=standardize, settings=settings, reading=reading
    )
    rows, inputs = dataset.points.shape
    kept = rows_within(
        rows,
        budget or Budget(),
        lambda count: landscape_cost(count, inputs, settings),
        least=LEAST_ROWS,
        saving=SAVING,
        narrower=NARROWER,
    )
    sample = dataset if kept == rows else dataset.sample_rows(kept, seed)
    cost = landscape_cost(kept, inputs, settings)
    return LandscapePlan(dataset, sample, obstacles, settings, cost)


def carry_out_landscape(
    ready: LandscapePlan,
    *,
    progress: Progress | None = None,
    command: str | None = None,
) -> Diagnosis:
    """Compute what was planned.

    Raises
    ------
    InterruptedDiagnosis
        On Ctrl-C; `partial` holds the widths that were finished, or is None.
    """
    tell: Progress = progress or (lambda _fraction, _text: None)
    found = _Found()
    threads = 1 if len(ready.sample.points) <= _SERIAL_ROWS else None
    try:
        with threadpool_limits(limits=threads):
            _measure(ready, found, tell)
            _explain(ready, found, tell)
            _draw(ready, found, tell)
        found.is_complete = True
    except KeyboardInterrupt as interrupt:
        partial = _assemble(ready, found, command) if found.measured else None
        raise InterruptedDiagnosis(partial) from interrupt
    return _assemble(ready, found, command)


def _measure(ready: LandscapePlan, found: _Found, tell: Progress) -> None:
    """Find the widths, where none were asked for, and draw networks of each."""
    points, settings = ready.sample.points, ready.settings
    found.widths = widths_to_measure(
        points, settings, lambda text: tell(0.0, f"widths: {text}")
    )
    count = len(found.widths)
    for place, width in enumerate(found.widths):
        tell(0.1 + 0.4 * place / count, f"full rank: at width {width}")
        found.measured.append((width, measured_probability(points, width, settings)))


def _explain(ready: LandscapePlan, found: _Found, tell: Progress) -> None:
    """Say which rows hold the rank back, what theorems ask, where minima are."""
    points, settings = ready.sample.points, ready.settings
    tell(0.5, "rows: those that hold the rank back")
    widths, cells = zip(*found.measured, strict=True)
    width = FullRankCurve(widths, cells).widest_deficient(
        necessary_width(points, settings.biases), settings.probability
    )
    if width is not None:
        found.blame = row_dependencies(
            points, width, settings.seed, **settings.networks
        )
    found.rows_were_studied = True
    tell(0.55, "theorems: their widths beside the least that do")
    found.theorems = theorems_content(points, settings)
    if ready.sample.targets is not None:
        found.minima = minima_content(
            points,
            ready.sample.targets,
            _typical_width(found, settings),
            settings,
            lambda text: tell(0.65, f"minima: {text}"),
        )


def _draw(ready: LandscapePlan, found: _Found, tell: Progress) -> None:
    """Fill the arrays of the figures."""
    points, settings = ready.sample.points, ready.settings
    targets, inputs = ready.sample.targets, ready.sample.points.shape[1]
    tell(0.75, "figures: one network")
    width = _typical_width(found, settings)

    def network(most: int) -> PiecewiseNetwork:
        return random_network(
            points, min(width, most), settings.seed, **settings.networks
        )

    pictures: dict[str, Picture | None] = {}
    if inputs == 1:
        pictures["network_1d"] = line_picture(network(_LINE_UNITS), targets)
    if inputs == 2:
        pictures["regions_2d"] = plane_picture(network(_PLANE_UNITS))
    if targets is not None:
        pictures["slice"] = loss_slice(network(width), targets)
    for name, drawn in pictures.items():
        if drawn is not None:
            found.pictures[name], arrays = drawn
            found.arrays.update(arrays)
    if settings.subsets:
        found.arrays.update(
            subset_arrays(
                points,
                found.widths,
                found.probability["estimate"],
                settings,
                lambda text: tell(0.85, f"figures: {text}"),
            )
        )


def _typical_width(found: _Found, settings: LandscapeSettings) -> int:
    """Return the least width that was shown to do, else the widest tried."""
    enough = enough_at(found.probability, settings.probability)
    return found.widths[-1] if enough is None else enough


def _assemble(ready: LandscapePlan, found: _Found, command: str | None) -> Diagnosis:
    around, settings = environment(), ready.settings
    data = data_content(ready.dataset, ready.sample, on_sphere=False)
    if data["sample_note"]:
        data["sample_note"] = (
            f"Everything is of a random sample of {data['rows']} of the "
            f"{data['rows_total']} rows. The whole table needs at least as many units:"
            " a network of full rank on it has full rank on every sample."
        )
    guilty = found.blame
    numbers = ready.sample.row_numbers
    content: dict[str, Any] = {
        "kind": "landscape",
        "schema": SCHEMA,
        "widthwise": around["packages"]["widthwise"],
        "created": around.pop("created"),
        "environment": around,
        "command": command,
        "seed": settings.seed,
        "complete": found.is_complete,
        "data": data,
        "settings": {
            "widths": list(found.widths),
            "trials": settings.trials,
            "initialization": settings.initialization,
            "biases": settings.biases,
            "activation": settings.activation.name,
            "confidence": settings.confidence,
            "threshold_probability": settings.probability,
            "subsets": settings.subsets,
        },
        "verdicts": [],
        "probability": found.probability,
        "rows": [] if guilty is None else rows_content(guilty, numbers, _ROWS_NAMED),
        "rows_width": None if guilty is None else guilty.width,
        "obstacles": [
            {"kind": each.kind, "rows": list(each.rows), "text": str(each)}
            for each in ready.obstacles
        ],
        "necessary_width": necessary_width(ready.sample.points, settings.biases),
        "theorems": found.theorems or [],
        "minima": found.minima,
        "network_1d": found.pictures.get("network_1d"),
        "regions_2d": found.pictures.get("regions_2d"),
        "slice": found.pictures.get("slice"),
        "notes": _notes(ready, data, found),
    }
    mean = 0.0 if guilty is None else guilty.mean_share
    verdicts = judge_landscape(
        content,
        settings.trials_needed,
        mean if found.rows_were_studied else None,
        found.theorems is not None,
    )
    content["verdicts"] = [each.as_content() for each in verdicts]
    return Diagnosis(Record(content, found.arrays))


def _notes(ready: LandscapePlan, data: dict[str, Any], found: _Found) -> list[str]:
    settings = ready.settings
    biases = " and biases" if settings.biases else ""
    notes = [
        f"The network is f(x) = Σ v_r σ(w_r·x{' + b_r' if settings.biases else ''}) "
        f"with σ = {settings.activation.name}; its inner weights{biases} are trained, "
        "its outer weights v are fixed and not zero, and do not change the rank.",
        "Ranks are exact for the rows as they are in float64; no tolerance is "
        "involved. Each interval holds by itself, not all of them at once.",
        "The probability is over initial weights "
        f"({settings.initialization}), which weigh regions by their size.",
    ]
    if found.blame is not None:
        notes.append(
            f"Rows are blamed from {found.blame.deficient} deficient networks of "
            f"{found.blame.drawn} drawn, of {found.blame.width} units."
        )
    if not found.is_complete:
        notes.append(
            f"The run was interrupted: {len(found.measured)} of {len(found.widths)} "
            "widths were finished."
        )
    if data["sample_note"]:
        notes.append(data["sample_note"])
    return notes
