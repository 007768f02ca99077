"""What a bound may take from a spectrum, and the width it may then claim."""

import math
import sys
from dataclasses import dataclass

from widthwise.bounds._definition import Width, WidthBound
from widthwise.errors import InvalidArgumentError, KernelMismatchError
from widthwise.spectra import Spectrum

__all__ = [
    "NUMERICALLY_SINGULAR",
    "Premises",
    "certified",
    "check_epsilon",
    "feature_norm",
    "no_width",
    "order_of_magnitude",
    "premises",
]

NUMERICALLY_SINGULAR = (
    "the smallest eigenvalue cannot be told from zero in this precision, so no finite "
    "width follows: the kernel matrix is numerically singular"
)

_ROUNDING = 1 + 32 * sys.float_info.epsilon
"""Covers the rounding errors of the closed formulas: ceilings are upper ends."""


@dataclass(frozen=True)
class Premises:
    """The numbers of a spectrum, each at the end of its interval that is safe.

    Attributes
    ----------
    points_count
        n.
    smallest
        The lower end of the smallest eigenvalue's interval; not above 0 if the matrix
        cannot be told from a singular one.
    largest_low, largest_high
        The interval of the largest eigenvalue.
    assumptions
        What the theorem and the data need, in plain words.
    is_sampled
        Whether they include a constant or a kernel of a function that was only sampled.
    """

    points_count: int
    smallest: float
    largest_low: float
    largest_high: float
    assumptions: tuple[str, ...]
    is_sampled: bool

    @property
    def is_singular(self) -> bool:
        """Whether the smallest eigenvalue cannot be told from zero."""
        return not self.smallest > 0


def premises(
    bound: WidthBound, spectrum: Spectrum, failure_probability: float | int
) -> Premises:
    """Check the spectrum and the failure probability; return what the bound may use."""
    if not 0 < failure_probability < 1:
        raise InvalidArgumentError(
            f"The failure probability is {failure_probability!r}; it must lie strictly "
            "between 0 and 1, such as 0.01."
        )
    reason = bound.mismatch(spectrum)
    if reason is not None:
        raise KernelMismatchError(
            f"The bound {bound.name} cannot use this spectrum: {reason}. Pass the "
            "spectrum of the kernel it names, or choose another bound."
        )
    law = {
        "sphere": "the weights are independent and uniform on the unit sphere",
        "gaussian": "the weights are independent and standard normal",
    }[bound.law]
    assumptions = ["the points have unit norm", law]
    if spectrum.provenance is None:
        assumptions.append(
            f"the spectrum is that of the {bound.kernel} kernel for this law (it "
            "carries no label)"
        )
    activation = None if spectrum.provenance is None else spectrum.provenance.activation
    is_sampled = activation is not None and activation.constants_are_sampled
    if activation is not None and is_sampled:
        assumptions.append(
            f"what {activation.name} does between the samples that were taken of it is "
            "not known: its constants and its kernel are estimates, so this is no "
            "certificate"
        )
    error = spectrum.error_bound
    return Premises(
        points_count=len(spectrum.eigenvalues),
        smallest=float(spectrum.smallest_interval[0]),
        largest_low=max(spectrum.largest - error, 0.0),
        largest_high=spectrum.largest + error,
        assumptions=tuple(assumptions),
        is_sampled=is_sampled,
    )


def feature_norm(
    spectrum: Spectrum,
    activation_bound: float | int | None,
    squared_norm_bound: float | int | None,
) -> tuple[float, str]:
    r"""Return the bound on $\|\sigma(Xw)\|^2$, and the assumption behind it.

    It is `squared_norm_bound` if given, else $n C^2$ with C from `activation_bound`,
    the label's activation, or 1.
    """
    count = len(spectrum.eigenvalues)
    origin = spectrum.provenance
    activation = None if origin is None else origin.activation
    if squared_norm_bound is not None:
        found = float(squared_norm_bound)
        text = f"‖σ(Xw)‖² ≤ {found:.6g} for every weight w"
        name, given = "squared_norm_bound", found
    else:
        if activation_bound is not None:
            name, given = "activation_bound", float(activation_bound)
            if activation is not None and given < activation.bound * (1 - 1e-12):
                raise InvalidArgumentError(
                    f"activation_bound is {given:g}, and |{activation.name}| reaches "
                    f"{activation.bound:.6g} on [-1, 1]. Leave it out."
                )
            text = f"|σ| ≤ {given:.6g} on [-1, 1]"
        elif activation is not None:
            name, given = "the bound of the activation", float(activation.bound)
            text = f"|σ| ≤ {given:.6g} on [-1, 1], as for {activation.name}"
        else:
            name, given = "activation_bound", 1.0
            text = "|σ| ≤ 1 on [-1, 1] (no label or activation_bound says otherwise)"
        found = count * given**2
    if not given > 0:
        raise InvalidArgumentError(f"{name} is {given!r}; it must be positive.")
    trace = float(spectrum.eigenvalues.sum()) - count * spectrum.error_bound
    if found < trace * (1 - 1e-12):
        raise InvalidArgumentError(
            f"{name} = {given:.6g} would bound ‖σ(Xw)‖² by {found:.6g}, below its mean "
            f"{trace:.6g}, the trace of the kernel matrix. Give a bound that holds."
        )
    return found, text


def check_epsilon(epsilon: float | int) -> None:
    """Refuse a relative deviation outside (0, 1)."""
    if not 0 < epsilon < 1:
        raise InvalidArgumentError(
            f"epsilon is {epsilon!r}; it must lie strictly between 0 and 1: the "
            "relative deviation allowed in the eigenvalues."
        )


def certified(bound: WidthBound, base: Premises, width: float, *texts: str) -> Width:
    """Return a certificate of this width, rounded up; none of a sampled function."""
    # A whole number below 2**52 was found by comparing tails, not by a closed formula.
    is_exact = width < 2**52 and width == math.floor(width)
    value = width if is_exact else _rounded_up(width * _ROUNDING)
    if math.isinf(value):
        return no_width(bound, base, "the width exceeds 1.8e308", *texts)
    return _width(bound, value, not base.is_sampled, (*base.assumptions, *texts))


def order_of_magnitude(
    bound: WidthBound, base: Premises, width: float, constant: float | int, *texts: str
) -> Width:
    """Return a width that is known up to a constant factor only."""
    said = (
        "an order of magnitude: the paper's constant is not known, and 1 stands for it"
        if constant == 1
        else f"an order of magnitude: the constant {constant:g} is the caller's"
    )
    if math.isinf(width):
        return no_width(bound, base, "the width exceeds 1.8e308", *texts, said)
    return _width(bound, _rounded_up(width), False, (*base.assumptions, *texts, said))


def no_width(bound: WidthBound, base: Premises, reason: str, *texts: str) -> Width:
    """Return the infinite width, with the reason."""
    return _width(bound, math.inf, False, (*base.assumptions, *texts, reason))


def _width(
    bound: WidthBound, value: float, is_certificate: bool, assumptions: tuple[str, ...]
) -> Width:
    return Width(
        value=value,
        is_certificate=is_certificate,
        formula=bound.formula,
        kernel=bound.kernel,
        source=bound.source,
        assumptions=assumptions,
        trust=bound.trust,
    )


def _rounded_up(width: float) -> float:
    return width if math.isinf(width) else float(max(1, math.ceil(width)))
