"""Intrinsic dimensions stand for n: between the whole spectrum and the plain bound."""

import math

import numpy as np
import pytest
import torch

from widthwise.bounds import CATALOG
from widthwise.features import RandomFeatures
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


@pytest.mark.parametrize("name", ["intrinsic_smallest", "intrinsic_condition"])
def test_the_width_keeps_its_promise_in_networks(name, points):
    act, law, epsilon, trials = "elu", "sphere", 0.9, 200
    points = points[:3]
    kernel = conjugate_kernel(points, act, law)
    found = spectrum(kernel)
    width = int(CATALOG[name].width(found, 0.25, epsilon=epsilon).value)
    fails = 0
    for seed in range(trials):
        features = RandomFeatures(act, width=width, law=law, seed=seed)
        values = torch.linalg.eigvalsh(features.gram(points))
        low = float(values[0]) < (1 - epsilon) * found.smallest
        high = float(values[-1]) > (1 + epsilon) * found.largest
        fails += low or (high and name == "intrinsic_condition")
    # Twice the promised 50 would be 100 or so.
    assert fails <= 68
