"""What a width bound must provide to enter the workbench."""

from abc import ABC, abstractmethod
from typing import ClassVar

from widthwise.spectra import Spectrum
from widthwise.theorems import Theorem, Width

__all__ = ["WidthBound"]


class WidthBound(Theorem, ABC):
    """A number of hidden units that a theorem asks for.

    Attributes
    ----------
    promise
        "rank" (the features fit any labels), "condition" (the eigenvalues stay near
        those of infinite width) or "convergence" (training finds zero loss).
    kernel
        The kernel whose spectrum the theorem speaks of.
    law
        The law of the weights it assumes, "sphere" or "gaussian".
    activations
        The catalog names it holds for; None where its other hypotheses decide.
    data
        The rows it holds for, in words.
    least_smoothness
        The least order of the first discontinuous derivative that it allows.
    uses_feature_norm
        Whether `width` takes `activation_bound` and `squared_norm_bound`.
    name, title, formula, source, trust, constant_is_known
        As in `Theorem`.

    Examples
    --------
    >>> import widthwise as ww
    >>> bound = ww.bounds.CATALOG["benson_chernoff_simplified"]
    >>> isinstance(bound, ww.bounds.WidthBound), bound.kernel
    (True, 'conjugate')
    """

    promise: ClassVar[str]
    kernel: ClassVar[str]
    law: ClassVar[str]
    activations: ClassVar[frozenset[str] | None] = None
    data: ClassVar[str] = "rows of unit norm whose infinite-width kernel is nonsingular"
    least_smoothness: ClassVar[float] = 0
    uses_feature_norm: ClassVar[bool] = False

    @abstractmethod
    def width(
        self, spectrum: Spectrum, failure_probability: float | int = 0.01
    ) -> Width:
        r"""Return the width; a mere order of magnitude if the constant is unknown.

        Parameters
        ----------
        spectrum
            Of the kernel that the theorem names, on the points at hand.
        failure_probability
            $\delta$, strictly between 0 and 1.

        Raises
        ------
        KernelMismatchError
            If the spectrum is known to be of another kernel, law or activation.
        InvalidArgumentError
            If $\delta$ or a knob is outside its range.
        """

    def mismatch(self, spectrum: Spectrum) -> str | None:
        """Return why the spectrum is not the theorem's, or None if nothing says so."""
        origin = spectrum.provenance
        if origin is None:
            return None
        found = _SAME_KERNEL.get(origin.kernel, origin.kernel)
        if found != self.kernel:
            return f"it is about the {self.kernel} kernel, not the {origin.kernel} one"
        if not origin.on_sphere:
            return "it is about points on the unit sphere, without biases"
        if origin.law is not None and origin.law.name != self.law:
            return (
                f"it is about weights of the law {self.law!r}, not {origin.law.name!r}"
            )
        activation = origin.activation
        if activation is None:
            return None
        if self.activations is not None and activation.name not in self.activations:
            allowed = ", ".join(sorted(self.activations))
            return f"it is about the activation {allowed}, not {activation.name}"
        if self.activations is not None and activation.constants_are_sampled:
            return (
                f"it is about the catalog's {activation.name}, not a function of this "
                "name that was given"
            )
        if activation.smoothness < self.least_smoothness:
            return (
                f"it needs {self.least_smoothness:g} bounded derivatives, and the "
                f"derivative of order {activation.smoothness:g} of {activation.name} "
                "jumps"
            )
        return None

    def applies_to(self, spectrum: Spectrum) -> bool:
        """Return whether `width` accepts this spectrum's kernel, law and activation."""
        return self.mismatch(spectrum) is None


_SAME_KERNEL = {"tangent_outer": "conjugate"}
