"""Intrinsic dimensions stand for n: between the whole spectrum and the plain bound."""

import math

import numpy as np
import pytest
import torch

from widthwise.activations import get
from widthwise.bounds import CATALOG
from widthwise.kernels import conjugate_kernel
from widthwise.spectra import spectrum

SPECTRA = {
    "decays": np.geomspace(1e-3, 1.0, 30),
    "flat": np.full(30, 0.4),
    "one far below": np.array([1e-4, *[0.5] * 29]),
    "one far above": np.array([*[1e-2] * 29, 5.0]),
}


@pytest.mark.parametrize("values", SPECTRA.values(), ids=SPECTRA)
@pytest.mark.parametrize("delta", [0.3, 0.01, 1e-9])
def test_the_intrinsic_dimension_is_between_the_whole_spectrum_and_n(
    bare, values, delta
):
    found = bare(*sorted(values, reverse=True))
    for sharp, mid, plain in (
        ("spectral_smallest", "intrinsic_smallest", "chernoff_smallest"),
        ("spectral_condition", "intrinsic_condition", "benson_chernoff_simplified"),
    ):
        widths = [CATALOG[each].width(found, delta).value for each in (sharp, mid)]
        # Each tail of the middle one has half of δ.
        assert widths[0] <= widths[1] + 1
        assert widths[1] <= CATALOG[plain].width(found, delta).value + 1


def test_one_eigenvalue_far_from_the_others_needs_no_dimension(bare):
    values = sorted(SPECTRA["one far below"], reverse=True)
    far, norm = bare(*values), 20.0
    rate = 1e-4 * (0.5 + 0.5 * math.log(0.5)) / norm
    alone = -math.log(0.01) / rate
    found = CATALOG["intrinsic_smallest"].width(far, 0.01, squared_norm_bound=norm)
    assert found.value == pytest.approx(alone, rel=2e-3)
    plain = CATALOG["chernoff_smallest"].width(far, 0.01, squared_norm_bound=norm)
    assert plain.value > 1.7 * alone


def test_bernsteins_dimension_helps_where_one_eigenvalue_is_most_of_the_trace(bare):
    values = [5.0, *[1e-3] * 199]
    tropp = CATALOG["intrinsic_bernstein"].width(bare(*values), 0.01)
    plain = CATALOG["benson_bernstein"].width(bare(*values), 0.01)
    dimension = sum(values) / 5.0
    ratio = math.log(8 * dimension / 0.01) / math.log(2 * 200 / 0.01)
    assert tropp.value == pytest.approx(ratio * plain.value, rel=1e-9)
    flat = bare(*[0.5] * 30)
    worse = CATALOG["intrinsic_bernstein"].width(flat, 0.01).value
    assert worse <= math.log(8 * 30 / 0.01) / math.log(2 * 30 / 0.01) * (
        CATALOG["benson_bernstein"].width(flat, 0.01).value + 1
    )


NEW = (
    *("intrinsic_smallest", "intrinsic_condition", "spectral_smallest"),
    *("spectral_condition", "power_smallest", "power_condition"),
)


@pytest.mark.parametrize("name", NEW)
def test_the_width_keeps_its_promise_in_networks(name, points):
    act, law, epsilon, trials = get("elu"), CATALOG[name].law, 0.9, 200
    points = points[:3]
    found = spectrum(conjugate_kernel(points, act, law))
    width = int(CATALOG[name].width(found, 0.25, epsilon=epsilon).value)
    generator, fails = np.random.default_rng(0), 0
    for _ in range(trials):
        weights = torch.from_numpy(generator.standard_normal((width, 5)))
        if law == "sphere":
            weights /= weights.norm(dim=1, keepdim=True)
        features = act(points @ weights.T)
        values = torch.linalg.eigvalsh(features @ features.T / width)
        low = float(values[0]) < (1 - epsilon) * found.smallest
        high = float(values[-1]) > (1 + epsilon) * found.largest
        fails += low or (high and CATALOG[name].promise == "condition")
    # Of 200 with probability 1/4; twice that would be 100 or so.
    assert fails <= 68


@pytest.mark.parametrize("name", NEW)
def test_more_rows_confidence_or_exactness_never_ask_for_less(name, points):
    bound = CATALOG[name]

    def width(count=6, delta=0.1, **knobs):
        part = spectrum(conjugate_kernel(points[:count], "relu", bound.law))
        return bound.width(part, delta, **knobs).value

    for widths in (
        [width(count) for count in (1, 2, 4, 8, 12)],
        [width(delta=each) for each in (0.5, 0.1, 1e-3, 1e-9)],
        [width(epsilon=each) for each in (0.9, 0.5, 0.1)],
    ):
        assert widths == sorted(widths)
        assert widths[0] < widths[-1]


EXTREMAL = {"alike": [0.1] * 10, "one row": [0.05], "far": [0.02, *[0.1] * 9]}


@pytest.mark.parametrize("shares", EXTREMAL.values(), ids=EXTREMAL)
@pytest.mark.parametrize("name", [each for each in NEW if "power" not in each])
def test_the_width_holds_for_the_law_that_is_worst(bare, name, shares):
    """Units that light one row at most: G is diagonal, its entries binomial."""
    norm, epsilon, delta, trials = 3.0, 0.5, 0.2, 4000
    values = sorted((norm * share for share in shares), reverse=True)
    given = dict(epsilon=epsilon, squared_norm_bound=norm)
    units = int(CATALOG[name].width(bare(*values), delta, **given).value)
    generator = np.random.default_rng(0)

    def failures(width):
        chances = [*shares, 1 - sum(shares)]
        drawn = generator.multinomial(width, chances, trials)[:, :-1]
        found = norm * drawn / width
        low = found.min(axis=1) <= (1 - epsilon) * min(values)
        high = found.max(axis=1) >= (1 + epsilon) * max(values)
        return (low | (high & (CATALOG[name].promise == "condition"))).mean()

    # The error of a share of 4,000 is below 0.0064.
    assert failures(units) <= delta + 0.025
    # And no theorem of this kind could ask for an eighth: it would not hold.
    assert failures(units // 8) > delta
