"""The order of the gallery: what a newcomer reads first stands first."""

from pathlib import Path

ORDER = (
    "quickstart",
    "will_it_predict",
    "why_it_does_not_fit",
    "how_wide",
    "which_activation",
    "last_layer",
    "double_descent",
    "learning_curves",
    "landweber_filters",
    "spectral_bias",
    "predicting_training",
    "feature_learning",
    "edge_of_stability",
    "activations_and_duals",
    "spectra_and_dimension",
    "kernels_of_networks",
    "uncertainty",
    "from_a_diagnosis_to_a_model",
    "your_own_module",
    "count_of_patterns",
    "loss_landscape",
    "phase_diagram",
)


class TeachingOrder:
    """A key by which sphinx-gallery sorts the scripts; one not named comes last."""

    def __init__(self, src_dir):
        self.src_dir = src_dir

    def __call__(self, filename):
        name = Path(filename).stem
        place = ORDER.index(name) if name in ORDER else len(ORDER)
        return f"{place:03} {name}"
