"""Where on a grid each result of a store has its place."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from widthwise.errors import InvalidArgumentError
from widthwise.sweeps.plan import Plan, Trial, canonical

__all__ = ["Placed", "placed_by_arguments", "placed_by_plan"]

_Item = tuple[Trial, Mapping[str, Any]]


@dataclass(frozen=True)
class Placed:
    """Results, each with its place on a grid.

    Attributes
    ----------
    target
        What was computed.
    coordinates
        For each dimension its values, in order.
    fixed
        The arguments that all share.
    places
        For each result its index along each dimension.
    seeds, results
        In the same order.
    """

    target: str
    coordinates: Mapping[str, Sequence[Any]]
    fixed: Mapping[str, Any]
    places: Sequence[tuple[int, ...]]
    seeds: Sequence[int]
    results: Sequence[Mapping[str, Any]]


def placed_by_arguments(items: Iterable[_Item]) -> Placed:
    """Place results by the arguments that vary among them, and count equal ones.

    Numbers along a dimension ascend, and so do words. Results of the same arguments
    are told apart by their seeds, ascending, along the dimension "trial" (or
    "repetition", if an argument is named trial).

    Raises
    ------
    InvalidArgumentError
        If the results are of several targets, which are named; or there are none.
    """
    held = list(items)
    targets = sorted({trial.target for trial, _ in held})
    if len(targets) != 1:
        found = ", ".join(targets[:5]) if targets else "nothing"
        raise InvalidArgumentError(
            f"The store holds results of {len(targets)} targets ({found}); a dataset "
            "has one. Name it with target=…, or take the frame."
        )
    names = sorted({name for trial, _ in held for name in trial.arguments})
    texts = {
        name: [canonical(trial.arguments.get(name)) for trial, _ in held]
        for name in names
    }
    varying = [name for name in names if len(set(texts[name])) > 1]
    coordinates: dict[str, list[Any]] = {}
    places: list[list[int]] = [[] for _ in held]
    for name in varying:
        values = {
            text: trial.arguments.get(name)
            for text, (trial, _) in zip(texts[name], held, strict=True)
        }
        order = sorted(values, key=lambda text: _rank(text, values[text]))
        where = {text: index for index, text in enumerate(order)}
        coordinates[name] = [values[text] for text in order]
        for place, text in zip(places, texts[name], strict=True):
            place.append(where[text])
    counts: dict[tuple[int, ...], int] = {}
    for row in sorted(range(len(held)), key=lambda row: held[row][0].seed):
        point = tuple(places[row])
        places[row].append(counts.get(point, 0))
        counts[point] = places[row][-1] + 1
    again = "repetition" if "trial" in names else "trial"
    coordinates[again] = list(range(max(counts.values())))
    first = held[0][0].arguments
    return Placed(
        target=targets[0],
        coordinates=coordinates,
        fixed={name: first.get(name) for name in names if name not in varying},
        places=[tuple(place) for place in places],
        seeds=[trial.seed for trial, _ in held],
        results=[result for _, result in held],
    )


def placed_by_plan(
    plan: Plan, found: Callable[[str], Mapping[str, Any] | None]
) -> Placed:
    """Place the results of a plan: a function's on its grid, in the plan's own order.

    An experiment's cells have other arguments than its grid, and are placed by those.

    Parameters
    ----------
    found
        Returns the result of a key, or None if there is none.

    Raises
    ------
    InvalidArgumentError
        If there are no results.
    """
    if plan.experiment is not None:
        results = ((trial, found(trial.key)) for trial in plan.trials())
        return placed_by_arguments(
            (trial, result) for trial, result in results if result is not None
        )
    sizes = [len(each) for each in plan.grid.values()]
    again = "repetition" if "trial" in (*plan.grid, *plan.fixed) else "trial"
    places, seeds, held = [], [], []
    for number, trial in enumerate(plan.trials()):
        result = found(trial.key)
        if result is None:
            continue
        point, repetition = divmod(number, plan.repetitions)
        place = [repetition]
        for size in reversed(sizes):
            point, index = divmod(point, size)
            place.insert(0, index)
        places.append(tuple(place))
        seeds.append(trial.seed)
        held.append(result)
    if not held:
        raise InvalidArgumentError(
            "The store holds no result of the plan. Run `widthwise sweep` first."
        )
    return Placed(
        target=plan.target,
        coordinates={**plan.grid, again: range(plan.repetitions)},
        fixed=plan.fixed,
        places=places,
        seeds=seeds,
        results=held,
    )


def _rank(text: str, value: Any) -> tuple[int, float, str]:
    is_number = isinstance(value, float | int) and value == value
    return (0, float(value), text) if is_number else (1, 0.0, text)
