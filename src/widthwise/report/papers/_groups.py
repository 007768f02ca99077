"""Experiments by the paper they are of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from widthwise import sources
from widthwise.errors import InvalidArgumentError
from widthwise.records import Record
from widthwise.report.experiments import require_experiment

__all__ = ["Paper", "papers", "seconds_of"]

_TITLES = {
    str(each): each.title
    for each in vars(sources).values()
    if isinstance(each, sources.Source)
}


@dataclass(frozen=True)
class Paper:
    """One paper, and the experiments that were run of it."""

    source: str
    title: str
    records: tuple[Record, ...]

    @property
    def findings(self) -> list[Mapping[str, Any]]:
        """All findings, in the order of the experiments."""
        return [each for one in self.records for each in one.content["findings"]]


def papers(records: Sequence[Record]) -> list[Paper]:
    """Return the papers in the order they first appear.

    Raises
    ------
    InvalidArgumentError
        If there are no records.
    DataError
        If one is no experiment's.
    """
    if not records:
        raise InvalidArgumentError(
            "There are no records to sum up. Run experiments first: `widthwise "
            "reproduce`, or `ww.experiments.CATALOG[name].run()`."
        )
    found: dict[str, list[Record]] = {}
    for record in map(require_experiment, records):
        found.setdefault(record.content["source"], []).append(record)
    return [
        Paper(source, _TITLES.get(source, ""), tuple(several))
        for source, several in found.items()
    ]


def seconds_of(records: Sequence[Record]) -> float | None:
    """Return the time that the runs took together; None if one does not say."""
    known = [record.content.get("seconds") for record in records]
    told = [float(each) for each in known if each is not None]
    return sum(told) if len(told) == len(known) else None
