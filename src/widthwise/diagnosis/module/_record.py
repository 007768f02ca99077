"""The record of a study of somebody's own module."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from widthwise.diagnosis.study import SpectrumFound, StudyRecord, Training
from widthwise.prose import Prose

__all__ = [
    "LayerShare",
    "ModuleAtAGlance",
    "ModuleRecord",
    "ModuleSettings",
    "PartEvidence",
    "RealCurve",
]


@dataclass(frozen=True)
class ModuleSettings:
    """What was asked for.

    Attributes
    ----------
    epochs
        Steps of the real run.
    tolerances
        The relative residuals to which steps are counted.
    layer, input_shape
        As asked; null where they were found.
    """

    epochs: int
    tolerances: tuple[float, ...]
    layer: str | None
    input_shape: tuple[int, ...] | None


@dataclass(frozen=True)
class LayerShare:
    """A layer's part of the tangent kernel.

    Attributes
    ----------
    name, parameters
        Its dotted name, and how many of its parameters are trained.
    share
        Of the tangent kernel's trace; the shares sum to 1.
    """

    name: str
    parameters: int
    share: float | None


@dataclass(frozen=True, kw_only=True)
class ModuleAtAGlance:
    """The module.

    Attributes
    ----------
    name, kind
        As it was named, and its class.
    parameters, trainable
        All of them, and those that are trained.
    outputs
        Numbers that it gives for one row, c.
    dtype
        Of its weights.
    layer
        Dotted name of the last layer; empty if it has none.
    feature_width, has_bias
        How many features the last layer reads, and whether it adds a bias.
    layers
        What each adds to the tangent kernel.
    linear_in
        "weights" where the module is linear in all that is trained, "inputs" where it
        is an affine function of its inputs at any weights; else null.
    linear_by
        How that is known: "structure", which proves it, or "evaluations" at random
        weights and inputs, which do not; null where it is not linear.
    affine_floor
        The relative residual that no affine function of the inputs gets below (without
        labels, that of the hardest: 0 or 1); null where the module is not one.
    """

    name: str
    kind: str
    parameters: int
    trainable: int
    outputs: int
    dtype: str
    layer: str
    feature_width: int
    has_bias: bool
    layers: tuple[LayerShare, ...]
    linear_in: str | None = None
    linear_by: str | None = None
    affine_floor: float | None = None


@dataclass(frozen=True)
class PartEvidence:
    """What was found on one way of training.

    Attributes
    ----------
    key, name, words
        "last_layer" or "tangent", which prefixes its arrays; the name in a table, and
        in a sentence.
    spectrum
        Of the features' Gram matrix (n rows, the bias as a column of ones) or of the
        tangent kernel (n c).
    training
        Gradient descent on ½‖f − y‖², linear in what is trained; residuals are relative
        to ‖y − f_0‖.
    """

    key: str
    name: str
    words: str
    spectrum: SpectrumFound
    training: Training

    def __post_init__(self) -> None:
        """Refuse a spectrum without a size, which a part's rows do not give."""
        if self.spectrum.size is None:
            raise ValueError("the spectrum's size is null")

    @property
    def is_full(self) -> bool:
        """Whether the labels of every row can be changed independently."""
        return self.spectrum.rank == self.spectrum.size

    @property
    def floor(self) -> float:
        """The relative residual that these labels keep; 1 without labels."""
        return 1.0 if self.training.worst_case else self.training.floor or 0.0


@dataclass(frozen=True)
class RealCurve:
    """A real run of all layers, laid over the predicted one.

    Attributes
    ----------
    epochs, step
        Steps taken, and their size.
    largest_stable_step
        Of the tangent kernel.
    stopped
        Why the run ended early, or null.
    final_real, final_predicted
        Relative residuals at the end; null where not finite.
    highest_real
        The largest relative residual on the way; 1 at the start.
    behind
        How far the run ever fell behind the prediction, as a part of the way that was
        predicted, in the logarithm of the residual; null for no bound.
    """

    epochs: int
    step: float | None
    largest_stable_step: float | None
    stopped: Prose | None
    final_real: float | None
    final_predicted: float | None
    highest_real: float | None = None
    behind: float | None = 0.0


@dataclass(frozen=True, kw_only=True)
class ModuleRecord(StudyRecord):
    """The record of a diagnosis of a module.

    Training starts from the module's present weights.

    Attributes
    ----------
    module
        The module at a glance.
    settings
        What was asked for.
    parts
        The evidence on training the last layer alone, then on training all layers.
    curve
        The real run; null without labels, without steps, or when interrupted.
    """

    module: ModuleAtAGlance
    settings: ModuleSettings
    parts: tuple[PartEvidence, ...]
    curve: RealCurve | None

    ARRAYS: ClassVar[Mapping[str, str]] = {
        "KEY/eigenvalues": "(size,) of the part's kernel, descending; KEY is the "
        "part's key",
        "KEY/eigenvalue_bounds": "(size,) their error bounds",
        "KEY/singular_values": "(r,) of what is trained: the features, or the Jacobian",
        "KEY/projections": "(r,) components of y − f_0 along the left singular "
        "vectors, divided by ‖y − f_0‖; the rest as for an activation",
        "curve/steps": "(k,) steps of the real run that are kept, from 0",
        "curve/real": "(k,) relative residuals ‖f_k − y‖ / ‖y − f_0‖ there",
        "curve/predicted": "(k,) those of the linearised model",
    }

    @property
    def subject(self) -> str:
        return self.module.name

    @property
    def finished(self) -> str:
        return "all but the real run"

    def compared(self) -> list[dict[str, Any]]:
        return [_row(each) for each in self.parts]


def _row(each: PartEvidence) -> dict[str, Any]:
    found, training = each.spectrum, each.training
    return {
        "trained": each.name,
        "rank": found.rank,
        "of": found.size,
        "smallest eigenvalue": found.smallest,
        "condition number": found.condition_number,
        "best step": training.step,
        "largest stable step": training.largest_stable_step,
        **{f"steps to {key}": steps for key, steps in training.steps.items()},
    }
