"""The words that differ between pages of different kinds."""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Telling"]


@dataclass(frozen=True)
class Telling:
    """How a page speaks of what it compares.

    Attributes
    ----------
    subject
        What is compared, as the heading of a column and the label of a choice.
    several
        The same in the plural.
    interrupted
        What may be missing when the run was interrupted.
    answered
        What the answers then speak of.
    unanswered, nothing
        What there is to say when there is no verdict, and nothing to compare.
    glossary
        The terms of the answers, and what they mean.
    passed, called
        What to pass to which function to repeat the diagnosis from Python.
    given_to
        Who takes the rows, where they are not on the sphere.
    error
        What training is to remove, as the figures name it. This and what follows is
        told only where training is predicted.
    """

    subject: str
    several: str
    interrupted: str
    answered: str
    unanswered: str
    nothing: str
    glossary: Mapping[str, str]
    passed: str
    called: str = "widthwise.diagnose"
    given_to: str = "the network"
    error: str = ""
    eigenvalues_title: str = ""
    eigenvalues_opening: str = ""
    eigenvalues_reading: str = ""
    filters_reading: str = ""
    residual_reading: str = ""
    training_caption: str = ""
