"""The figure of a real run of training, laid over what was predicted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from widthwise.diagnosis.module import ModuleRecord, RealCurve
from widthwise.prose import Prose, shown
from widthwise.report.parts import (
    DataTable,
    Drawn,
    Figure,
    count,
    listed,
    number,
    percent,
)

__all__ = ["run_figure", "why_no_run"]

_ARRAYS = ("curve/steps", "curve/real", "curve/predicted")
_KEPT_IN_TABLE = 14
_SAID = 4
_ALL_LAYERS = 1
"""The place of training all layers among the parts: it is what the run did."""


@dataclass(frozen=True)
class _Run:
    """The run's points; a residual that is not finite is None."""

    steps: Sequence[int]
    real: Sequence[float | None]
    predicted: Sequence[float | None]
    found: RealCurve | None

    @property
    def stopped(self) -> Prose:
        """Why it ended early, or nothing."""
        return (self.found.stopped if self.found else None) or Prose("")

    @property
    def gap(self) -> float | None:
        """The greatest difference, relative to the greater of the two."""
        gaps = [
            abs(a - b) / max(a, b)
            for a, b in zip(self.real, self.predicted, strict=True)
            if a is not None and b is not None and max(a, b) > 0
        ]
        return max(gaps, default=None)


def run_figure(record: Drawn[ModuleRecord]) -> Figure:
    """Draw the relative residual ‖f_k − y‖ / ‖y − f_0‖, real and predicted."""
    run = _run(record)
    drawn = [place for place, step in enumerate(run.steps) if step > 0]
    curve = {
        "activation": _ALL_LAYERS,
        "steps": [run.steps[place] for place in drawn],
        "real": [run.real[place] for place in drawn],
        "predicted": [run.predicted[place] for place in drawn],
        "stopped": bool(run.stopped),
    }
    return Figure(
        identifier="run",
        title="A real run beside the prediction",
        summary=_summary(run),
        reading=_reading(run) if drawn else "",
        table=_table(run),
        curves=[curve] if drawn else [],
        layout={},
    )


def why_no_run(content: ModuleRecord) -> str:
    """Return why there is no real run to show."""
    curve = content.curve
    if curve is not None and curve.stopped:
        return "The run stopped before its first step: " + _sentence(curve.stopped)
    if not content.complete:
        return "The diagnosis was interrupted before the module was trained."
    if content.data.target is None:
        return "There were no labels to train on."
    if content.settings.epochs == 0:
        return "No step was asked for."
    return "The record holds no real run."


def _run(record: Drawn[ModuleRecord]) -> _Run:
    found = [np.asarray(record.arrays.get(name, ()), np.float64) for name in _ARRAYS]
    curve = record.evidence.curve
    if curve is None or len({each.shape for each in found}) > 1:
        return _Run((), (), (), curve)
    steps, real, predicted = (each.tolist() for each in found)
    return _Run([int(step) for step in steps], listed(real), listed(predicted), curve)


def _reading(run: _Run) -> str:
    last = run.steps[-1]
    parts = [
        f"All layers of the module were trained for {count(last)} "
        f"step{'' if last == 1 else 's'} of gradient descent.",
        "" if run.stopped else _outcome(run),
        _step_taken(run.found) if run.found else "",
        "The prediction takes the module to be linear in its weights: where the lines "
        "part, the weights have moved too far for that.",
    ]
    return " ".join(part for part in parts if part)


def _outcome(run: _Run) -> str:
    if run.found is None:
        return ""
    real, predicted = run.found.final_real, run.found.final_predicted
    parts = []
    if real is not None and predicted is not None:
        parts.append(
            f"They ended at a relative residual of {number(real)}; {number(predicted)} "
            "was predicted."
        )
    if run.gap is not None:
        parts.append(f"On the way the two differ by at most {percent(run.gap)}.")
    return " ".join(parts)


def _stopped(run: _Run) -> str:
    if not run.stopped:
        return ""
    return f"Then the run stopped: {shown(_sentence(run.stopped))}"


def _sentence(text: Prose) -> Prose:
    return text if text.endswith((".", "!", "?")) else text + "."


def _step_taken(curve: RealCurve) -> str:
    taken, largest = curve.step, curve.largest_stable_step
    if taken is None:
        return ""
    if largest is None:
        return f"The step taken was {number(taken)}."
    shown, limit = number(taken), number(largest)
    if shown == limit and taken < largest:
        return f"The step taken was {shown}, just below the largest stable step."
    side = "above" if taken > largest else "at" if taken == largest else "below"
    return f"The step taken was {shown}, {side} the largest stable step {limit}."


def _summary(run: _Run) -> str:
    sentences = [
        "Line chart of the relative residual against the step, both on logarithmic "
        "axes: a real run as a solid line, the prediction as a dashed one."
    ]
    for place in _spread(len(run.steps), _SAID):
        step, real, predicted = _words(run, place)
        sentences.append(f"At step {step}: real {real}, predicted {predicted}.")
    if run.steps and run.stopped:
        sentences.append(_stopped(run))
    return " ".join(sentences)


def _table(run: _Run) -> DataTable:
    places = _spread(len(run.steps), _KEPT_IN_TABLE)
    cut = len(places) < len(run.steps)
    return DataTable(
        ("step", "real", "predicted"),
        tuple(_words(run, place) for place in places),
        "Some rows are left out; arrays.npz holds more." if cut else "",
    )


def _words(run: _Run, place: int) -> tuple[str, str, str]:
    return (
        count(run.steps[place]),
        number(run.real[place], missing="not finite"),
        number(run.predicted[place], missing="not finite"),
    )


def _spread(length: int, most: int) -> list[int]:
    """Return at most `most` places below `length`, both ends among them."""
    places = np.linspace(0, length - 1, min(most, length)).round()
    return [int(each) for each in np.unique(places)]
