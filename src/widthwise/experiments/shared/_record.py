"""What a run of an experiment leaves behind: its record, with every type it has.

The types have no part in the mathematics and load without it, so that a reader of
records needs no more than them.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from widthwise.experiments.shared._chart import Chart
from widthwise.prose import Prose, as_prose
from widthwise.records import Opening, write

__all__ = [
    "Answer",
    "Case",
    "Claim",
    "ExperimentRecord",
    "Finding",
    "Origin",
    "Row",
    "Verdict",
]

Verdict = Literal["holds", "fails", "not decided"]

Origin = Literal["paper", "ours"]
"""Whose a claim is: the paper's, or ours beside it."""

_LEVEL = 0.05

_VERDICTS: dict[bool | None, Verdict] = {
    True: "holds",
    False: "fails",
    None: "not decided",
}

_DO = {
    (True, False): "hold",
    (False, False): "fail",
    (False, True): "fails",
    (None, False): "are not decided",
    (None, True): "is not decided",
}

_BEYOND_OUR_LINE = " That is beyond the line, which is ours and not the paper's."

Answer = tuple[bool | None, Prose | str] | tuple[bool | None, Prose | str, float, float]
"""Whether a claim holds in one case, None where that is open; and the numbers.

Where chance has a part in it, also how probable numbers are that speak as strongly
against the claim while it is true, and for it while it is not.
"""

Row = dict[str, Any]
"""One row of a table: numbers, words, booleans and nulls, by column."""


@dataclass(frozen=True)
class Claim:
    """What a paper says, or we beside it, as something that a measurement can refute.

    Attributes
    ----------
    name
        A short key, unique in its experiment.
    statement
        The claim, in our words.
    where
        The place in the paper, with the number of its theorem, figure or section; of a
        claim of ours, what of the paper it goes beyond.
    measured
        What is measured to decide it.
    refuted_by
        The outcome that would refute it.
    origin
        Whose it is: "paper" or "ours".
    cut_off
        The number that the paper leaves open and we chose, on which the verdict hangs
        ("a factor of 1.5"); empty if there is none. Such a claim of a paper holds or is
        not decided: what only our number refutes does not fail.

    Examples
    --------
    >>> import widthwise as ww
    >>> claim = ww.experiments.Claim(
    ...     "falls", "The loss falls.", "Theorem 1", "the loss", "a rise", origin="ours"
    ... )
    >>> claim.decided(True, "from 2 to 1.").verdict
    'holds'
    """

    name: str
    statement: str
    where: str
    measured: str
    refuted_by: str
    origin: Origin = field(kw_only=True)
    cut_off: str = field(default="", kw_only=True)

    def found(self, verdict: Verdict, evidence: Prose | str) -> "Finding":
        """Return the finding on this claim; `evidence` names the numbers."""
        words = as_prose(evidence)
        if verdict == "fails" and self.origin == "paper" and self.cut_off:
            verdict, words = "not decided", words + _BEYOND_OUR_LINE
        return Finding(
            **asdict(self), verdict=verdict, evidence=str(words), words=words
        )

    def decided(self, holds: bool | None, evidence: Prose | str) -> "Finding":
        """Return the finding: True holds, False fails, None is not decided."""
        return self.found(_VERDICTS[holds], evidence)

    def together(
        self, answers: Iterable[Answer], *, before: str = "", nothing: str = ""
    ) -> "Finding":
        """Return the finding of several cases: one that fails fails, all must hold.

        A case that chance may have refuted is open where its probability, corrected
        for the number of cases (Holm), is above 1/20. The evidence is the case that
        decides (of those that hold, the one that chance explains best), and how many
        there are of its kind; all are in `cases`.

        Parameters
        ----------
        answers
            One for each case.
        before
            What stands before the numbers of the case that decides.
        nothing
            What is said where there are no cases, which decides nothing.
        """
        from widthwise.estimates import all_hold, holm  # which loads SciPy

        given = list(answers)
        if not given:
            return self.found("not decided", nothing)
        chances = holm([each[2] if len(each) > 2 else 0.0 for each in given])
        truths = [
            None if each[0] is False and chance > _LEVEL else each[0]
            for each, chance in zip(given, chances, strict=True)
        ]
        whole = all_hold(truths)
        cases = tuple(
            Case(_VERDICTS[truth], as_prose(each[1]))
            for truth, each in zip(truths, given, strict=True)
        )
        if len(cases) == 1:
            return self.decided(whole, before + cases[0].words + ".")
        alike = [place for place, truth in enumerate(truths) if truth is whole]
        if whole is False:
            decisive = min(alike, key=lambda place: chances[place])
        else:
            decisive = max(alike, key=lambda place: _for(given[place]))
        share = "All" if whole else f"{len(alike)} of"
        lead = f"{share} {len(cases)} cases {_DO[whole, len(alike) == 1]}"
        which = "the closest" if whole and _for(given[decisive]) else "one of them"
        lead += f"; {which}: " if len(alike) > 1 else ": "
        said = before + lead + cases[decisive].words + "."
        return replace(self.decided(whole, said), cases=cases)


def _for(answer: Answer) -> float:
    return answer[3] if len(answer) > 3 else 0.0


@dataclass(frozen=True)
class Case:
    """One of several cases that a claim is decided by: a data set, a size, a group.

    Attributes
    ----------
    verdict
        What this case alone says of the claim.
    words
        The numbers behind it.
    """

    verdict: Verdict
    words: Prose


@dataclass(frozen=True)
class Finding:
    """A run's verdict on a claim.

    Attributes
    ----------
    name, statement, where, measured, refuted_by, cut_off
        Those of the claim.
    origin
        Whose the claim is, "paper" or "ours"; null in records of earlier versions.
    verdict
        "holds", "fails" or "not decided", in this run, with its settings.
    evidence
        A sentence with the number that decides, and its interval where it has one.
    words
        The same with its numbers apart, for whoever writes numbers in another way; null
        in records of earlier versions.
    cases
        What each case says, where a claim is decided by several.

    Examples
    --------
    >>> import widthwise as ww
    >>> claim = ww.experiments.Claim(
    ...     "falls", "The loss falls.", "Theorem 1", "the loss", "a rise", origin="ours"
    ... )
    >>> found = claim.decided(False, "It rises from 1 to 2.")
    >>> found.verdict, found.evidence, found.origin
    ('fails', 'It rises from 1 to 2.', 'ours')
    """

    name: str
    statement: str
    where: str
    measured: str
    refuted_by: str
    verdict: Verdict
    evidence: str
    words: Prose | None = None
    origin: Origin | None = None
    cut_off: str = ""
    cases: tuple[Case, ...] = ()

    def as_content(self) -> dict[str, Any]:
        """Return the finding as plain JSON types."""
        return write(self)


@dataclass(frozen=True, kw_only=True)
class ExperimentRecord(Opening):
    """The content of one run's record.

    Attributes
    ----------
    kind
        "experiment".
    name, version
        The experiment's key in the catalog; counts changes after which the same
        settings give other numbers.
    title, question
        A heading, and what is asked.
    source, where
        The paper, and the figure or section.
    quick
        Whether the settings are those of a first look, which decides little.
    settings
        The value of every setting.
    assumptions
        How the paper is read where its text leaves something open.
    findings
        The verdict on each claim.
    tables
        Rows by name.
    charts
        How the tables are drawn, the most telling first.
    notes
        What a reader of the numbers needs to know of this run.
    seconds
        How long it took; null where that is not known.

    Examples
    --------
    >>> import widthwise as ww
    >>> study = ww.experiments.CATALOG["panigrahi_dimension"]
    >>> small = {"count": 6, "dimensions": (3, 5), "activations": ("relu",)}
    >>> record = study.run(small, quick=True)
    >>> found = ww.records.read(ww.experiments.ExperimentRecord, record.content)
    >>> found.name, found.quick, [row["dimension"] for row in found.tables["dimension"]]
    ('panigrahi_dimension', True, [3, 5])
    """

    kind: Literal["experiment"]
    name: str
    version: int = 1
    title: str
    question: str
    source: str
    where: str
    quick: bool
    settings: dict[str, Any]
    assumptions: list[str]
    findings: list[Finding]
    tables: dict[str, list[Row]]
    charts: list[Chart] = field(default_factory=list)
    notes: list[str]
    command: str | None = None
    seconds: float | None = None
