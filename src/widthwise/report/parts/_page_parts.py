"""What a page is made of, whatever it speaks of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from widthwise.report.parts._drawn import Series
from widthwise.report.parts._figure import Figure
from widthwise.report.parts._telling import Telling

__all__ = ["TRAINING_SCRIPTS", "Page"]

TRAINING_SCRIPTS = ("evidence", "landweber", "training")
"""The scripts of every page that predicts training."""


@dataclass(frozen=True)
class Page:
    """A template, what it is filled with, and the assets that only it needs.

    A page without figures does not hold the plotting library.

    Attributes
    ----------
    found
        What is compared, in order.
    preferred
        The name of the one that came out best, or None.
    context
        What only this template reads.
    own_scripts, own_styles
        The names of its scripts and style sheets, in the order they are read.
    data
        What only its scripts read, as JSON can hold it.
    """

    template: str
    telling: Telling | None
    found: Sequence[Series[Any]]
    preferred: str | None
    figures: Sequence[Figure]
    context: Mapping[str, Any]
    own_scripts: Sequence[str] = ()
    own_styles: Sequence[str] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
