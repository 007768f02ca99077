"""Whether a wide network can fit any labels of given points, and if not, which."""

import math
from dataclasses import replace

import numpy as np
import torch

from widthwise import activations, laws
from widthwise.activations import Activation
from widthwise.arrays import Array, Real, rounding_unit
from widthwise.errors import InvalidArgumentError, WidthwiseError
from widthwise.kernels.two_layer import unit_points
from widthwise.laws import Law
from widthwise.spectra._active_degrees import ActiveDegrees, active_degrees
from widthwise.spectra._collision_groups import collision_groups
from widthwise.spectra._collisions import KINDS, Kind, find_collisions
from widthwise.spectra._rank_bracket import Problem, bracket
from widthwise.spectra._rank_prose import Counts, reason, theorem
from widthwise.spectra._rank_verdict import RankVerdict

__all__ = ["rank_verdict"]

_MOST_GROUPS = 50
_SAME = 1e-12  # Radians.
_UNIVERSAL = ("elu", "selu", "mish", "exp")


def rank_verdict(
    points: Real[Array, "n d"],
    act: Activation | str,
    law: Law | str | None = None,
    *,
    kernel: str = "conjugate",
    tolerance: float | None = None,
    near_angle: float = 1e-3,
) -> RankVerdict:
    r"""Decide the rank of the infinite-width kernel matrix, and explain it.

    The conjugate kernel has entries $E[\sigma(w \cdot x_i) \sigma(w \cdot x_j)]$. Its
    rank follows, for d >= 3, from which degrees k of spherical harmonics it contains.
    With infinitely many even and finitely many odd degrees, null vectors of distinct
    points are $(a_j, -a_j)$ on the antipodal pairs $(p_j, -p_j)$, zero elsewhere, with

    $$\sum_j a_j Y(p_j) = 0 \quad \text{for every harmonic } Y
      \text{ of an odd degree in the kernel};$$

    for relu, swish, gelu and softplus that is degree 1, and the nullity is q - rank(P)
    for q pairs with directions P. With the parities exchanged the same holds with
    $(a_j, a_j)$; with both infinite the nullity is zero; with both finite the harmonics
    at all points decide. A repeated row always costs one rank.

    On the circle (d = 2) under the sphere law the degrees are resolved numerically;
    under the Gaussian law the theorem holds there too.

    Rows are floats, and floats are rationals: rows within `tolerance` of each other, or
    of being opposite, that are not so exactly leave the verdict open. Harmonics are
    decided over the rationals, too, beside their singular values, and a verdict between
    the two is left open. What is opposite, or dependent, to one rounding of unit
    vectors (1e-15 rad) is decided, and not called exact. Open is also what rests on a
    sampled σ and promises a rank that the kernel's own spectrum does not show.

    Parameters
    ----------
    points
        Shape (n, d), d >= 2, rows of norm one up to 1e-8 (2e-6 in float32); any real
        dtype. A row is read as the direction that its numbers give.
    act
        σ, or its name in `activations.CATALOG`.
    law
        The law of w, or its name; the sphere of the points' dimension by default.
    kernel
        "conjugate"; "tangent_inner", $x_i \cdot x_j\, E[\sigma' \sigma']$; or
        "tangent_both", their sum.
    tolerance
        Radians up to which two rows may be equal, or opposite; `rank` counts them as if
        they were. By default 1e-12, and eight roundings of rows of float32, 9.5e-7.
    near_angle
        Radians up to which two rows are reported as nearly so.

    Raises
    ------
    NotOnSphereError
        If a row's norm differs from one by more than that.
    OutsideDomainError
        If σ is not defined on the law's support (a Wendland activation with Gaussian
        weights).
    InvalidArgumentError
        If `points` is no matrix with d >= 2, or `kernel` is unknown.
    MemoryBudgetError
        If a polynomial activation meets more points than fit.

    Source
    ------
    Benson, Damle and Townsend (2020), arXiv:2010.15959, Section 2 and Theorem 3.6, for
    the eight points and positive definiteness; the theorem for any points is proved in
    the documentation, "The rank theorem".

    Cost: O(n d + n log n) time plus an SVD of the q x d pair directions; for
    polynomials an SVD with one row a point and one column a harmonic, or the
    eigenvalues of an n x n matrix when the harmonics are the more.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]], dtype=torch.float64)
    >>> points = torch.cat([points, -points])
    >>> verdict = ww.spectra.rank_verdict(points, "relu")
    >>> verdict.can_fit_any_labels, verdict.rank
    (False, 5)
    """
    directions = unit_points(points)
    if tolerance is None:
        tolerance = min(max(_SAME, 8.0 * rounding_unit(points)), near_angle)
    given = torch.as_tensor(points).detach().cpu().to(torch.float64).numpy()
    dimension = directions.shape[1]
    chosen = laws.get("sphere" if law is None else law, dimension)
    if not 0.0 <= tolerance <= near_angle <= 1.0:
        raise InvalidArgumentError(
            f"The tolerance is {tolerance:g} and near_angle {near_angle:g}; they must "
            "be radians with 0 <= tolerance <= near_angle <= 1."
        )
    if isinstance(act, str):
        act = activations.for_dimension(act, dimension)
    problem = Problem(act, chosen, kernel, tolerance, near_angle)
    found = _decide(given, directions, problem)
    cure = "" if found.can_fit_any_labels else _cure(directions, problem, found)
    return replace(found, cure=cure or None)


def _decide(given: np.ndarray, directions: np.ndarray, problem: Problem) -> RankVerdict:
    """Return the verdict without its cure."""
    act, law, dimension = problem.act, problem.law, directions.shape[1]
    degrees = active_degrees(act, law, dimension, problem.kernel)
    # Opposite rows matter when one parity is finite; a cure's trial needs no near ones.
    separates = degrees.even is None and degrees.odd is None
    near_kinds: tuple[Kind, ...] = ("duplicate",) if separates else KINDS
    if problem.near_angle <= problem.tolerance:
        near_kinds = ()
    collisions = find_collisions(
        directions,
        tolerance=problem.tolerance,
        near_angle=problem.near_angle,
        near_kinds=near_kinds,
    )
    widest = max(
        collisions.widest_equal, 0.0 if separates else collisions.widest_opposite
    )
    found = bracket(given, directions, collisions, degrees, problem)
    null, space = found.null, found.null.row_space
    counts = Counts(
        rows=len(directions),
        rank=found.lowest,
        highest=found.highest,
        repeats=null.duplicates_dimension,
        pairs=len(collisions.pairs),
        relations=null.dimension - null.duplicates_dimension,
        smallest_kept=space.smallest_kept,
        widest=widest,
    )
    is_exact = not found.doubts
    return RankVerdict(
        points_count=counts.rows,
        rank=counts.rank,
        highest_rank=counts.highest,
        rows=tuple(null.involved_rows().tolist()),
        groups=collision_groups(
            null,
            collisions.pairs,
            found.degrees.all_finite is not None,
            _MOST_GROUPS,
            directions,
        ),
        near_misses=collisions.near_misses,
        near_miss_count=collisions.near_miss_count,
        cure=None,
        reason=reason(
            act.name,
            found.degrees,
            counts,
            is_exact=is_exact,
            why_not=" and ".join(found.doubts),
        ),
        theorem=theorem(found.degrees, is_circle=found.is_circle),
        is_exact=is_exact,
        method="theorem" if is_exact else "numerical",
        holds_for_all_weights=counts.relations == 0
        or _holds_for_all_weights(problem, found.degrees, dimension),
        tolerance=space.tolerance if space.rank else math.nan,
        smallest_kept=space.smallest_kept,
        largest_dropped=space.largest_dropped,
        null_space=found.certain,
    )


def _holds_for_all_weights(
    problem: Problem, degrees: ActiveDegrees, dimension: int
) -> bool:
    """Whether Gaussian weights, which fill R^d, leave the same degrees."""
    try:
        everywhere = active_degrees(
            problem.act, laws.Gaussian(), dimension, problem.kernel
        )
    except WidthwiseError:
        return False
    return everywhere == degrees


def _cure(directions: np.ndarray, problem: Problem, found: RankVerdict) -> str:
    """Say what makes the rank full, tried in turn."""
    problem = replace(problem, near_angle=problem.tolerance)
    steps = []
    merged = find_collisions(
        directions, tolerance=problem.tolerance, near_angle=0.0, near_kinds=()
    )
    distinct = directions[merged.first_row]
    if len(distinct) < len(directions):
        steps.append(
            "Merge the equal rows (--merge-duplicates); where their labels differ, no "
            "function of these columns fits them."
        )
    if len(distinct) > found.rank and found.can_fit_any_labels is False:
        steps.append(_parity_cure(distinct, problem))
    return " ".join(steps)


def _parity_cure(distinct: np.ndarray, problem: Problem) -> str:
    ways = []
    lifted = np.column_stack([distinct, np.ones(len(distinct))]) / math.sqrt(2.0)
    law = laws.get(problem.law.name, lifted.shape[1])
    if _decide(lifted, lifted, replace(problem, law=law)).can_fit_any_labels:
        ways.append(
            "append a constant coordinate (--bias): then no two rows are opposite"
        )
    for name in _UNIVERSAL:
        if name not in activations.CATALOG:
            continue
        other = replace(problem, act=activations.get(name))
        if _decide(distinct, distinct, other).can_fit_any_labels:
            ways.append(f"use an activation that separates any different rows ({name})")
            break
    if not ways:
        return "No cure was found: take fewer rows."
    text = ", or ".join(ways)
    return f"{text[0].upper()}{text[1:]}."
