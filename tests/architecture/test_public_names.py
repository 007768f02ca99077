"""The names, calls and members that callers outside this repository rely on."""

import inspect
from operator import attrgetter

import pytest

import widthwise

CALLS = {
    "diagnose": (1, ["y", "activations", "law", "widths", "trials", "seed"]),
    "activations.get": (1, []),
    "activations.from_callable": (1, ["name", "breakpoints"]),
    "laws.Sphere": (0, ["dimension"]),
    "laws.Gaussian": (0, []),
    "kernels.dual": (2, []),
    "kernels.dual_of_derivative": (2, []),
    "kernels.conjugate_kernel": (3, []),
    "kernels.tangent_kernel": (3, ["trained"]),
    "kernels.deep_kernels": (2, ["depth", "weight_std", "bias_std"]),
    "kernels.funk_hecke": (1, ["dimension", "degree"]),
    "kernels.positive_definiteness": (1, ["dimension"]),
    "features.RandomFeatures": (1, ["width", "law", "seed"]),
    "features.RandomFeatures.matrix": (2, []),
    "features.RandomFeatures.gram": (2, []),
    "features.jacobian": (4, ["biases"]),
    "features.module_features": (2, ["layer"]),
    "features.module_tangent_kernel": (3, ["outputs"]),
    "features.tangent_kernel": (4, ["biases", "trained"]),
    "spectra.spectrum": (1, []),
    "spectra.feature_spectrum": (2, []),
    "spectra.rank_verdict": (2, []),
    "spectra.RankVerdict.residual_bound": (2, []),
    "readouts.minimum_norm": (2, ["intercept", "weights"]),
    "readouts.posterior": (5, []),
    "readouts.Posterior.covariance": (1, []),
    "readouts.ridge_path": (3, ["intercept", "weights"]),
    "readouts.RidgePath.solution": (2, []),
    "readouts.RidgePath.intercept": (2, []),
    "bounds.WidthBound.width": (2, ["failure_probability"]),
    "bounds.minimum_width": (3, ["probability", "seed"]),
    "dynamics.landweber": (2, ["step"]),
    "dynamics.Landweber.relative_residual": (2, []),
    "dynamics.Landweber.steps_to": (2, []),
    "dynamics.Landweber.filters": (2, []),
    "dynamics.Landweber.coefficients": (2, []),
    "landscape.activation_pattern": (2, ["biases"]),
    "landscape.jacobian_rank": (2, ["exact"]),
    "landscape.generic_rank": (2, []),
    "landscape.count_sign_patterns": (2, []),
    "landscape.count_regions": (3, []),
    "landscape.full_rank_fraction_1d": (2, []),
    "landscape.full_rank_probability": (3, ["trials", "seed"]),
    "estimators.RandomFeaturesRegressor": (
        0,
        ["width", "activation", "law", "solver", "bias"],
    ),
    "estimators.RandomFeaturesClassifier": (
        0,
        ["width", "activation", "law", "solver", "bias"],
    ),
    "estimators.NetworkKernelRegressor": (0, ["activation", "depth", "kernel"]),
    "estimators.NetworkKernelRegressor.predict": (2, ["return_std"]),
    "estimators.NetworkKernelClassifier": (0, ["activation", "depth", "kernel"]),
    "estimators.ReadoutRegressor": (0, ["solver"]),
    "estimators.ReadoutClassifier": (0, ["solver"]),
    "estimators.RandomFeatures": (0, []),
    "estimators.RandomFeatures.save": (2, []),
    "estimators.load": (1, []),
    "dynamics.train": (3, ["optimizer", "step", "epochs", "track"]),
    "networks.TwoLayer": (3, ["law", "seed", "parametrization", "trained", "outer"]),
    "networks.FullyConnected": (3, ["depth", "law", "seed", "parametrization"]),
    "Diagnosis.to_html": (2, []),
    "Diagnosis.to_json": (1, []),
}
"""For each call, how many arguments are given by position and which by name."""

MEMBERS = {
    "activations.Activation": ["__call__", "derivative", "breakpoints", "smoothness"],
    "diagnosis.Diagnosis": ["verdicts", "table", "to_json", "to_html"],
    "features.RandomFeatures": ["matrix", "gram"],
    "spectra.Spectrum": [
        "eigenvalues",
        "error_bound",
        "rank",
        "condition_number",
        "smallest",
        "largest",
        "is_singular",
    ],
    "spectra.RankVerdict": [
        "can_fit_any_labels",
        "rank",
        "null_vectors",
        "rows",
        "residual_bound",
        "near_misses",
        "cure",
        "reason",
    ],
    "readouts.MinimumNorm": ["solution", "intercept", "residual", "rank", "method"],
    "readouts.Posterior": ["mean", "variance", "log_marginal_likelihood"],
    "readouts.RidgePath": ["penalties", "leave_one_out", "best", "solution"],
    "bounds.Width": [
        "value",
        "is_certificate",
        "formula",
        "kernel",
        "source",
        "assumptions",
    ],
    "bounds.WidthBound": ["width"],
    "dynamics.Trajectory": [
        "loss",
        "condition_number",
        "tangent_smallest",
        "distance",
        "network",
        "record",
    ],
    "dynamics.Landweber": [
        "relative_residual",
        "steps_to",
        "filters",
        "step",
        "coefficients",
    ],
}


def resolve(path):
    return attrgetter(path)(widthwise)


@pytest.mark.parametrize("path", CALLS)
def test_the_documented_call_is_accepted(path):
    """It binds to the signature, so nothing else has to be given either."""
    count, names = CALLS[path]
    inspect.signature(resolve(path)).bind(*[None] * count, **dict.fromkeys(names))


@pytest.mark.parametrize("path", MEMBERS)
def test_the_documented_members_are_there(path):
    owner = resolve(path)
    known = {*dir(owner), *getattr(owner, "__dataclass_fields__", ())}
    assert set(MEMBERS[path]) <= known


@pytest.mark.parametrize("room", ["activations", "bounds", "datasets", "laws"])
def test_the_catalogs_are_not_empty(room):
    assert resolve(room).CATALOG
