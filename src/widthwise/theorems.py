"""What theorems that ask for a width have in common."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol, runtime_checkable

from widthwise.arguments import probability
from widthwise.cards import card
from widthwise.prose import Prose, as_prose
from widthwise.sources import Source

__all__ = ["Theorem", "Trust", "Width", "failure_probability", "promise", "rounded_up"]

Trust = Literal["derived", "recalled", "uncertain"]
"""How a statement came to be known: "derived" (proved anew, so the paper's own constant
may differ), "recalled" (from memory of the paper), "uncertain"."""


@dataclass(frozen=True)
class Width:
    r"""A number of hidden units that a theorem asks for, and what it rests on.

    Attributes
    ----------
    value
        m. A whole number, rounded up; inf where no finite width follows.
    is_certificate
        Whether the theorem's constants are known and its hypotheses hold on this data
        under `assumptions`. If not, `value` is an order of magnitude, or inf.
    formula
        The width in LaTeX.
    source
        The paper.
    stated
        What has to be true, in words whose numbers are still numbers.
    trust
        How the statement came to be known, as in `Trust`.
    kernel
        Whose smallest eigenvalue it uses, as in `Provenance.kernel`; None for a theorem
        that uses none.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> kernel = ww.kernels.conjugate_kernel(points, "relu", "sphere")
    >>> bound = ww.bounds.CATALOG["benson_chernoff_simplified"]
    >>> found = bound.width(ww.spectra.spectrum(kernel))
    >>> found.kernel, found.value > 3
    ('conjugate', True)
    """

    value: float | int
    is_certificate: bool
    formula: str
    source: Source
    stated: tuple[Prose, ...]
    trust: Trust
    kernel: str | None = None

    def _repr_html_(self) -> str:
        rows = (
            ("units", self.value),
            ("certificate", self.is_certificate),
            ("kernel", self.kernel),
            ("source", str(self.source)),
        )
        return card("Width", rows, " ".join(self.assumptions))

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What has to be true, in plain words; numbers to three digits."""
        return tuple(str(each) for each in self.stated)


@runtime_checkable
class Theorem(Protocol):
    """What a catalog of theorems shows of each.

    A room's own abstract class derives from it and adds the width, whose arguments
    differ from room to room.

    Attributes
    ----------
    name, title
        The key in the catalog, and the heading of a table.
    formula, source
        The width in LaTeX, and the paper.
    trust
        How the statement came to be known.
    constant_is_known
        If not, a width is an order of magnitude and never a certificate.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[Source]
    trust: ClassVar[Trust]
    constant_is_known: ClassVar[bool]


def promise(
    theorem: Theorem,
    value: float | int,
    assumptions: Iterable[Prose | str],
    *,
    holds: bool = True,
    kernel: str | None = None,
) -> Width:
    """Return a theorem's width with what it rests on.

    Parameters
    ----------
    theorem
        Whose formula, source and trust it has.
    value
        Already rounded up.
    assumptions
        What has to be true.
    holds
        Whether the hypotheses were checked and nothing was sampled. It is a certificate
        if so, if the constants are known, and if the width is finite.
    kernel
        Whose smallest eigenvalue was used.
    """
    return Width(
        value=value,
        is_certificate=holds and theorem.constant_is_known and math.isfinite(value),
        formula=theorem.formula,
        source=theorem.source,
        stated=tuple(as_prose(each) for each in assumptions),
        trust=theorem.trust,
        kernel=kernel,
    )


def failure_probability(value: object) -> float:
    r"""Return $\delta$, strictly between 0 and 1.

    Raises
    ------
    InvalidArgumentError
        If it is not.
    """
    return probability(value, "The failure probability", meaning="such as 0.01")


def rounded_up(width: float | int, *, slack: float | int = 0.0) -> float:
    """Return the next whole number, at least 1; infinity stays.

    Parameters
    ----------
    width
        What a formula gave.
    slack
        The relative rounding error of the formula that is forgiven, such as 1e-14 where
        a logarithm of 8 may give 3.0000000000000004. A certificate forgives none.
    """
    if math.isinf(width):
        return float(width)
    return float(max(1, math.ceil(width * (1 - slack))))
