"""At which widths random networks have a Jacobian of full rank, for the record."""

from collections.abc import Callable, Sequence

from widthwise.arrays import Array
from widthwise.diagnosis.landscape._record import FullRank, ThresholdFound
from widthwise.diagnosis.landscape._settings import LandscapeSettings
from widthwise.landscape import FullRankProbability, full_rank_probability_at
from widthwise.landscape.ranks import FullRankCurve, find_widths
from widthwise.seeds import derive

__all__ = ["full_rank_found", "measured_probability", "widths_to_measure"]


def widths_to_measure(
    points: Array, settings: LandscapeSettings, tell: Callable[[str], None]
) -> tuple[int, ...]:
    """Return the widths asked for, or those around the threshold."""
    return settings.widths or find_widths(
        points,
        seed=derive(settings.seed, "diagnosis/landscape/search"),
        progress=lambda width: tell(f"looking for the threshold, width {width}"),
        **settings.networks,
    )


def measured_probability(
    points: Array, width: int, settings: LandscapeSettings
) -> FullRankProbability:
    """Return P(full rank) at one width."""
    return full_rank_probability_at(
        points,
        width,
        settings.trials,
        derive(settings.seed, "diagnosis/landscape/probability"),
        confidence=settings.confidence,
        **settings.networks,
    )


def full_rank_found(found: Sequence[tuple[int, FullRankProbability]]) -> FullRank:
    """Return the probabilities as a record holds them."""
    widths, every = tuple(zip(*found, strict=True))
    curve = FullRankCurve(widths, every)
    threshold = curve.threshold()
    return FullRank(
        widths=widths,
        successes=tuple(each.full for each in every),
        trials=tuple(each.trials for each in every),
        estimate=tuple(each.estimate for each in every),
        low=tuple(each.lower for each in every),
        high=tuple(each.upper for each in every),
        error_probability=curve.error_probability,
        threshold=ThresholdFound(None, None)
        if threshold is None
        else ThresholdFound(threshold.value, threshold.standard_error),
    )
