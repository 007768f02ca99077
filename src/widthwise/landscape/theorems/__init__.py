"""What theorems ask of the width."""

from widthwise.landscape.theorems._conservatism import (
    THEOREMS,
    Conservatism,
    compare_with_theorems,
)
from widthwise.landscape.theorems._definition import (
    Deficiency,
    LandscapeTheorem,
    TheoremWidth,
)

__all__ = [
    "THEOREMS",
    "Conservatism",
    "Deficiency",
    "LandscapeTheorem",
    "TheoremWidth",
    "compare_with_theorems",
]
