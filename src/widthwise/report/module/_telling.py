"""The words of the page on a module."""

from widthwise.report.parts import FILTERS, KAPPA, MARKERS, PLATEAU, RANK, STEP, Telling

__all__ = ["LAYERS"]

LAYERS = Telling(
    subject="Layers trained",
    several="Ways of training",
    interrupted="the module was not trained",
    answered="the prediction",
    nothing="Neither way of training was finished.",
    unanswered="Neither way of training was finished, so there is no answer yet.",
    glossary={
        "Features": "the outputs of the last hidden layer, one number for each unit.",
        "Tangent kernel": (
            "how much a step on one row moves the output on another, all trained "
            "layers together."
        ),
        "Step": STEP,
        "Relative residual": (
            "the size of what is still wrong, as a part of its size before training."
        ),
        "κ": KAPPA,
        "Rank": RANK,
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
        f"1 / κ. {MARKERS}"
    ),
    filters_reading=(
        "The error before training is a sum of directions, one per singular value. "
        f"{FILTERS} The bars behind show where that error lies, the tallest where "
        "most of it does."
    ),
    residual_reading=(
        "1 is the error before training, 0.01 means that 99 % of its size is gone. "
        f"{PLATEAU}"
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
