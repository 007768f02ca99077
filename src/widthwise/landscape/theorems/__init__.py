"""What theorems ask of the width."""

from widthwise.landscape.theorems._catalog import THEOREMS
from widthwise.landscape.theorems._conservatism import (
    Conservatism,
    compare_with_theorems,
)
from widthwise.landscape.theorems._definition import Deficiency, LandscapeTheorem
from widthwise.theorems import Width as TheoremWidth

__all__ = [
    "THEOREMS",
    "Conservatism",
    "Deficiency",
    "LandscapeTheorem",
    "TheoremWidth",
    "compare_with_theorems",
]
