"""The words of a page on an experiment."""

from widthwise.report.parts import Telling

__all__ = ["CLAIMS", "LEVELS"]

LEVELS = {"holds": "yes", "fails": "no", "not decided": "caution"}
"""How a verdict on a claim is marked."""

CLAIMS = Telling(
    subject="Claim",
    several="Claims",
    interrupted="",
    answered="",
    nothing="The record decides no claim.",
    unanswered="The record decides no claim.",
    glossary={
        "Holds, fails": (
            "in this run, with these settings: what was measured agrees with the "
            "claim, or refutes it."
        ),
        "Not decided": (
            "the interval straddles the line that the claim draws, the run is too "
            "small to tell, or only a number of ours refutes what the paper says."
        ),
        "Ours": "not said by the paper, but asked beside it, about its limits.",
    },
    passed="",
    called="widthwise.experiments.CATALOG[…].run",
)
