"""A paper's claim, and what a run says of it."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

__all__ = ["Claim", "Finding"]

Verdict = Literal["holds", "fails", "not decided"]


@dataclass(frozen=True)
class Claim:
    """What a paper says, as something that a measurement can refute.

    Attributes
    ----------
    name
        A short key, unique in its experiment.
    statement
        The claim, in our words.
    where
        The place in the paper.
    measured
        What is measured to decide it.
    refuted_by
        The outcome that would refute it.
    """

    name: str
    statement: str
    where: str
    measured: str
    refuted_by: str

    def found(self, verdict: Verdict, evidence: str) -> "Finding":
        """Return the finding on this claim; `evidence` names the numbers."""
        return Finding(self, verdict, evidence)

    def decided(self, holds: bool | None, evidence: str) -> "Finding":
        """Return the finding: True holds, False fails, None is not decided."""
        verdict: Verdict = (
            "not decided" if holds is None else "holds" if holds else "fails"
        )
        return self.found(verdict, evidence)


@dataclass(frozen=True)
class Finding:
    """A run's verdict on a claim.

    Attributes
    ----------
    verdict
        "holds", "fails" or "not decided", in this run, with its settings.
    evidence
        One sentence with the number behind it, and its interval where it has one.
    """

    claim: Claim
    verdict: Verdict
    evidence: str

    def as_content(self) -> dict[str, Any]:
        """Return the finding as plain JSON types."""
        return {
            **asdict(self.claim),
            "verdict": self.verdict,
            "evidence": self.evidence,
        }
