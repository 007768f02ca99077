"""The words that differ between pages of different kinds."""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["ACTIVATIONS", "LAYERS", "Telling"]

Statuses = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Telling:
    """How a page speaks of what it compares.

    Attributes
    ----------
    subject
        What is compared, as the heading of a column and the label of a choice.
    several
        The same in the plural.
    interrupted
        What may be missing when the run was interrupted.
    answered
        What the answers then speak of.
    unanswered, nothing
        What there is to say when there is no verdict, and nothing to compare.
    statuses
        The word for each status of each question.
    glossary
        The terms of the answers, and what they mean.
    passed, called
        What to pass to which function to repeat the diagnosis from Python.
    given_to
        Who takes the rows, where they are not on the sphere.
    error
        What training is to remove, as the figures name it. This and what follows is
        told only where training is predicted.
    """

    subject: str
    several: str
    interrupted: str
    answered: str
    unanswered: str
    nothing: str
    statuses: Statuses
    glossary: Mapping[str, str]
    passed: str
    called: str = "widthwise.diagnose"
    given_to: str = "the network"
    error: str = ""
    eigenvalues_title: str = ""
    eigenvalues_opening: str = ""
    eigenvalues_reading: str = ""
    filters_reading: str = ""
    residual_reading: str = ""
    training_caption: str = ""


_STEP = "one update of gradient descent that uses all rows."
_KAPPA = (
    "the condition number: how many times slower the slowest label direction is "
    "learned than the fastest."
)
_RANK = (
    "how many independent label directions the network can produce; all rows need all "
    "of them."
)
_STATUSES = {
    "fits": {"yes": "Yes", "caution": "It depends", "no": "No"},
    "width": {"yes": "Found", "caution": "Caution", "no": "No width"},
    "speed": {"yes": "In reach", "caution": "Slow", "no": "Never"},
    "activation": {"yes": "Recommended", "caution": "Caution", "no": "None fits"},
    "layers": {"yes": "Recommended", "caution": "Caution", "no": "Neither"},
}
_FILTERS = (
    "After k steps a direction is learned up to the fraction 1 − (1 − ηs²)ᵏ: 0 not at "
    "all, 1 completely. The largest ones may overshoot at first."
)
_PLATEAU = (
    "A flat stretch is a plateau: the fast directions are done and the slow ones have "
    "hardly begun."
)
_MARKERS = (
    "A steep line means that some patterns are learned almost at once and others "
    "almost never. Open markers on the dotted floor are eigenvalues that cannot be "
    "told from zero at this precision."
)

ACTIVATIONS = Telling(
    subject="Activation",
    several="Activations",
    interrupted="activations that were asked for may be missing",
    answered="those shown",
    nothing="No activation was finished.",
    unanswered="No activation was finished, so there is no answer yet.",
    statuses=_STATUSES,
    glossary={
        "Width": "the number of hidden units.",
        "Activation": "the function that each of them applies.",
        "Step": _STEP,
        "Relative residual": (
            "the size of what is still wrong, as a part of the size of the labels."
        ),
        "κ": _KAPPA,
        "Rank": _RANK,
    },
    error="the labels",
    eigenvalues_title="Eigenvalues at infinite width",
    eigenvalues_opening=(
        "Line chart of the eigenvalues of the infinite-width kernel, each divided by "
        "the largest, on a logarithmic axis."
    ),
    eigenvalues_reading=(
        "Each eigenvalue belongs to one pattern of labels and says how fast that "
        f"pattern is learned; the last point of a line sits at 1 / κ. {_MARKERS}"
    ),
    filters_reading=(
        "The labels are a sum of directions, one per singular value of the features. "
        f"{_FILTERS} The bars behind show where the labels lie, the tallest where "
        "most of them do."
    ),
    residual_reading=(
        "1 means nothing learned, 0.01 means that 99 % of the size of the labels is "
        f"reproduced. {_PLATEAU}"
    ),
    training_caption=(
        "Only the last layer is trained, from zero, with a fixed step η. Each singular "
        "value s of the hidden layer’s output gives one direction of the labels; k "
        "steps learn the part 1 − (1 − ηs²)ᵏ of it. Move the slider to see what any "
        "number of steps has learned."
    ),
    passed="the data",
)

LAYERS = Telling(
    subject="Layers trained",
    several="Ways of training",
    interrupted="the module was not trained",
    answered="the prediction",
    nothing="Neither way of training was finished.",
    unanswered="Neither way of training was finished, so there is no answer yet.",
    statuses=_STATUSES
    | {"width": {"yes": "Enough", "caution": "Caution", "no": "Too narrow"}},
    glossary={
        "Features": "the outputs of the last hidden layer, one number for each unit.",
        "Tangent kernel": (
            "how much a step on one row moves the output on another, all trained "
            "layers together."
        ),
        "Step": _STEP,
        "Relative residual": (
            "the size of what is still wrong, as a part of its size before training."
        ),
        "κ": _KAPPA,
        "Rank": _RANK,
    },
    error="the error",
    eigenvalues_title="Eigenvalues of the two kernels",
    eigenvalues_opening=(
        "Line chart of the eigenvalues of the last layer’s kernel and of the tangent "
        "kernel of all layers, each divided by the largest, on a logarithmic axis."
    ),
    eigenvalues_reading=(
        "Each eigenvalue belongs to one pattern of labels and says how fast that "
        "pattern is learned; where none is zero, the last point of a line sits at "
        f"1 / κ. {_MARKERS}"
    ),
    filters_reading=(
        "The error before training is a sum of directions, one per singular value. "
        f"{_FILTERS} The bars behind show where that error lies, the tallest where "
        "most of it does."
    ),
    residual_reading=(
        "1 is the error before training, 0.01 means that 99 % of its size is gone. "
        f"{_PLATEAU}"
    ),
    training_caption=(
        "Training starts from the module’s present weights, with a fixed step η, and "
        "the module is taken to be linear in the weights that are trained: exact for "
        "the last layer alone, an approximation for all layers. Each singular value s "
        "of the features or of the Jacobian gives one direction of the labels; k steps "
        "learn the part 1 − (1 − ηs²)ᵏ of it. Move the slider to see what any number "
        "of steps has learned."
    ),
    passed="the module, the data",
    given_to="the module",
)
