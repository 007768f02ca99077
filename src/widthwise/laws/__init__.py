"""Laws of the hidden units' weights.

To add one: write `_<name>.py` in this folder and add its class below.
"""

from widthwise.errors import unknown_name
from widthwise.laws._definition import BLOCK, Law
from widthwise.laws._gaussian import Gaussian
from widthwise.laws._sphere import Sphere

CATALOG: dict[str, type[Law]] = {each.name: each for each in (Sphere, Gaussian)}


def get(law: str | Law, dimension: int) -> Law:
    """Return the law of this name for points of R^dimension.

    Parameters
    ----------
    law
        "sphere" or "gaussian", or a law, which is checked against the dimension.
    dimension
        d, the number of coordinates of a point.

    Raises
    ------
    UnknownNameError
        If the catalog has no law of that name.
    InvalidArgumentError
        If the law does not fit points of that dimension.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.laws.get("sphere", 5)
    Sphere(dimension=5)
    """
    if not isinstance(law, Law):
        if not isinstance(law, str) or law not in CATALOG:
            raise unknown_name("law", str(law), CATALOG)
        law = CATALOG[law].for_dimension(dimension)
    law.weights_dimension(dimension)
    return law


__all__ = ["BLOCK", "CATALOG", "Gaussian", "Law", "Sphere", "get"]
