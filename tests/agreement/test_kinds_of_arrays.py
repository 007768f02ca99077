"""Whatever takes a matrix takes it of torch, of NumPy, and as a table, alike."""

import inspect

import numpy as np
import polars as pl
import pytest
import torch
from torch import nn

from widthwise import bounds, dynamics, features, kernels, readouts
from widthwise.activations import get
from widthwise.features.two_layer import PointsLike
from widthwise.spectra import spectrum, target_modes

RELU = get("relu")


def drawn(*shape, seed):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


POINTS = nn.functional.normalize(drawn(6, 4, seed=0))
OTHERS = nn.functional.normalize(drawn(3, 4, seed=1))
TARGETS = drawn(6, seed=2)
FEATURES = drawn(6, 9, seed=3)
WEIGHTS = drawn(5, 4, seed=4)
OUTER = drawn(5, seed=5)
GRAM = FEATURES @ FEATURES.T
VARIANCES = GRAM.diagonal()[:2].clone()
ONES = torch.ones(6, dtype=torch.float64)
LEFT, VALUES, RIGHT = torch.linalg.svd(FEATURES, full_matrices=False)


def module():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 1)).double()


def modelled(as_kind):
    return dynamics.linear_model(
        as_kind(FEATURES),
        as_kind(TARGETS),
        test_features=as_kind(FEATURES[:2]),
        initial=as_kind(OUTER[[0, 1, 2, 3, 4, 0]]),
        test_initial=as_kind(OUTER[:2]),
    )


def of_kernel(as_kind):
    gram = FEATURES @ FEATURES.T
    model = dynamics.linear_model_from_kernel(
        as_kind(gram), as_kind(TARGETS), test_kernel=as_kind(gram[:2])
    )
    return dynamics.gradient_descent(model).test(7)


def of_svd(as_kind):
    run = dynamics.landweber_from_svd(
        as_kind(VALUES), as_kind(LEFT), as_kind(TARGETS), right_vectors=as_kind(RIGHT)
    )
    return run.coefficients(7)


def of_projections(as_kind):
    weights = as_kind(LEFT.T @ TARGETS)
    run = dynamics.landweber_from_projections(as_kind(VALUES), weights)
    return run.relative_residual([0, 1, 7])


def validated(as_kind):
    run = dynamics.gradient_flow(modelled(lambda values: values))
    return dynamics.validation_error(run, [0.1, 1.0], as_kind(OUTER[:2]))


def trained(as_kind):
    return dynamics.train(module(), as_kind(POINTS), as_kind(TARGETS), epochs=3).loss


def of_layer(as_kind):
    by_layer = features.module_tangent_kernels_by_layer(module(), as_kind(POINTS))
    return torch.stack(list(by_layer.values()))


CALLS = {
    "linear_model": lambda a: dynamics.gradient_descent(modelled(a)).test(7),
    "linear_model_from_kernel": of_kernel,
    "landweber": lambda a: dynamics.landweber(a(FEATURES), a(TARGETS)).coefficients(7),
    "landweber_from_svd": of_svd,
    "landweber_from_projections": of_projections,
    "validation_error": validated,
    "train": trained,
    "RandomFeatures": lambda a: features.RandomFeatures(
        RELU, width=8, law="gaussian"
    ).gram(a(POINTS)),
    "jacobian": lambda a: features.jacobian(a(POINTS), a(WEIGHTS), a(OUTER), RELU),
    "tangent_kernel": lambda a: features.tangent_kernel(
        a(POINTS), a(WEIGHTS), a(OUTER), RELU
    ),
    "module_features": lambda a: features.module_features(module(), a(POINTS)),
    "module_jacobian": lambda a: features.module_jacobian(module(), a(POINTS)),
    "module_last_layer": lambda a: [
        ord(each) for each in features.module_last_layer(module(), a(POINTS))
    ],
    "sampled_kernels": lambda a: (
        features.sampled_kernels(
            lambda _seed: module(), a(POINTS), a(OTHERS), networks=2
        ).tangent
    ),
    "module_tangent_kernel": lambda a: features.module_tangent_kernel(
        module(), a(POINTS), a(OTHERS)
    ),
    "module_tangent_kernels_by_layer": of_layer,
    "module_curvature": lambda a: (
        features.module_curvature(module(), a(POINTS), a(TARGETS)).eigenvalues
    ),
    "expected_stopping": lambda a: readouts.expected_stopping(
        target_modes(GRAM, TARGETS), 4, a(ONES[:2])
    ),
    "blocked_readout": lambda a: readouts.blocked_readout(
        lambda x, z: kernels.conjugate_kernel(x, "elu", "gaussian", z),
        a(POINTS),
        a(TARGETS),
    ).predict(a(OTHERS)),
    "feature_source": lambda a: readouts.feature_source(
        a(POINTS), features.RandomFeatures(RELU, width=8, law="gaussian")
    ).rows(0, 6),
    "gram_path": lambda a: (
        readouts.gram_path(a(FEATURES), a(TARGETS), a(ONES)).solution
    ),
    "module_tangent_operator": lambda a: (
        features.module_tangent_operator(module(), a(POINTS)) @ np.ones(6)
    ),
    "best": lambda a: bounds.best(a(POINTS), RELU).certificate.value,
    "two_layer_certificate": lambda a: (
        bounds.two_layer_certificate(
            a(POINTS), a(POINTS[:, 0]), a(POINTS[:4]), a(POINTS[:4, 0]), "softplus"
        ).ratio
    ),
    "module_descent": lambda a: (
        bounds.module_descent(module(), a(POINTS), a(TARGETS), samples=1).ratio
    ),
    "module_stochastic": lambda a: (
        bounds.module_stochastic(module(), a(POINTS), a(TARGETS), samples=1).ratio
    ),
    "minimum_width": lambda a: (
        bounds.minimum_width(a(POINTS), RELU, trials=2).critical_widths
    ),
    "smallest_eigenvalue_lower": lambda a: (
        bounds.smallest_eigenvalue_lower(a(POINTS), RELU).value
    ),
    "smallest_eigenvalue_upper": lambda a: (
        bounds.smallest_eigenvalue_upper(a(POINTS), RELU).value
    ),
    "sufficient_depth": lambda a: bounds.sufficient_depth(a(POINTS), RELU).depth,
    "supports": lambda a: [
        each.condition_number for each in bounds.supports(a(POINTS), 20, alphas=(1.4,))
    ],
    "minimum_norm": lambda a: (
        readouts.minimum_norm(a(FEATURES), a(TARGETS), weights=a(ONES)).solution
    ),
    "ridge_path": lambda a: readouts.ridge_path(
        a(FEATURES), a(TARGETS), [0.5], weights=a(ONES)
    ).solution(),
    "kernel_readout": lambda a: (
        readouts.kernel_readout(a(GRAM), a(TARGETS)).leave_one_out
    ),
    "leave_one_out": lambda a: (
        readouts.leave_one_out(a(FEATURES), a(TARGETS)).predictions
    ),
    "posterior": lambda a: (
        readouts.posterior(a(GRAM), a(TARGETS), a(GRAM[:2]), a(VARIANCES), 0.1).mean
    ),
    "trained_ensemble": lambda a: (
        readouts.trained_ensemble(
            a(GRAM), a(GRAM), a(TARGETS), a(GRAM[:2]), a(GRAM[:2]), a(VARIANCES)
        ).mean
    ),
    "kernel_stopping": lambda a: (
        readouts.kernel_stopping(a(GRAM), a(TARGETS), weights=a(ONES)).leave_one_out
    ),
    "early_stopping": lambda a: (
        readouts.early_stopping(a(FEATURES), a(TARGETS), weights=a(ONES)).leave_one_out
    ),
    "ridge_stream": lambda a: (
        readouts.ridge_stream(a(FEATURES), a(TARGETS), weights=a(ONES)).leave_one_out
    ),
    "squared_feature_norm_bound": lambda a: bounds.squared_feature_norm_bound(
        a(POINTS), RELU
    ),
    "squared_feature_norm_estimate": lambda a: bounds.squared_feature_norm_estimate(
        a(POINTS), RELU
    ),
}


def takes_arrays(function):
    return any(
        np.ndarray in getattr(each.annotation, "__args__", ())
        or each.annotation == PointsLike
        or each.name in ("points", "X", "X1")
        for each in inspect.signature(function).parameters.values()
    )


NEEDS_A_PACKAGE = {"image_features"}
"""What runs a trained network; its own tests give it several kinds of images."""


def test_no_public_function_is_left_out():
    for room in (dynamics, features, bounds, readouts):
        found = {name: getattr(room, name) for name in room.__all__}
        functions = {k for k, v in found.items() if inspect.isfunction(v)}
        asked = {k for k in functions if takes_arrays(found[k])} - NEEDS_A_PACKAGE
        assert asked <= CALLS.keys()


def read_only(values):
    array = values.numpy().copy()
    array.flags.writeable = False
    return array


def same(one, other):
    one, other = np.asarray(one), np.asarray(other)
    # The copy may lie otherwise in memory, and sums of at most 9 numbers round so.
    rounding = 1e-14 * np.abs(other).max()
    np.testing.assert_allclose(one, other, rtol=0, atol=rounding)


@pytest.mark.parametrize("as_kind", [torch.Tensor.numpy, read_only])
@pytest.mark.parametrize("name", CALLS)
def test_an_array_of_numpy_is_taken_as_a_tensor_is(name, as_kind):
    same(CALLS[name](as_kind), CALLS[name](lambda values: values))


WITH_POINTS = [
    name
    for name, bound in bounds.CATALOG.items()
    if "points" in inspect.signature(bound.width).parameters
]


@pytest.mark.parametrize("name", WITH_POINTS)
def test_the_points_of_a_bound_are_taken_alike(name):
    bound = bounds.CATALOG[name]
    act = get("softplus" if bound.least_smoothness > 1 else "relu")
    if bound.kernel == "conjugate":
        matrix = kernels.conjugate_kernel(POINTS, act, bound.law)
    else:
        matrix = kernels.tangent_kernel(POINTS, act, bound.law, trained="inner")
    found = spectrum(matrix)
    widths = {bound.width(found, points=each) for each in (POINTS, POINTS.numpy())}
    assert len(widths) == 1


def test_a_table_of_numbers_is_taken_too():
    table, labels = pl.DataFrame(POINTS.numpy()), pl.Series(TARGETS.numpy())
    found = dynamics.train(module(), table, labels, epochs=3)
    same(found.loss, trained(lambda values: values))
