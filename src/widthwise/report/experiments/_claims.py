"""What a run says of each claim, counted and marked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from widthwise.prose import Prose, listed
from widthwise.report.experiments._telling import LEVELS
from widthwise.report.parts import Status, count, status_of

__all__ = ["ClaimRow", "Group", "Tally", "claim_status", "groups", "told"]


@dataclass(frozen=True)
class CaseRow:
    """One case of a claim, as a page lists it."""

    status: Status
    words: Prose


@dataclass(frozen=True)
class ClaimRow:
    """One claim with its verdict, as a page lists it."""

    status: Status
    statement: str
    evidence: Prose | str
    where: str
    measured: str
    refuted_by: str
    cut_off: str
    cases: tuple[CaseRow, ...]


@dataclass(frozen=True)
class Tally:
    """How many claims have one verdict."""

    status: Status
    number: int
    words: str


@dataclass(frozen=True)
class Group:
    """The claims of one origin, with a heading and how many have which verdict.

    `mark` is a word for style sheets: "paper", "ours" or "unsaid".
    """

    mark: str
    heading: str
    tallies: tuple["Tally", ...]
    claims: tuple["ClaimRow", ...]
    findings: tuple[Mapping[str, Any], ...]


_HEADINGS = {
    "paper": "Claims of the {}",
    "ours": "Beyond the {}: claims of ours",
    "unsaid": "Claims whose origin this version cannot tell",
}

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


def groups(
    findings: Iterable[Mapping[str, Any]], of: str = "paper"
) -> tuple[Group, ...]:
    """Return a paper's claims, and apart from them ours, each with their counts.

    The paper's own come first, without claims too; the others only if there are any.
    """
    given = list(findings)
    found = []
    for mark, heading in _HEADINGS.items():
        some = [each for each in given if _mark(each) == mark]
        if some or mark == "paper":
            found.append(
                Group(
                    mark,
                    heading.format(of),
                    tuple(_tallies(some)),
                    tuple(map(_row, some)),
                    tuple(some),
                )
            )
    return tuple(found)


def _mark(finding: Mapping[str, Any]) -> str:
    origin = finding.get("origin")
    return origin if origin in ("paper", "ours") else "unsaid"


def _row(finding: Mapping[str, Any]) -> ClaimRow:
    return ClaimRow(
        claim_status(finding["verdict"]),
        finding["statement"],
        _said(finding),
        finding["where"],
        finding["measured"],
        finding["refuted_by"],
        finding.get("cut_off") or "",
        tuple(
            CaseRow(claim_status(each["verdict"]), _prose(each["words"]))
            for each in finding.get("cases") or ()
        ),
    )


def _said(finding: Mapping[str, Any]) -> Prose | str:
    """Return the evidence; records of earlier versions have it as plain text alone."""
    words = finding.get("words")
    if words is None:
        return str(finding["evidence"])
    return _prose(words)


def _prose(words: Mapping[str, Any]) -> Prose:
    return Prose(words["text"], tuple(words["numbers"]))


def _tallies(findings: Sequence[Mapping[str, Any]]) -> list[Tally]:
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


def told(findings: Iterable[Mapping[str, Any]], of: str = "paper") -> str:
    """Return the counts in one line, a paper's claims and ours apart.

    `Of the paper's 3 claims 2 hold and 1 fails; of 2 of ours 2 are not decided`.
    """
    names = {
        "paper": f"of the {of}’{'' if of.endswith('s') else 's'} {{}} claim{{}}",
        "ours": "of {} of ours",
        "unsaid": "of {} claim{} that nobody is named for",
    }
    parts = []
    for group in groups(findings, of):
        number = len(group.claims)
        name = names[group.mark].format(count(number), "" if number == 1 else "s")
        if number:
            parts.append(f"{name} {_counted(group.tallies)}")
    return "; ".join(parts) or "none is decided"


def _counted(tallies: Sequence[Tally]) -> str:
    parts = []
    for each in tallies:
        words = each.words.removeprefix("claims ").removeprefix("claim ")
        if words == "not decided":
            words = f"{'is' if each.number == 1 else 'are'} {words}"
        if each.number:
            parts.append(f"{count(each.number)} {words}")
    return str(listed(parts))
