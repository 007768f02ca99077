"""How many regions of random weights hold a global minimum for the labels."""

from collections.abc import Callable

from widthwise.arrays import Array
from widthwise.diagnosis.landscape._record import Minima
from widthwise.diagnosis.landscape._settings import LandscapeSettings
from widthwise.landscape.ranks import necessary_width
from widthwise.landscape.regions import global_minimum_probability_at

__all__ = ["minima_found"]

_MOST_INEQUALITIES, _MOST_ENTRIES = 2_000, 20_000
_REGIONS = 20


def minima_found(
    points: Array,
    targets: Array,
    width: int,
    settings: LandscapeSettings,
    tell: Callable[[str], None],
) -> Minima | None:
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
    regions = min(_REGIONS, settings.trials)
    found = global_minimum_probability_at(
        points,
        targets,
        width,
        regions,
        settings.seed,
        confidence=settings.confidence,
        progress=lambda done: tell(f"minima of region {done + 1} of {regions}"),
        **settings.networks,
    )
    hits, undecided = (
        found.kinds.get(kind, 0) for kind in ("global minimum", "undecided")
    )
    return Minima(
        width=width,
        regions=regions,
        with_minimum=hits,
        with_bad_minimum=found.kinds.get("bad local minimum", 0),
        estimate=hits / (regions - undecided) if regions > undecided else None,
        low=found.lower,
        high=found.upper,
        undecided=undecided,
    )
