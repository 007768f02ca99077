"""However a function is written, its kernels cost so many evaluations at most."""

import threading
import time

import numpy as np
import pytest
import torch

from widthwise import activations
from widthwise.errors import InvalidArgumentError, PrecisionLimitError
from widthwise.interruption import require_wanted
from widthwise.kernels import (
    deep_diagonals,
    deep_kernels,
    dual,
    dual_of_derivative,
)
from widthwise.kernels.duals import _radial
from widthwise.kernels.rules import _function
from widthwise.kernels.two_layer import _triangle
from widthwise.kernels.two_layer._triangle import Entries
from widthwise.laws import Gaussian, Sphere


class Counted:
    """A function that counts its evaluations."""

    def __init__(self, function):
        self.function, self.evaluations = function, 0

    def __call__(self, z):
        self.evaluations += z.numel() if isinstance(z, torch.Tensor) else z.size
        return self.function(z)


def sign(z):
    return torch.where(z >= 0, torch.ones_like(z), -torch.ones_like(z))


@pytest.mark.parametrize("law", [Gaussian(), Sphere(3)], ids=str)
def test_a_sign_by_where_has_the_duals_of_the_sign(law):
    """Its differences are zero, not rounding that a fit would have to follow."""
    counted = Counted(sign)
    mine = activations.from_callable(counted, name="mine", breakpoints=(0.0,))
    assert mine.derivative_method == "numerical"
    t = torch.linspace(-1, 1, 41, dtype=torch.float64)
    slope = dual_of_derivative(mine, law)
    assert slope.error_bound == 0.0
    assert not slope(t).any()
    kappa = dual(mine, law)
    exact = 2 / np.pi * torch.arcsin(t)
    assert float((kappa(t) - exact).abs().max()) <= kappa.error_bound <= 1e-12
    assert counted.evaluations < 5e6


def test_deep_kernels_of_a_sign_by_where_are_soon_there():
    counted = Counted(sign)
    mine = activations.from_callable(counted, name="mine", breakpoints=(0.0,))
    points = torch.randn(64, 5, generator=torch.Generator().manual_seed(0)).double()
    points = torch.nn.functional.normalize(points)
    conjugate, tangent = deep_kernels(points, mine, depth=1)
    exact = 2 / np.pi * torch.arcsin((points @ points.T).clamp(-1, 1))
    assert torch.allclose(conjugate, exact, rtol=0, atol=1e-7)  # arcsin's slope at 1
    assert torch.equal(conjugate, tangent)
    assert counted.evaluations < 5e6


@pytest.mark.parametrize("shift", [0.0, 7.0])
def test_a_numerical_derivative_of_a_constant_is_zero(shift):
    steps = activations.from_callable(
        lambda z: np.where(z >= 0.5, 1 / 3, -0.7) + shift,
        name="steps",
        breakpoints=(0.5,),
    )
    z = torch.linspace(-3, 3, 1001, dtype=torch.float64)
    assert not steps.derivative(z).any()


@pytest.mark.parametrize("order", [0, 1])
def test_a_function_of_noise_is_refused_within_the_budget(order, monkeypatch):
    """|z|^1.5 bends on every scale at 0: the budget is what ends the search."""
    monkeypatch.setattr(_function, "MOST_EVALUATIONS", 2e7)
    counted = Counted(lambda z: z.abs() ** 1.5 * torch.sign(z))
    mine = activations.from_callable(counted, name="bent", breakpoints=(0.0,))
    counted.evaluations = 0
    finder = dual_of_derivative if order else dual
    with pytest.raises(PrecisionLimitError, match="Give from_callable the derivative"):
        finder(mine, Sphere(5))
    assert counted.evaluations <= 2.5e7


def test_the_flow_of_heat_takes_a_function_that_bends_on_every_scale():
    """E |z|^1.5 |w|^1.5 sign(z w) at t = 0.5 by mpmath, in polar coordinates."""
    counted = Counted(lambda z: z.abs() ** 1.5 * torch.sign(z))
    mine = activations.from_callable(counted, name="bent", breakpoints=(0.0,))
    found = dual(mine, Gaussian())
    half = float(found(torch.tensor([0.5], dtype=torch.float64)))
    off = abs(half - 0.7686381431599892)
    assert off <= found.error_bound < 1e-11
    assert counted.evaluations <= 1e6


def test_the_catalog_has_no_budget(monkeypatch):
    monkeypatch.setattr(_function, "MOST_EVALUATIONS", 10)
    assert dual("celu", Sphere(11)).error_bound < 1e-12
    scaled = activations.Scaled(activations.get("elu"), 1.7)
    assert dual_of_derivative(scaled, Sphere(11)).error_bound < 1e-12


def test_noise_calls_for_no_finer_rule():
    """z² written with cancellation: E u⁴ = 1/5 on the sphere of R³."""
    counted = Counted(lambda z: (z + 1e3) ** 2 - 1e6 - 2e3 * z)
    act = activations.from_callable(counted, "cancelling")
    counted.evaluations = 0
    kappa = dual(act, Sphere(3))
    assert counted.evaluations < 3e6
    assert abs(kappa.value_at_one - 0.2) <= kappa.error_bound < 1e-9


def of_several_norms(rows=6, columns=4):
    return np.random.default_rng(0).standard_normal((rows, columns))


def test_what_overflows_in_a_later_layer_is_refused_before_the_first_has_tables():
    counted = Counted(torch.exp)
    mine = activations.from_callable(counted)
    with pytest.raises(InvalidArgumentError, match="Hidden layer 3: The mean square"):
        deep_kernels(of_several_norms(), mine, depth=6)
    assert counted.evaluations < 1e7


@pytest.mark.parametrize("name", ["mish", "softplus", "selu"])
def test_diagonals_of_deep_networks_are_integrals_of_one_variable(name):
    """The trapezoidal rule on a line is another route, and exact for what decays."""
    points, act = of_several_norms(), activations.get(name)
    found = deep_diagonals(points, act, 6, 3.0)
    u = 12 * np.linspace(0, 1, 50_001) ** 3  # Dense where kinks and steep slopes are.
    u[0] = 1e-300  # Slopes that jump at zero have the value of either side.
    mass = np.exp(-(u**2) / 2) / np.sqrt(2 * np.pi)
    q = 9 * (points**2).sum(axis=1) / 4
    tangent = q.copy()
    for _ in range(6):
        of, slope = (
            sum(
                np.trapezoid(
                    f(torch.from_numpy(side * np.sqrt(q)[:, None] * u)).numpy() ** 2
                    * mass,
                    u,
                    axis=1,
                )
                for side in (1, -1)
            )
            for f in (act, act.derivative)
        )
        q = 9 * of
        tangent = q + 9 * slope * tangent
    # Steps of 1e-4 at u = 1: h²/12 times a second derivative, six layers deep.
    assert found[0].numpy() == pytest.approx(q, rel=1e-7)
    assert found[1].numpy() == pytest.approx(tangent, rel=1e-7)


def test_a_mean_square_that_does_not_settle_is_refused():
    with pytest.raises(PrecisionLimitError, match="does not settle"):
        deep_diagonals(1e3 * of_several_norms(), "sin", depth=1)


def test_a_layer_too_steep_is_named_before_the_others_have_tables(monkeypatch):
    made = []
    monkeypatch.setattr(
        _radial, "_half", lambda *given, half=_radial._half: made.append(half(*given))
    )
    with pytest.raises(
        PrecisionLimitError, match="Hidden layer 10: The kernel of mish"
    ):
        deep_kernels(of_several_norms(), "mish", 10, 3.0)
    assert not made


def test_what_fails_in_one_strip_ends_the_others_within_a_tile(monkeypatch):
    monkeypatch.setattr(_triangle, "usable_cores", lambda: 2)
    others, ended = threading.Event(), []

    def fill(top, _left, _room):
        if top == 768:
            assert others.wait(20)
            raise ArithmeticError("the first strip")
        others.set()
        for _ in range(2000):
            time.sleep(0.01)
            try:
                require_wanted()
            except InterruptedError:
                ended.append(top)
                raise
        ended.append("whole")

    with pytest.raises(ArithmeticError, match="the first strip"):
        Entries(1024).fill(fill)
    # The freed thread may have begun another strip before it was told.
    assert 512 in ended
    assert "whole" not in ended
    require_wanted()  # This thread's own work goes on.
