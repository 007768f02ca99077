"""A study: checked, planned, carried out, and put down as a record."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np

from widthwise.datasets import Dataset
from widthwise.diagnosis.study._budget import (
    IMPORTED_BYTES,
    Budget,
    Cost,
    Limits,
    rows_within,
)
from widthwise.diagnosis.study._record import StudyRecord
from widthwise.machine import threads_for
from widthwise.progress import Progress

__all__ = ["Findings", "Study"]

F = TypeVar("F", bound="Findings")
_COPIES = 2  # Of the table, as it was read and as it is prepared.


@dataclass
class Findings:
    """What has been found so far; a study extends it by its own.

    Attributes
    ----------
    arrays
        Behind the figures, by name.
    is_complete
        Whether nothing is left to find.
    """

    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    is_complete: bool = False

    @property
    def is_worth_keeping(self) -> bool:
        """Whether an interrupted run has something to show."""
        return False


class Study(ABC, Generic[F]):
    """A checked study that has not begun: its data, its settings, its cost.

    Attributes
    ----------
    dataset
        All rows.
    sample
        The rows that are computed with.
    cost
        What they are predicted to take.

    Examples
    --------
    >>> import widthwise as ww
    >>> data = ww.datasets.uniform_sphere(12, 3)
    >>> plan = ww.diagnosis.plan(data, activations="relu", widths=(20,), trials=1)
    >>> isinstance(plan, ww.diagnosis.Study)
    True
    """

    kind: ClassVar[str]
    limits: ClassVar[Limits]
    dataset: Dataset
    sample: Dataset
    cost: Cost
    seed: int

    def fit_budget(self, dataset: Dataset, budget: Budget) -> None:
        """Set `dataset`, and the `sample` of it whose cost is within the budget."""
        rows = len(dataset.points)
        prepared = _COPIES * 8 * dataset.points.numel()
        reading = IMPORTED_BYTES + max(dataset.reading_bytes, prepared)

        def cost_of(count: int) -> Cost:
            return replace(self.cost_of(count), reading_bytes=reading)

        kept = rows_within(rows, budget, cost_of, self.limits)
        self.dataset = dataset
        self.sample = dataset if kept == rows else dataset.sample_rows(kept, self.seed)
        self.cost = cost_of(kept)

    @property
    def threads(self) -> int | None:
        """How many threads are the fastest; None for all there are."""
        return threads_for(len(self.sample.points))

    @abstractmethod
    def cost_of(self, rows: int) -> Cost:
        """Predict what so many rows take."""

    @abstractmethod
    def begin(self) -> F:
        """Return findings with nothing in them."""

    @abstractmethod
    def gather(self, found: F, tell: Progress) -> None:
        """Compute everything; what is in `found` is whole whenever Ctrl-C comes."""

    @abstractmethod
    def record(self, opening: dict[str, Any], found: F) -> StudyRecord:
        """Return the evidence with its verdicts and notes.

        `opening` has the fields of an `Opening`.
        """
