"""The figures of gradient descent: what is learned after k steps, and what is left."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from widthwise.report.parts._drawn import Compared, Series
from widthwise.report.parts._figure import DataTable, Figure
from widthwise.report.parts._numbers import count, number, power_of_ten
from widthwise.report.parts._telling import Telling

__all__ = ["filter_figure", "residual_at", "residual_figure", "slider_start"]

_ARRAYS = ("singular_values", "projections")
_TABLE_EXPONENTS = range(16)
_NEARLY = 0.01
_DIVERGED = 300.0
"""Logarithm of a factor beyond which a direction only grows on."""
_OPTIMAL_WITHIN = 4e-15
"""How close to 2/(s_1² + s_r²) a step is taken for it: a few roundings. Near it a step
chosen for its labels may be another."""


def filter_figure(
    found: Sequence[Series[Compared]], start: float, telling: Telling
) -> Figure:
    """Draw the fraction of each label direction that k steps have learned."""
    shown = _shown(found)
    return Figure(
        identifier="filters",
        title="How much of each label direction is learned",
        summary=(
            "Chart of the learned fraction of each label direction, from the largest "
            f"singular value to the smallest, after {_steps(start)}. The sentence "
            "above it is renewed when the slider moves."
        ),
        reading=telling.filters_reading,
        table=_filter_table(shown),
        curves=[_curve(each) for each in shown],
        layout={"start": start, "error": telling.error},
    )


def residual_figure(
    found: Sequence[Series[Compared]], start: float, telling: Telling
) -> Figure:
    """Draw the relative residual ‖Φv_k − y‖ / ‖y‖ against the step count."""
    shown = _shown(found)
    tolerances = sorted(
        {float(each) for one in shown for each in one.found.training.steps},
        reverse=True,
    )
    return Figure(
        identifier="residual",
        title="What is left of the error",
        summary=" ".join(
            [
                "Line chart of the relative residual against the number of gradient "
                "descent steps, both on logarithmic axes.",
                *(_sentence(each) for each in shown),
            ]
        ),
        reading=telling.residual_reading,
        table=_residual_table(shown),
        curves=[{"activation": each.index} for each in shown],
        layout={"start": start, "tolerances": tolerances},
    )


def slider_start(found: Sequence[Series[Compared]], preferred: str | None) -> float:
    """Return log10 of the step count the slider starts at, on its grid of 0.05."""
    shown = _shown(found)
    chosen = next((each for each in shown if each.name == preferred), None)
    for each in [chosen] if chosen else shown:
        for steps in each.found.training.steps.values():
            if steps is not None and steps >= 1:
                return float(min(15.0, round(20 * np.log10(steps)) / 20))
    return 6.0


def residual_at(each: Series[Compared], steps: int | float) -> float:
    """Return ‖Φv_k − y‖ / ‖y‖ after k steps, from the record's arrays."""
    _, weights = _reachable(each)
    floor = each.found.training.floor or 0.0
    lefts = weights * np.exp(np.minimum(steps * _log_factors(each), _DIVERGED))
    return float(np.hypot(np.linalg.norm(lefts), floor))


def _log_factors(each: Series[Compared]) -> np.ndarray:
    """Return log |1 - ηs²| of every direction within reach.

    Beyond ηs² = 1 it is log1p(-(2 - ηs²)). With the best step 2/(s_1² + s_r²),
    2 - ηs² = η((s_1 - s)(s_1 + s) + s_r²), which keeps the tiny s_r² that the
    subtraction from 2 would lose.
    """
    values, _ = _reachable(each)
    step = each.found.training.step or 0.0
    moved = step * values**2
    slack = 2.0 - moved
    if _is_best_step(each):
        slack = step * ((values[0] - values) * (values[0] + values) + values[-1] ** 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(moved <= 1.0, np.log1p(-moved), np.log1p(-slack))


def _is_best_step(each: Series[Compared]) -> bool:
    """Tell whether the record's step is 2/(s_1² + s_r²)."""
    values, _ = _reachable(each)
    if values.size == 0:
        return False
    best = 2.0 / (values[0] ** 2 + values[-1] ** 2)
    return bool(abs(each.found.training.step / best - 1.0) < _OPTIMAL_WITHIN)


def _shown(found: Sequence[Series[Compared]]) -> list[Series[Compared]]:
    return [
        each
        for each in found
        if each.found.training.step is not None and each.array(*_ARRAYS) is not None
    ]


def _svd(each: Series[Compared]) -> tuple[np.ndarray, np.ndarray]:
    found = each.array(*_ARRAYS)
    assert found is not None
    return found[0], found[1]


def _reachable(each: Series[Compared]) -> tuple[np.ndarray, np.ndarray]:
    """Return the singular values above rounding, and the labels' parts along them.

    A record without the rank gives those that count as zero a projection of exactly
    zero.
    """
    values, weights = _svd(each)
    rank = each.found.training.rank
    if rank is None:
        live = np.flatnonzero((weights != 0) & (values > 0))
        rank = int(live[-1] + 1 if live.size else np.count_nonzero(values > 0))
    return values[:rank], weights[:rank]


def _curve(each: Series[Compared]) -> dict[str, Any]:
    values, weights = _reachable(each)
    training = each.found.training
    return {
        "activation": each.index,
        "values": [float(value) for value in values],
        "weights": [float(weight) for weight in weights],
        "directions": _directions(each),
        "step": training.step,
        "best_step": _is_best_step(each),
        "floor": training.floor or 0.0,
        "subject": _subject(each),
        "worst_case": training.worst_case,
    }


def _sentence(each: Series[Compared]) -> str:
    training = each.found.training
    parts = [
        f"{number(steps)} steps to {power_of_ten(float(tolerance))}"
        if steps is not None
        else f"never to {power_of_ten(float(tolerance))}"
        for tolerance, steps in training.steps.items()
    ]
    text = f"{each.name}{_at_width(each)}: {', '.join(parts)}"
    if training.floor and training.floor > 1e-12:
        text += f", and never below {number(training.floor)}"
    return f"{text}."


def _subject(each: Series[Compared]) -> str:
    """Return what the steps are taken with, as the sentence under the slider has it."""
    words = getattr(each.found, "words", "")
    return f"of training {words}" if words else f"with {each.name}{_at_width(each)}"


def _at_width(each: Series[Compared]) -> str:
    """Return the width that was trained; a module's part has none of its own."""
    width = each.found.training.width
    return "" if width is None else f" at width {count(width)}"


def _directions(each: Series[Compared]) -> int:
    """Return how many label directions there are, within reach or not."""
    spectrum = getattr(each.found, "spectrum", None)
    return int(spectrum.size if spectrum else _svd(each)[0].size)


def _filter_table(shown: Sequence[Series[Compared]]) -> DataTable:
    """Count the directions that are nearly learned after some powers of ten."""
    rows = tuple(
        (count(10.0**exponent), *(_learned(each, 10.0**exponent) for each in shown))
        for exponent in _TABLE_EXPONENTS[::2]
    )
    return DataTable(
        ("steps", *(each.name for each in shown)),
        rows if shown else (),
        "How many label directions are learned to 99 %.",
    )


def _learned(each: Series[Compared], steps: int | float) -> str:
    learned = np.count_nonzero(steps * _log_factors(each) <= math.log(_NEARLY))
    return f"{learned} of {_directions(each)}"


def _residual_table(shown: Sequence[Series[Compared]]) -> DataTable:
    headers = ("steps", *(each.name for each in shown))
    rows = tuple(
        (
            count(10.0**exponent),
            *(number(residual_at(each, 10.0**exponent)) for each in shown),
        )
        for exponent in _TABLE_EXPONENTS
    )
    return DataTable(headers, rows if shown else ())


def _steps(exponent: float) -> str:
    steps = round(10.0**exponent)
    return f"{count(steps)} step{'' if steps == 1 else 's'}"
