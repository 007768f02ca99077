"""A module's verdicts are not green where its real run or a sample says no."""

import math
from collections import OrderedDict

import numpy as np
import pytest
import torch
from numpy.polynomial import chebyshev
from torch import nn

import widthwise as ww
from widthwise.diagnosis import Budget, plan_module
from widthwise.diagnosis.module._curve import _behind

ROWS = 20


class Recurrent(nn.Module):
    """A gated recurrent unit whose loss grows before it falls."""

    def __init__(self):
        super().__init__()
        self.memory = nn.GRU(3, 16, batch_first=True)
        self.readout = nn.Linear(16, 1)

    def forward(self, x):
        return self.readout(self.memory(x)[0][:, -1])


def drawn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def wide():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 200), nn.Tanh(), nn.Linear(200, 1))


@pytest.mark.parametrize("seed", range(3))
def test_a_run_that_falls_behind_is_not_in_reach(seed):
    torch.manual_seed(seed)
    module, inputs = Recurrent(), drawn(20, 7, 3, seed=seed)
    found = ww.diagnose(inputs, inputs.sum((1, 2)), module=module, epochs=20)
    curve, speed = found.evidence.curve, found.verdict("speed")
    arrays = found.record.arrays
    behind = np.log(arrays["curve/real"] / arrays["curve/predicted"]).max()
    way = -np.log(arrays["curve/predicted"].min())
    assert behind > 0.1 * way  # the case is what it is meant to be
    assert math.isinf(curve.behind or math.inf) or curve.behind > 0.1
    assert (speed.status, speed.status_word) == ("caution", "Not followed")
    assert "did not follow" in speed.answer


def test_a_run_that_keeps_up_is_in_reach(wide):
    found = ww.diagnose(drawn(ROWS, 5), drawn(ROWS), module=wide, epochs=50)
    assert found.verdict("speed").status == "yes"
    assert found.evidence.curve.behind < 0.1


def test_a_lag_that_looks_small_at_the_start_is_a_lag():
    # 0.815 against 0.746: of the way in log residual that was predicted, a third fails.
    assert _behind(np.array([1.0, 0.815]), np.array([1.0, 0.746])) > 0.1
    assert _behind(np.array([1.0, np.nan]), np.array([1.0, 0.7])) == math.inf
    assert _behind(np.array([1.0, 1e-12]), np.array([1.0, 1e-11])) == 0.0


def test_answers_of_a_sample_say_so_and_are_cautions(wide):
    found = ww.diagnose(
        drawn(ROWS, 5), drawn(ROWS), module=wide, epochs=0, budget=Budget(rows=10)
    )
    assert {each.status for each in found.verdicts} == {"caution"}
    assert all("Of 10 of the 20 rows: " in each.answer for each in found.verdicts)
    assert "random sample of 10 of the 20 rows" in str(found)
    told = {each.question: each.number_is for each in found.verdicts}
    assert told == {
        "fits": "at least",
        "width": "value",  # the module's own
        "speed": "at least",
        "layers": "at least",
    }


def test_one_layer_trained_has_the_condition_number_of_its_last_layer():
    module = nn.Linear(5, 1).double()
    inputs, labels = drawn(ROWS, 5).double(), drawn(ROWS).double()
    last, every = ww.diagnose(inputs, labels, module=module, epochs=0).evidence.parts
    assert every.training.rank == last.training.rank == 6
    design = torch.nn.functional.pad(inputs, (0, 1), value=1.0)
    assert every.training.condition_number == pytest.approx(
        float(torch.linalg.cond(design)) ** 2, rel=1e-9
    )


def test_a_linear_module_is_not_told_that_training_far_away_helps():
    inputs, labels = drawn(ROWS, 5), drawn(ROWS)
    found = ww.diagnose(inputs, labels, module=nn.Linear(5, 1), epochs=0)
    assert found.evidence.module.linear_in == "weights"
    assert "no training does better" in found.verdict("fits").reason
    deep = nn.Sequential(nn.Linear(5, 30), nn.Linear(30, 1))
    found = ww.diagnose(inputs, labels, module=deep, epochs=0)
    columns = torch.cat([inputs, torch.ones(ROWS, 1)], dim=1).double()
    fitted = columns @ torch.linalg.lstsq(columns, labels.double()[:, None]).solution
    with torch.no_grad():
        start = labels.double() - deep.double()(inputs.double())[:, 0]
    least = float((labels.double() - fitted[:, 0]).norm() / start.norm())
    assert found.evidence.module.affine_floor == pytest.approx(least, rel=1e-9)
    assert "Training far" not in found.verdict("fits").reason


def test_a_container_of_a_class_of_its_own_may_do_anything(wide):
    found = ww.diagnose(drawn(ROWS, 5), drawn(ROWS), module=wide, epochs=0)
    assert found.evidence.module.linear_in is None


@pytest.mark.parametrize("change", [lambda x: x * 1000.0, lambda x: x + 1000.0])
def test_columns_of_very_different_sizes_are_pointed_at(wide, change):
    inputs = drawn(ROWS, 5)
    inputs[:, 1] = change(inputs[:, 1])
    raw = ww.diagnose(inputs, drawn(ROWS), module=wide, epochs=0)
    assert "Standardising them" in str(raw)
    scaled = ww.diagnose(inputs, drawn(ROWS), module=wide, epochs=0, standardize=True)
    assert "Standardising them" not in str(scaled)


def test_a_plan_counts_what_dense_layers_need():
    """Pairs of rows cost a dense layer its inputs and outputs, not their product."""
    module = nn.Sequential(
        nn.Linear(64, 1200), nn.ReLU(), nn.Linear(1200, 1200), nn.ReLU(),
        nn.Linear(1200, 10),
    )  # fmt: skip
    planned = plan_module(module, drawn(150, 64), drawn(150, 10), epochs=0)
    assert len(planned.sample.points) == 150
    assert planned.cost.seconds < 20


class Polynomial(nn.Module):
    """One hidden layer with T_16 of the cosines, by Horner's rule."""

    coefficients = chebyshev.cheb2poly([0] * 16 + [1]).tolist()

    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(2, 300, bias=False, dtype=torch.float64)
        self.readout = nn.Linear(300, 1, dtype=torch.float64)
        with torch.no_grad():
            weight = self.inner.weight
            weight /= weight.norm(dim=1, keepdim=True)

    def forward(self, x):
        z, value = self.inner(x), 0.0
        for each in reversed(self.coefficients):
            value = value * z + each
        return self.readout(value)


def test_the_rounding_within_a_module_is_no_rank():
    """T_16 of cosines spans two functions of the angle, and the bias one."""
    torch.manual_seed(0)
    angles = torch.linspace(0.1, 2.9, 8, dtype=torch.float64)
    points = torch.stack([angles.cos(), angles.sin()], dim=1)
    module = Polynomial()
    found = ww.diagnose(points, torch.randn(8), module=module, epochs=0)
    last, _ = found.evidence.parts
    assert last.spectrum.rank == 3
    assert math.isinf(last.spectrum.condition_number)
    assert found.verdict("width").status != "yes"


def test_all_layers_leave_no_more_than_the_last_one_alone():
    # Columns of very different sizes: rounding hides a direction of the larger kernel.
    generator = np.random.default_rng(0)
    scales = np.array([1, 1e3, 1e-3, 1, 50])
    inputs = generator.normal(size=(60, 5)) * scales + [0, 1e4, 0, 5, 1e3]
    labels = np.sin(inputs[:, 0]) + inputs[:, 3]
    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(5, 20), nn.Linear(20, 1))
    found = ww.diagnose(inputs, labels, module=module, epochs=0)
    last = found.evidence.parts[0]
    assert found.verdict("fits").number <= last.floor


class Skip(nn.Module):
    """Linear in its inputs by W(x + Ux), which no container says."""

    def __init__(self):
        super().__init__()
        self.inner, self.outer = nn.Linear(5, 5), nn.Linear(5, 1)

    def forward(self, x):
        return self.outer(x + self.inner(x))


class Own(nn.Sequential):
    """A sequence of linear layers of another class."""


class Powers(nn.Module):
    """Linear in its parameters, not in its inputs."""

    def __init__(self):
        super().__init__()
        self.inner, self.other = nn.Linear(5, 1), nn.Linear(5, 1)

    def forward(self, x):
        return self.inner(x.sin()) + self.other(x * x)


class Product(nn.Module):
    """Linear in each of its factors and in the inputs, not in both factors."""

    def __init__(self, bend):
        super().__init__()
        self.inner, self.factor = nn.Linear(5, 1), nn.Parameter(torch.ones(1))
        self.bend = bend

    def forward(self, x):
        return self.factor * self.inner(x + self.bend * x.abs())


@pytest.mark.parametrize(
    ("module", "linear"),
    [
        (Skip(), "inputs"),
        (Own(nn.Linear(5, 30), nn.Linear(30, 1)), "inputs"),
        (Product(0.0), "inputs"),
        (nn.Sequential(nn.Linear(5, 8), nn.BatchNorm1d(8), nn.Linear(8, 1)), "inputs"),
        (Powers(), "weights"),
        (nn.Sequential(nn.Linear(5, 2), nn.ReLU(), nn.Linear(2, 1)), None),
        (nn.Sequential(OrderedDict(inner=nn.Linear(5, 1), bend=nn.Tanh())), None),
        (nn.Sequential(nn.LayerNorm(5), nn.Linear(5, 1)), None),
        (Product(1e-6), None),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, nn.Module) else str(each),
)
def test_linearity_that_no_structure_shows_is_found_by_evaluations(module, linear):
    inputs, labels = drawn(ROWS, 5), drawn(ROWS, seed=1)
    ends_otherwise = isinstance(module, Powers) or hasattr(module, "bend")
    layer = "inner" if ends_otherwise else None
    found = ww.diagnose(inputs, labels, module=module.eval(), epochs=0, layer=layer)
    glance, fits = found.evidence.module, found.verdict("fits")
    assert glance.linear_in == linear
    assert glance.linear_by == (linear and "evaluations")
    assert ("Training far" in fits.reason) == (linear is None)
    assert ("as far as evaluations show" in fits.answer) == (linear is not None)
    if linear == "inputs":
        columns = torch.cat([inputs, torch.ones(ROWS, 1)], dim=1).double()
        least = torch.linalg.lstsq(columns, labels.double()[:, None]).solution
        with torch.no_grad():
            start = labels.double() - module.double()(inputs.double()).reshape(-1)
        left = float((labels.double() - (columns @ least)[:, 0]).norm() / start.norm())
        assert fits.number == pytest.approx(left, rel=1e-9)


def test_a_linear_module_at_a_standstill_is_told_that_training_can_help():
    module = nn.Sequential(nn.Linear(5, 4), nn.Linear(4, 1))
    for each in module.parameters():
        nn.init.zeros_(each)
    inputs = drawn(ROWS, 5)
    found = ww.diagnose(inputs, inputs[:, 0], module=module, epochs=0)
    assert found.evidence.module.affine_floor < 1e-9
    assert "Training far from them can do better" in found.verdict("fits").reason


def test_the_hardest_labels_of_an_affine_module_are_in_reach_of_few_rows_only():
    for rows, floor in ((6, 0.0), (7, 1.0)):
        found = ww.diagnose(drawn(rows, 5), module=Own(nn.Linear(5, 1)), epochs=0)
        assert found.evidence.module.linear_in == "weights"
        found = ww.diagnose(drawn(rows, 5), module=Skip(), epochs=0)
        assert found.evidence.module.affine_floor == floor


def test_a_linear_module_and_its_last_layer_get_as_near():
    linear = torch.nn.Linear(5, 1).double()
    found = ww.diagnose(drawn(ROWS, 5), drawn(ROWS), module=linear, epochs=0)
    assert "one gets as near as the other" in str(found.verdict("layers").answer)
