"""What is tracked, against automatic differentiation and definitions."""

import copy
import math

import pytest
import torch

from widthwise.dynamics import QUANTITIES, train
from widthwise.dynamics.tracking._spectrum import extremes, features_condition_number
from widthwise.networks import PARAMETRIZATIONS, FullyConnected, TwoLayer


@pytest.fixture
def targets(points):
    return points[:, 0] + points[:, 1] ** 2


def jacobian(network, points):
    """Return the Jacobian, each column times the root of its learning-rate factor."""
    columns = []
    for layer in (*network.hidden_layers, network.readout):
        for parameter, rate in (
            (layer.weight, layer.rate),
            (layer.bias, layer.bias_rate),
        ):
            if parameter is None or not parameter.requires_grad:
                continue
            rows = [
                torch.autograd.grad(network(points)[row], parameter)[0].reshape(-1)
                for row in range(len(points))
            ]
            columns.append(torch.stack(rows) * math.sqrt(rate))
    return torch.cat(columns, dim=1)


def assert_kernel_is_tracked(network, points, targets):
    values = torch.linalg.svdvals(jacobian(network, points)) ** 2
    run = train(
        network,
        points,
        targets,
        epochs=1,
        track=("tangent_smallest", "tangent_largest"),
        track_every=1,
    )
    assert float(run.tangent_largest[0]) == pytest.approx(float(values[0]), rel=1e-12)
    # The Gram matrix squares the condition number; its error is relative to λ_1.
    assert float(run.tangent_smallest[0]) == pytest.approx(
        float(values[-1]) if len(values) == 12 else 0.0, abs=1e-14 * float(values[0])
    )


@pytest.mark.parametrize("bias_std", [None, 0.4])
@pytest.mark.parametrize("trained", ["inner", "outer", "both"])
@pytest.mark.parametrize("parametrization", PARAMETRIZATIONS)
def test_kernel_of_two_layers_is_that_of_autograd(
    points, targets, parametrization, trained, bias_std
):
    network = TwoLayer(
        5,
        20,
        "swish",
        parametrization=parametrization,
        trained=trained,
        bias_std=bias_std,
        seed=3,
    )
    assert_kernel_is_tracked(network, points, targets)


@pytest.mark.parametrize("bias_std", [None, 0.4])
@pytest.mark.parametrize("trained", ["all", "hidden", "outer", [2]], ids=str)
@pytest.mark.parametrize("parametrization", ["standard", "ntk", "mup"])
def test_kernel_of_deep_networks_is_that_of_autograd(
    points, targets, parametrization, trained, bias_std
):
    network = FullyConnected(
        5,
        15,
        "swish",
        depth=3,
        parametrization=parametrization,
        trained=trained,
        bias_std=bias_std,
        seed=3,
    )
    assert_kernel_is_tracked(network, points, targets)


def kernel_of(network, points):
    found = jacobian(network, points)
    return found @ found.T


def hessian(network, points, targets):
    """Return second derivatives of half the sum of squares, by torch's own."""
    values = tuple(each.detach() for each in network.parameters())
    names = [name for name, _ in network.named_parameters()]

    def loss(*moved):
        given = dict(zip(names, moved, strict=True))
        outputs = torch.func.functional_call(network, given, (points,))
        return (outputs - targets).square().sum() / 2

    blocks = torch.autograd.functional.hessian(loss, values)
    rows = [
        torch.cat([each.reshape(own.numel(), -1) for each in row], dim=1)
        for own, row in zip(values, blocks, strict=True)
    ]
    return torch.cat(rows)


def test_every_quantity_is_its_definition(points, targets):
    network = TwoLayer(5, 30, "relu", law="sphere", seed=1)
    run = train(network, points, targets, epochs=40, track=tuple(QUANTITIES))
    after = run.network
    outputs = after(points).detach()
    residual = outputs - targets
    first, last = kernel_of(network, points), kernel_of(after, points)
    features = after.features(points).detach()
    singular = torch.linalg.svdvals(features)
    pairs = list(zip(network.parameters(), after.parameters(), strict=True))
    moved = math.sqrt(sum(float((a - b).detach().square().sum()) for a, b in pairs))
    start = math.sqrt(sum(float(a.detach().square().sum()) for a, _ in pairs))
    signs = [(points @ each.inner.weight.detach().T) > 0 for each in (network, after)]
    expected = {
        "loss": float(residual.square().sum()) / 2,
        "residual": float(residual.norm() / targets.norm()),
        "condition_number": float(singular[0] / singular[-1]) ** 2,
        "tangent_smallest": float(torch.linalg.eigvalsh(last)[0]),
        "tangent_largest": float(torch.linalg.eigvalsh(last)[-1]),
        "sharpness": float(torch.linalg.eigvalsh(hessian(after, points, targets))[-1]),
        "kernel_drift": float((last - first).norm() / first.norm()),
        "alignment": float(
            targets @ last @ targets / last.norm() / targets.norm() ** 2
        ),
        "residual_alignment": float(
            residual @ last @ residual / last.norm() / residual.norm() ** 2
        ),
        "distance": moved,
        "distance_relative": moved / start,
        "pattern_changes": float((signs[0] != signs[1]).double().mean()),
    }
    assert set(expected) | {"outputs"} == set(QUANTITIES)
    for name, value in expected.items():
        found = getattr(run, name)
        assert found.shape == (41,)
        assert float(found[-1]) == pytest.approx(value, rel=1e-8), name
    torch.testing.assert_close(run.outputs[-1], outputs)
    assert expected["pattern_changes"] > 0
    for name in ("kernel_drift", "distance", "distance_relative", "pattern_changes"):
        assert float(getattr(run, name)[0]) == 0.0


def test_outer_training_moves_no_feature(points, targets):
    run = train(
        TwoLayer(5, 30, trained="outer", seed=1),
        points,
        targets,
        step="stable",  # no mode overshoots, so none comes back
        epochs=5,
        track=("condition_number", "kernel_drift", "pattern_changes", "distance"),
    )
    assert run.condition_number.unique().numel() == 1
    assert not run.kernel_drift.any()
    assert not run.pattern_changes.any()
    assert bool((run.distance.diff() > 0).all())


def orthogonal(rows, columns, seed):
    generator = torch.Generator().manual_seed(seed)
    normals = torch.randn(rows, columns, generator=generator, dtype=torch.float64)
    return torch.linalg.qr(normals).Q


@pytest.mark.parametrize("exponent", [2, 6, 10, 12])
def test_condition_numbers_are_accurate_beyond_the_gram_matrix(exponent):
    """κ(Φ) = 10^exponent, so κ(ΦΦᵀ) is its square: up to 1e24."""
    values = torch.logspace(0, -exponent, 10, dtype=torch.float64)
    features = (orthogonal(10, 10, 0) * values) @ orthogonal(40, 10, 1).T
    found = features_condition_number(features @ features.T, lambda: features)
    # Singular values carry an absolute error of a few eps s_1.
    error = 50 * 2.0**-52 * 10**exponent
    assert found == pytest.approx(10.0 ** (2 * exponent), rel=max(error, 1e-8))


def test_singular_features_have_an_infinite_condition_number():
    for features in (torch.ones(4, 9), torch.zeros(3, 5), torch.rand(5, 4)):
        phi = features.double()
        assert features_condition_number(phi @ phi.T, lambda: phi) == math.inf  # noqa: B023


def test_rounding_below_zero_is_no_eigenvalue():
    singular = torch.ones(6, 6, dtype=torch.float64) / 3
    smallest, largest = extremes(singular)
    assert 0.0 <= smallest <= 1e-15
    assert largest == pytest.approx(2.0)
    assert extremes(torch.zeros(3, 3).double()) == (0.0, 0.0)


def test_zero_targets_and_zero_kernels_have_no_nan(points):
    network = TwoLayer(5, 10, "relu", outer="zeros", trained="both")
    run = train(
        network,
        points,
        torch.zeros(12),
        step=0.1,
        epochs=2,
        track=tuple(QUANTITIES),
    )
    for name in QUANTITIES:
        assert not getattr(run, name).isnan().any(), name
    assert not run.loss.any()
    assert not run.alignment.any()


def test_an_automatic_interval_is_the_same_every_time(points, targets):
    """Costly quantities are measured less often, and aligned with the cheap ones."""
    network = TwoLayer(5, 300, seed=1)
    cheap, costly = (
        train(network, points, targets, epochs=40, track=names, track_every="auto")
        for names in ("loss", ("loss", "tangent_smallest", "condition_number"))
    )
    assert len(costly.epochs) <= len(cheap.epochs)
    assert costly.epochs[-1] == 40
    assert len(costly.loss) == len(costly.condition_number) == len(costly.epochs)
    module = torch.nn.Sequential(torch.nn.Linear(5, 9), torch.nn.Tanh()).double()
    module.append(torch.nn.Linear(9, 1).double())
    again = [
        train(module, points, targets, step=0.01, epochs=40, track_every="auto").epochs
        for _ in range(2)
    ]
    assert torch.equal(*again)


@pytest.mark.parametrize(
    "network",
    [TwoLayer(5, 40, bias_std=0.1, seed=2), FullyConnected(5, 20, depth=2, seed=2)],
    ids=["two layers", "deep"],
)
def test_networks_in_single_precision_are_measured_in_double(points, targets, network):
    """From the same rounded weights and points the kernels are the same numbers."""
    single = copy.deepcopy(network).float()
    rounded = copy.deepcopy(single).double()
    settings = {"epochs": 1, "step": 1e-3, "track": tuple(QUANTITIES)}
    small = points.float()
    runs = [
        train(each, given, targets, **settings)
        for each, given in ((single, small), (rounded, small.double()))
    ]
    for name in ("condition_number", "tangent_smallest", "tangent_largest"):
        first, second = (float(getattr(run, name)[0]) for run in runs)
        assert first == pytest.approx(second, rel=1e-12), name
    assert next(runs[0].network.parameters()).dtype == torch.float32
