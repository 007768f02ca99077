"""The part of the record that says which widths are enough."""

from dataclasses import dataclass

from widthwise.prose import Prose

__all__ = ["EmpiricalWidth", "WidthBoundFound", "Widths"]


@dataclass(frozen=True, kw_only=True)
class WidthBoundFound:
    """A theorem's width.

    Attributes
    ----------
    name, title
        The bound's key in the catalog, and its name for readers.
    value
        Hidden units; null when infinite.
    is_certificate
        Whether it holds as it stands; else it is an order of magnitude.
    formula, source, assumptions
        In LaTeX; the paper; what it needs.
    trust
        How far the statement can be trusted.
    constant_is_known
        Whether the theorem's constant is known.
    """

    name: str
    title: str = ""
    value: float | None
    is_certificate: bool
    formula: str
    source: str
    assumptions: tuple[Prose, ...]
    trust: str = ""
    constant_is_known: bool = True


@dataclass(frozen=True, kw_only=True)
class EmpiricalWidth:
    """The width that random networks needed for full rank.

    Attributes
    ----------
    value, low, high
        Hidden units, with an interval; null where the experiment gave no limit.
    probability
        Of full rank at that width.
    confidence
        Of the interval.
    trials, reached
        Random networks drawn, and those of them with full rank at `value` units, or at
        the widest one tried.
    criterion
        What counts: "full_rank".
    """

    value: float | None
    low: float | None
    high: float | None
    probability: float
    confidence: float
    trials: int
    reached: int | None = None
    criterion: str = "full_rank"


@dataclass(frozen=True, kw_only=True)
class Widths:
    """Widths that are enough; a member is null where it does not apply.

    Attributes
    ----------
    proved
        The smallest certificate of full rank, whatever theorem gives it.
    certified, certified_sharp
        The full-rank theorem with n C², and with the data's own bound on ‖σ(Xw)‖².
    conditioned
        λ_min kept within `epsilon` of its infinite-width value.
    empirical
        By experiment.
    rows
        Null where these widths fit any labels of the rows. Where some labels fit at no
        width but these do, the widths are for as many independent rows, whose labels
        decide those of the others.
    """

    certified: WidthBoundFound | None
    certified_sharp: WidthBoundFound | None
    conditioned: WidthBoundFound | None
    empirical: EmpiricalWidth | None
    rows: int | None = None
    proved: WidthBoundFound | None = None
