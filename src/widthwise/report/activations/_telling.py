"""The words of the page on activations."""

from widthwise.report.parts import FILTERS, KAPPA, MARKERS, PLATEAU, RANK, STEP, Telling

__all__ = ["ACTIVATIONS"]

ACTIVATIONS = Telling(
    subject="Activation",
    several="Activations",
    interrupted="activations that were asked for may be missing",
    answered="those shown",
    nothing="No activation was finished.",
    unanswered="No activation was finished, so there is no answer yet.",
    glossary={
        "Width": "the number of hidden units.",
        "Activation": "the function that each of them applies.",
        "Step": STEP,
        "Relative residual": (
            "the size of what is still wrong, as a part of the size of the labels."
        ),
        "κ": KAPPA,
        "Rank": RANK,
    },
    error="the labels",
    eigenvalues_title="Eigenvalues at infinite width",
    eigenvalues_opening=(
        "Line chart of the eigenvalues of the infinite-width kernel, each divided by "
        "the largest, on a logarithmic axis."
    ),
    eigenvalues_reading=(
        "Each eigenvalue belongs to one pattern of labels and says how fast that "
        f"pattern is learned; the last point of a line sits at 1 / κ. {MARKERS}"
    ),
    filters_reading=(
        "The labels are a sum of directions, one per singular value of the features. "
        f"{FILTERS} The bars behind show where the labels lie, the tallest where "
        "most of them do."
    ),
    residual_reading=(
        "1 means nothing learned, 0.01 means that 99 % of the size of the labels is "
        f"reproduced. {PLATEAU}"
    ),
    training_caption=(
        "Only the last layer is trained, from zero, with a fixed step η. Each singular "
        "value s of the hidden layer’s output gives one direction of the labels; k "
        "steps learn the part 1 − (1 − ηs²)ᵏ of it. Move the slider to see what any "
        "number of steps has learned."
    ),
    passed="the data",
)
