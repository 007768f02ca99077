"""A short look at the landscape of one activation, for a diagnosis."""

from typing import Any

from widthwise.activations import Activation
from widthwise.diagnosis.activations._record import ShortLandscape
from widthwise.diagnosis.activations._settings import Settings
from widthwise.diagnosis.activations._studied_rows import StudiedRows
from widthwise.errors import InvalidArgumentError, OutsideDomainError
from widthwise.landscape import full_rank_probability_at, pieces
from widthwise.landscape.ranks import FullRankCurve, find_widths, necessary_width
from widthwise.seeds import derive

__all__ = ["short_landscape"]

_MOST_ROWS = 1000
_MOST_TRIALS, _LEAST_TRIALS = 20, 4
_OPERATIONS = 1e9
_BETWEEN, _REACH = 4, 4


def short_landscape(
    table: StudiedRows, activation: Activation, settings: Settings
) -> ShortLandscape | None:
    """Return P(full rank) of the inner Jacobian at a few widths, from few networks.

    None for activations without exactly two slopes, above 1000 rows, and where rows
    are repeated: then it is 0 at every width, as the rank verdict says.
    """
    if len(table.points) > _MOST_ROWS or not _is_two_sloped(activation):
        return None
    if len({row.tobytes() for row in (table.points + 0.0).numpy()}) < len(table.points):
        return None
    affordable = int(_OPERATIONS / len(table.points) ** 3)
    trials = min(_MOST_TRIALS, max(_LEAST_TRIALS, affordable))
    points = table.points
    networks: dict[str, Any] = {
        "initialization": settings.law.name,
        "biases": False,
        "act": activation,
    }
    seed = derive(settings.seed, "diagnosis/landscape")
    widths = find_widths(
        points,
        trials // 2,
        derive(seed, "diagnosis/landscape/search"),
        between=_BETWEEN,
        beyond=(1.5,),
        reach=_REACH,
        **networks,
    )
    seed = derive(seed, "diagnosis/landscape/probability")
    cells = tuple(
        full_rank_probability_at(points, width, trials, seed, **networks)
        for width in widths
    )
    threshold = FullRankCurve(widths, cells).threshold()
    return ShortLandscape(
        widths=tuple(widths),
        estimate=tuple(each.estimate for each in cells),
        low=tuple(each.lower for each in cells),
        high=tuple(each.upper for each in cells),
        trials=trials,
        necessary_width=necessary_width(points, biases=False),
        threshold=None if threshold is None else threshold.value,
    )


def _is_two_sloped(activation: Activation) -> bool:
    try:
        return pieces(activation).are_two_sloped
    except (InvalidArgumentError, OutsideDomainError):
        return False  # It bends between its breakpoints, or is not for all weights.
