"""The theorems on the landscape. To add one: write its file, and add it here."""

from widthwise.landscape.theorems._corollary_8 import corollary_8
from widthwise.landscape.theorems._definition import LandscapeTheorem
from widthwise.landscape.theorems._pattern_count import pattern_count
from widthwise.landscape.theorems._theorem_5 import theorem_5
from widthwise.landscape.theorems._theorem_10 import theorem_10
from widthwise.landscape.theorems._theorem_12 import theorem_12

__all__ = ["THEOREMS"]

THEOREMS: dict[str, LandscapeTheorem] = {
    each.name: each
    for each in (theorem_5, pattern_count, corollary_8, theorem_10, theorem_12)
}
