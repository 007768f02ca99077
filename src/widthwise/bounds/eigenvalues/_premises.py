"""What a bound may take from a spectrum, and the width it may then claim."""

import math
import sys
from dataclasses import dataclass

import numpy as np

from widthwise.arguments import positive
from widthwise.arrays import Float
from widthwise.bounds.eigenvalues._definition import WidthBound
from widthwise.errors import KernelMismatchError
from widthwise.prose import Prose, say
from widthwise.spectra import Spectrum
from widthwise.theorems import Width, failure_probability, promise, rounded_up

__all__ = ["Premises", "premises"]

_NUMERICALLY_SINGULAR = (
    "the smallest eigenvalue cannot be told from zero in this precision, so no finite "
    "width follows: the kernel matrix is numerically singular"
)

_ROUNDING = 1 + 32 * sys.float_info.epsilon
"""Covers the rounding errors of the closed formulas: ceilings are upper ends."""

_LAWS = {
    "sphere": "the weights are independent and uniform on the unit sphere",
    "gaussian": "the weights are independent and standard normal",
}


@dataclass(frozen=True)
class Premises:
    r"""The numbers of a spectrum, each at the end of its interval that is safe.

    Attributes
    ----------
    bound
        Whose premises they are.
    points_count
        n.
    failure_probability
        $\delta$.
    smallest
        The lower end of the smallest eigenvalue's interval; not above 0 if the matrix
        cannot be told from a singular one.
    largest_low, largest_high
        The interval of the largest eigenvalue.
    gaps
        How far the eigenvalues are above the smallest one, at least; ascending or not.
    trace_high
        An upper end of the sum of the eigenvalues.
    assumptions
        What the theorem and the data need, in plain words.
    is_sampled
        Whether they include a constant or a kernel of a function that was only sampled.
    """

    bound: WidthBound
    points_count: int
    failure_probability: float
    smallest: float
    largest_low: float
    largest_high: float
    gaps: Float[np.ndarray, " n"]
    trace_high: float
    assumptions: tuple[str, ...]
    is_sampled: bool

    @property
    def is_singular(self) -> bool:
        """Whether the smallest eigenvalue cannot be told from zero."""
        return not self.smallest > 0

    @property
    def log_count(self) -> float:
        """Log n."""
        return math.log(self.points_count)

    @property
    def log_smallest(self) -> float:
        """Log λ_min, -inf where the matrix is singular."""
        return -math.inf if self.is_singular else math.log(self.smallest)

    @property
    def log_failure(self) -> float:
        """Log δ."""
        return math.log(self.failure_probability)

    def over_smallest(self, value: float) -> float:
        """Return value / λ_min, inf where the matrix is singular."""
        return math.inf if self.is_singular else value / self.smallest

    def certified(self, width: float, *texts: Prose | str) -> Width:
        """Return a certificate of this width, rounded up; none of a sampled function.

        A singular matrix has no width, whatever this one.
        """
        # A whole number below 2**52 was found by comparing tails, by no closed formula.
        is_exact = width < 2**52 and width == math.floor(width)
        value = width if is_exact else rounded_up(width * _ROUNDING)
        return self._promised(value, *texts)

    def order(
        self,
        constant: float | int,
        logarithm: float,
        *texts: Prose | str,
        power: int = 1,
    ) -> Width:
        """Return constant^power·exp(logarithm): known up to the constant only."""
        total = logarithm + power * math.log(positive(constant, "The constant"))
        said = (
            "an order of magnitude: the paper's constant is not known, and 1 stands "
            "for it"
            if constant == 1
            else say("an order of magnitude: the constant {} is the caller's", constant)
        )
        width = math.exp(total) if total < 709.7 else math.inf
        return self._promised(rounded_up(width), *texts, said)

    def no_width(self, *texts: Prose | str) -> Width:
        """Return the infinite width; the reason comes last."""
        said = (*self.assumptions, *texts)
        return promise(self.bound, math.inf, said, kernel=self.bound.kernel)

    def _promised(self, value: float, *texts: Prose | str) -> Width:
        if self.is_singular:
            return self.no_width(*texts, _NUMERICALLY_SINGULAR)
        if math.isinf(value):
            return self.no_width(
                *texts, say("the width exceeds {:2}", sys.float_info.max)
            )
        return promise(
            self.bound,
            value,
            (*self.assumptions, *texts),
            holds=not self.is_sampled,
            kernel=self.bound.kernel,
        )


def premises(
    bound: WidthBound, spectrum: Spectrum, probability: float | int
) -> Premises:
    """Check the spectrum and the failure probability; return what the bound may use."""
    probability = failure_probability(probability)
    reason = bound.mismatch(spectrum)
    if reason is not None:
        raise KernelMismatchError(
            f"The bound {bound.name} cannot use this spectrum: {reason}. Pass the "
            "spectrum of the kernel it names, or choose another bound."
        )
    assumptions = ["the points have unit norm", _LAWS[bound.law]]
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
    low, high = spectrum.smallest_interval
    gaps = spectrum.eigenvalues.cpu().numpy() - error - high
    return Premises(
        bound=bound,
        points_count=len(spectrum.eigenvalues),
        failure_probability=probability,
        smallest=float(low),
        largest_low=max(spectrum.largest - error, 0.0),
        largest_high=spectrum.largest + error,
        gaps=np.maximum(gaps, 0.0),
        trace_high=float((spectrum.eigenvalues + error).sum()) * (1 + 1e-12),
        assumptions=tuple(assumptions),
        is_sampled=is_sampled,
    )
