"""What the record of every study holds: the data, the verdicts, the notes."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from widthwise.diagnosis.study._verdict import Verdict
from widthwise.prose import Prose
from widthwise.records import Opening

__all__ = ["DataSummary", "Pair", "Preparation", "StudyRecord", "TargetsSummary"]


@dataclass(frozen=True)
class Preparation:
    """One thing that was done to the data.

    Attributes
    ----------
    name, detail
        A key, and a sentence.
    numbers
        The figures in that sentence, by name.
    is_caution
        Whether nobody who reads the verdicts may miss it.
    """

    name: str
    detail: Prose
    numbers: dict[str, Any]
    is_caution: bool = False


@dataclass(frozen=True)
class TargetsSummary:
    """The labels at a glance.

    Attributes
    ----------
    smallest, largest, mean, deviation
        Of the labels as given.
    distinct
        How many different values they take.
    """

    smallest: float | None
    largest: float | None
    mean: float | None
    deviation: float | None
    distinct: int


@dataclass(frozen=True)
class Pair:
    """Two rows.

    Attributes
    ----------
    rows
        Their numbers.
    angle
        To equality or to opposition, in radians.
    """

    rows: tuple[int, ...]
    angle: float | None


@dataclass(frozen=True, kw_only=True)
class DataSummary:
    """The points and labels, and what was done to them.

    Row numbers everywhere count the rows of the table as it was given, from 0, the
    header left out.

    Attributes
    ----------
    name, origin
        The data set, and where it was read from.
    rows, rows_total
        Rows that were computed with, and rows after cleaning; they differ when a sample
        was taken.
    dimension
        d of the points, with the coordinate that a bias appends.
    inputs
        Number of feature columns used.
    feature_names, target
        The columns; the target is null without labels.
    steps
        What was done to the data, in order.
    on_sphere
        Whether the points were projected to the unit sphere.
    sample_note
        What a sample does and does not show; null without one.
    targets
        The labels at a glance; null without.
    closest_pair, most_opposite_pair
        The rows nearest to equal and nearest to opposite; null off the sphere.
    constant_target
        Whether all labels are equal.
    input_shape
        The shape of one row, where a module takes it in one of its own.
    """

    name: str
    origin: str
    rows: int
    rows_total: int
    dimension: int
    inputs: int
    feature_names: tuple[str, ...]
    target: str | None
    steps: tuple[Preparation, ...]
    on_sphere: bool = True
    sample_note: str | None
    targets: TargetsSummary | None = None
    closest_pair: Pair | None = None
    most_opposite_pair: Pair | None = None
    constant_target: bool = False
    input_shape: tuple[int, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class StudyRecord(Opening):
    """The record of a study: extended by each with its settings and evidence.

    Attributes
    ----------
    complete
        False when the run was interrupted; what is there is whole.
    data
        The points and labels, and what was done to them.
    verdicts
        The answers, in the order of the study's questions.
    notes
        Conventions, and what the numbers do not show.
    """

    ARRAYS: ClassVar[Mapping[str, str]] = {}
    """The arrays behind the figures: for each its shape and meaning."""

    complete: bool
    data: DataSummary
    verdicts: tuple[Verdict, ...]
    notes: tuple[str, ...]

    @property
    @abstractmethod
    def subject(self) -> str:
        """What was studied, in a few words."""

    @property
    def cautions(self) -> tuple[str, ...]:
        """What nobody who reads the verdicts may miss, in sentences."""
        told = [each.detail for each in self.data.steps if each.is_caution]
        return (self.data.sample_note, *told) if self.data.sample_note else tuple(told)

    @property
    @abstractmethod
    def finished(self) -> str:
        """What is there when the run was interrupted, in words after "after"."""

    @abstractmethod
    def compared(self) -> list[dict[str, Any]]:
        """Return the evidence as a table, one row for each thing that is compared."""
