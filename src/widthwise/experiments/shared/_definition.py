"""What an experiment must provide to enter the workbench."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from widthwise import arguments
from widthwise.equality import equal_by_value
from widthwise.experiments.shared._chart import Chart
from widthwise.experiments.shared._drawable import drawable
from widthwise.experiments.shared._record import (
    Claim,
    ExperimentRecord,
    Finding,
    Row,
)
from widthwise.experiments.shared._setting import Setting, resolved
from widthwise.progress import Progress, share, silent
from widthwise.records import Record, opening, write
from widthwise.sources import Source

__all__ = ["Cell", "Experiment", "Measurement", "Progress"]

Cell = Mapping[str, Any]
"""One independent piece of an experiment, as names, numbers and lists of them."""


@dataclass(frozen=True, eq=False)
class Measurement:
    """What one run of an experiment measured.

    Attributes
    ----------
    tables
        Named tables, each a list of rows; a row maps columns to numbers and words. One
        without rows does not enter the record.
    findings
        The verdicts on the paper's claims.
    arrays
        Named arrays behind the figures.
    notes
        Sentences that a reader of the numbers needs.
    charts
        How the tables are to be drawn; those without a number to draw are left out.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.experiments.Measurement({"curve": [{"step": 0, "loss": 1.0}]})
    >>> found.tables["curve"][0]["loss"]
    1.0
    """

    __eq__ = equal_by_value

    tables: Mapping[str, list[Row]]
    findings: tuple[Finding, ...] = ()
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True)
class Experiment:
    """One study of a paper, with its settings and the claims it decides.

    Attributes
    ----------
    name
        The key in `CATALOG`: `<author>_<subject>`.
    title, question
        A heading, and what the study asks, one sentence each.
    source, where
        The paper, and the figure or section.
    settings
        The knobs, by name.
    claims
        What the paper says that the study can refute.
    assumptions
        What the paper's text leaves open, and how it is read here.
    cells
        Returns, for given settings, the independent pieces. A cell holds all that its
        numbers depend on beside the seed, and no more, so that runs with other
        settings share it.
    measure
        Called with a cell, the seed and a progress callback; returns the piece's
        numbers as JSON types (infinities and NaN allowed). It may run in any process,
        in any order.
    conclude
        Called with the settings, the cells and what each measured, in order; returns
        the tables, arrays and findings. It draws no random numbers.
    version
        Counts changes after which the same cell has other numbers.

    Examples
    --------
    >>> import widthwise as ww
    >>> study = ww.experiments.CATALOG["panigrahi_dimension"]
    >>> small = {"count": 6, "dimensions": (3, 5), "activations": ("relu",)}
    >>> chosen = study.resolved(small, 0, quick=True)
    >>> [each["dimension"] for each in study.cells(chosen)]
    [3, 5]
    >>> study.run(small, quick=True).content["findings"][0]["verdict"]
    'not decided'
    """

    name: str
    title: str
    question: str
    source: Source
    where: str
    settings: Mapping[str, Setting]
    claims: tuple[Claim, ...]
    assumptions: tuple[str, ...]
    cells: Callable[[Mapping[str, Any]], Sequence[Cell]] = field(repr=False)
    measure: Callable[[Cell, int, Progress], Mapping[str, Any]] = field(repr=False)
    conclude: Callable[
        [Mapping[str, Any], Sequence[Cell], Sequence[Mapping[str, Any]]], Measurement
    ] = field(repr=False)
    version: int = 1

    def run(
        self,
        settings: Mapping[str, Any] | None = None,
        seed: int = 0,
        *,
        quick: bool = False,
        progress: Progress | None = None,
    ) -> Record:
        """Run the study and return its record.

        Parameters
        ----------
        settings
            Values by name; the rest take their defaults.
        seed
            Every random number follows from it; 0 to 2**64 - 1.
        quick
            Whether the defaults are those of a first look, seconds instead of minutes.
        progress
            Called with (fraction, what is being done).

        Returns
        -------
        A record whose content holds the settings, tables, findings, assumptions,
        versions and seed, and whose arrays are behind the figures. The same settings
        and seed give the same numbers.

        Raises
        ------
        UnknownNameError, InvalidArgumentError
            If a setting is unknown or outside its range, which is named.
        """
        chosen = self.resolved(settings, seed, quick=quick)
        tell = progress or silent
        cells = self.cells(chosen)
        found = [
            self.measure(cell, seed, share(tell, place, len(cells)))
            for place, cell in enumerate(cells)
        ]
        tell(1.0, "done")
        return self.record(chosen, seed, cells, found, quick=quick)

    def resolved(
        self,
        settings: Mapping[str, Any] | None = None,
        seed: int = 0,
        *,
        quick: bool = False,
    ) -> dict[str, Any]:
        """Return the value of every setting, checked; errors are those of `run`."""
        arguments.seed(seed)
        return resolved(self.settings, settings, quick)

    def record(
        self,
        settings: Mapping[str, Any],
        seed: int,
        cells: Sequence[Cell],
        measured: Sequence[Mapping[str, Any]],
        *,
        quick: bool = False,
    ) -> Record:
        """Return the record of cells that were measured, here or elsewhere.

        Parameters
        ----------
        settings
            As `resolved` returns them.
        cells, measured
            What `cells` returned, and what each of them measured, in the same order.
        """
        found = self.conclude(settings, cells, measured)
        tables = {name: list(rows) for name, rows in found.tables.items() if rows}
        content = ExperimentRecord(
            **opening("experiment", seed, None),
            name=self.name,
            version=self.version,
            title=self.title,
            question=self.question,
            source=str(self.source),
            where=self.where,
            quick=quick,
            settings=dict(settings),
            assumptions=list(self.assumptions),
            findings=list(found.findings),
            tables=tables,
            charts=list(drawable(found.charts, tables)),
            notes=list(found.notes),
        )
        return Record(write(content), dict(found.arrays))
