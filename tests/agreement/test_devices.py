"""The same numbers wherever they are computed, and results where they were asked for.

Every call runs on a device that is not the CPU and that every machine has
(`elsewhere`), and on CUDA where there is one.
"""

import pytest
import torch
from elsewhere import Elsewhere, a_device_elsewhere

from widthwise import bounds, features, kernels, readouts, spectra
from widthwise.activations import get
from widthwise.errors import InvalidArgumentError
from widthwise.features import RandomFeatures
from widthwise.numerics import linear_algebra as la
from widthwise.readouts import _single_precision

RELU = get("relu")


def drawn(*shape, seed):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


POINTS = torch.nn.functional.normalize(drawn(30, 4, seed=0))
TARGETS = drawn(30, 2, seed=1)
WIDE = drawn(30, 50, seed=2)
TALL = WIDE[:, :10].contiguous()
DEFICIENT = WIDE[:, :3] @ WIDE[:3]
SOME = torch.arange(30, dtype=torch.float64)  # Row 0 is absent.
KERNEL = WIDE @ WIDE.T
INNER, OUTER = drawn(40, 4, seed=3), drawn(40, seed=4)
LAYER = RandomFeatures("relu", 80, "sphere")


def path(phi, at, **named):
    return readouts.ridge_path(phi, TARGETS, device=at, **named)


def held(at):
    rows = readouts.RowAccumulator(device=at)
    rows.add(TALL[:20], TARGETS[:20])
    rows.add(TALL[20:], TARGETS[20:])
    return rows.solution(0.1)


CALLS = {
    "weights": lambda at: LAYER.weights(4, device=at),
    "matrix": lambda at: LAYER.matrix(POINTS, device=at),
    "gram": lambda at: LAYER.gram(POINTS, device=at),
    "jacobian": lambda at: features.jacobian(POINTS, INNER, OUTER, RELU, device=at),
    "finite tangent kernel": lambda at: features.tangent_kernel(
        POINTS, INNER, OUTER, get("tanh"), OUTER, device=at
    ),
    "conjugate kernel": lambda at: kernels.conjugate_kernel(
        POINTS, "relu", "sphere", POINTS[:3], device=at
    ),
    "tangent kernel": lambda at: kernels.tangent_kernel(
        POINTS, "relu", "sphere", device=at
    ),
    "two-layer kernels": lambda at: kernels.two_layer_kernels(
        POINTS, "relu", "sphere", device=at
    )[1],
    "deep kernels": lambda at: kernels.deep_kernels(POINTS, "relu", 2, device=at)[1],
    "spectrum": lambda at: spectra.spectrum(KERNEL, device=at).eigenvalues,
    "feature spectrum": lambda at: (
        spectra.feature_spectrum(POINTS, LAYER, device=at).eigenvalues
    ),
    "feature svd": lambda at: spectra.feature_svd(POINTS, LAYER, device=at)[0],
    "jacobian spectrum": lambda at: (
        spectra.jacobian_spectrum(POINTS, INNER, OUTER, RELU, device=at).eigenvalues
    ),
    "minimum norm": lambda at: readouts.minimum_norm(WIDE, TARGETS, device=at).solution,
    "minimum norm, weighted": lambda at: (
        readouts.minimum_norm(
            WIDE, TARGETS, intercept=True, weights=SOME, device=at
        ).unreachable
    ),
    "minimum norm, deficient": lambda at: (
        readouts.minimum_norm(DEFICIENT, TARGETS, device=at).solution
    ),
    "minimum norm, tall": lambda at: (
        readouts.minimum_norm(TALL, TARGETS, device=at).solution
    ),
    "ridge": lambda at: path(WIDE, at).solution(),
    "ridge, weighted": lambda at: path(WIDE, at, weights=SOME).residuals_left_out(),
    "ridge, deficient": lambda at: path(DEFICIENT, at).leave_one_out,
    "ridge, tall": lambda at: path(TALL, at).leave_one_out,
    "leverage": lambda at: path(TALL, at).leverage(),
    "prediction": lambda at: path(TALL, at).predict(TALL[:3]),
    "leave one out": lambda at: (
        readouts.leave_one_out(WIDE, TARGETS, device=at).residuals
    ),
    "kernel readout": lambda at: readouts.kernel_readout(
        KERNEL, TARGETS, intercept=True, weights=SOME, device=at
    ).residuals_left_out(),
    "early stopping": lambda at: (
        readouts.early_stopping(WIDE, TARGETS, [1, 10], device=at).leave_one_out
    ),
    "kernel stopping": lambda at: (
        readouts.kernel_stopping(KERNEL, TARGETS, [1, 10], device=at).leave_one_out
    ),
    "posterior": lambda at: readouts.posterior(
        KERNEL, TARGETS, KERNEL[:3], KERNEL[:3, :3], 0.1, device=at
    ).covariance(),
    "trained ensemble": lambda at: readouts.trained_ensemble(
        KERNEL, KERNEL, TARGETS, KERNEL[:3], KERNEL[:3], KERNEL[:3, :3], 1.0, device=at
    ).covariance(),
    "stream of units": lambda at: readouts.ridge_stream(
        WIDE, TARGETS, weights=SOME, device=at
    ).residuals_left_out(),
    "stream of rows": lambda at: (
        readouts.ridge_stream(TALL, TARGETS, device=at).leave_one_out
    ),
    "gram path": lambda at: (
        readouts.gram_path(TALL, TARGETS, [0.1, 1.0], device=at).solution
    ),
    "rows held": held,
    "by panels": lambda at: by_panels(at).solution,
    "by panels, predicted": lambda at: by_panels(at).predict(POINTS[:3]),
}


def relu(points, other):
    assert points.device == other.device
    return kernels.conjugate_kernel(points, "relu", "sphere", other)


def by_panels(at):
    return readouts.blocked_readout(
        relu, POINTS, TARGETS, 0.1, intercept=True, device=at
    )


NUMBERS = {
    "products with a kernel": lambda at: (
        spectra.extreme_spectrum(
            spectra.kernel_operator(relu, POINTS, device=at), 3
        ).eigenvalues
    ),
    "products with features": lambda at: (
        spectra.extreme_spectrum(
            spectra.feature_operator(POINTS, LAYER, device=at), 3
        ).eigenvalues
    ),
} | {
    f"minimum width, {each}": lambda at, each=each: torch.tensor(
        bounds.minimum_width(
            POINTS,
            "relu",
            trials=2,
            criterion=each,
            y=TARGETS if each == "leave_one_out" else None,
            share=0.5,
            factor=20.0,
            epsilon=0.9,
            device=at,
        ).critical_widths
    )
    for each in ("full_rank", "condition_number", "deviation", "leave_one_out")
}


@pytest.fixture(params=["elsewhere", pytest.param("cuda", marks=pytest.mark.cuda)])
def device(request):
    if request.param == "cuda":
        if not torch.cuda.is_available():
            pytest.skip("no CUDA device here")
        yield "cuda"
        return
    with a_device_elsewhere() as name:
        yield name


def on_cpu(found):
    return found.here if isinstance(found, Elsewhere) else found.cpu()


@pytest.mark.parametrize("name", CALLS)
def test_results_are_on_the_device_asked_for_and_agree(device, name):
    found, expected = CALLS[name](device), CALLS[name]("cpu")
    assert found.device.type == torch.device(device).type
    assert expected.device.type == "cpu"
    # The systems have condition numbers below 1e4 or are cut off at rounding.
    size = float(expected.abs().max())
    torch.testing.assert_close(on_cpu(found), expected, rtol=1e-10, atol=1e-11 * size)


@pytest.mark.parametrize("name", NUMBERS)
def test_what_is_found_on_a_device_is_found_on_the_cpu(device, name):
    found, expected = NUMBERS[name](device), NUMBERS[name]("cpu")
    torch.testing.assert_close(found.cpu(), expected, rtol=1e-10, atol=1e-12)


def test_single_factors_of_a_device_are_refined(device, monkeypatch):
    monkeypatch.setattr(_single_precision, "_FROM", 0)
    found, expected = by_panels(device), by_panels("cpu")
    assert found.precision == expected.precision == "float32"
    torch.testing.assert_close(
        on_cpu(found.solution), expected.solution, rtol=1e-9, atol=1e-9
    )


def test_weights_are_the_same_bit_for_bit(device):
    for law in ("sphere", "gaussian"):
        layer = RandomFeatures("relu", 1500, law, seed=7)
        found = layer.weights(5, device=device)
        assert torch.equal(on_cpu(found), layer.weights(5))


def test_results_stay_where_the_points_are(device):
    points = POINTS.to(device)
    for found in (
        LAYER.gram(points),
        kernels.conjugate_kernel(points, "relu", "sphere"),
        spectra.spectrum(KERNEL.to(device)).eigenvalues,
        readouts.minimum_norm(WIDE.to(device), TARGETS).solution,
    ):
        assert found.device == points.device


def test_a_failed_factorization_is_done_again_on_the_cpu_and_said(device, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("the solver did not converge")

    matrix = KERNEL.to(device)
    monkeypatch.setattr(torch.linalg, "eigh", broken)
    with pytest.warns(RuntimeWarning, match="did not converge.*again on the CPU"):
        values, vectors = la.eigh(matrix)
    assert values.device == vectors.device == matrix.device
    assert torch.equal(on_cpu(values), la.eigh(KERNEL)[0])


def test_wrong_triangles_are_found_by_random_directions(device, monkeypatch):
    tall = WIDE.to(device)
    factors = torch.linalg.qr

    def off(matrix, mode):
        found = factors(matrix, mode=mode)
        return type(found)((found.Q, found.R * (1.0 + 1e-9)))

    monkeypatch.setattr(torch.linalg, "qr", off)
    with pytest.warns(RuntimeWarning, match="missed by"):
        found = la.triangular_factor(tall.clone())
    product = on_cpu(found).T @ on_cpu(found)
    torch.testing.assert_close(product, KERNEL, rtol=0, atol=1e-12 * 100)


@pytest.mark.parametrize("name", ["svd", "eigh"])
def test_vectors_that_are_not_orthogonal_are_found(device, monkeypatch, name):
    # Of equal singular values any basis has the residual of rounding.
    matrix, given = torch.eye(40, dtype=torch.float64), getattr(torch.linalg, name)

    def skewed(matrix, **asked):
        first, second, *rest = given(matrix, **asked)
        if name == "eigh":
            second = second.clone()
            second[:, 0] = second[:, 1]
            return first, second
        turned = torch.eye(40, dtype=torch.float64).to(first.device)
        turned[0, 1] = 1e-9
        return first @ turned, second, turned.inverse() @ rest[0]

    monkeypatch.setattr(torch.linalg, name, skewed)
    with pytest.warns(RuntimeWarning, match="missed by.*again on the CPU"):
        found = getattr(la, name)(matrix.to(device))
    for mine, right in zip(found, getattr(la, name)(matrix), strict=True):
        assert torch.equal(on_cpu(mine), right)


def test_a_device_that_is_not_here_is_refused():
    for name in ("cuda:99", "nowhere"):
        with pytest.raises(InvalidArgumentError, match=r"is not here.*cpu"):
            readouts.minimum_norm(WIDE, TARGETS, device=name)
    with a_device_elsewhere() as name:
        given = {"out": torch.empty(30, 30, dtype=torch.float64), "device": name}
        with pytest.raises(InvalidArgumentError, match="out is on the CPU"):
            kernels.conjugate_kernel(POINTS, "relu", "sphere", **given)
