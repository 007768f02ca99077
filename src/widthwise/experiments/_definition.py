"""What an experiment must provide to enter the workbench."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from widthwise.errors import InvalidArgumentError
from widthwise.experiments._claim import Claim, Finding
from widthwise.experiments._setting import Setting, resolved
from widthwise.records import SCHEMA, Record, environment
from widthwise.sources import Source

__all__ = ["Experiment", "Measurement", "Progress"]

Progress = Callable[[float, str], None]
"""Told the fraction that is done, and what is being done."""


@dataclass(frozen=True)
class Measurement:
    """What one run of an experiment measured.

    Attributes
    ----------
    tables
        Named tables, each a list of rows; a row maps columns to numbers and words.
    findings
        The verdicts on the paper's claims.
    arrays
        Named arrays behind the figures.
    notes
        Sentences that a reader of the numbers needs.
    """

    tables: Mapping[str, list[dict[str, Any]]]
    findings: tuple[Finding, ...] = ()
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


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
    measure
        Called with the settings, the seed and a progress callback.
    """

    name: str
    title: str
    question: str
    source: Source
    where: str
    settings: Mapping[str, Setting]
    claims: tuple[Claim, ...]
    assumptions: tuple[str, ...]
    measure: Callable[[Mapping[str, Any], int, Progress], Measurement] = field(
        repr=False
    )

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
        if isinstance(seed, bool) or not 0 <= seed < 2**64:
            raise InvalidArgumentError(
                f"The seed is {seed!r}; it must be an integer from 0 to 2**64 - 1."
            )
        chosen = resolved(self.settings, settings, quick)
        found = self.measure(chosen, seed, progress or (lambda _done, _what: None))
        around = environment()
        content = {
            "kind": "experiment",
            "schema": SCHEMA,
            "widthwise": around["packages"]["widthwise"],
            "created": around.pop("created"),
            "environment": around,
            "name": self.name,
            "title": self.title,
            "question": self.question,
            "source": str(self.source),
            "where": self.where,
            "quick": quick,
            "seed": seed,
            "settings": chosen,
            "assumptions": list(self.assumptions),
            "findings": [each.as_content() for each in found.findings],
            "tables": {name: list(rows) for name, rows in found.tables.items()},
            "notes": list(found.notes),
        }
        return Record(content, dict(found.arrays))
