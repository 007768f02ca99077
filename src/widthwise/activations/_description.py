"""A catalog entry in words, for the command line, the report and the documentation."""

from dataclasses import MISSING, dataclass, fields
from typing import Any

from widthwise.activations._definition import Activation

__all__ = ["Description", "Parameter", "described"]


@dataclass(frozen=True)
class Parameter:
    """One parameter of an activation.

    Attributes
    ----------
    name, meaning
        The keyword, and what it is.
    default
        Its default; None when it is required.
    is_required
        Whether `get` needs it.

    Examples
    --------
    >>> import widthwise as ww
    >>> (slope,) = ww.activations.describe("leaky_relu").parameters
    >>> slope.name, slope.default, slope.is_required
    ('negative_slope', 0.01, False)
    """

    name: str
    meaning: str
    default: Any
    is_required: bool

    def __str__(self) -> str:
        return self.name if self.is_required else f"{self.name}={self.default!r}"

    @property
    def is_dimension(self) -> bool:
        """Whether it is the number of coordinates, which the data supply."""
        return self.name == "dimension"


@dataclass(frozen=True)
class Description:
    r"""What the catalog knows about an activation.

    Attributes
    ----------
    name, formula
        The catalog name and the LaTeX of σ(z).
    parameters
        In the order of the constructor.
    smoothness
        Order of the first discontinuous derivative, for the default (or, where there
        is none, the example) parameters; inf for a smooth one.
    source
        Authors, year and arXiv number.
    summary
        One sentence.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.activations.describe("leaky_relu")
    >>> found.formula, [each.name for each in found.parameters]
    ('\\max(0, z) + a \\min(0, z)', ['negative_slope'])
    """

    name: str
    formula: str
    parameters: tuple[Parameter, ...]
    smoothness: float
    source: str
    summary: str


def described(made: type[Activation] | Activation) -> Description:
    """Describe a class of the catalog, by its example, or an activation."""
    family = made if isinstance(made, type) else type(made)
    instance = family(**family.example) if isinstance(made, type) else made
    parameters = tuple(
        Parameter(
            name=each.name,
            meaning=each.metadata.get("meaning", ""),
            default=None if each.default is MISSING else each.default,
            is_required=each.default is MISSING,
        )
        for each in fields(family)
        if each.init
    )
    return Description(
        name=instance.name,
        formula=instance.formula,
        parameters=parameters,
        smoothness=instance.smoothness,
        source=str(instance.source),
        summary=(family.__doc__ or "").strip().split("\n")[0],
    )
