"""Real training against the closed forms, and the rates at which they meet."""

import math

import pytest
import torch

from widthwise.dynamics import landweber, train
from widthwise.features import RandomFeatures, tangent_kernel
from widthwise.kernels import tangent_kernel as infinite_tangent_kernel
from widthwise.laws import get as get_law
from widthwise.networks import FullyConnected, TwoLayer

WIDTHS = [2**power for power in range(7, 14)]
SEEDS = 16


@pytest.fixture
def targets(points):
    return points[:, 0] + points[:, 1] ** 2


@pytest.mark.parametrize("step", ["best", "stable", 0.3])
@pytest.mark.parametrize("act", ["relu", "wendland2", "swish"])
def test_training_the_outer_layer_is_the_prediction(points, targets, act, step):
    """To 1e-9 at every one of 500 real steps, residuals and weights."""
    network = TwoLayer(5, 60, act, law="sphere", seed=3, outer="zeros", trained="outer")
    run = train(network, points, targets, step=step, epochs=500, track="residual")
    phi = RandomFeatures(act, 60, "sphere", seed=3).matrix(points)
    predicted = landweber(phi, targets, "optimal" if step == "best" else step)
    assert run.step == pytest.approx(predicted.step, rel=1e-12)
    torch.testing.assert_close(
        run.residual, predicted.relative_residual(run.epochs), rtol=1e-9, atol=1e-9
    )
    torch.testing.assert_close(
        run.network.outer.weight.detach(),
        predicted.coefficients(500),
        rtol=1e-9,
        atol=1e-9 * float(predicted.coefficients(500).norm()),
    )


def test_training_the_last_of_several_layers_is_the_prediction(points, targets):
    network = FullyConnected(5, 40, "gelu", depth=3, trained="outer", outer="zeros")
    run = train(network, points, targets, epochs=300, track="residual")
    phi = network.features(points).detach()
    predicted = landweber(phi, targets).relative_residual(run.epochs)
    torch.testing.assert_close(run.residual, predicted, rtol=1e-9, atol=1e-9)


def slope(widths, errors):
    """Return the least-squares slope of log error against log width."""
    x = torch.tensor(widths, dtype=torch.float64).log()
    y = torch.tensor(errors, dtype=torch.float64).log()
    x = x - x.mean()
    return float((x * y).sum() / x.square().sum())


def slope_deviation(widths, seeds):
    r"""Bound the standard deviation of the slope of log RMS errors.

    An error is a Gaussian vector in the limit, so its squared norm has a relative
    deviation of at most sqrt(2) (one direction) and the log of a root mean square over
    S seeds one of sqrt(2 / S) / 2.
    """
    x = torch.tensor(widths, dtype=torch.float64).log()
    return math.sqrt(2 / seeds) / 2 / float((x - x.mean()).norm())


def root_mean_square(values):
    return math.sqrt(sum(value**2 for value in values) / len(values))


@pytest.mark.parametrize(
    ("act", "law", "trained"),
    [
        ("relu", "gaussian", "inner"),
        ("relu", "gaussian", "outer"),
        ("relu", "sphere", "both"),
        ("tanh", "gaussian", "both"),
    ],
)
def test_the_finite_kernel_tends_to_the_infinite_one_like_the_root_of_the_width(
    points, act, law, trained
):
    r"""$E \|Θ_m - Θ\|^2 = V / m$ exactly, as Θ_m is a mean over units: slope -1/2."""
    limit = None
    errors = []
    for m in WIDTHS:
        found = []
        for seed in range(SEEDS):
            # Other seeds at each width: the same would give nested networks.
            network = TwoLayer(5, m, act, law=law, seed=m * SEEDS + seed)
            if limit is None:
                limit = infinite_tangent_kernel(
                    points, network.act, get_law(law, 5), trained=trained
                )
            inner = network.inner.weight.detach()
            outer = network.outer.weight.detach() / math.sqrt(m)
            kernel = torch.zeros(12, 12, dtype=torch.float64)
            if trained != "outer":
                kernel += tangent_kernel(
                    points, inner, outer, network.act, trained="inner"
                )
            if trained != "inner":
                kernel += (
                    tangent_kernel(points, inner, outer, network.act, trained="outer")
                    / m
                )
            found.append(float((kernel - limit).norm() / limit.norm()))
        errors.append(root_mean_square(found))
    band = 4 * slope_deviation(WIDTHS, SEEDS)
    assert band < 0.2
    assert slope(WIDTHS, errors) == pytest.approx(-0.5, abs=band)
    assert errors[-1] < 0.1


def linear_dynamics(kernel, start, targets, step, counts):
    r"""Return $y + (I - ηΘ)^k (f_0 - y)$ for each k, by eigenvectors."""
    values, vectors = torch.linalg.eigh(kernel)
    modes = vectors.T @ (start - targets)
    powers = (1 - step * values)[None, :] ** counts[:, None]
    return targets + (powers * modes) @ vectors.T


TRAINING_WIDTHS = [2**power for power in range(6, 12)]


@pytest.mark.slow
def test_wide_networks_train_as_their_kernels_say(points, targets):
    r"""Real outputs along 60 steps, against two linear dynamics from the same start.

    With the infinite kernel the error is that of Θ_m at initialization, of order
    $m^{-1/2}$. With the network's own initial kernel only its drift is left: weights
    move by $m^{-1/2}$ with signs that cancel like a random walk, so order $m^{-1}$,
    faster than the proven $m^{-1/2}$.
    """
    seeds = 12
    act = TwoLayer(5, 1, "tanh").act
    limit = infinite_tangent_kernel(points, act, "gaussian")
    step = 1.0 / float(torch.linalg.eigvalsh(limit)[-1])
    against_limit, against_own = [], []
    for m in TRAINING_WIDTHS:
        far, near = [], []
        for seed in range(seeds):
            network = TwoLayer(5, m, "tanh", seed=m * seeds + seed)
            run = train(network, points, targets, step=step, epochs=60, track="outputs")
            assert not run.diverged
            own = own_kernel(network, points)
            for kernel, found in ((limit, far), (own, near)):
                expected = linear_dynamics(
                    kernel, run.outputs[0], targets, step, run.epochs
                )
                worst = (run.outputs - expected).norm(dim=1).max()
                found.append(float(worst / targets.norm()))
        against_limit.append(root_mean_square(far))
        against_own.append(root_mean_square(near))
    band = 4 * slope_deviation(TRAINING_WIDTHS, seeds)
    assert band < 0.35
    assert slope(TRAINING_WIDTHS, against_limit) == pytest.approx(-0.5, abs=band)
    assert slope(TRAINING_WIDTHS, against_own) == pytest.approx(-1.0, abs=band)
    assert against_own[-1] < 0.02


def own_kernel(network, points):
    m = network.width
    inner, outer = network.inner.weight.detach(), network.outer.weight.detach()
    parts = [
        tangent_kernel(points, inner, outer, network.act, trained=each)
        for each in ("inner", "outer")
    ]
    return (parts[0] + parts[1]) / m


def test_deep_training_moves_less_relative_to_its_start_the_wider_it_is(
    points, targets
):
    r"""NTK parametrization: $\|θ_t - θ_0\|$ stays O(1) while $\|θ_0\| \sim m$."""
    moved = [
        train(
            FullyConnected(5, m, "tanh", depth=2, seed=1),
            points,
            targets,
            epochs=30,
            track=("distance", "distance_relative", "kernel_drift"),
            track_every=30,
        )
        for m in (32, 128, 512)
    ]
    distances = [float(run.distance[-1]) for run in moved]
    assert max(distances) < 3 * min(distances)
    relative = [float(run.distance_relative[-1]) for run in moved]
    drift = [float(run.kernel_drift[-1]) for run in moved]
    for found in (relative, drift):
        assert found[0] > found[1] > found[2]
