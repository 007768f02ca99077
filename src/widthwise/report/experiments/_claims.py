"""What a run says of each claim, counted and marked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from widthwise.prose import Prose
from widthwise.report.experiments._telling import LEVELS
from widthwise.report.parts import Status, count, status_of

__all__ = ["ClaimRow", "Tally", "claim_rows", "claim_status", "tallies", "told"]


@dataclass(frozen=True)
class ClaimRow:
    """One claim with its verdict, as a page lists it."""

    status: Status
    statement: str
    evidence: Prose | str
    where: str
    measured: str
    refuted_by: str


@dataclass(frozen=True)
class Tally:
    """How many claims have one verdict."""

    status: Status
    number: int
    words: str


_WORDS = {
    "holds": ("claim holds", "claims hold"),
    "fails": ("claim fails", "claims fail"),
    "not decided": ("claim not decided", "claims not decided"),
}


def claim_status(verdict: str) -> Status:
    """Return how a verdict is shown; one that is not known keeps its own word."""
    if verdict not in LEVELS:
        return Status("caution", verdict, "!", "!")
    return status_of(LEVELS[verdict], verdict.capitalize())


def claim_rows(findings: Iterable[Mapping[str, Any]]) -> list[ClaimRow]:
    """Return the findings in their order."""
    return [
        ClaimRow(
            claim_status(each["verdict"]),
            each["statement"],
            _said(each),
            each["where"],
            each["measured"],
            each["refuted_by"],
        )
        for each in findings
    ]


def _said(finding: Mapping[str, Any]) -> Prose | str:
    """Return the evidence; records of earlier versions have it as plain text alone."""
    words = finding.get("words")
    if words is None:
        return str(finding["evidence"])
    return Prose(words["text"], tuple(words["numbers"]))


def tallies(findings: Sequence[Mapping[str, Any]]) -> list[Tally]:
    """Return how many hold, fail and are not decided, zeros included."""
    found = []
    for verdict, (one, several) in _WORDS.items():
        number = sum(each["verdict"] == verdict for each in findings)
        found.append(
            Tally(claim_status(verdict), number, one if number == 1 else several)
        )
    others = [each["verdict"] for each in findings if each["verdict"] not in _WORDS]
    if others:
        words = f"of another verdict ({', '.join(dict.fromkeys(others))})"
        found.append(Tally(claim_status(others[0]), len(others), words))
    return found


def told(findings: Sequence[Mapping[str, Any]]) -> str:
    """Return the counts in one line: `3 hold, 1 fails, 2 are not decided`."""
    parts = []
    for each in tallies(findings):
        words = each.words.removeprefix("claims ").removeprefix("claim ")
        if words == "not decided":
            words = f"{'is' if each.number == 1 else 'are'} {words}"
        if each.number:
            parts.append(f"{count(each.number)} {words}")
    return ", ".join(parts) or "none is decided"
