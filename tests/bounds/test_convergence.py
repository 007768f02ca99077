"""Certificates of convergence hold in training, and say how far they are if not."""

import math

import numpy as np
import pytest
import torch

from widthwise import bounds, laws
from widthwise.activations import get
from widthwise.bounds.convergence._curvature import _KNOWN
from widthwise.errors import DataError, InvalidArgumentError, NotCoveredError
from widthwise.features import RandomFeatures
from widthwise.kernels import conjugate_kernel, tangent_kernel
from widthwise.laws import Gaussian
from widthwise.spectra import spectrum


def network(count=4, dimension=6, width=4000, seed=0, scale=1.0):
    generator = np.random.default_rng(seed)
    points = generator.standard_normal((count, dimension))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    labels = scale * generator.standard_normal(count)
    inner = generator.standard_normal((width, dimension))
    signs = np.where(np.arange(width) % 2 == 0, 1.0, -1.0)
    outer = signs * np.linalg.norm(labels) / math.sqrt(width * count)
    return [torch.from_numpy(each) for each in (points, labels, inner, outer)]


@pytest.mark.parametrize("name", _KNOWN)
def test_slopes_and_curvatures_are_upper_ends_and_near(name):
    act = get(name)
    z = torch.linspace(-12, 12, 2_400_001, dtype=torch.float64)
    slope = act.derivative(z)
    inside = (z[1:] > -11) & (z[1:] < 11)
    change = ((slope[1:] - slope[:-1]) / (z[1:] - z[:-1])).abs()[inside].max()
    steepest, curved = _KNOWN[name]
    assert 0.9999 * steepest <= float(slope.abs().max()) <= steepest * (1 + 1e-15)
    assert 0.9999 * curved <= float(change) <= curved * (1 + 1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_a_certified_network_trains_at_the_promised_rate_and_distance(seed):
    points, labels, inner, outer = network(seed=seed, width=60_000)
    found = bounds.two_layer_certificate(points, labels, inner, outer, "softplus")
    assert found.holds
    assert found.is_certificate
    act, weights = get("softplus"), inner.clone()
    misfit = act(points @ weights.T) @ outer - labels
    start = float(misfit.norm())
    for step in range(1, 40):
        slope = act.derivative(points @ weights.T) * outer
        weights -= found.step * (misfit[:, None] * slope).T @ points
        misfit = act(points @ weights.T) @ outer - labels
        bound = start * found.contraction ** (step / 2)
        assert float(misfit.norm()) <= bound * (1 + 1e-9)
        assert float((weights - inner).norm()) <= found.distance
    assert found.steps_to(0.5) >= 1
    assert found.steps_to(2.0) == 0


def test_a_narrow_network_is_told_how_far_it_is():
    narrow = bounds.two_layer_certificate(*network(width=40), "softplus")
    assert not narrow.holds
    assert narrow.contraction is None
    assert narrow.steps_to(0.1) == math.inf
    assert narrow.ratio < 1
    wide = network(width=int(2 * narrow.width_needed))
    assert bounds.two_layer_certificate(*wide, "softplus").holds


def test_fewer_parameters_than_rows_are_never_certified():
    found = bounds.two_layer_certificate(*network(count=9, width=1), "softplus")
    assert found.ratio == 0
    assert not found.holds


def test_the_width_certified_in_advance_meets_the_condition_at_the_start():
    points, labels, _, _ = network()
    kernel = tangent_kernel(points, "softplus", Gaussian(), trained="inner")
    width = bounds.inner_layer.width(spectrum(kernel), 0.1, points=points)
    assert width.is_certificate
    assert width.value <= 1e6
    met = [
        bounds.two_layer_certificate(
            *network(width=int(width.value), seed=0), "softplus"
        ).holds
    ]
    assert all(met)
    narrower = bounds.inner_layer.width(spectrum(kernel), 0.1).value
    assert narrower >= width.value
    del labels


def test_slopes_that_nothing_vouches_for_are_among_the_assumptions():
    unlabelled = spectrum(0.5 * torch.eye(4, dtype=torch.float64))
    for asked in ({}, {"slope": 2.0, "curvature": 0.5}):
        found = bounds.inner_layer.width(unlabelled, 0.1, **asked)
        slope = f"{asked.get('slope', 1.0):.0f}"
        assert any(
            f"|σ'| is at most {slope}" in str(each) for each in found.assumptions
        )


def test_a_longer_step_or_an_estimate_is_no_certificate():
    known = dict(smallest=1.0, largest=2.0, lipschitz=0.01, misfit=1.0)
    assert bounds.descent_certificate(**known).holds
    assert not bounds.descent_certificate(**known).is_certificate
    proved = bounds.descent_certificate(**known, lipschitz_is_proved=True)
    assert proved.is_certificate
    assert not bounds.descent_certificate(**known, step=0.2).holds
    with pytest.raises(InvalidArgumentError, match="largest"):
        bounds.descent_certificate(1.0, -1.0, 0.1, 1.0)


def test_single_samples_keep_their_promise_on_average():
    points, labels, inner, outer = network(width=20_000)
    act, reach = get("softplus"), 20.0
    size = float(torch.linalg.matrix_norm(points, 2)) * float(outer.abs().max())
    slope = act.derivative(points @ inner.T) * outer
    jacobian = (slope[:, :, None] * points[:, None, :]).reshape(len(points), -1)
    values = torch.linalg.svdvals(jacobian)
    start = float((act(points @ inner.T) @ outer - labels).norm())
    found = bounds.stochastic_certificate(
        float(values[-1]),
        float(values[0] + values[-1] / 2),
        float(outer.norm()),
        0.25 * size,
        start,
        rows=len(points),
        parameters=jacobian.shape[1],
        reach=reach,
        lipschitz_is_proved=True,
    )
    # Far from proved at this width; the linear model of the same Jacobian is covered.
    linear = bounds.stochastic_certificate(
        float(values[-1]),
        float(values[0]),
        float(outer.norm()),
        0.0,
        start,
        rows=len(points),
        parameters=jacobian.shape[1],
        lipschitz_is_proved=True,
    )
    assert found.ratio < 1 < linear.ratio
    assert not found.is_certificate
    assert linear.is_certificate
    assert linear.probability >= 0.98
    gram = (jacobian @ jacobian.T).numpy()
    steps, runs = 400, 100
    generator = np.random.default_rng(1)
    misfits = np.full((runs, len(points)), 0.0)
    misfits += (act(points @ inner.T) @ outer - labels).numpy()
    for _ in range(steps):
        chosen = generator.integers(len(points), size=runs)
        moved = misfits[np.arange(runs), chosen][:, None] * gram[chosen]
        misfits -= linear.largest_step * moved
    mean = float((misfits**2).sum(axis=1).mean())
    assert mean <= linear.contraction**steps * start**2 * (1 + 1e-9)


def module_of(inner, outer):
    hidden = torch.nn.Linear(inner.shape[1], len(inner), bias=False).double()
    last = torch.nn.Linear(len(inner), 1, bias=False).double()
    with torch.no_grad():
        hidden.weight.copy_(inner)
        last.weight.copy_(outer[None])
    last.weight.requires_grad_(False)
    return torch.nn.Sequential(hidden, torch.nn.Softplus(), last)


def test_a_module_is_told_the_same_as_its_two_layers():
    points, labels, inner, outer = network(width=60)
    known = bounds.two_layer_certificate(points, labels, inner, outer, "softplus")
    model = module_of(inner, outer)
    before = model[0].weight.detach().clone()
    found = bounds.module_descent(model, points, labels)
    assert found.ratio == pytest.approx(known.ratio, rel=1e-9)
    assert bool((model[0].weight == before).all())
    linear = torch.nn.Linear(6, 1).double()
    exact = bounds.module_descent(linear, points, labels)
    assert exact.is_certificate
    assert exact.ratio > 1e6


class Unknown(torch.nn.Module):
    """What no one can read: a module with a forward pass of its own."""

    def __init__(self, inside):
        super().__init__()
        self.inside = inside

    def forward(self, points):
        return self.inside(points)


def test_an_estimated_lipschitz_constant_is_never_a_certificate():
    points, labels, inner, outer = network(width=300)
    model = module_of(inner, outer)
    found = bounds.module_descent(Unknown(model), points, labels, samples=2)
    known = bounds.module_descent(model, points, labels)
    # The same s and misfit, and a Lipschitz constant that is at most the bound's.
    assert known.ratio <= found.ratio <= 30 * known.ratio
    assert not found.is_certificate
    assert any("is an estimate" in each for each in found.assumptions)
    with pytest.raises(DataError, match="one target for each output"):
        bounds.module_descent(module_of(inner, outer), points, labels[:-1])
    with pytest.raises(InvalidArgumentError, match="samples"):
        bounds.module_descent(module_of(inner, outer), points, labels, samples=-1)


def test_fewer_parameters_than_outputs_never_hold():
    points, labels, inner, outer = network(count=9, width=1)
    assert bounds.module_descent(module_of(inner, outer), points, labels).ratio == 0


def test_a_kinked_activation_is_refused():
    with pytest.raises(NotCoveredError, match="relu"):
        bounds.two_layer_certificate(*network(width=10), "relu")


def test_the_smallest_eigenvalue_keeps_its_share_at_the_certified_width():
    points = network(count=6, dimension=6)[0]
    asked = {"sphere": "spectral_smallest", "gaussian": "truncated_smallest"}
    for law, bound in asked.items():
        found = bounds.best(points, "relu", law, "smallest", failure_probability=0.2)
        assert found.name == bound
        units = int(found.certificate.value)
        kernel = conjugate_kernel(points, get("relu"), laws.get(law, 6))
        level = 0.5 * float(torch.linalg.eigvalsh(kernel)[0])
        for seed in range(20):
            features = RandomFeatures("relu", width=units, law=law, seed=seed)
            assert float(torch.linalg.eigvalsh(features.gram(points))[0]) >= level
