"""How the figures of gradient descent are drawn."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from widthwise.experiments.shared import Chart

__all__ = ["charts_of"]

_LATE = Chart(
    "figure_2_left",
    "The relative residual of gradient descent.",
    "late",
    "steps",
    "residual",
    by="activation",
    panels="dataset",
    low="tenth",
    high="ninetieth",
    log="xy",
    x_label="steps k",
    y_label="‖Φv_k - y‖ / ‖y‖",
    caption="The step of Lemma 4.3. Medians over the trials; the band holds the "
    "middle 80 % of them. Curves end at 1e-15, the rounding of an iteration.",
    figure="Figure 2 (left)",
)
_EARLY = replace(
    _LATE,
    name="figure_2_right",
    figure="Figure 2 (right)",
    title="Its first steps.",
    table="early",
    log="",
)
_OTHER = replace(
    _LATE,
    name="other_step_size",
    figure="",
    title="The same with half the step.",
    caption="η = 1 / s_1², half the step of Lemma 4.3, or nearly: no mode overshoots, "
    "and the leading one is fitted at once.",
)
_COUNTS = Chart(
    "step_counts",
    "Steps to convergence by width.",
    "steps",
    "width",
    "median",
    by="activation",
    panels="dataset",
    low="low",
    high="high",
    log="xy",
    x_label="width m",
    y_label="steps",
    caption="Medians with 95 % intervals, the step of Lemma 4.3.",
)


def charts_of(settings: Mapping[str, Any]) -> tuple[Chart, ...]:
    """Return the figures, at the width that the claims are decided at."""
    base = {"width": settings["widths"][0], "step_size": "optimal"}
    last = {"tolerance": settings["tolerances"][-1], "step_size": "optimal"}
    return (
        replace(_LATE, only=base),
        replace(_EARLY, only=base),
        replace(_OTHER, only={**base, "step_size": "stable"}),
        replace(_COUNTS, only=last),
    )
