"""The least and the greatest rank that a kernel matrix can have, with the doubts."""

from dataclasses import dataclass, replace

import numpy as np

from widthwise.activations import Activation
from widthwise.laws import Law, Sphere
from widthwise.spectra._active_degrees import ActiveDegrees
from widthwise.spectra._circle import resolved_degrees
from widthwise.spectra._collision_groups import listed
from widthwise.spectra._collisions import Collisions
from widthwise.spectra._exact_rays import exact_collisions
from widthwise.spectra._harmonics import RowSpace
from widthwise.spectra._null_space import NullSpace
from widthwise.spectra._numerical_rank import numerical_rank
from widthwise.spectra._pair_structure import null_space
from widthwise.spectra._rational_rank import rational_rank

__all__ = ["Bracket", "Problem", "bracket"]


@dataclass(frozen=True)
class Problem:
    """What a verdict is about, and how finely rows are told apart."""

    act: Activation
    law: Law
    kernel: str
    tolerance: float
    near_angle: float


@dataclass(frozen=True)
class Bracket:
    """What is known of the rank.

    Attributes
    ----------
    lowest, highest
        The least and the greatest that it can be.
    null
        The null space if all that is within the tolerance collides.
    certain
        What is null in any case.
    degrees
        The degrees that `null` rests on.
    doubts
        Why the verdict is open, or numerical; empty if it is exact.
    is_circle
        Whether degrees of infinite parities were resolved numerically.
    """

    lowest: int
    highest: int
    null: NullSpace
    certain: NullSpace
    degrees: ActiveDegrees
    doubts: tuple[str, ...]
    is_circle: bool


def bracket(
    given: np.ndarray,
    directions: np.ndarray,
    collisions: Collisions,
    degrees: ActiveDegrees,
    problem: Problem,
) -> Bracket:
    """Find the least and the greatest rank.

    Parameters
    ----------
    given, directions
        Shape (n, d): the rows, and the same of norm one.
    collisions, degrees
        What collides within the tolerance, and the kernel's degrees.
    problem
        σ, the law and the kernel.
    """
    act, rows, tolerance = problem.act, len(directions), problem.tolerance
    doubts = []
    if not act.parity_is_exact:
        doubts.append(f"the parity of {act.name} was sampled")
    is_circle = (
        directions.shape[1] == 2
        and isinstance(problem.law, Sphere)
        and degrees.all_finite is None
    )
    fewest, most = replace(degrees, doubtful=()), degrees.widest
    if is_circle:
        doubts.append("on the circle the theorem needs every degree")
        classes = len(collisions.first_row) - len(collisions.pairs)
        fewest = resolved_degrees(act, fewest, classes, problem.kernel)
    null = null_space(directions, collisions, fewest, tolerance, given)
    loosest = null
    finest, is_rounded = exact_collisions(
        given,
        directions,
        collisions,
        with_opposite=degrees.even is not None or degrees.odd is not None,
    )
    are_blurred = finest is not collisions
    if are_blurred or most != fewest:
        loosest = null_space(directions, finest, most, tolerance, given)
        if not are_blurred and loosest.dimension == null.dimension:
            null, fewest = loosest, most  # The gaps cost no rank.
    lowest = rows - null.dimension
    highest = max(lowest, rows - loosest.dimension + loosest.row_space.undecided)
    if len(finest.first_row) > len(collisions.first_row) and most.all_finite:
        # One rounding makes rows opposite, or dependent, and never equal.
        ours = given[finest.first_row]
        exact = rational_rank(ours, most.all_finite, ours.shape[1])
        highest = max(highest, len(ours) if exact is None else exact)
    space = null.row_space
    if are_blurred and lowest < highest:
        doubts.append(
            "rows are equal or opposite within the tolerance and not to the last digit"
        )
    if not space.is_clear or space.undecided or loosest.row_space.undecided:
        doubts.append("the pairs or points are close to dependent")
    elif not (space.is_rational and loosest.row_space.is_rational):
        doubts.append("the pairs or points are dependent to one rounding of unit rows")
    elif is_rounded and null.dimension:
        doubts.append("rows are opposite to one rounding of unit rows")
    if degrees.doubtful and highest > lowest:
        few = listed(degrees.doubtful)
        doubts.append(f"the coefficients of degree {few} cancel to their rounding")
    if not act.parity_is_exact or (is_circle and lowest < highest):
        lowest, highest, doubt = _compared(directions, finest, problem, lowest, highest)
        doubts += doubt
    certain = loosest
    if rows - loosest.dimension < highest:
        certain = _repeats(loosest)
    return Bracket(lowest, highest, null, certain, fewest, tuple(doubts), is_circle)


def _repeats(null: NullSpace) -> NullSpace:
    """Keep the differences of equal rows only."""
    count = null.row_space.count
    return replace(null, row_space=RowSpace(None, count, count))


def _compared(
    directions: np.ndarray,
    distinct: Collisions,
    problem: Problem,
    lowest: int,
    highest: int,
) -> tuple[int, int, list[str]]:
    """Correct the bracket by what the kernel's own numbers show."""
    count = len(distinct.first_row)
    found = numerical_rank(
        directions[distinct.first_row], problem.act, problem.law, problem.kernel
    )
    said = (
        f"the theorem then gives rank {highest} and the kernel's spectrum shows {found}"
    )
    if found > highest:
        return min(found, count), count, [said]
    if problem.act.parity_is_exact:
        return max(lowest, found), highest, []
    # Samples show finitely many degrees, and rounding may show some that are not there.
    return found, highest, [said] if found < highest else []
