"""What a network of some width must meet, asked of several widths in one pass."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from widthwise.arrays import Array, Float
from widthwise.errors import NotPositiveDefiniteError
from widthwise.features import RandomFeatures
from widthwise.numerics.extreme_eigenvalues import extreme_eigenvalues
from widthwise.readouts import kernel_readout
from widthwise.spectra import Spectrum, feature_spectra

__all__ = [
    "ConditionNumber",
    "Conditioned",
    "Criterion",
    "Deviation",
    "FullRank",
    "LeftOut",
    "left_out_error",
]


class Criterion(ABC):
    """A property of one network's prefixes."""

    @abstractmethod
    def passing(
        self, points: Float[Array, "n d"], features: RandomFeatures, widths: list[int]
    ) -> list[bool]:
        """Say of each of the ascending widths whether it has the property."""


class _OfSpectrum(Criterion):
    @abstractmethod
    def holds(self, found: Spectrum) -> bool:
        """Say whether a Gram matrix with this spectrum has it."""

    def passing(
        self, points: Float[Array, "n d"], features: RandomFeatures, widths: list[int]
    ) -> list[bool]:
        found = feature_spectra(points, features, widths)
        return [self.holds(found[width]) for width in widths]


class FullRank(_OfSpectrum):
    """The features fit any labels."""

    def holds(self, found: Spectrum) -> bool:
        return not found.is_singular


@dataclass(frozen=True)
class Conditioned(_OfSpectrum):
    """The smallest eigenvalue has reached a level."""

    level: float

    def holds(self, found: Spectrum) -> bool:
        return found.smallest >= self.level


@dataclass(frozen=True)
class ConditionNumber(_OfSpectrum):
    """The condition number is no larger than a level."""

    level: float

    def holds(self, found: Spectrum) -> bool:
        return found.condition_number <= self.level


@dataclass(frozen=True)
class Deviation(Criterion):
    r"""$\|G - G_\infty\|$ is no larger than a level."""

    infinite: Float[Array, "n n"]
    level: float

    def passing(
        self, points: Float[Array, "n d"], features: RandomFeatures, widths: list[int]
    ) -> list[bool]:
        found = []
        for _, gram in features.grams(points, widths):
            least, largest = extreme_eigenvalues(gram - self.infinite)
            found.append(max(-least, largest) <= self.level)
        return found


@dataclass(frozen=True)
class LeftOut(Criterion):
    """The error on rows left out is within a share of its limit."""

    targets: Float[Array, "n c"]
    limit: float
    share: float

    def passing(
        self, points: Float[Array, "n d"], features: RandomFeatures, widths: list[int]
    ) -> list[bool]:
        errors = [
            left_out_error(gram, self.targets)
            for _, gram in features.grams(points, widths)
        ]
        return [
            error is not None and abs(error - self.limit) <= self.share * self.limit
            for error in errors
        ]


def left_out_error(
    gram: Float[Array, "n n"], targets: Float[Array, "n c"]
) -> float | None:
    """Return the error of interpolation on rows left out; None of a singular kernel."""
    try:
        found = kernel_readout(gram, targets, [0.0])
    except NotPositiveDefiniteError:
        return None
    return float(found.leave_one_out[0]) if found.rank == len(gram) else None
