"""Certificates from a bound on the squared norm of a hidden unit's features."""

from abc import abstractmethod

from widthwise.arguments import probability
from widthwise.bounds.eigenvalues._definition import WidthBound
from widthwise.bounds.eigenvalues._premises import Premises, premises
from widthwise.errors import InvalidArgumentError
from widthwise.prose import Prose, say
from widthwise.sources import BENSON_2020
from widthwise.spectra import Spectrum
from widthwise.theorems import Width

__all__ = ["DeviationBound", "FeatureNormBound", "check_deviation"]


class FeatureNormBound(WidthBound):
    r"""A bound of Benson et al. from $\|\sigma(Xw)\|^2 \le B$ for every weight w."""

    source = BENSON_2020
    trust = "derived"
    kernel = "conjugate"
    law = "sphere"
    constant_is_known = True
    uses_feature_norm = True

    def _premises(
        self,
        spectrum: Spectrum,
        failure_probability: float | int,
        activation_bound: float | int | None,
        squared_norm_bound: float | int | None,
    ) -> tuple[Premises, float, Prose]:
        """Return what may be used: the spectrum's numbers and B, with its reason."""
        base = premises(self, spectrum, failure_probability)
        return base, *_feature_norm(spectrum, activation_bound, squared_norm_bound)


class DeviationBound(FeatureNormBound):
    r"""A width that keeps eigenvalues within a relative deviation $\epsilon$."""

    @abstractmethod
    def _units(self, base: Premises, norm: float, epsilon: float) -> float: ...

    def width(
        self,
        spectrum: Spectrum,
        failure_probability: float | int = 0.01,
        *,
        epsilon: float | int = 0.5,
        activation_bound: float | int | None = None,
        squared_norm_bound: float | int | None = None,
    ) -> Width:
        r"""Return the width, rounded up.

        Parameters
        ----------
        epsilon
            The deviation allowed, in (0, 1), of what the title names.
        activation_bound
            C, with $|\sigma| \le C$ on [-1, 1].
        squared_norm_bound
            B, with $\|\sigma(Xw)\|^2 \le B$ for every w; replaces $n C^2$.
        """
        epsilon = check_deviation(epsilon)
        base, norm, said = self._premises(
            spectrum, failure_probability, activation_bound, squared_norm_bound
        )
        return base.certified(self._units(base, norm, epsilon), said)


def check_deviation(epsilon: float | int) -> float:
    """Return a relative deviation, in (0, 1)."""
    meaning = "the relative deviation allowed in the eigenvalues"
    return probability(epsilon, "epsilon", meaning=meaning)


def _feature_norm(
    spectrum: Spectrum,
    activation_bound: float | int | None,
    squared_norm_bound: float | int | None,
) -> tuple[float, Prose]:
    r"""Return the bound on $\|\sigma(Xw)\|^2$, and the assumption behind it.

    It is `squared_norm_bound` if given, else $n C^2$ with C from `activation_bound`,
    the label's activation, or 1.
    """
    count = len(spectrum.eigenvalues)
    origin = spectrum.provenance
    activation = None if origin is None else origin.activation
    if squared_norm_bound is not None:
        found = float(squared_norm_bound)
        text = say("‖σ(Xw)‖² ≤ {} for every weight w", found)
        name, given = "squared_norm_bound", found
    else:
        if activation_bound is not None:
            name, given = "activation_bound", float(activation_bound)
            if activation is not None and given < activation.bound * (1 - 1e-12):
                raise InvalidArgumentError(
                    f"activation_bound is {given:g}, and |{activation.name}| reaches "
                    f"{activation.bound:.6g} on [-1, 1]. Leave it out."
                )
            text = say("|σ| ≤ {} on [-1, 1]", given)
        elif activation is not None:
            name, given = "the bound of the activation", float(activation.bound)
            text = say("|σ| ≤ {} on [-1, 1], as for {}", given, activation.name)
        else:
            name, given = "activation_bound", 1.0
            text = say(
                "|σ| ≤ {} on [-1, 1] (no label or activation_bound says otherwise)", 1
            )
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
