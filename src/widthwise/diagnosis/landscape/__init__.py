"""The study of the loss landscape of one data set."""

from typing import TYPE_CHECKING

from widthwise.diagnosis.landscape._knobs import LandscapeKnobs
from widthwise.doors import opened_by

if TYPE_CHECKING:
    from widthwise.diagnosis.landscape._record import (
        FullRank,
        LandscapeRecord,
        LossSlice,
        Minima,
        ObstacleFound,
        TheoremFound,
    )
    from widthwise.diagnosis.landscape._study import LandscapeStudy

__all__ = [
    "FullRank",
    "LandscapeKnobs",
    "LandscapeRecord",
    "LandscapeStudy",
    "LossSlice",
    "Minima",
    "ObstacleFound",
    "TheoremFound",
]

# A page is drawn from a record without what computes one.
if not TYPE_CHECKING:  # which would then find every name
    __getattr__ = opened_by(
        __name__,
        {
            "_record": (
                "FullRank",
                "LandscapeRecord",
                "LossSlice",
                "Minima",
                "ObstacleFound",
                "TheoremFound",
            ),
            "_study": ("LandscapeStudy",),
        },
    )
