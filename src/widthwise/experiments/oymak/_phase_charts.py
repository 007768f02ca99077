"""How the phase diagram is drawn."""

from collections.abc import Iterator, Mapping
from typing import Any

from widthwise.experiments.shared import Chart

__all__ = ["charts"]

_PER_POINT = "trained weights a point (kd/n, or k/n for the outer layer)"


def charts(settings: Mapping[str, Any]) -> tuple[Chart, ...]:
    """Return the charts for these settings."""
    first = settings["dimensions"][0]
    return (*_diagrams(settings, first), *_thresholds(settings, first))


def _diagrams(settings: Mapping[str, Any], first: int) -> Iterator[Chart]:
    for name in settings["activations"]:
        yield Chart(
            name=f"diagram_{name}",
            title="The share of trials that fit, by points and weights a point, "
            f"{name}, d = {first}.",
            table="diagram",
            x="ratio",
            y="n",
            kind="heat map",
            panels="trained",
            only={"activation": name},
            reference="threshold",
            z="share",
            z_label="share of trials that fit",
            z_range=(0.0, 1.0),
            x_label=_PER_POINT,
            y_label="points n",
            caption="A vertical edge would mean a critical width in proportion to n.",
            figure="A phase transition of the experiments",
        )
        yield Chart(
            name=f"transition_{name}",
            title="The share of trials that fit against weights a point, size by size, "
            f"{name}, d = {first}.",
            table="cells",
            x="weights_per_point",
            y="share",
            by="n",
            panels="trained",
            only={"activation": name, "d": first},
            low="low",
            high="high",
            log="x",
            x_label=_PER_POINT,
            y_label="share of trials that fit",
            caption="Wilson's 95 % intervals.",
        )


def _thresholds(settings: Mapping[str, Any], first: int) -> Iterator[Chart]:
    if len(settings["points"]) > 1:
        yield Chart(
            name="threshold_by_points",
            title=f"The critical width against n, d = {first}.",
            table="thresholds",
            x="n",
            y="width",
            by="trained",
            panels="activation",
            only={"d": first},
            low="low",
            high="high",
            log="xy",
            x_label="points n",
            y_label="width k where half of the trials fit",
            caption="95 % intervals; a slope of 1 is the claim.",
        )
    if len(settings["dimensions"]) > 1:
        yield Chart(
            name="threshold_by_dimension",
            title=f"The critical width against d, n = {settings['fixed_points']}.",
            table="thresholds",
            x="d",
            y="width",
            by="trained",
            panels="activation",
            only={"n": settings["fixed_points"]},
            low="low",
            high="high",
            log="xy",
            x_label="dimension d",
            y_label="width k where half of the trials fit",
            caption="95 % intervals; the claims are a slope of -1 for the inner layer "
            "and of 0 for the outer one.",
        )
