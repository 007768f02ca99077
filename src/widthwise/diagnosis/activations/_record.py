"""The record of a study of activations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from widthwise.diagnosis.activations._prediction_record import Baselines, Prediction
from widthwise.diagnosis.activations._width_record import WidthBoundFound, Widths
from widthwise.diagnosis.study import (
    Numbers,
    SpectrumFound,
    StudyRecord,
    Training,
    require_one_length,
)
from widthwise.prose import Prose, say

__all__ = [
    "ActivationEvidence",
    "ActivationsRecord",
    "ActivationsSettings",
    "Conditioning",
    "LeftOut",
    "NearMiss",
    "RankEvidence",
    "ShortLandscape",
]

_NEGLIGIBLE_RESIDUAL = 1e-9


@dataclass(frozen=True, kw_only=True)
class ActivationsSettings:
    """What was asked for.

    Attributes
    ----------
    law
        Of the hidden weights, "sphere" or "gaussian".
    widths
        Numbers of hidden units at which κ(G) was measured.
    training_width
        The width whose training is predicted.
    trials
        Random networks per width.
    probability
        With which the widths are to be enough.
    tolerances
        The relative residuals to which steps are counted.
    bias
        Whether a constant coordinate was appended.
    epsilon
        The relative loss of λ_min that the conditioned certificate allows.
    """

    law: str
    widths: tuple[int, ...]
    training_width: int
    trials: int
    probability: float
    tolerances: tuple[float, ...]
    bias: bool
    epsilon: float


@dataclass(frozen=True)
class NearMiss:
    """Two rows close to a collision.

    Attributes
    ----------
    rows
        Their numbers.
    angle
        To the collision, in radians.
    kind
        "equal" or "opposite".
    """

    rows: tuple[int, ...]
    angle: float | None
    kind: str


@dataclass(frozen=True, kw_only=True)
class RankEvidence:
    """Whether some width fits every label vector, and what prevents it.

    Attributes
    ----------
    can_fit_any_labels
        Whether the infinite-width kernel is nonsingular; null where not decided.
    rank, highest_rank
        Of that kernel on all rows, the least and the most it can be; null where known.
    nullity
        Independent directions of labels known to be out of reach.
    rows, groups
        The rows that collide, and how, in sentences.
    conflicts
        Those of the groups whose labels no network has, in sentences.
    residual_bound, relative_residual_bound
        What no width gets below with the given labels, and as a part of ‖y‖; null
        without labels.
    near_misses
        Pairs of rows close to a collision.
    cure, reason
        What to do, and why; the cure is null where nothing is wrong.
    theorem, method
        What decides it.
    is_exact
        Whether no tolerance was involved.
    """

    can_fit_any_labels: bool | None
    rank: int
    highest_rank: int | None = None
    nullity: int
    rows: tuple[int, ...]
    groups: tuple[Prose, ...]
    conflicts: tuple[Prose, ...] = ()
    residual_bound: float | None
    relative_residual_bound: float | None
    near_misses: tuple[NearMiss, ...]
    cure: str | None
    reason: Prose
    theorem: str = ""
    method: str = ""
    is_exact: bool

    @property
    def fits_these(self) -> bool | None:
        """Whether some width fits the labels at hand, up to rounding; None if open."""
        bound = self.relative_residual_bound
        if self.can_fit_any_labels:
            return True
        if bound is None:
            return self.can_fit_any_labels
        if bound > _NEGLIGIBLE_RESIDUAL:
            return False
        return None if self.highest_rank is not None else True


@dataclass(frozen=True, kw_only=True)
class Conditioning:
    """κ(G) against width.

    Attributes
    ----------
    widths
        Ascending.
    median, low, high
        Over the trials, the median in log κ; null where singular.
    singular_fraction
        Of the trials.
    trials
        Random networks per width.
    """

    widths: tuple[int, ...]
    median: Numbers
    low: Numbers
    high: Numbers
    singular_fraction: tuple[float, ...]
    trials: int

    def __post_init__(self) -> None:
        """Refuse lists of different lengths."""
        require_one_length(self, "median", "low", "high", "singular_fraction")


@dataclass(frozen=True, kw_only=True)
class ShortLandscape:
    """A short look at the landscape in the inner weights, without biases.

    Attributes
    ----------
    widths, estimate, low, high
        The probability that the Jacobian has rank n, with Clopper-Pearson limits.
    trials
        Networks per width.
    necessary_width
        The least width with as many parameters as rows.
    threshold
        Where the probability is one half, fitted; null where no width is on one side.
    """

    widths: tuple[int, ...]
    estimate: Numbers
    low: Numbers
    high: Numbers
    trials: int = 0
    necessary_width: int = 0
    threshold: float | None

    def __post_init__(self) -> None:
        """Refuse lists of different lengths."""
        require_one_length(self, "estimate", "low", "high")


@dataclass(frozen=True, kw_only=True)
class ActivationEvidence:
    """What was found on one activation.

    Attributes
    ----------
    name, key, formula
        Its name; the prefix of its arrays; in LaTeX.
    smoothness
        Order of the first derivative that jumps; null where none does.
    parity
        "even", "odd" or "neither".
    kernel, rank_verdict, width, bounds, conditioning, training, landscape
        The evidence. All bounds of the catalog that apply are in `bounds`; training is
        null where it was not computed, the landscape for activations without exactly
        two slopes, above 1000 rows, and where rows are repeated.
    training_at_width
        The same at the empirical width; null where none was found.
    prediction
        How well it predicts rows that were left out; null without labels to predict.
    seconds
        Time spent on it.
    """

    name: str
    key: str
    formula: str
    smoothness: float | None
    parity: str
    kernel: SpectrumFound
    rank_verdict: RankEvidence
    width: Widths
    bounds: tuple[WidthBoundFound, ...]
    conditioning: Conditioning
    training: Training
    training_at_width: Training | None = None
    landscape: ShortLandscape | None = None
    prediction: Prediction | None = None
    seconds: float | None = None

    @property
    def can_fit(self) -> bool | None:
        """Whether some width fits every label vector; None if not decided."""
        return self.rank_verdict.can_fit_any_labels

    @property
    def fits_these(self) -> bool | None:
        """Whether some width fits the labels at hand, up to rounding; None if open."""
        return self.rank_verdict.fits_these


@dataclass(frozen=True)
class LeftOut:
    """An activation that could not be examined.

    Attributes
    ----------
    name, reason
        Which, and why.
    """

    name: str
    reason: Prose


@dataclass(frozen=True, kw_only=True)
class ActivationsRecord(StudyRecord):
    """The record of a diagnosis of activations.

    Attributes
    ----------
    settings
        What was asked for.
    activations
        The evidence on each, in the order asked.
    left_out
        Those that could not be examined.
    baselines
        What predicts without a network; null without labels to predict.
    """

    settings: ActivationsSettings
    activations: tuple[ActivationEvidence, ...]
    left_out: tuple[LeftOut, ...] = ()
    baselines: Baselines | None = None

    ARRAYS: ClassVar[Mapping[str, str]] = {
        "KEY/eigenvalues": "(n,) of G_inf, descending; KEY is the activation's key",
        "KEY/eigenvalue_bounds": "(n,) their error bounds",
        "KEY/condition_numbers": "(trials, widths) κ(G), inf when singular",
        "KEY/singular_values": "(r,) of the features Φ at the training width, of the "
        "network that `training` describes",
        "KEY/projections": "(r,) components of the labels along the left singular "
        "vectors, divided by ‖y‖; exactly 0 where a singular value counts as zero; "
        "without labels, those that are hardest: outside the range of Φ if there are "
        "any, else all weight on the slowest direction",
        "KEY/shape_z": "(201,) arguments from -1 to 1 (Gaussian law: -4 to 4)",
        "KEY/shape_value": "(201,) the activation there",
        "KEY/shape_derivative": "(201,) its derivative there",
        "KEY/dual_t": "(201,) correlations from -1 to 1",
        "KEY/dual_value": "(201,) the dual kernel there",
        "KEY/left_out_targets": "(n, c) the labels; classes one column of ±1 each",
        "KEY/left_out_predictions": "(n, c) of each row by the best readout, fitted to "
        "the others",
        "KEY/left_out_leverage": "(n,) how much a row moves its own prediction",
        "KEY/penalties": "(l,) tried with the best readout",
        "KEY/penalty_errors": "(l,) its mean squared error on rows left out, over the "
        "variance of the labels",
    }

    @property
    def subject(self) -> str:
        return ", ".join(each.name for each in self.activations)

    @property
    def finished(self) -> str:
        return f"{len(self.activations)} finished activations"

    @property
    def cautions(self) -> tuple[str, ...]:
        lost = [
            say("{} was left out: {}", each.name, each.reason) for each in self.left_out
        ]
        return (*super().cautions, *lost)

    def compared(self) -> list[dict[str, Any]]:
        return [_row(each) for each in self.activations]


def _row(each: ActivationEvidence) -> dict[str, Any]:
    certified = each.width.proved or each.width.certified_sharp
    empirical = each.width.empirical
    prediction = each.prediction
    return {
        "activation": each.name,
        "fits any labels": each.can_fit,
        "rank": each.rank_verdict.rank,
        "smallest eigenvalue": each.kernel.smallest,
        "condition number": each.kernel.condition_number,
        "empirical width": None if empirical is None else empirical.value,
        "certified width": None if certified is None else certified.value,
        **{f"steps to {key}": steps for key, steps in each.training.steps.items()},
        "error on rows left out": prediction and prediction.best.error,
        "width of that": prediction and prediction.best_width,
    }
