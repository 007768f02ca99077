"""A rank verdict in words: the reason, and the theorem it rests on."""

from dataclasses import dataclass

from widthwise.prose import Prose, say
from widthwise.spectra._active_degrees import ActiveDegrees
from widthwise.spectra._collision_groups import listed

__all__ = ["Counts", "reason", "theorem"]

_ROUNDING = 1e-15  # Of unit vectors, in radians.
_NEARLY = 1e-6  # Below it, an independence that no training would notice.


@dataclass(frozen=True)
class Counts:
    """The numbers that a reason is made of.

    Attributes
    ----------
    rows, rank, highest
        n, and the least and the greatest rank that the kernel matrix can have.
    repeats
        Rows minus distinct points.
    pairs
        Antipodal pairs among the distinct points.
    relations
        Dimension of the null space, less `repeats`.
    smallest_kept
        The smallest relative singular value that counts as nonzero; nan if none did.
    widest
        The largest angle that was counted as 0, radians.
    """

    rows: int
    rank: int
    highest: int
    repeats: int
    pairs: int
    relations: int
    smallest_kept: float
    widest: float


def reason(
    name: str, degrees: ActiveDegrees, counts: Counts, *, is_exact: bool, why_not: str
) -> Prose:
    """Say in one sentence why the labels can or cannot be fitted."""
    doubt = "" if is_exact else f" (decided numerically: {why_not})"
    if counts.rank == counts.rows:
        harmless = _harmless(name, degrees, counts)
        return say("Any labels can be fitted{}: {}{}.", doubt, harmless, _as_if(counts))
    rank = f"The rank is {counts.rank}"
    if counts.highest > counts.rank:
        rank = f"The rank is between {counts.rank} and {counts.highest}"
    rank = f"{rank} for {counts.rows} rows."
    if counts.highest == counts.rows:
        return say(
            "It is not decided whether any labels can be fitted: {}{}. {}",
            why_not,
            _as_if(counts),
            rank,
        )
    causes = []
    if counts.repeats:
        repeats = _count(counts.repeats, "row repeats", "rows repeat")
        causes.append(f"{repeats} an earlier row, and equal rows get equal outputs")
    if counts.relations:
        causes.append(_relations(name, degrees, counts))
    return say(
        "Some labels cannot be fitted at any width{}: {}{}. {}",
        doubt,
        "; ".join(causes),
        _as_if(counts),
        rank,
    )


def _as_if(counts: Counts) -> Prose:
    """Say that rows were counted as equal or opposite which are not to the last bit."""
    if counts.widest <= _ROUNDING:
        return Prose("")
    return say(
        " (rows up to {:2} rad from being equal or opposite were counted as such)",
        counts.widest,
    )


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _harmless(name: str, degrees: ActiveDegrees, counts: Counts) -> Prose | str:
    near = Prose("")
    if counts.smallest_kept < _NEARLY:
        near = say(", though nearly dependent ({:1})", counts.smallest_kept)
    different = f"all {counts.rows} rows are different"
    if counts.rows == 1:
        return "there is one row"
    if degrees.all_finite is not None:
        return f"{different} and not too many for the polynomial {name}" + near
    if degrees.even is None and degrees.odd is None:
        return f"{different}, and {name} separates any different rows"
    if not counts.pairs:
        return f"{different} and no two are opposite"
    pairs = _count(
        counts.pairs, "pair of opposite rows is", "pairs of opposite rows are"
    )
    return f"{different}, and the {pairs} independent for {name}" + near


def _relations(name: str, degrees: ActiveDegrees, counts: Counts) -> str:
    finite = degrees.all_finite
    distinct = counts.rows - counts.repeats
    if finite == ():
        return f"{name} is zero for every weight, so every output is zero"
    if finite is not None:
        return (
            f"{name} is a polynomial here, and on these {distinct} different rows its "
            f"outputs span only {distinct - counts.relations} dimensions"
        )
    known = degrees.odd if degrees.even is None else degrees.even
    pairs = _count(counts.pairs, "pair", "pairs")
    if not known:
        how = "equal" if degrees.even is None else "opposite"
        them = "it" if counts.pairs == 1 else "each"
        return (
            f"{pairs} of opposite rows, x and -x, and {name} gives {them} {how} outputs"
        )
    part = "odd" if degrees.even is None else "even"
    named: dict[tuple[int, ...], str] = {(1,): "a straight line", (0,): "a constant"}
    what = named.get(known, "a polynomial")
    ties = _count(counts.relations, "linear relation ties", "linear relations tie")
    among = "lie in too few dimensions" if known == (1,) else "are too many"
    return (
        f"{pairs} of opposite rows, x and -x, {among}: the {part} part of {name} is "
        f"{what}, so {ties} its outputs on them"
    )


def theorem(degrees: ActiveDegrees, *, is_circle: bool) -> str:
    """State the case of the rank theorem that decided."""
    if degrees.all_finite is not None:
        among = listed(degrees.all_finite) if degrees.all_finite else "none"
        return (
            f"Active degrees: {among}. The null space is that of the spherical "
            "harmonics of these degrees at the points."
        )
    where = " (d = 2: degrees resolved numerically)" if is_circle else ""
    if degrees.even is None and degrees.odd is None:
        return (
            "Infinitely many even and odd degrees are active: distinct points give a "
            f"nonsingular kernel matrix{where}."
        )
    infinite, finite, known, sign = (
        ("even", "odd", degrees.odd, "(a, -a)")
        if degrees.even is None
        else ("odd", "even", degrees.even, "(a, a)")
    )
    among = f"{finite} degrees {listed(known)}" if known else f"no {finite} degree"
    nullities: dict[tuple[int, ...], str] = {
        (1,): "q - rank(P) for q antipodal pairs with directions P",
        (0,): "max(q - 1, 0) for q antipodal pairs",
        (): "q for q antipodal pairs",
    }
    rank = nullities.get(
        known or (),
        f"q less the rank of those {finite} degrees' harmonics at the q directions",
    )
    return (
        f"Infinitely many {infinite} degrees and {among} are active: null vectors of "
        f"distinct points are {sign} on antipodal pairs and zero elsewhere, and the "
        f"nullity is {rank}{where}."
    )
