"""The records of an experiment's grid, from the cells that a store holds."""

from collections.abc import Iterator, Mapping
from typing import Any

from widthwise.errors import DataError, InvalidArgumentError, MissingDataError
from widthwise.records import Record
from widthwise.sweeps.plan import Plan, Trial, experiment_named
from widthwise.sweeps.store import Store

__all__ = ["conclusions", "require_experiment"]


def conclusions(
    plan: Plan, store: Store
) -> Iterator[tuple[dict[str, Any], Record | None]]:
    """Yield each point of an experiment's grid with its record.

    Parameters
    ----------
    plan
        A plan over an experiment.
    store
        Where its cells are.

    Returns
    -------
    The values of the grid at that point, and the record; None where a cell is missing.

    Raises
    ------
    InvalidArgumentError
        If the plan is over a function, which has no conclusion.

    Examples
    --------
    >>> import tempfile, widthwise as ww
    >>> plan = ww.sweeps.Plan(experiment="panigrahi_depth", quick=True)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ((point, record),) = ww.sweeps.conclusions(plan, ww.sweeps.Store(folder))
    ...     print(record)
    None
    """
    require_experiment(plan)
    study = experiment_named(str(plan.experiment))
    for point in plan.points():
        settings = study.resolved(point, plan.seed, quick=plan.quick)
        cells = study.cells(settings)
        values = {name: point[name] for name in plan.grid}
        try:
            measured = [_measured(plan, store, cell) for cell in cells]
        except (MissingDataError, DataError):
            yield values, None
            continue
        yield (
            values,
            study.record(settings, plan.seed, cells, measured, quick=plan.quick),
        )


def require_experiment(plan: Plan) -> None:
    """Refuse a plan over a function.

    Examples
    --------
    >>> import widthwise as ww
    >>> plan = ww.sweeps.Plan(experiment="panigrahi_depth", quick=True)
    >>> ww.sweeps.require_experiment(plan)
    """
    if plan.experiment is None:
        raise InvalidArgumentError(
            f"The plan is over {plan.target}; records are concluded from experiments "
            "only. Open the results with `Store.frame`, or run `widthwise store "
            "export`."
        )


def _measured(plan: Plan, store: Store, cell: Mapping[str, Any]) -> Mapping[str, Any]:
    return store.get(Trial(plan.target, cell, plan.seed).key)
