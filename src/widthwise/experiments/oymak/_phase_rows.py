"""The phase diagram's grid, and its trials as rows of tables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from widthwise.estimates import share
from widthwise.experiments.oymak._critical_width import CriticalWidth, critical_width
from widthwise.experiments.shared import Row, picked
from widthwise.seeds import stream

__all__ = [
    "OUTER_AS_LONG",
    "Place",
    "cell_rows",
    "diagram_rows",
    "places_of",
    "sizes",
    "threshold_row",
    "widths",
]

OUTER_AS_LONG = "outer, as many steps"
"""The outer layer, trained for the number of steps that the others get."""

_RESAMPLES = 200


def sizes(settings: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Return the pairs (n, d)."""
    first, *others = settings["dimensions"]
    found = [(count, first) for count in settings["points"]]
    found += [(settings["fixed_points"], each) for each in others]
    return list(dict.fromkeys(found))


def widths(
    settings: Mapping[str, Any], trained: str, count: int, dimension: int
) -> list[int]:
    """Return the width of each ratio, even and at least 2; some may be the same."""
    per_unit = _per_unit(trained, dimension)
    return [
        2 * max(1, round(ratio * count / per_unit / 2))
        for ratio in ratios(settings, trained)
    ]


def ratios(settings: Mapping[str, Any], trained: str) -> tuple[float, ...]:
    """Return the trained weights a point; the outer layer goes on to more of them."""
    more = settings["outer_ratios"] if trained.startswith("outer") else ()
    return (*settings["ratios"], *more)


@dataclass(frozen=True)
class Place:
    """The trials of one activation, one choice of layers and one size, by width.

    Attributes
    ----------
    losses, fits, fits_early
        Relative losses, whether they are within the tolerance, and whether half of the
        steps were enough; shape (widths, trials) each.
    silent
        Share of silent points at the start, by width.
    halvings
        How often steps were halved, by width, summed over the trials.
    """

    activation: str
    trained: str
    n: int
    d: int
    widths: list[int]
    losses: np.ndarray
    fits: np.ndarray
    fits_early: np.ndarray
    silent: list[float]
    halvings: list[int]

    @property
    def columns(self) -> Row:
        """What tells it from other places."""
        return {
            "activation": self.activation,
            "trained": self.trained,
            "n": self.n,
            "d": self.d,
        }


def places_of(
    cells: Sequence[Mapping[str, Any]],
    results: Sequence[Mapping[str, Any]],
    tolerance: float,
) -> list[Place]:
    """Return the places in the order of the cells."""
    found: dict[tuple[Any, ...], dict[int, list[Any]]] = {}
    for cell, result in zip(cells, results, strict=True):
        key = (cell["activation"], cell["trained"], cell["n"], cell["d"])
        by_width = found.setdefault(key, {})
        by_width.setdefault(cell["width"], []).append((cell, result))
    places = []
    for key, by_width in found.items():
        places.append(_place(key, by_width, tolerance, "loss"))
        if key[1] == "outer":
            places.append(_place(key, by_width, tolerance, "loss_as_long"))
    return places


def _place(
    key: tuple[Any, ...],
    by_width: Mapping[int, list[Any]],
    tolerance: float,
    which: str,
) -> Place:
    activation, trained, count, dimension = key
    rows = list(by_width.values())
    losses = np.array([[result[which] for _, result in row] for row in rows])
    if trained == "outer":
        name = which.replace("loss", "loss_early")
        early = np.array([[result[name] for _, result in row] for row in rows])
        fits_early = early <= tolerance
    else:
        fits_early = np.array([[_is_early(*pair) for pair in row] for row in rows])
    return Place(
        activation=activation,
        trained=OUTER_AS_LONG if which == "loss_as_long" else trained,
        n=count,
        d=dimension,
        widths=list(by_width),
        losses=losses,
        fits=losses <= tolerance,
        fits_early=fits_early,
        silent=[
            sum(result["silent"] for _, result in row) / (len(row) * count)
            for row in rows
        ],
        halvings=[sum(result.get("halvings", 0) for _, result in row) for row in rows],
    )


def _is_early(cell: Mapping[str, Any], result: Mapping[str, Any]) -> bool:
    return result["steps"] is not None and result["steps"] <= cell["steps"] // 2


def cell_rows(place: Place) -> Iterator[Row]:
    """Yield the share of success at each width, with Wilson's interval."""
    for index, width in enumerate(place.widths):
        losses = place.losses[index]
        successes, trials = int(place.fits[index].sum()), len(losses)
        found = share(successes, trials, method="wilson")
        yield {
            **place.columns,
            "width": width,
            "weights_per_point": _per_point(place, width),
            "trials": trials,
            "successes": successes,
            "share": found.value,
            "low": found.low,
            "high": found.high,
            "median_relative_loss": float(np.median(losses)),
            "silent_share": place.silent[index],
            "halvings": place.halvings[index],
        }


def threshold_row(place: Place) -> Row:
    """Return the width at which half of the trials succeed, with its error."""
    trials = place.fits.shape[1]
    # The same for every seed: they only say which trials are taken together.
    resamples = stream(0, "experiments/oymak/resamples").integers(
        0, trials, (_RESAMPLES, trials)
    )
    fit = critical_width(place.widths, place.fits.astype(float), resamples)
    half = critical_width(place.widths, place.fits_early.astype(float), resamples)
    return {
        **place.columns,
        **_fitted(place, fit),
        "width_at_half_the_steps": half.width if half else None,
        "best_share": float(place.fits.mean(axis=1).max()),
        "largest_width": place.widths[-1],
    }


def _fitted(place: Place, fit: CriticalWidth | None) -> Row:
    if fit is None:
        names = ("width", "log_error", "low", "high", "weights_per_point", "steepness")
        return dict.fromkeys(names)
    low, high = fit.interval
    return {
        "width": fit.width,
        "log_error": fit.log_error,
        "low": low,
        "high": high,
        "weights_per_point": _per_point(place, fit.width),
        "steepness": fit.steepness,
    }


def diagram_rows(
    settings: Mapping[str, Any], rows: Sequence[Row], thresholds: Sequence[Row]
) -> list[Row]:
    """Return the share of success over n and the nominal ratio, at the first d.

    The threshold of each n stands beside it, in trained weights a point.
    """
    shares = {
        (row["activation"], row["trained"], row["n"], row["width"]): row["share"]
        for row in rows
        if row["d"] == settings["dimensions"][0]
    }
    return [
        {
            **picked(place, "activation", "trained", "n"),
            "ratio": ratio,
            "width": width,
            "share": shares[place["activation"], place["trained"], place["n"], width],
            "threshold": place["weights_per_point"],
        }
        for place in thresholds
        if place["d"] == settings["dimensions"][0]
        for ratio, width in zip(
            ratios(settings, place["trained"]),
            widths(settings, place["trained"], place["n"], place["d"]),
            strict=True,
        )
    ]


def _per_point(place: Place, width: float | int) -> float:
    return float(width * _per_unit(place.trained, place.d) / place.n)


def _per_unit(trained: str, dimension: int) -> int:
    """Return the trained weights of a unit; with both layers, those of the inner."""
    return 1 if trained.startswith("outer") else dimension
