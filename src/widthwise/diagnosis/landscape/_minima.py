"""How many regions of random weights hold a global minimum for the labels."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import torch

from widthwise import landscape
from widthwise.arrays import Array
from widthwise.diagnosis.landscape._pictures import drawn_network
from widthwise.diagnosis.landscape._settings import LandscapeSettings
from widthwise.diagnosis.landscape._widths import necessary_width

__all__ = ["minima_content"]

_MOST_INEQUALITIES, _MOST_ENTRIES = 2_000, 20_000
_REGIONS = 20


def minima_content(
    points: Array,
    targets: Array,
    width: int,
    settings: LandscapeSettings,
    tell: Callable[[str], None],
) -> dict[str, Any] | None:
    """Return the record's "minima"; None where the programs would take long.

    The regions are those of random networks, each decided with a proof or "undecided".
    The width is lowered, not below the necessary one, to keep the programs small.
    """
    n, d = points.shape[0], points.shape[1] + int(settings.biases)
    affordable = min(
        _MOST_INEQUALITIES // (n * len(settings.of.breakpoints)),
        _MOST_ENTRIES // (n * d),
    )
    if affordable < necessary_width(points, settings.biases):
        return None
    width = min(width, affordable)
    kinds: Counter[str] = Counter()
    regions = min(_REGIONS, settings.trials)
    for region in range(regions):
        tell(f"minima of region {region + 1} of {regions}")
        network = drawn_network(points, width, settings, f"minima/{region}")
        inner = torch.from_numpy(network.weights[:, : points.shape[1]])
        biases = torch.from_numpy(network.weights[:, -1]) if settings.biases else None
        pattern = landscape.activation_pattern(
            points, inner, biases, act=settings.activation
        )
        found = landscape.region_minimum(
            pattern,
            points,
            targets,
            torch.from_numpy(network.outer),
            biases=settings.biases,
            act=settings.activation,
        )
        kinds[found.kind] += 1
    undecided = kinds["undecided"]
    decided = regions - undecided
    low, high, estimate = 0.0, 1.0, None
    if decided:
        # What was not decided may be either, so it widens the interval both ways.
        low, _ = landscape.binomial_interval(
            kinds["global minimum"], regions, settings.confidence
        )
        _, high = landscape.binomial_interval(
            kinds["global minimum"] + undecided, regions, settings.confidence
        )
        estimate = kinds["global minimum"] / decided
    return {
        "width": width,
        "regions": regions,
        "with_minimum": kinds["global minimum"],
        "with_bad_minimum": kinds["bad local minimum"],
        "estimate": estimate,
        "low": low,
        "high": high,
        "undecided": undecided,
    }
