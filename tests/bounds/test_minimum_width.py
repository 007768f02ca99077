"""Test the width found by experiment, and its interval."""

import inspect
import math

import pytest
import torch
from scipy.stats import binom

from widthwise.activations import from_callable, get
from widthwise.bounds import minimum_width, quantile_interval
from widthwise.errors import DataError, InvalidArgumentError, NotOnSphereError
from widthwise.estimates import observations_needed, quantile
from widthwise.features import RandomFeatures
from widthwise.kernels import conjugate_kernel
from widthwise.laws import Sphere
from widthwise.seeds import derive
from widthwise.spectra import feature_spectrum, rank_verdict


def test_each_critical_width_is_the_first_of_full_rank(points):
    """Against a search that tries every width; step features need more than n."""
    points, act, law = points[:8], get("step"), Sphere(5)
    found = minimum_width(points, act, law, probability=0.5, trials=5, seed=3)
    assert max(found.critical_widths) > 8
    for trial, width in enumerate(found.critical_widths):
        seed = derive(3, "minimum-width", trial)

        def singular(m, seed=seed):
            features = RandomFeatures(act, width=m, law=law, seed=seed)
            return feature_spectrum(points, features).is_singular

        first = next(m for m in range(8, 10_000) if not singular(m))
        assert width == first


def test_smooth_activations_need_n_units(points):
    found = minimum_width(points, get("elu"), probability=0.8, trials=20)
    assert found.critical_widths == (12.0,) * 20
    assert (found.estimate, found.lower, found.upper) == (12.0, 12.0, 12.0)


def test_colliding_points_need_infinite_width(points):
    points = torch.cat([points, points[:1]])
    found = minimum_width(points, get("relu"))
    assert found.estimate == found.lower == found.upper == math.inf
    assert found.trials == 0
    assert "no width suffices" in found.method


def test_where_the_rank_is_not_decided_networks_are_drawn():
    """No width was ruled out, so none is said to be; these rows share their outputs."""
    turns = torch.arange(3, dtype=torch.float64) * math.pi / 12 + 0.1
    circle = torch.stack([torch.cos(turns), torch.sin(turns)], dim=1)
    waves = from_callable(
        lambda z: torch.abs(torch.cos(12 * torch.arccos(z.clamp(-1, 1)))),
        name="waves",
        breakpoints=[math.cos((2 * j + 1) * math.pi / 24) for j in range(12)],
        domain=(-1, 1),
    )
    assert rank_verdict(circle, waves).can_fit_any_labels is None
    found = minimum_width(circle, waves, probability=0.5, trials=5, widest=50)
    assert found.trials > 0
    assert math.isinf(found.estimate)
    assert "no width suffices" not in found.method


def test_a_narrow_limit_shows_as_infinity(points):
    points, act = points[:8], get("step")
    wide = minimum_width(points, act, probability=0.5, trials=6, seed=3)
    found = minimum_width(points, act, probability=0.5, trials=6, seed=3, widest=10)
    for free, limited in zip(wide.critical_widths, found.critical_widths, strict=True):
        assert limited == (free if free <= 10 else math.inf)
    assert math.inf in found.critical_widths


def test_too_few_trials_say_how_many_are_needed(points):
    found = minimum_width(points[:3], get("relu"), probability=0.99, trials=10)
    assert found.upper == math.inf
    assert found.trials_needed == 368
    assert "368" in found.method


def test_default_trials_suffice_for_a_finite_upper_limit(points):
    found = minimum_width(points[:2], get("relu"), probability=0.9)
    assert found.trials == found.trials_needed == 36
    assert found.upper < math.inf


def test_conditioning_holds_at_its_width(points):
    points, act, law = points[:6], get("relu"), Sphere(5)
    found = minimum_width(
        points, act, law, probability=0.5, trials=4, criterion="conditioning"
    )
    rank = minimum_width(points, act, law, probability=0.5, trials=4)
    assert all(
        each >= other
        for each, other in zip(found.critical_widths, rank.critical_widths, strict=True)
    )
    assert found.estimate > rank.estimate


def test_the_seed_decides_and_progress_is_told(points):
    seen = []
    arguments = {"probability": 0.5, "trials": 4}
    act = get("step")
    one = minimum_width(
        points[:6], act, **arguments, progress=lambda *each: seen.append(each)
    )
    assert one == minimum_width(points[:6], act, **arguments)
    assert one != minimum_width(points[:6], act, **arguments, seed=1)
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize(
    ("knobs", "message"),
    [
        ({"probability": 1.0}, "probability"),
        ({"confidence": 0.0}, "confidence"),
        ({"trials": 0}, "trials"),
        ({"trials": 10**400}, "trials is about"),
        ({"criterion": "fast"}, "criterion"),
        ({"epsilon": 1.0}, "epsilon"),
        ({"widest": 3}, "widest"),
        ({"widest": "1e4"}, "widest"),
        ({"widest": 100.5}, "widest"),
        ({"seed": -1}, "seed"),
        ({"seed": "one"}, "seed"),
        ({"criterion": "condition_number", "factor": "two"}, "factor"),
        ({"criterion": "leave_one_out", "y": [1.0], "share": 1.0}, "share"),
    ],
)
def test_refuses_meaningless_knobs(points, knobs, message):
    with pytest.raises(InvalidArgumentError, match=message):
        inspect.unwrap(minimum_width)(points, get("relu"), **knobs)


def test_refuses_points_off_the_sphere(points):
    with pytest.raises(NotOnSphereError):
        minimum_width(2 * points, get("relu"))


@pytest.mark.parametrize("probability", [0.5, 0.9, 0.99])
@pytest.mark.parametrize("trials", [20, 400, 2000])
def test_interval_covers_with_its_confidence(probability, trials):
    """On ranks 1..N the limits' coverage is an exact binomial sum."""
    found = quantile_interval(
        [float(i) for i in range(1, trials + 1)], probability, 0.95
    )
    if found.lower is not None:
        # X_(l) exceeds the quantile if fewer than l observations are at or below it.
        assert binom.cdf(found.lower - 1, trials, probability) <= 0.025
        assert binom.cdf(found.lower, trials, probability) > 0.025
    if found.upper is None:
        assert trials < observations_needed(probability, 0.95)
    else:
        assert binom.cdf(found.upper - 1, trials, probability) >= 0.975
        assert binom.cdf(found.upper - 2, trials, probability) < 0.975
    assert found.estimate == math.ceil(trials * probability)


def test_trials_needed_is_the_least():
    for probability, confidence in ((0.99, 0.95), (0.9, 0.9), (0.5, 0.99)):
        needed = observations_needed(probability, confidence)
        limit = (1 - confidence) / 2
        assert probability**needed <= limit < probability ** (needed - 1)


def _limits(points, targets):
    kernel = conjugate_kernel(points, "relu", "sphere")
    values = torch.linalg.eigvalsh(kernel)
    inverse = torch.linalg.inv(kernel)
    left_out = ((inverse @ targets) / inverse.diagonal()[:, None]).square().mean()
    return kernel, values, float(left_out)


def test_every_goal_holds_from_its_critical_width_on(points):
    """By NumPy's and torch's own routines, and not before: the criteria are goals."""
    points = points[:6]
    targets = torch.randn(6, 2, generator=torch.Generator().manual_seed(1)).double()
    kernel, values, limit = _limits(points, targets)

    def condition(gram):
        return torch.linalg.cond(gram) <= 2.0 * values[-1] / values[0]

    def deviation(gram):
        return torch.linalg.matrix_norm(gram - kernel, 2) <= 0.5 * values[0]

    def left_out(gram):
        inverse = torch.linalg.inv(gram)
        errors = ((inverse @ targets) / inverse.diagonal()[:, None]).square().mean()
        return abs(float(errors) - limit) <= 0.05 * limit

    goals = {
        "condition_number": condition,
        "deviation": deviation,
        "leave_one_out": left_out,
    }
    for criterion, holds in goals.items():
        found = minimum_width(
            points,
            "relu",
            probability=0.5,
            trials=4,
            seed=2,
            criterion=criterion,
            y=targets,
            share=0.05,
        )
        assert found.criterion == criterion
        assert any(map(math.isfinite, found.critical_widths))
        for trial, width in enumerate(found.critical_widths):
            if math.isinf(width):
                continue
            seed = derive(2, "minimum-width", trial)
            layer = RandomFeatures("relu", 65536, "sphere", seed)
            grams = dict(
                layer.grams(points, sorted({6, int(width) - 1, int(width)} - {5}))
            )
            assert holds(grams[int(width)])
            if width > 6:
                assert not holds(grams[int(width) - 1])


def test_goals_without_what_they_need_are_refused(points):
    with pytest.raises(InvalidArgumentError, match="Pass y"):
        minimum_width(points, "relu", criterion="leave_one_out")
    with pytest.raises(InvalidArgumentError, match="above 1"):
        minimum_width(points, "relu", criterion="condition_number", factor=1.0)
    for y in ([1.0, 2.0], torch.ones(len(points), 1, 1), 3.0):
        with pytest.raises(DataError, match=rf"targets have shape.*\({len(points)},"):
            minimum_width(points, "relu", criterion="leave_one_out", y=y)
    y = torch.full((len(points),), math.nan)
    with pytest.raises(DataError, match="the targets"):
        minimum_width(points, "relu", criterion="leave_one_out", y=y)
    with pytest.raises(InvalidArgumentError, match="two points"):
        minimum_width(points[:1], "relu", criterion="leave_one_out", y=[1.0])


@pytest.mark.parametrize("values", [[1.0, math.nan], ["1", "2"], 3.0, [[1.0], [2.0]]])
def test_a_quantile_of_what_is_no_list_of_numbers_is_refused(values):
    with pytest.raises(InvalidArgumentError, match="none of them NaN"):
        inspect.unwrap(quantile)(values, 0.5)
