"""Laws of the hidden units' weights.

To add one: write `_<name>.py` in this folder and add its class below.
"""

from widthwise.laws._definition import BLOCK, Law
from widthwise.laws._gaussian import Gaussian
from widthwise.laws._sphere import Sphere

CATALOG: dict[str, type[Law]] = {each.name: each for each in (Sphere, Gaussian)}

__all__ = ["BLOCK", "CATALOG", "Gaussian", "Law", "Sphere"]
