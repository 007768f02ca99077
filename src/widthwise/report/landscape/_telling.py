"""The words of a page on a loss landscape."""

from widthwise.report.parts import Telling

__all__ = ["WIDTHS"]

WIDTHS = Telling(
    subject="Width",
    several="Widths",
    interrupted="widths or pictures that were asked for may be missing",
    answered="the widths shown",
    nothing="No width was finished.",
    unanswered="No width was finished, so there is no answer yet.",
    glossary={
        "Width": "the number of hidden units.",
        "Region": (
            "all weights that switch the same units on at the same rows; within it the "
            "squared loss is convex."
        ),
        "Jacobian": (
            "how the outputs at the rows move with the weights of the hidden layer."
        ),
        "Full rank": (
            "the Jacobian can move each output by itself; then every critical point "
            "inside the region has zero loss."
        ),
        "P(full rank)": "the share of random networks in such a region.",
    },
    passed="the data",
    called="widthwise.diagnosis.diagnose_landscape",
)
