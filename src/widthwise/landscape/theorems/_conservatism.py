"""How much wider theorems on the landscape ask for than is needed."""

from dataclasses import dataclass

from widthwise.landscape.theorems._catalog import THEOREMS
from widthwise.landscape.theorems._definition import Deficiency
from widthwise.theorems import Width

__all__ = ["Conservatism", "compare_with_theorems"]


@dataclass(frozen=True)
class Conservatism:
    """A theorem's width beside the least one that does.

    Attributes
    ----------
    name, title
        The theorem.
    theorem
        The width it asks for.
    least_width
        The least width with no more than the failing fraction, exactly or in a sample.
    ratio
        The theorem's width over the least.
    at_theorem_width
        The fraction that fails at the theorem's width.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.landscape.compare_with_theorems(8, 3, trials=20)[0]
    >>> found.name, found.theorem.value, found.least_width
    ('theorem_5', 5, 7)
    """

    name: str
    title: str
    theorem: Width
    least_width: int
    ratio: float
    at_theorem_width: Deficiency


def compare_with_theorems(
    points_count: int,
    dimension: int,
    failing_fraction: float | int = 0.1,
    *,
    trials: int = 1000,
    seed: int = 0,
) -> tuple[Conservatism, ...]:
    r"""Return, for each theorem that applies, its width beside the truth.

    Parameters
    ----------
    points_count, dimension
        n and d0.
    failing_fraction
        $\varepsilon$, in (0, 1).
    trials
        Patterns drawn where the true fraction is not known; a sample sees no fraction
        far below 1 / trials.
    seed
        Of the sample.

    Returns
    -------
    One entry for each theorem that speaks of n points in R^d0.

    Raises
    ------
    InvalidArgumentError
        If a number is outside its range.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.landscape.compare_with_theorems(8, 3, trials=20)
    >>> [each.name for each in found][:2]
    ['theorem_5', 'pattern_count']
    """
    found = []
    for name, theorem in THEOREMS.items():
        if not theorem.applies_to(points_count, dimension):
            continue
        asked = theorem.width(points_count, dimension, failing_fraction)
        least = theorem.least_width(
            points_count, dimension, failing_fraction, trials=trials, seed=seed
        )
        truth = theorem.deficiency(
            points_count, dimension, int(asked.value), trials=trials, seed=seed
        )
        found.append(
            Conservatism(name, theorem.title, asked, least, asked.value / least, truth)
        )
    return tuple(found)
